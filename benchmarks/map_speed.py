"""The map in a real browser, against the way tutorials make one, in the same run: from a change to what is painted.

    python -m benchmarks.map_speed --short

Timed inside the page, twice: choosing a place on the map, until the server's answer is painted; and changing what is shown,
until places have other colours. In the same loop every frame is looked at: one without a single place on the map is a blank
frame. The aims are for choosing a place; a change of what is shown draws our table and controls anew too, which the tutorial
does not have.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.figures import write_figures
from benchmarks.map_town import SIZES, make_town
from benchmarks.map_viewers import watch
from benchmarks.scratch import own_key
from dashboard.map_values import MOST_WITH_FOLIUM
from pipelines.demo import write_demo
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

REPOSITORY = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--js-flags=--expose-gc"]  # fmt: skip
LEAST_TIMES = {36: 3.0, 60: 3.0, 500: 10.0, 3000: 10.0}  # by number of places
MOST_CHANGES = {3000: 6}  # the tutorial's way takes so long there
MOST_KB = 60.0  # of a change of our own component, at the largest; folium sends its whole script
WARM_UP = 2
THINKING_MS = 2000  # the chart and the table of the choice before are drawn by then, in either
MOST_HEAP_MB, FIRST_PAGE_S, MOST_P95_MS = 40.0, 3.0, 300.0
# Where the places are: in the frame folium draws in, or in the part of the page that our own component draws in.
INSIDE = """(() => {
  const part = document.querySelector('[data-testid=stBidiComponentIsolated]');
  const frame = [...document.querySelectorAll('iframe')].find(one => one.title.startsWith('streamlit_folium'));
  return (part && part.shadowRoot) || (frame && frame.contentDocument) || document.createElement('p');
})()"""
PLACES = f"const places = () => [...{INSIDE}.querySelectorAll('path.leaflet-interactive')];"
VIEW = f"""(() => {{
  const inside = {INSIDE}, own = inside.querySelector('.place-map');
  const map = own ? own.map : inside.defaultView.map, centre = map.getCenter();
  return [map.getZoom(), centre.lat, centre.lng];
}})()"""
# Chooses place number `at` and answers when the server's answer is painted: the place itself has its heavy outline. (The one
# our own script draws at once lies in another pane, and does not count.)
CLICK = f"""at => new Promise(done => {{
  {PLACES}
  const place = places()[at], box = place.getBoundingClientRect();
  const started = performance.now();
  let last = started, blank = 0;
  place.dispatchEvent(new MouseEvent('click', {{ bubbles: true, view: place.ownerDocument.defaultView,
    clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }}));
  requestAnimationFrame(function look(now) {{
    const there = places();
    if (!there.length) {{ blank += now - last; }}
    last = now;
    const painted = there[at] && there[at].getAttribute('stroke-width') === '5';
    if (painted) {{ requestAnimationFrame(() => done([performance.now() - started, blank])); }}
    else if (now - started > 30000) {{ done([null, blank]); }}
    else {{ requestAnimationFrame(look); }}
  }});
}})"""
# Chooses option number `at` of what the map shows, and answers when places have other fills: milliseconds, and of
# these how many no place was on the map.
CHANGE = f"""at => new Promise(done => {{
  {PLACES}
  const fill = () => places().map(one => one.getAttribute('fill')).join(' ') || null;
  const before = fill(), started = performance.now();
  let last = started, blank = 0;
  document.querySelectorAll('[data-testid=stRadio] input[type=radio]')[at].click();
  requestAnimationFrame(function look(now) {{
    const is = fill();
    if (is === null) {{ blank += now - last; }}
    last = now;
    if (is !== null && is !== before) {{ requestAnimationFrame(() => done([performance.now() - started, blank])); }}
    else if (now - started > 30000) {{ done([null, blank]); }}
    else {{ requestAnimationFrame(look); }}
  }});
}})"""


@contextmanager
def _served(command: list[str], data_dir: Path, cwd: Path) -> Iterator[str]:
    """A server of its own on a free port, up and answering; stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    paths = os.pathsep.join([str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": paths, "SAFER_PLACES_DATA_DIR": str(data_dir)}
    said = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([*command, port], env=environment, cwd=cwd, **said)  # type: ignore[call-overload]
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.25)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


@contextmanager
def ours(data_dir: Path) -> Iterator[str]:
    """The dashboard as it is served."""
    command = [sys.executable, "-m", "dashboard.server", "--data-dir", str(data_dir), "--port"]
    with _served(command, data_dir, REPOSITORY) as address:
        yield address


@contextmanager
def tutorial(data_dir: Path, folder: Path) -> Iterator[str]:
    """The peer, with Leaflet beside it."""
    folder.mkdir(parents=True)
    shutil.copy(REPOSITORY / "benchmarks" / "tutorial_map.py", folder / "app.py")
    shutil.copytree(REPOSITORY / "dashboard" / "static" / "vendor", folder / "static" / "vendor")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true",
               "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false",
               "--server.enableStaticServing", "true", "--server.fileWatcherType", "none", "--server.port"]  # fmt: skip
    with _served(command, data_dir, folder) as address:
        yield address


