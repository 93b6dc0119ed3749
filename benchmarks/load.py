"""Many signed-in viewers at once: what a change costs them, and what they cost the server.

    python -m benchmarks.load --viewers 30 --seconds 180               # the figure, kept in docs/figures
    python -m benchmarks.load --growth                                 # 1, 10, 30 and 60 viewers
    python -m benchmarks.load --viewers 5 --seconds 15 --months 12     # for every change

The server is the real one, as its own process, and every viewer has signed in at a real OpenID provider. Each holds one
websocket and speaks Streamlit's own messages over it, as a browser's tab does, its heartbeat included. Every five seconds
(`--every`), give or take one, a viewer changes a month (a run of the whole page) and a second or more later chooses a place
on the map (a run of the map, its table and the place's card): two changes. A change is timed from the moment it was due, so
that waiting for the one before it counts, to the message that its run is finished, everything it drew having arrived. A
browser's own drawing is timed elsewhere (`map_speed`).

Each answer is read: the months and the place that were chosen must be on it, and no place that viewer may not have.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil
import pytest
import websockets
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from signed_in import COOKIE, XSRF, SignedIn, generate_xsrf_token_string

from benchmarks.figures import write_figures
from benchmarks.scratch import own_key
from dashboard import wording
from pipelines.demo import write_demo
from pipelines.insight.queries import Audience, open_snapshot
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

REPOSITORY = Path(__file__).parents[1]
TURN_S = 5.0  # in which a viewer changes a month and a place
JITTER, PLACE_AFTER = 0.2, (0.2, 0.5)  # of a turn: how far off a month may be, and how long after it a place is chosen
LONGEST_WAIT_S = 30.0
MOST_P95_MS, MOST_GROWTH = 1500.0, 0.10
WHOLE = (30, 180)  # viewers and seconds from which a figure is kept
GROWTH, GROWTH_S = (1, 10, 30, 60), 45
# Who they are, again and again: a role, the localities of its grant, and what it is shown.
PEOPLE = (
    ("practitioner", ("north",), Audience("meeting", "north")),
    ("practitioner", ("east_central",), Audience("meeting", "east_central")),
    ("safer_options_manager", (), Audience("manager")),
    ("practitioner", ("south",), Audience("meeting", "south")),
    ("families_in_focus_manager", ("south", "north"), Audience("meeting", "south")),
    ("intelligence_investigator", (), Audience("manager")),
)
# A fault as `dashboard.calm_log` writes it, or as whatever got past it would.
FAULTY_LOG = re.compile(r"\w at \S+\.py:\d|a thread stopped|Traceback| (ERROR|CRITICAL) ")


class Served(SignedIn):
    """The dashboard as it is served, its clock and its heart untouched, the backdrop of its map in place."""

    def _data(self, larkhaven: Path) -> None:
        super()._data(larkhaven)
        (self.data_dir / "context").symlink_to(larkhaven / "context")

    def start(self) -> None:
        """Start the server."""
        words = [sys.executable, "-m", "dashboard.server", "--data-dir", str(self.data_dir), "--port", str(self.port)]
        paths = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(REPOSITORY)])
        with self.log.open("ab") as said:
            self.server = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": paths}, stdout=said, stderr=said)
        self._processes.append(self.server)
        self._wait(f"{self.address}/_stcore/health", self.server)

    def sign_in(self, subject: str) -> str:
        """The cookie of somebody who pressed *Sign in*, was sent to the provider, and said there who they are."""
        tab = self.tab("")
        said = BackMsg()
        button = re.search(rb"\$\$ID-[0-9a-f]+-sign_in", tab.ask())
        pressed = said.rerun_script.widget_states.widgets.add()
        pressed.id, pressed.trigger_value = (button[0] if button else b"").decode(), True
        way = re.search(rb"/auth/login\?provider=[\w.-]+", tab.send(said))
        if way is None:
            raise RuntimeError("the page did not send anybody to the provider")
        with httpx.Client(follow_redirects=True, timeout=LONGEST_WAIT_S) as browser:
            asked = browser.get(f"{self.address}{way[0].decode()}")
            browser.post(asked.url, data={"login": subject}).raise_for_status()
            cookie = browser.cookies.get(COOKIE)
        self.close_tabs()
        if not cookie:
            raise RuntimeError("nobody was signed in by the provider")
        return cookie.strip('"')


@contextmanager
def served(town: Path) -> Iterator[Served]:
    """A server and a provider of their own, stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            running = Served(town, Path(folder))
        except pytest.skip.Exception as cannot:
            raise SystemExit(f"not measured: {cannot}") from None
        try:
            yield running
        finally:
            running.stop()


