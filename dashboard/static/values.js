/* The map of a large town, as a part of the page: it keeps its shapes, and takes a number for each place.
 *
 * The drawing itself is that of places.js. What stays comes in parcels: public outlines by URL, all else once over the
 * reader's own session.
 */
const STATIC = new URL("../../../app/static/", import.meta.url);  // works under a base URL path too
const WAIT_MS = 1500;  // for a parcel that another map on the page may be about to bring
const parcels = new Map();  // by name: a promise of what is in it, and how to keep it
const maps = new WeakMap();  // by the place on the page

let scripts = null;

function script(file) {
  return new Promise(function (done, failed) {
    const tag = document.createElement("script");
    tag.src = new URL(file, STATIC).href;
    tag.onload = done;
    tag.onerror = failed;
    document.head.appendChild(tag);
  });
}

function style(file, root) {
  return new Promise(function (done) {
    const tag = document.createElement("link");
    tag.rel = "stylesheet";
    tag.href = new URL(file, STATIC).href;
    tag.onload = tag.onerror = done;
    root.appendChild(tag);
  });
}

function parcel(name) {
  if (!parcels.has(name)) {
    const held = {};
    held.promise = new Promise((done) => { held.keep = done; });
    parcels.set(name, held);
  }
  return parcels.get(name);
}

/* Brings every parcel of a map. What does not come is asked for: the server then sends it over the session. */
function bring(data, ask) {
  Object.entries(data.first).forEach((pair) => parcel(pair[0]).keep(JSON.parse(pair[1])));
  Object.entries(data.urls).forEach(function (pair) {
    const held = parcel(pair[0]);
    held.fetched = held.fetched || fetch(new URL(pair[1], STATIC), { cache: "force-cache" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then(held.keep, () => ask([pair[0]]));
  });
  const waiting = new Set(data.parcels.filter((name) => !data.urls[name]));
  waiting.forEach((name) => parcel(name).promise.then(() => waiting.delete(name)));
  window.setTimeout(() => { if (waiting.size) { ask([...waiting]); } }, WAIT_MS);
  return Promise.all(data.parcels.map((name) => parcel(name).promise));
}

/* The map itself, made once, in the order things are needed: styles before anything is measured. */
async function made(root) {
  const box = document.createElement("div");
  box.className = "place-map";
  scripts = scripts || script("vendor/leaflet/leaflet.js").then(() => script("places.js"));
  await Promise.all([scripts, style("vendor/leaflet/leaflet.css", root), style("map.css", root)]);
  root.appendChild(box);
  const map = L.map(box, { zoomSnap: 0.25, keyboard: false, attributionControl: false, center: [0, 0], zoom: 12 });
  map.sparing = true;
  box.map = map;
  return map;
}

function begin(map, ground) {
  const layers = ground.layers.filter((layer) => !layer.shapes.of);
  window.saferPlaces.start(map, { layers: layers, bounds: ground.bounds, levels: {} });
}

/* Thin outlines of places that are themselves on the map would only lie under their edges. */
function thin(map, ground, levels, held) {
  if (map.thin) {
    map.thin.remove();
    map.thin = null;
  }
  const layer = ground.layers.find((one) => one.shapes.of);
  if (!levels.includes(layer.shapes.of)) {
    const shapes = Object.values(held.get(layer.shapes.of));
    map.thin = window.saferPlaces.backdrop(Object.assign({}, layer, { shapes: shapes })).addTo(map);
  }
}

/* From numbers to what places.js draws: a name, words and a style for each place. */
function unfolded(who, drawing, chosen) {
  const looks = {};
  who.forEach(function (place, at) {
    const [style, words] = drawing.looks[drawing.each[at]];
    looks[place[0]] = [place[1], words, style];
  });
  const styles = drawing.styles.slice();
  if (chosen && looks[chosen[0]]) {
    looks[chosen[0]][2] = styles.push(chosen[1]) - 1;
  }
  return { looks: looks, styles: styles, chosen: chosen && chosen[0] };
}

/* The chosen place stands in an element of the page, not in what this part is given: the page asks for this script again
 * before it hands that over, and by then the browser is busy with the place's chart. An element is seen as it changes. */
function chosenFor(name) {
  const said = document.querySelector(`.sp-map-chosen[data-map="${name}"]`);
  return said ? said.dataset.chosen : "null";
}

function paint(state, map) {
  state.chosen = chosenFor(state.drawing.name);
  const drawing = unfolded(state.drawing.who, state.drawing.said, JSON.parse(state.chosen));
  window.saferPlaces.show(map, Object.assign(drawing, { shapes: state.drawing.shapes, label: state.drawing.label }));
}

function watch(state) {
  const watching = new MutationObserver(function () {
    if (state.drawing && chosenFor(state.drawing.name) !== state.chosen) {
      state.map.then((map) => paint(state, map));
    }
  });
  watching.observe(document.body, { childList: true, subtree: true });
  return watching;
}

async function draw(state, data, ask) {
  const [map, contents] = await Promise.all([state.map, bring(data, ask)]);
  if (state.newest !== data || state.gone) {
    return;
  }
  const held = new Map(data.parcels.map((name, at) => [name, contents[at]]));
  const key = data.levels.join(" ");
  if (!map.heldShapes) {
    begin(map, held.get(data.ground));
  }
  if (!map.heldShapes[key]) {
    thin(map, held.get(data.ground), data.levels, held);
  }
  map.heldShapes = { [key]: map.heldShapes[key] || Object.assign({}, ...data.levels.map((name) => held.get(name))) };
  state.drawing = { who: held.get(data.who), said: JSON.parse(data.drawing), shapes: key, label: data.label, name: data.name };
  paint(state, map);
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  if (!maps.has(parentElement)) {
    const fresh = { map: made(parentElement), gone: false, drawing: null };
    fresh.watching = watch(fresh);
    maps.set(parentElement, fresh);
  }
  const state = maps.get(parentElement);
  state.newest = data;
  state.map.then((map) => { map.answer = (place) => setTriggerValue("picked", place.feature.properties.area_id); });
  draw(state, data, (names) => setTriggerValue("lacking", names));
  return function () {
    state.gone = true;
    state.watching.disconnect();
    maps.delete(parentElement);
    state.map.then((map) => map.remove());
  };
}
