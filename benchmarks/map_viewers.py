"""Twenty viewers at once: real websocket clients that speak the dashboard's own protocol, without a browser each.

Each opens the map page; when all are there each chooses a place, thinks for up to five seconds, and chooses another. What
is timed is the server: from sending the choice to the message that its run is finished. A browser's own drawing is timed
elsewhere.
"""

import asyncio
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MOST_THINKING_S = 5.0


async def _finish(socket: Any, seen: dict[str, Any]) -> None:
    """Read until the run is finished; note the map component, its fragment, and the places on it."""
    while True:
        message = ForwardMsg()
        message.ParseFromString(await socket.recv())
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "component_instance":
            instance = message.delta.new_element.component_instance
            seen.update(widget=instance.id, fragment=message.delta.fragment_id, script=json.loads(instance.json_args))
        if kind == "new_session":
            seen["page"] = message.new_session.page_script_hash
        if kind == "script_finished":
            return


async def _viewer(
    address: str, path: str, choices: int, draw: random.Random, took: list[float], all_here: asyncio.Barrier
) -> None:
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    async with websockets.connect(url, subprotocols=["streamlit"], max_size=None, origin=address) as socket:
        seen: dict[str, Any] = {}
        first = BackMsg()
        first.rerun_script.query_string = ""
        first.rerun_script.page_name = path
        await socket.send(first.SerializeToString())
        await _finish(socket, seen)
        await all_here.wait()
        places = _places(seen["script"]["feature_group"])
        for turn in range(choices):
            await asyncio.sleep(draw.uniform(0, MOST_THINKING_S))
            message = BackMsg()
            message.rerun_script.fragment_id = seen["fragment"]
            message.rerun_script.page_script_hash = seen.get("page", "")
            state = message.rerun_script.widget_states.widgets.add()
            state.id = seen["widget"]
            drawing = {"type": "Feature", "properties": {"area_id": draw.choice(places), "turn": turn}}
            state.json_value = json.dumps({"last_active_drawing": drawing})
            started = time.perf_counter()
            before = seen["script"]["feature_group"]
            await socket.send(message.SerializeToString())
            await _finish(socket, seen)
            took.append((time.perf_counter() - started) * 1000)
            if seen["script"]["feature_group"] == before:
                raise RuntimeError("a choice changed nothing on the map: the viewers are not choosing places")


def _places(script: str) -> list[str]:
    drawing, _ = json.JSONDecoder().raw_decode(script[script.index('{"shapes"') :])
    return list(drawing["looks"])


def watch(address: str, *, path: str, viewers: int = 20, choices: int = 8) -> dict[str, float]:
    """Milliseconds of the server for each choice, p50 and p95, with all viewers at once."""
    took: list[float] = []

    async def everybody() -> None:
        all_here = asyncio.Barrier(viewers)
        each = (_viewer(address, path, choices, random.Random(number), took, all_here) for number in range(viewers))
        await asyncio.gather(*each)

    with ThreadPoolExecutor(1) as apart:  # the browser's driver may have a loop of its own running here
        apart.submit(asyncio.run, everybody()).result()
    cut = quantiles(took, n=20)
    return {"viewers": viewers, "choices": len(took), "p50_ms": round(cut[9]), "p95_ms": round(cut[18])}
