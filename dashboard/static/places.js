/* Draws places on the map, and lets a keyboard reach them.
 *
 * Every word is set as text, never as HTML, so a place may be called anything.
 * The map is one tab stop: arrow keys move between places, each with a name, Enter chooses, plus and minus zoom,
 * and Escape leaves for what comes after the map.
 */
(function () {
  "use strict";

  // Every mark would be a layer of its own for the browser to put together: with hundreds of them that takes longer than
  // all else. Places are set by left and top instead, and zooming does not glide.
  L.Browser.any3d = false;
  // Leaflet would then zoom in whole steps only, and a town might fill a quarter of its frame: these two may use parts.
  ["getBoundsZoom", "_limitZoom"].forEach(function (name) {
    const usual = L.Map.prototype[name];
    L.Map.prototype[name] = function () {
      L.Browser.any3d = true;
      try {
        return usual.apply(this, arguments);
      } finally {
        L.Browser.any3d = false;
      }
    };
  });

  const SMALLEST_MARK_PX = 24;
  const SMALLEST_NUMBER_PX = 14;  // of a large town, where it is drawn smaller
  const BADGE_PX = 26;
  const MOST_UNDER_A_BADGE = 3;  // its own place is one of them
  const GRID = 12;
  const FROM_ANOTHER = 0.5;  // half the way to another's mark counts as room: its badge takes the other half
  const STEPS_A_DEGREE = 100000;
  const CHOSEN = { color: "#0b0c0c", weight: 5, opacity: 1, fill: false };
  const SVG = "http://www.w3.org/2000/svg";
  const middles = new Map();  // of shapes seen before: the same places are drawn again and again

  function start(map, town) {
    map.createPane("ground").style.zIndex = 350;
    [["lines", 450], ["chosen", 460]].forEach(function (above) {
      const pane = map.createPane(above[0]);
      pane.style.zIndex = above[1];
      pane.style.pointerEvents = "none";
    });
    town.layers.forEach((layer) => backdrop(layer).addTo(map));
    map.heldShapes = town.levels;
    keepWholeTownInView(map, town.bounds);
  }

  function backdrop(layer) {
    return light(L.geoJSON(layer.shapes.map(unpacked), { pane: layer.pane, style: layer.style, interactive: false }));
  }

  /* Leaflet has made corners of its own out of the shapes: the ones they came with are let go of. */
  function light(group) {
    return group.eachLayer((one) => { one.feature = { type: "Feature", properties: (one.feature || {}).properties || {} }; });
  }

  /* Shapes come as whole steps of a hundred-thousandth of a degree, each from the corner before. */
  function unpacked(shape) {
    if (shape.geometries) {
      return { type: shape.type, geometries: shape.geometries.map(unpacked) };
    }
    return { type: shape.type, coordinates: positions(shape.coordinates) };
  }

  function positions(steps) {
    if (typeof steps[0] !== "number") {
      return steps.map(positions);
    }
    const line = [];
    let east = 0;
    let north = 0;
    for (let at = 0; at < steps.length; at += 2) {
      east += steps[at];
      north += steps[at + 1];
      line.push([east / STEPS_A_DEGREE, north / STEPS_A_DEGREE]);
    }
    return line;
  }

  /* The frame is stretched to the window after the map is made, and again when the window changes:
     show the whole town each time, until the reader has moved the map. */
  function keepWholeTownInView(map, bounds) {
    let moved = false;
    ["pointerdown", "wheel"].forEach(function (kind) {
      map.getContainer().addEventListener(kind, () => { moved = true; }, { passive: true });
    });
    function fit() {
      map.invalidateSize({ animate: false });
      // A frame that is being moved on the page has no size for a moment, and no zoom would fit.
      if (!moved && map.getSize().x && map.getSize().y) {
        map.fitBounds(bounds, { padding: [10, 10], animate: false });
      }
    }
    const watch = new ResizeObserver(fit);
    watch.observe(map.getContainer());
    map.on("unload", () => watch.disconnect());
    fit();
  }

  /* The map component takes the old group off and puts a new one on for every change. The places themselves stay: only
     what changed about each is drawn again, and shapes are made anew only when they are other shapes. */
  function draw(group, drawing) {
    group.on("add", () => show(group._map, drawing));
  }

  /* What looks and says the same as before is left alone: with thousands of places that is most of the work. */
  function show(map, drawing) {
    const same = typeof drawing.shapes === "string" ? drawing.shapes : JSON.stringify(drawing.shapes);
    const key = same + " " + Object.keys(drawing.looks).sort().join(" ");
    if (!map.shownPlaces || map.shownPlaces.key !== key) {
      make(map, drawing, key);
    }
    const shown = map.shownPlaces;
    const styles = drawing.styles.map((style) => JSON.stringify(style));
    let chosen = null;
    shown.places.forEach(function (place) {
      const id = place.feature.properties.area_id;
      const look = drawing.looks[id];
      const seen = [look[0], look[1], styles[look[2]], id === drawing.chosen].join("\n");
      place.feature.properties.turn = drawing.turn;
      chosen = id === drawing.chosen ? place : chosen;
      if (place.seen !== seen) {
        place.seen = seen;
        place.look = Object.assign({ name: look[0], words: look[1], chosen: id === drawing.chosen }, drawing.styles[look[2]]);
        dress(place, map);
      }
    });
    outline(chosen, shown);
    oneTabStop(map.getContainer(), drawing.label);
    tabStop(shown);
  }

  function make(map, drawing, key) {
    const shapes = typeof drawing.shapes === "string" ? map.heldShapes[drawing.shapes] : drawing.shapes;
    const features = Object.keys(shapes).filter((id) => drawing.looks[id]).map(function (id) {
      return { type: "Feature", properties: { area_id: id }, geometry: unpacked(shapes[id]) };
    });
    if (map.shownPlaces) {
      [map.shownPlaces.layer, map.shownPlaces.outlines, map.shownPlaces.marks].forEach((old) => old.remove());
    } else {
      map.on("zoomend", () => fitMarks(map));
    }
    const layer = light(L.geoJSON(features)).addTo(map);
    const shown = { key: key, layer: layer, places: layer.getLayers(), outlines: L.layerGroup().addTo(map),
      marks: L.layerGroup().addTo(map), chosen: null, stop: null };
    shown.bySize = setMiddles(shown.places);
    shown.places.forEach(function (place) {
      place.sign = mark(place);
      shown.marks.addLayer(place.sign);
      place.on("click", function () {
        outline(place, shown);
        (map.answer || answerAtOnce)(place);
      });
      place.bindTooltip(() => tip(place.look), { sticky: true, className: "place-tip", opacity: 1 });
      const element = place.getElement();
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", "-1");
      element.setAttribute("aria-pressed", "false");
      element.addEventListener("keydown", (event) => pressed(event, place, shown));
    });
    map.shownPlaces = shown;
    if (map.sparing) {
      spare(map);
    }
  }

  /* The heavy outline of a choice, once more above the river and the roads, so that it is whole. It is drawn before the
     server has answered; its answer then draws the same. */
  function outline(place, shown) {
    shown.outlines.clearLayers();
    if (shown.chosen && shown.chosen !== place) {
      shown.chosen.getElement().setAttribute("aria-pressed", "false");
    }
    shown.chosen = place;
    if (place) {
      place.getElement().setAttribute("aria-pressed", "true");
      shown.outlines.addLayer(L.polygon(place.getLatLngs(), Object.assign({ pane: "chosen", interactive: false }, CHOSEN)));
    }
  }

  function fitMarks(map) {
    if (map.sparing) {
      spare(map);
    }
    map.shownPlaces.places.forEach((place) => place.sign.fit(map));
  }

  /* A badge of one place among hundreds would hide its neighbours: a mark that does not fit into its own place is left
     out where it would lie on several others or on another mark, and comes back as the reader comes nearer. */
  function spare(map) {
    const middles = apart();
    const marks = apart();
    const each = map.shownPlaces.bySize.map((place) => [place, map.latLngToLayerPoint(place.middle)]);
    each.forEach((one) => middles.add(one[1]));
    each.forEach(function (one) {
      const [place, at] = one;
      const fits = place.sign.size(map) >= SMALLEST_NUMBER_PX;
      place.sign.crowded = !fits && (middles.near(at) > MOST_UNDER_A_BADGE || marks.near(at) > 0);
      if (!place.sign.crowded) {
        marks.add(at);
      }
    });
  }

  /* Points by the square they lie in, so that those near another are soon found. */
  function apart() {
    const squares = new Map();
    const square = (x, y) => Math.floor(x / BADGE_PX) + " " + Math.floor(y / BADGE_PX);
    return {
      add: function (at) {
        const name = square(at.x, at.y);
        squares.set(name, (squares.get(name) || []).concat(at));
      },
      near: function (at) {
        let found = 0;
        for (let cell = 0; cell < 9; cell += 1) {
          const there = squares.get(square(at.x + ((cell % 3) - 1) * BADGE_PX, at.y + (Math.floor(cell / 3) - 1) * BADGE_PX));
          found += there ? there.filter((other) => other.distanceTo(at) < BADGE_PX).length : 0;
        }
        return found;
      },
    };
  }

  /* The map component waits a quarter of a second before it reports a click. We report at once, and note
     that we did, so that it has nothing left to say. Without its internals the click still arrives, later. */
  function answerAtOnce(place) {
    const known = window.__GLOBAL_DATA__;
    if (window.Streamlit && known) {
      known.last_active_drawing = place.toGeoJSON();
      known.previous_data = { last_active_drawing: known.last_active_drawing };
      window.Streamlit.setComponentValue(known.previous_data);
    }
  }

  function tip(look) {
    const box = document.createElement("div");
    [["strong", look.name], ["span", look.words]].forEach(function (part) {
      box.appendChild(document.createElement(part[0])).textContent = part[1];
    });
    return box;
  }

  function dress(place, map) {
    const element = place.getElement();
    const look = place.look;
    const drawn = JSON.stringify([look.style, look.hatched]);
    if (place.drawn !== drawn) {
      place.drawn = drawn;
      place.setStyle(Object.assign({ dashArray: null }, look.style));
      if (look.hatched) {
        element.setAttribute("fill", "url(#" + hatch(element.ownerSVGElement) + ")");
      }
    }
    place.sign.dress(look);
    place.sign.fit(map);
    element.setAttribute("aria-label", look.name + ", " + look.words);
  }

  /* The shade's number on the shape itself: the map can be read without its colours. A shape too small
     for it gets a badge in its own colour, big enough to see from the back of a room and to click. */
  function mark(place) {
    const label = document.createElement("span");
    label.addEventListener("click", () => place.fire("click", { latlng: place.middle }, true));
    label.addEventListener("mouseenter", () => place.openTooltip(place.middle));
    label.addEventListener("mouseleave", () => place.closeTooltip());
    const icon = L.divIcon({ className: "place-mark", html: label, iconSize: [24, 24] });
    const sign = L.marker(place.middle, { icon: icon, interactive: false, keyboard: false });
    const bounds = place.getBounds();
    sign.dress = function (look) {
      label.textContent = look.mark;
      label.style.display = look.mark ? "" : "none";
      label.style.color = look.ink;
      label.style.backgroundColor = look.style.fillColor;
    };
    sign.size = function (map) {
      const size = map.latLngToLayerPoint(bounds.getSouthEast())
        .subtract(map.latLngToLayerPoint(bounds.getNorthWest()));
      return Math.min(size.x, size.y);
    };
    sign.fit = function (map) {
      const size = sign.size(map);
      const small = map.sparing && size >= SMALLEST_NUMBER_PX ? "number small" : "badge";
      label.className = size < SMALLEST_MARK_PX ? small : "number";
      label.classList.toggle("chosen", place.look.chosen);
      sign.getElement().style.display = sign.crowded && !place.look.chosen ? "none" : "";
    };
    return sign;
  }

  /* Returns the places, the largest first. Small places first: a larger one that holds them puts its own mark where theirs does not hide it. */
  function setMiddles(places) {
    const rings = new Map(places.map((place) => [place, largestRing(place.getLatLngs())]));
    const taken = [];
    const sizes = new Map(places.map((place) => [place, area(rings.get(place))]));
    const bySize = places.slice().sort((one, other) => sizes.get(one) - sizes.get(other));
    bySize.forEach(function (place) {
      const box = place.getBounds();
      const [west, south, east, north] = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
      const near = taken.filter((at) => at.lng > west && at.lng < east && at.lat > south && at.lat < north);
      const ring = rings.get(place);
      const corners = near.length ? ring.map((corner) => L.point(corner.lng, corner.lat)) : [];
      place.middle = middle(place, ring, near.filter((at) => roomAround(L.point(at.lng, at.lat), corners, 0) > 0));
      taken.push(place.middle);
    });
    return bySize.reverse();
  }

  /* The roomiest point of a grid over the largest part of the place: the centre of a bent shape may be outside. */
  function middle(place, ring, taken) {
    const shape = [place.feature.properties.area_id, ring.length, ring[0], ...taken].join(" ");
    if (!middles.has(shape)) {
      middles.set(shape, roomiest(place, ring, taken));
    }
    return middles.get(shape);
  }

  function roomiest(place, ring, taken) {
    let best = place.getCenter();
    let room = 0;
    const box = L.latLngBounds(ring);
    const squeeze = Math.cos((box.getCenter().lat * Math.PI) / 180);
    const points = ring.map((corner) => L.point(corner.lng * squeeze, corner.lat));
    const others = taken.map((point) => L.point(point.lng * squeeze, point.lat));
    for (let at = 0; at < GRID * GRID; at += 1) {
      const lng = box.getWest() + ((box.getEast() - box.getWest()) * ((at % GRID) + 0.5)) / GRID;
      const lat = box.getSouth() + ((box.getNorth() - box.getSouth()) * (Math.floor(at / GRID) + 0.5)) / GRID;
      const here = L.point(lng * squeeze, lat);
      const apart = Math.min(...others.map((other) => FROM_ANOTHER * here.distanceTo(other)));
      const free = apart > room ? Math.min(apart, roomAround(here, points, room)) : 0;
      if (free > room) {
        room = free;
        best = L.latLng(lat, lng);
      }
    }
    return best;
  }

  function largestRing(rings) {
    if (rings.length && rings[0].lat !== undefined) {
      return rings;
    }
    return rings.map(largestRing).reduce((one, other) => (area(other) > area(one) ? other : one));
  }

  function area(ring) {
    let sum = 0;
    ring.forEach(function (corner, at) {
      const next = ring[(at + 1) % ring.length];
      sum += corner.lng * next.lat - next.lng * corner.lat;
    });
    return Math.abs(sum);
  }

  /* How far a point is from the edge of the ring it is in; 0 outside, and 0 where it is no more than `enough`. */
  function roomAround(point, ring, enough) {
    let inside = false;
    let least = Infinity;
    for (let at = 0; at < ring.length; at += 1) {
      const one = ring[at];
      const other = ring[(at + 1) % ring.length];
      if (one.y > point.y !== other.y > point.y) {
        const crossing = one.x + ((point.y - one.y) * (other.x - one.x)) / (other.y - one.y);
        inside = point.x < crossing ? !inside : inside;
      }
      least = Math.min(least, L.LineUtil.pointToSegmentDistance(point, one, other));
      if (least <= enough) {
        return 0;
      }
    }
    return inside ? least : 0;
  }

  function hatch(svg) {
    if (!svg.querySelector("#withheld")) {
      const pattern = document.createElementNS(SVG, "pattern");
      Object.entries({ id: "withheld", width: 8, height: 8, patternUnits: "userSpaceOnUse",
        patternTransform: "rotate(45)" }).forEach((pair) => pattern.setAttribute(pair[0], pair[1]));
      [["#ffffff", 8], ["#6b7178", 2]].forEach(function (stripe) {
        const bar = pattern.appendChild(document.createElementNS(SVG, "rect"));
        bar.setAttribute("width", stripe[1]);
        bar.setAttribute("height", 8);
        bar.setAttribute("fill", stripe[0]);
      });
      svg.insertBefore(pattern, svg.firstChild);
    }
    return "withheld";
  }

  /* Arrow keys are the map's own, also for a screen reader; the zoom buttons are reached by + and -. */
  function oneTabStop(container, label) {
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", label || "");
    container.querySelectorAll(".leaflet-control-zoom a").forEach((button) => button.setAttribute("tabindex", "-1"));
  }

  /* The chosen place, or the one the keyboard is on, is where a tab arrives. */
  function tabStop(shown) {
    const active = shown.places.length ? shown.places[0].getElement().getRootNode().activeElement : null;
    const on = active && shown.places.find((place) => place.getElement() === active);
    stopAt(on || shown.chosen || shown.places[0], shown);
  }

  function stopAt(place, shown) {
    if (shown.stop && shown.stop !== place) {
      shown.stop.getElement().setAttribute("tabindex", "-1");
    }
    shown.stop = place;
    if (place) {
      place.getElement().setAttribute("tabindex", "0");
    }
  }

  function pressed(event, place, shown) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.key === "Enter" || event.key === " ") {
      place.fire("click", { latlng: place.middle }, true);
    } else if (ways[event.key]) {
      moveTo(nearest(place, shown.places, ways[event.key]), shown);
    } else if (event.key === "Escape") {
      leave(place);
    } else if (event.key === "+" || event.key === "-") {
      place._map.setZoomAround(place.middle, place._map.getZoom() + (event.key === "+" ? 1 : -1));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function moveTo(next, shown) {
    if (next) {
      stopAt(next, shown);
      next.getElement().focus({ preventScroll: true });
      next._map.panInside(next.middle, { padding: [40, 40] });
    }
  }

  /* Focus goes to what follows the map on the page; where the page cannot be reached, the map just lets go of it. */
  function leave(place) {
    place.closeTooltip();
    place.getElement().blur();
    try {
      const held = place._map.getContainer();
      const frame = held.getRootNode().host || window.frameElement || held;
      const stops = "a[href], button, input, select, textarea, summary, iframe, [tabindex]";
      const after = Array.from(frame.ownerDocument.querySelectorAll(stops)).find(function (one) {
        const follows = frame.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
        return follows && one.tabIndex >= 0 && !one.disabled && one.getClientRects().length && !frame.contains(one);
      });
      if (after) {
        after.focus();
      }
    } catch (refused) {
      window.focus();
    }
  }

  /* The nearest place in the direction of the arrow; being off to one side counts double. */
  function nearest(from, places, way) {
    const here = from.middle;
    let best = null;
    let least = Infinity;
    places.forEach(function (place) {
      const there = place.middle;
      const east = (there.lng - here.lng) * Math.cos((here.lat * Math.PI) / 180);
      const north = there.lat - here.lat;
      const ahead = east * way[0] + north * way[1];
      const aside = Math.abs(east * way[1]) + Math.abs(north * way[0]);
      if (place !== from && ahead > 1e-9 && ahead + 2 * aside < least) {
        best = place;
        least = ahead + 2 * aside;
      }
    });
    return best;
  }

  window.saferPlaces = { start: start, backdrop: backdrop, draw: draw, show: show };
})();
