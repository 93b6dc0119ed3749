"""What every test of a page shares: nothing is cached from another file."""

from collections.abc import Iterator

import pytest
import streamlit as st


@pytest.fixture(scope="module", autouse=True)
def _no_cache_from_another_file() -> Iterator[None]:
    """Within a file the key of a cache tells snapshots apart; nothing stays open after it."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()
