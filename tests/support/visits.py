"""A reader's browser, and everything it was sent and asked for."""

from __future__ import annotations

import io
import shutil
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_BROWSER = "no chromium on this machine: the map's clicks, colours, requests and policy were not tested"


class Visit:
    """One browser page, and everything it asked for and complained about."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self._heard)
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    @property
    def map(self) -> Any:
        return self.page.frame_locator("iframe[title^=streamlit_folium]")

    @property
    def places(self) -> Any:
        return self.map.locator("path.leaflet-interactive")

    def _heard(self, said: Any) -> None:
        """Streamlit first looks for itself under the page's own address, and is answered that it is not there."""
        probe = "/map/_stcore/" in said.location.get("url", "")
        if said.type == "error" and not probe:
            self.complaints.append(said.text)

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.address}/map{query}")
        self.places.first.wait_for(timeout=60_000)

    def click_place(self, name: str) -> None:
        """Click the middle of a place with the mouse, whatever the shape of its outline."""
        frame = next(frame for frame in self.page.frames if "streamlit_folium" in frame.url)
        middle = frame.evaluate(
            """name => {
              const all = Object.values(window.map._layers);
              const place = all.find(layer => layer.look && layer.look.name === name);
              return window.map.latLngToContainerPoint(place.middle);
            }""",
            name,
        )
        box = self.page.locator("iframe[title^=streamlit_folium]").bounding_box()
        self.page.mouse.click(box["x"] + middle["x"], box["y"] + middle["y"])

    def choose(self, control: str, option: str) -> None:
        self.page.get_by_label(control, exact=True).click()
        self.page.keyboard.type(option)  # a long list only holds what is in view
        self.page.get_by_role("option", name=option, exact=True).click()

    def left_the_machine(self) -> list[str]:
        here = {"127.0.0.1", "localhost"}
        calls = [urlsplit(url) for url in self.requests]
        return [url.geturl() for url in calls if url.scheme not in {"data", "blob"} and url.hostname not in here]

    def map_picture(self) -> Image.Image:
        frame = self.page.locator("iframe[title^=streamlit_folium]")
        return Image.open(io.BytesIO(frame.screenshot())).convert("RGB")
