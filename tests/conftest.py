"""What every test may use: a small village to deliver to, and the town of Larkhaven, built and published once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from villages import Village, make_village, town_once

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ALLOW_SKIPS = "SAFER_PLACES_ALLOW_SKIPS"


@pytest.fixture(scope="session", autouse=True)
def _own_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests round with a key of their own and never touch the one a person may have."""
    shared = _shared_folder(tmp_path_factory)
    before = os.environ.get("SAFER_PLACES_KEY_FILE")
    os.environ["SAFER_PLACES_KEY_FILE"] = str(shared / "rounding.key")
    yield
    if before is None:
        del os.environ["SAFER_PLACES_KEY_FILE"]
    else:
        os.environ["SAFER_PLACES_KEY_FILE"] = before


def _shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all the processes that share the work of one run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session")
def larkhaven(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Path:
    """The data directory of the default demo town, built and published once. Not to be changed."""
    return town_once(_shared_folder(tmp_path_factory), seed=7, months=48)


@pytest.fixture
def real_data() -> Path:
    """The open data beside the project."""
    if not REAL_DATA.exists():
        pytest.skip("the open data beside the project (../shared/data) is not here")
    return REAL_DATA


@pytest.fixture
def village(tmp_path: Path) -> Village:
    """A village of three beats with nothing delivered yet."""
    return make_village(tmp_path / "village")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where the checks run on every change, a test that did not run is a failure, unless its mark allows it."""
    allowed = os.environ.get(ALLOW_SKIPS)
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if allowed is None or reporter is None:
        return
    marks = set(allowed.split(","))
    refused = [one for one in reporter.stats.get("skipped", []) if not marks & set(one.keywords)]
    if refused and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{len(refused)} tests were skipped, and none may be here:", red=True)
        for one in refused:
            reporter.write_line(f"  {one.nodeid}", red=True)