def _open(page: Any, address: str) -> float:
    """Open a page until its map is painted; return the seconds that took."""
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_function(f"{INSIDE}.querySelectorAll('path.leaflet-interactive').length > 0", timeout=90_000)
    return time.perf_counter() - started


def _view(page: Any) -> tuple[float, float, float]:
    zoom, lat, lng = page.evaluate(VIEW)
    return zoom, round(lat, 6), round(lng, 6)


def _map_sizes(page: Any) -> list[int]:
    """Grows with the page: the bytes of each message that tells the map something."""
    sizes: list[int] = []

    def note(frame: str | bytes) -> None:
        message = ForwardMsg()
        message.ParseFromString(frame if isinstance(frame, bytes) else frame.encode())
        if message.delta.new_element.WhichOneof("type") in ("component_instance", "bidi_component"):
            sizes.append(len(frame))

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    return sizes


def _timed(page: Any, script: str, at: list[int]) -> dict[str, Any]:
    """One change after another: milliseconds to painted, blank time, and whether the view stayed."""
    page.wait_for_timeout(THINKING_MS)
    before, took, blank = _view(page), [], []
    for number, one in enumerate(at):
        painted, empty = page.evaluate(script, one)
        if number >= WARM_UP and painted is not None:
            took.append(painted)
            blank.append(empty)
        page.wait_for_timeout(THINKING_MS)
    return {
        "changes": len(took), "p50_ms": round(median(took)) if took else None, "slowest_ms": round(max(took, default=0)),
        "blank_ms": round(max(blank, default=0)), "view_kept": _view(page) == before,
    }  # fmt: skip


def _both(browser: Any, address: str, places: int, changes: int) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    sizes = _map_sizes(page)
    _open(page, address)
    page.wait_for_timeout(THINKING_MS)
    own = page.locator(".place-map")
    inside = own if own.count() else page.frame_locator("iframe[title^=streamlit_folium]")
    inside.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(THINKING_MS)
    sizes.clear()
    found: dict[str, Any] = {
        "choose": _timed(page, CLICK, [number * 7 % places for number in range(changes + WARM_UP)]),
        "change": _timed(page, CHANGE, [(number + 1) % 2 for number in range(changes + WARM_UP)]),
    }
    found["largest_message_kb"] = round(max(sizes, default=0) / 1000, 1)
    page.close()
    return found