@dataclass
class Tally:
    """What all viewers met together: milliseconds by kind of change, how many changes were due, faults by what they were."""

    due: int = 0
    took: dict[str, list[float]] = field(default_factory=lambda: {"month": [], "place": []})
    first_page: list[float] = field(default_factory=list)
    heartbeats: int = 0
    kilobytes: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)


@dataclass
class Page:
    """What one tab has on its screen: the parts of it that a viewer looks at or presses.

    ends   by `from` and `to`: the id of the control, its options, and what stands in it
    """

    query: str = "level=beat"
    script: str = ""
    beat: tuple[str, float] | None = None
    map_id: str = ""
    fragment: str = ""
    ends: dict[str, tuple[str, list[str], str]] = field(default_factory=dict)
    title: str = ""
    banner: str = ""
    places: frozenset[str] = frozenset()
    chosen: str | None = None
    boxes: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Take away what the next run must say anew."""
        self.title, self.banner, self.places, self.chosen, self.boxes = "", "", frozenset(), None, []

    def take(self, message: ForwardMsg) -> None:
        """Draw one message."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.beat = message.auto_rerun.fragment_id, message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._draw(message.delta.new_element, message.delta.fragment_id)

    def _draw(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "html":
            self.title += element.html.body if "sp-title" in element.html.body else ""
            self.banner += element.html.body if "sp-banner" in element.html.body else ""
        elif kind == "selectbox" and (end := re.search(r"-(from|to):", element.selectbox.id)):
            box = element.selectbox
            stands = box.raw_value if box.set_value else box.options[box.default]
            if not box.set_value and end[1] in self.ends:
                stands = self.ends[end[1]][2]
            self.ends[end[1]] = box.id, list(box.options), stands
        elif kind == "component_instance":
            self.map_id, self.fragment = element.component_instance.id, fragment
            script = json.loads(element.component_instance.json_args)["feature_group"]
            drawing, _ = json.JSONDecoder().raw_decode(script[script.index('{"shapes"') :])
            self.places, self.chosen = frozenset(drawing["looks"]), drawing["chosen"]
        elif kind == "exception" or (kind == "alert" and element.alert.format == Alert.ERROR):
            self.boxes.append(kind)

    @property
    def span(self) -> str:
        """The chosen months as the title says them."""
        first, last = (self.ends[end][2].partition(" (")[0] for end in ("from", "to"))
        return wording.span(first, last)


@dataclass
class Viewer:
    """One person in front of one tab.

    own     the beats this person may have, by id
    badge   what the banner says of whom the page is shown to
    """

    served: Served
    cookie: str
    own: frozenset[str]
    badge: str
    draw: random.Random
    tally: Tally
    every_s: float = TURN_S
    page: Page = field(default_factory=Page)
    here: str | None = None
    turn: int = 0
    last_beat: float = 0.0

    async def watch(self, all_here: asyncio.Barrier, seconds: float) -> None:
        """Open the map, wait for the others, and change month and place until it is over."""
        token = generate_xsrf_token_string()
        url = self.served.address.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"Cookie": f"{COOKIE}={self.cookie}; {XSRF}={token}"}
        await asyncio.sleep(self.draw.uniform(0, TURN_S))
        arrived = False
        try:
            async with websockets.connect(
                url, subprotocols=["streamlit", token], additional_headers=headers, max_size=None, origin=self.served.address
            ) as socket:
                self.socket = socket
                first = self._asking()
                first.rerun_script.page_name = "map"
                started = time.perf_counter()
                await self._run(first, whole=True)
                self.tally.first_page.append((time.perf_counter() - started) * 1000)
                self.last_beat = time.perf_counter()
                if not self.page.fragment:
                    return  # nothing to change: that there is no map is noted already
                await all_here.wait()
                arrived = True
                await self._turns(time.perf_counter(), seconds)
        except (OSError, TimeoutError, websockets.WebSocketException) as fault:
            self.tally.faults[f"cut off: {type(fault).__name__}"] += 1
        finally:
            if not arrived:
                await all_here.wait()

    async def _turns(self, start: float, seconds: float) -> None:
        """When each change is due is settled before the first: a slow server is given no rest."""
        turns = int(seconds / self.every_s - 2 * JITTER - PLACE_AFTER[1])
        begin = start + self.every_s * self.draw.uniform(JITTER, 1 + JITTER)
        at = [begin + self.every_s * (turn + self.draw.uniform(-JITTER, JITTER)) for turn in range(max(1, turns))]
        self.tally.due += 2 * len(at)
        for self.turn, due in enumerate(at, 1):
            await self._timed("month", due, self._other_month, whole=True)
            after = due + self.every_s * self.draw.uniform(*PLACE_AFTER)
            await self._timed("place", after, self._other_place, whole=False)
            await self._heartbeat()

    async def _timed(self, kind: str, due: float, change: Any, *, whole: bool) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await self._run(change(), whole=whole)
        self.tally.took[kind].append((time.perf_counter() - due) * 1000)

    def _other_month(self) -> BackMsg:
        """Another first or last month, of those that are whole; told as a browser tells it, with all that stands."""
        others = [
            (end, option)
            for end, (_, options, stands) in self.page.ends.items()
            for option in options
            if option != stands and "(" not in option
        ]
        end, option = self.draw.choice(others)
        widget, options, _ = self.page.ends[end]
        self.page.ends[end] = widget, options, option
        return self._asking()

    def _other_place(self) -> BackMsg:
        self.here = self.draw.choice(sorted(self.own - {self.here}))
        return self._asking(self.page.fragment)

    async def _heartbeat(self) -> None:
        """The page's own look whether it may still be looked at, as often as it asks for one."""
        fragment, interval = self.page.beat or ("", float("inf"))
        if time.perf_counter() - self.last_beat >= interval:
            said = self._asking(fragment)
            said.rerun_script.is_auto_rerun = True
            await self._finished(said)
            self.tally.heartbeats += 1
            self.last_beat = time.perf_counter()

    def _asking(self, fragment: str = "") -> BackMsg:
        """A run, with what stands in the controls and what was last chosen on the map."""
        said = BackMsg()
        run = said.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self.page.query, self.page.script, fragment
        for widget, _, stands in self.page.ends.values():
            state = run.widget_states.widgets.add()
            state.id, state.string_value = widget, stands
        if self.here:
            state = run.widget_states.widgets.add()
            drawing = {"type": "Feature", "properties": {"area_id": self.here, "turn": self.turn}}
            state.id, state.json_value = self.page.map_id, json.dumps({"last_active_drawing": drawing})
        return said

    async def _run(self, said: BackMsg, *, whole: bool) -> None:
        """One run, and a look at what it drew."""
        self.page.forget()
        await self._finished(said)
        self.look(whole=whole)

    def look(self, *, whole: bool) -> None:
        """Hold the page to what was asked for, and to what this person may have."""
        page, faults = self.page, self.tally.faults
        faults["a fault box on the page"] += len(page.boxes)
        faults["not let in"] += whole and self.badge not in page.banner
        faults["not the months that were chosen"] += not page.ends or f">{page.span}<" not in page.title
        faults["not the place that was chosen"] += page.chosen != self.here
        faults["no places of one's own"] += not self.own & page.places
        faults["a place of somebody else's"] += len(page.places - self.own)

    async def _finished(self, said: BackMsg) -> None:
        """Send, and read until the run is over. Raises TimeoutError where it is not in good time."""
        done = ForwardMsg.ScriptFinishedStatus
        await self.socket.send(said.SerializeToString())
        async with asyncio.timeout(LONGEST_WAIT_S):
            while True:
                received = await self.socket.recv()
                self.tally.kilobytes += len(received) / 1000
                message = ForwardMsg.FromString(received)
                if message.WhichOneof("type") != "script_finished":
                    self.page.take(message)
                elif message.script_finished != done.FINISHED_EARLY_FOR_RERUN:
                    failed = message.script_finished == done.FINISHED_WITH_COMPILE_ERROR
                    self.tally.faults["a run that did not end well"] += failed
                    return


