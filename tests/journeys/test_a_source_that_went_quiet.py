"""An investigator sees, in a real browser, which source has gone quiet, and that a quiet source is no fall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from readers import MANAGER, Reader, address_of
from villages import make_village
from visits import CHROMIUM, NO_BROWSER

from dashboard.wording import meeting as words

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)]

MISSING = "episode_ref,missing_from_at,missing_from_type,missing_from_locality"


@pytest.fixture
def quiet_village(tmp_path: Path) -> Path:
    """Incidents up to June; children reported missing up to March."""
    village = make_village(tmp_path / "village")
    rows = [
        f"r{month}-{day},2024-{month:02}-{day:02},robbery,401500,300500" for month in range(1, 7) for day in range(1, 21)
    ]
    village.incidents(*rows, covers=("2024-01-01", "2024-06-30"), delivered_on="2024-07-05")
    episodes = [f"e{month}-{day},2024-{month:02}-{day:02}T20:00,home,west" for month in range(1, 4) for day in range(1, 9)]
    text = "\n".join([MISSING, *episodes]) + "\n"
    village.deliver("missing_episodes", text, covers=("2024-01-01", "2024-03-31"), delivered_on="2024-04-04")
    village.deliver("meetings", "locality,met_on\nwest,2024-07-12\n", delivered_on="2024-07-05")
    village.build()
    village.publish()
    return village.data_dir


def test_the_meeting_says_which_source_is_stale_and_the_page_about_the_data_since_when(
    browser: Any, quiet_village: Path
) -> None:
    reader = Reader(browser, address_of(quiet_village, MANAGER)).start("?locality=west")
    said = reader.words()
    assert words.stale("Children reported missing", "2024-03-31") in said
    assert words.stale("Incidents", "2024-06-30") not in said
    reader.go("About this data")
    row = reader.page.locator("tr", has_text="Children reported missing").first.inner_text()
    assert "31 March 2024" in row
    reader.close()
