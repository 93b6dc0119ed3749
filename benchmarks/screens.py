"""Pictures of every page for each audience, for people who want to see it before they run it: docs/screens/.

    python -m benchmarks.screens [--data-dir data/demo]

Each is what a projector shows: `<audience>-<page>-<width>.png`, at 1366x768 and 1920x1080. The data directory is one that
has a published snapshot; without one, the demo town is built and published in a temporary folder first.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

REPOSITORY = Path(__file__).parents[1]
SCREENS = REPOSITORY / "docs" / "screens"
SIZES = ((1366, 768), (1920, 1080))
COLOURS = 256  # the commonest keep their exact tone, so that a red judgement stays that red; the picture is half its size
MOST_BYTES = 4_500_000
PLACE_SHOWN = "Lantern Meadow"  # where the town's planted rise of the South is
MEETING = "meeting:south"

sys.path.insert(0, str(REPOSITORY / "tests" / "support"))


def take(data_dir: Path, folder: Path = SCREENS) -> dict[str, int]:
    """Take every picture; returns the size of each in bytes. Raises SystemExit where all together are too large."""
    from playwright.sync_api import sync_playwright
    from readers import BOARD, MANAGER, Reader, address_of, stop_all
    from visits import CHROMIUM, FLAGS

    folder.mkdir(parents=True, exist_ok=True)
    taken: dict[str, int] = {}
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for audience in (MANAGER, MEETING, BOARD):
            for width, height in SIZES:
                reader = Reader(chromium, address_of(data_dir, audience), {"width": width, "height": height}).start()
                for name, picture in _pictures(reader):
                    file = folder / f"{audience.partition(':')[0]}-{name}-{width}.png"
                    taken[file.name] = _keep(picture, file)
                reader.close()
        chromium.close()
    stop_all()
    if sum(taken.values()) > MOST_BYTES:
        size = f"{sum(taken.values()) / 1e6:.1f} MB together: more than {MOST_BYTES / 1e6:.0f} MB"
        raise SystemExit(f"the pictures are {size}")
    return taken


def _pictures(reader: Any) -> Any:
    """(name, PNG) of each page of this reader's audience, with a card open and a place chosen where there is one."""
    for title in reader.titles():
        reader.go(title)
        name = title.split()[0].lower()
        if title == "Place":
            reader.page.get_by_role("combobox").first.click()
            reader.page.keyboard.type(PLACE_SHOWN)
            reader.page.keyboard.press("Enter")
            reader.page.locator("h1", has_text=PLACE_SHOWN).wait_for()
            reader.settle()
        yield name, _shot(reader)
        if title == "Meeting" and reader.page.locator(".sp-meet-row").count():
            reader.start()  # a link that was just clicked would take the Enter for itself
            for key in ("n", "Enter", "m"):
                reader.page.keyboard.press(key)
                reader.settle()
            reader.page.locator(".sp-meet-card").wait_for()
            yield f"{name}-card", _shot(reader)
            if reader.page.locator(".st-key-record_open").count():
                for key, shown in (("d", "record"), ("1", "form")):
                    reader.page.keyboard.press(key)
                    reader.settle()
                    yield f"{name}-{shown}", _shot(reader)
                for _ in range(3):  # out of the field, the form, and recording
                    reader.page.keyboard.press("Escape")
                    reader.settle()
            reader.page.keyboard.press("m")
            reader.settle()


def _shot(reader: Any) -> bytes:
    reader.page.mouse.move(0, 0)
    reader.page.wait_for_timeout(400)
    return bytes(reader.page.screenshot(animations="disabled", caret="hide"))


def _keep(picture: bytes, file: Path) -> int:
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    commonest = sorted(whole.getcolors(maxcolors=whole.width * whole.height) or [], reverse=True)[:COLOURS]
    tones = Image.new("P", (1, 1))
    tones.putpalette([part for _, tone in commonest for part in tone])
    whole.quantize(palette=tones, dither=Image.Dither.NONE).save(file, optimize=True)
    return file.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="with a published snapshot in it (default: a new demo town)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        taken = take(asked.data_dir or _new_town(Path(scratch)))
    print(f"{len(taken)} pictures, {sum(taken.values()) / 1e6:.1f} MB, in {SCREENS.relative_to(REPOSITORY)}")


def _new_town(folder: Path) -> Path:
    from villages import town_once

    return town_once(folder, seed=7, months=48)


if __name__ == "__main__":
    main()
