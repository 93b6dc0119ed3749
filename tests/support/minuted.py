"""A meeting of Larkhaven's North that recorded: its snapshots in a data directory of its own."""

import shutil
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.gate.screening import screen
from pipelines.insight.queries import Audience, open_snapshot
from pipelines.record import Event, Screen, Store, Wanted, new_token, open_store
from pipelines.record.columns import read_choices
from pipelines.settings import Settings

NORTH = Audience("meeting", "north")
MET_ON, NEXT_ON = date(2026, 10, 13), date(2026, 10, 20)
NOW = datetime(2026, 10, 13, 15, tzinfo=UTC)


def own_town(larkhaven: Path, folder: Path) -> Path:
    """A data directory with Larkhaven's snapshots, where nothing is permitted, issued or recorded yet."""
    here = folder / "town"
    here.mkdir(parents=True)
    shutil.copyfile(larkhaven / "partnership.toml", here / "partnership.toml")
    (here / "snapshots").symlink_to(larkhaven / "snapshots")
    return here


@cache
def _screen_of(data_dir: Path) -> Screen:
    """The gate's screen as the dashboard gives it to the store: with every place there is."""
    settings, manager = Settings(data_dir), open_snapshot(data_dir, Audience("manager"))
    places = [str(name) for level in manager.area_levels for name in manager.areas(level)["name"]]
    agencies = [one.label for name in ("agency", "role") for one in read_choices(settings, name)]
    return lambda text: screen(text, places=places, agencies=agencies)


@cache
def _known(data_dir: Path) -> tuple[dict[str, str], list[dict[Any, Any]]]:
    """The places of North, and the actions a file delivered of them."""
    snapshot = open_snapshot(data_dir, NORTH)
    areas = snapshot.areas_of("north")
    return dict(zip(areas["area_id"], areas["name"], strict=True)), snapshot.register("actions").to_dict("records")


class Meeting:
    """Somebody who records at the meeting of North."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        town = (data_dir / "snapshots").resolve().parent
        self.screen = _screen_of(town)
        self.places, self.actions = _known(town)

    @property
    def store(self) -> Store:
        return open_store(Settings(self.data_dir))

    def record(self, feed: str, fields: dict[str, Any], *, met_on: date = MET_ON, at: datetime = NOW, **more: Any) -> Event:
        """Record one thing at the meeting of a day."""
        asked = Wanted(feed, fields, "business_support", new_token(), "north", met_on, seen=self.store.newest(), **more)
        return self.store.record(asked, screen=self.screen, at=at)

    def whole_meeting(self) -> list[str]:
        """An hour's worth; the ids of the places it took, in order."""
        first, second, third, fourth = list(self.places)[:4]
        self.record("neighbourhood_assessments", {
            "place_id": first, "status": "scoping", "moved_on": MET_ON, "lead_agency": "Youth Service",
            "lead_role": "Youth Work Lead", "reason": "young people say they feel unsafe after school",
            "report_back_on": NEXT_ON, "threshold": "in_need"})  # fmt: skip
        self.record("rag_judgements", {"place_id": first, "judged_on": MET_ON, "value": "red",
                                       "role": "Chair", "reason": "more fights near the shops"})  # fmt: skip
        self.record("actions", {
            "place_id": first, "lead_agency": "Youth Service", "action": "walk the park after school with young people",
            "aim": "know where they feel unsafe", "success": "young people say where they feel safer",
            "due_on": NEXT_ON, "status": "agreed", "updated_on": MET_ON})  # fmt: skip
        self.record("safety_goals", {
            "place_id": first, "goal": "young people can walk home without fear",
            "what_safer_looks_like": "adults they know are there after school", "review_on": date(2026, 12, 1)})  # fmt: skip
        self.record("neighbourhood_assessments", {
            "place_id": second, "status": "stepped_up", "moved_on": MET_ON, "lead_agency": "Neighbourhood Policing",
            "lead_role": "Neighbourhood Inspector", "reason": "many concerns at once"})  # fmt: skip
        self.record("place_strengths", {"place_id": third, "noted_on": MET_ON, "kind": "guardian", "role": "Youth Work Lead",
                                        "note": "traders look out for young people"})  # fmt: skip
        self.record("emerging_concerns", {
            "place_id": fourth, "harm_group": "exploitation", "fortnight_starting": date(2026, 10, 12),
            "role": "Education Inclusion Manager", "reason": "older groups wait near the bus stop"})  # fmt: skip
        self.record("meetings", {"locality": "north", "met_on": NEXT_ON})
        return [first, second, third, fourth]

    def overfull_place(self) -> str:
        """A place with more to say than a page holds; its id."""
        place = list(self.places)[4]
        long = "the street lights by the path are mended and people walk there after school " * 12
        self.record("safety_goals", {"place_id": place, "goal": long, "what_safer_looks_like": long})
        for _ in range(9):
            self.record("actions", {"place_id": place, "lead_agency": "Youth Service", "action": long, "aim": long,
                                    "success": long, "status": "agreed", "updated_on": MET_ON})  # fmt: skip
        return place