def _heap(page: Any, changes: int) -> float:
    """Megabytes of JavaScript heap after so many changes of filter and a collection."""
    talk = page.context.new_cdp_session(page)
    for number in range(changes):
        words = ("Direction: each place and its own past", "Counts")[number % 2]
        page.get_by_text(words, exact=True).click()
        mark = "legend" if number % 2 else "told"
        page.locator(".sp-map-told" if mark == "told" else ".sp-map-legend:not(.sp-map-told)").wait_for()
    page.wait_for_timeout(1500)
    talk.send("Performance.enable")
    talk.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in talk.send("Performance.getMetrics")["metrics"]}
    return round(metrics["JSHeapUsedSize"] / 1e6, 1)


def _compared(browser: Any, data_dir: Path, working: Path, places: int, changes: int) -> dict[str, Any]:
    with tutorial(data_dir, working / f"tutorial-{places}") as address:
        peer = _both(browser, address, places, changes)
    with ours(data_dir) as address:
        mine = _both(browser, address + "/map?level=beat", places, changes)
    kinds = ("choose", "change")
    times = {kind: round((peer[kind]["p50_ms"] or 0) / (mine[kind]["p50_ms"] or 1), 1) for kind in kinds}
    steady = all(mine[kind]["view_kept"] and not mine[kind]["blank_ms"] for kind in kinds)
    light = places <= MOST_WITH_FOLIUM or mine["largest_message_kb"] <= MOST_KB
    met = times["choose"] >= LEAST_TIMES[places] and steady and light
    return {"tutorial": peer, "ours": mine, "times_as_fast": times, "aimed": LEAST_TIMES[places], "met": met}


def _demo(folder: Path) -> Path:
    write_demo(folder, seed=7, months=48)
    build(Settings(folder))
    publish(Settings(folder))
    return folder


def _first_and_heap(browser: Any, address: str, changes: int) -> tuple[float, dict[str, Any]]:
    """Seconds to the first page, the median of three; and the browser's heap after so many changes."""
    ready, where = [], address + "/map?level=beat"
    for _ in range(4):
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        ready.append(_open(page, where))
        page.close()
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    _open(page, where)
    heap = _heap(page, changes)
    page.close()
    held = {"after_changes": changes, "mb": heap, "most": MOST_HEAP_MB, "met": heap < MOST_HEAP_MB}
    return round(median(ready[1:]), 2), held  # the first only warms


def _alone(browser: Any, data_dir: Path, short: bool) -> dict[str, Any]:
    """What is only ours: the first page, the heap, and twenty viewers at once."""
    with ours(data_dir) as address:
        first, heap = _first_and_heap(browser, address, 30 if short else 150)
        viewers = watch(address, path="map", choices=3 if short else 8)
    return {
        "first_page": {"seconds": first, "most": FIRST_PAGE_S, "met": first <= FIRST_PAGE_S},
        "heap": heap,
        "viewers": {**viewers, "most_p95_ms": MOST_P95_MS, "met": viewers["p95_ms"] < MOST_P95_MS},
    }


def run(short: bool = False, towns: dict[int, Path] | None = None) -> dict[str, Any]:
    """Measure; `met` says whether every aim was. towns: data directories by number of beats, where they are made already."""
    changes = 6 if short else 15
    with own_key(), tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        working = Path(scratch)
        made = towns or {36: _demo(working / "demo")}
        made |= {} if towns else {beats: make_town(working / f"grid-{beats}", beats) for beats in SIZES}
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found: dict[str, Any] = {
            f"map_of_{places}": _compared(browser, folder, working, places, min(changes, MOST_CHANGES.get(places, changes)))
            for places, folder in made.items()
        }
        found.update(_alone(browser, made[36], short))
        for places in (one for one in made if one > MOST_WITH_FOLIUM):
            with ours(made[places]) as address:
                first, heap = _first_and_heap(browser, address, 30 if short else 150)
            found[f"large_of_{places}"] = {"first_page_seconds": first, "heap": heap, "met": heap["met"]}
        browser.close()
    return {**found, "met": all(one["met"] for one in found.values())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    short = parser.parse_args().short
    write_figures("map_speed", run(short), keep=not short)


if __name__ == "__main__":
    main()
