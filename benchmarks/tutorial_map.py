"""The peer: a map the way tutorials make one. The whole folium map is made in each run and handed to st_folium.

Everything it could be blamed for is taken away: figures and shapes are cached, Leaflet comes from here (a default page
would wait for addresses outside), and there is nothing else on the page.
"""

import os

import folium
import streamlit as st
from streamlit_folium import st_folium

from pipelines.insight.queries import Audience, open_snapshot

MEASURE = ("incidents", "incidents")
LEAFLET = "../../app/static/vendor/leaflet"


class TutorialMap(folium.Map):
    """A folium map with Leaflet served from here."""

    default_js = [("leaflet", f"{LEAFLET}/leaflet.js")]  # noqa: RUF012
    default_css = [("leaflet_css", f"{LEAFLET}/leaflet.css")]  # noqa: RUF012


@st.cache_resource
def snapshot():
    return open_snapshot(os.environ["SAFER_PLACES_DATA_DIR"], Audience("manager"))


@st.cache_data
def shapes():
    opened = snapshot()
    groups = [code for code, _ in opened.measure(*MEASURE).harm_groups]
    last = list(opened.periods(*MEASURE).query("state == 'collected'")["period"])[-3:]
    counts = opened.map_counts(*MEASURE, area_level="beat", harm_groups=groups, periods=last).set_index("area_id")
    drawn = opened.outlines("beat")
    for feature in drawn["features"]:
        feature["properties"]["about"] = float(counts["about"][feature["properties"]["area_id"]])
    return drawn


def style(feature, chosen, most, blue):
    shade = int(220 - 180 * feature["properties"]["about"] / most)
    heavy = feature["properties"]["area_id"] == chosen
    colour = f"rgb({shade},{shade},220)" if blue else f"rgb(220,{shade},{shade})"
    return {"fillColor": colour, "fillOpacity": 1, "color": "black", "weight": 5 if heavy else 1.2}


st.set_page_config(layout="wide")
blue = st.radio("Show", ("Blue", "Red")) == "Blue"
places = shapes()
clicked = (st.session_state.get("map") or {}).get("last_active_drawing")
if clicked:
    st.session_state["chosen"] = clicked["properties"]["area_id"]
chosen = st.session_state.get("chosen")
most = max(feature["properties"]["about"] for feature in places["features"])
lon, lat = places["features"][0]["geometry"]["coordinates"][0][0]
town = TutorialMap(location=[lat, lon], zoom_start=12, tiles=None)
tip = folium.GeoJsonTooltip(fields=["name", "about"])
folium.GeoJson(places, style_function=lambda feature: style(feature, chosen, most, blue), tooltip=tip).add_to(town)
st_folium(town, key="map", height=560, use_container_width=True, returned_objects=["last_active_drawing"])
