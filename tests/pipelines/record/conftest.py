"""A village whose meetings record."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from recordings import NOW, screen, wanted
from villages import Village

from pipelines.record import Event, Store, open_store

Record = Callable[..., Event]


@pytest.fixture
def store(village: Village) -> Iterator[Store]:
    found = open_store(village.settings)
    yield found
    found.close()


@pytest.fixture
def record(store: Store) -> Record:
    def write(feed: str, fields: dict[str, Any], *, at: datetime = NOW, **more: Any) -> Event:
        return store.record(wanted(feed, fields, **more), screen=screen, at=at)

    return write