async def _weigh(server: subprocess.Popen[bytes], all_here: asyncio.Barrier, seconds: float) -> dict[str, Any]:
    """The server's memory once a second from when everybody is here, and the cores it and the viewers used."""
    await all_here.wait()
    of = {"server": psutil.Process(server.pid), "viewers": psutil.Process()}
    used, held, start = {name: [_processor(one)] for name, one in of.items()}, list[float](), time.perf_counter()
    while time.perf_counter() - start < seconds and server.poll() is None:
        held.append(of["server"].memory_info().rss / 1e6)
        for name, one in of.items():
            used[name].append(_processor(one))
        await asyncio.sleep(1)
    lasted = time.perf_counter() - start
    return {
        "cores_used": {name: round((each[-1] - each[0]) / lasted, 2) for name, each in used.items()},
        "rss_mb": memory(held),
    }


def _processor(process: psutil.Process) -> float:
    """Seconds of processor a process has had so far."""
    so_far = process.cpu_times()
    return float(so_far.user + so_far.system)


def memory(held: list[float]) -> dict[str, float]:
    """Megabytes at the start, after a third, half way and at the end, each the median of a tenth of the time; and by which
    share the end is above the third."""
    tenth = max(1, len(held) // 10)
    at = {"start": 0, "third": len(held) // 3, "middle": len(held) // 2, "end": len(held) - tenth}
    found = {name: round(median(held[first : first + tenth]), 1) for name, first in at.items()}
    return {**found, "growth_after_third": round(found["end"] / found["third"] - 1, 4)}


def cuts(took: list[float]) -> dict[str, float | int]:
    """How many, and milliseconds: the median, the 95th of a hundred, the longest (nearest rank)."""
    ordered = sorted(took)
    rank = {name: ordered[max(0, -(-len(ordered) * share // 100) - 1)] for name, share in (("p50", 50), ("p95", 95))}
    return {"changes": len(took), **{f"{name}_ms": round(one) for name, one in rank.items()}, "max_ms": round(ordered[-1])}


def run(town: Path, viewers: int, seconds: float, seed: int = 1, every_s: float = TURN_S) -> dict[str, Any]:
    """Serve a town to so many viewers for so long; `met` says whether every aim was."""
    load_before = os.getloadavg()[0]
    with served(town) as running:
        tally, people = Tally(), [PEOPLE[number % len(PEOPLE)] for number in range(viewers)]
        for number, (role, localities, _) in enumerate(people):
            running.grant(f"u-{number}", role, *localities)
        cookies = [running.sign_in(f"u-{number}") for number in range(viewers)]
        known = {audience: _own(running, audience) for _, _, audience in people}
        everybody = [
            Viewer(running, cookie, *known[audience], random.Random(f"{seed} {number}"), tally, every_s)
            for number, (cookie, (_, _, audience)) in enumerate(zip(cookies, people, strict=True))
        ]

        async def all_of_them() -> dict[str, Any]:
            all_here = asyncio.Barrier(viewers + 1)
            watching = [asyncio.create_task(one.watch(all_here, seconds)) for one in everybody]
            weighed = await _weigh(running.server, all_here, seconds)
            await asyncio.gather(*watching)
            return weighed

        weighed = asyncio.run(all_of_them())
        log = running.log.read_text(encoding="utf-8", errors="replace").splitlines()
    tally.faults["a fault in the server's log"] += sum(1 for line in log if FAULTY_LOG.search(line))
    return _found(tally, weighed, viewers, seconds) | {"both_every_s": every_s, "load_before": round(load_before, 2)}


def _own(running: Served, audience: Audience) -> tuple[frozenset[str], str]:
    """The beats an audience may have, and what its banner says."""
    names = {one.id: one.name for one in Settings(running.data_dir).partnership.localities}
    beats = open_snapshot(running.data_dir, audience).areas("beat")["area_id"]
    return frozenset(beats), wording.shown_to(audience.name, names.get(audience.locality or ""))


def _found(tally: Tally, weighed: dict[str, Any], viewers: int, seconds: float) -> dict[str, Any]:
    every = [one for took in tally.took.values() for one in took]
    faults = {what: count for what, count in tally.faults.items() if count}
    of_all = cuts(every) if every else {"changes": 0, "p95_ms": float("inf")}
    steady = weighed["rss_mb"]["growth_after_third"] < MOST_GROWTH
    return {
        "viewers": viewers, "seconds": seconds, **of_all, "most_p95_ms": MOST_P95_MS, "changes_due": tally.due,
        "by_kind": {kind: cuts(took) for kind, took in tally.took.items() if took},
        "first_page": cuts(tally.first_page) if tally.first_page else {}, "heartbeats": tally.heartbeats,
        "megabytes_sent": round(tally.kilobytes / 1000, 1), **weighed, "most_growth": MOST_GROWTH, "faults": faults,
        "met": not faults and len(every) == tally.due and of_all["p95_ms"] < MOST_P95_MS and steady,
    }  # fmt: skip


def growth(town: Path, seed: int = 1, every_s: float = TURN_S) -> list[dict[str, Any]]:
    """What more viewers cost, each number of them at a server of its own."""
    return [run(town, viewers, GROWTH_S, seed, every_s) for viewers in GROWTH]


@contextmanager
def demo_town(months: int) -> Iterator[Path]:
    """The demo town, built and published, gone afterwards."""
    with own_key(), tempfile.TemporaryDirectory() as folder:
        town = Path(folder)
        write_demo(town, seed=7, months=months)
        build(Settings(town))
        publish(Settings(town))
        yield town


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, measure, and say whether every aim was met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=WHOLE[0])
    parser.add_argument("--seconds", type=float, default=WHOLE[1])
    parser.add_argument("--every", type=float, default=TURN_S, help="seconds in which a viewer changes month and place")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--months", type=int, default=48, help="of the demo town's history")
    parser.add_argument("--growth", action="store_true", help="1, 10, 30 and 60 viewers, in place of one number of them")
    asked = parser.parse_args(arguments)
    with demo_town(asked.months) as town:
        if asked.growth:
            runs = growth(town, asked.seed, asked.every)
            write_figures("load_growth", {"months": asked.months, "runs": runs})
            missed = [one["viewers"] for one in runs if one["faults"]]
        else:
            found = run(town, asked.viewers, asked.seconds, asked.seed, asked.every)
            whole = asked.viewers >= WHOLE[0] and asked.seconds >= WHOLE[1]
            write_figures("load", {"seed": asked.seed, "months": asked.months, **found}, keep=whole)
            missed = [] if found["met"] else [asked.viewers]
    if missed:
        raise SystemExit(f"short of what was promised, viewers: {', '.join(map(str, missed))}")


if __name__ == "__main__":
    main()
