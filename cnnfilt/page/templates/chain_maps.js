/* The values of a layer: its maps as pictures, one of them large, and lists of values as bars. */

const THUMBNAIL = 88;

/** Return a layer's values with their places: `at(row, column, channel)` is undefined for what is not in the page. */
async function openedValues(maps) {
  const array = await unpacked(maps.values), sheets = {};
  for (const name of ["near", "whole"]) {
    if (maps[name]) sheets[name] = {...maps[name], image: await loadedPicture(maps[name].picture)};
  }
  const [top, left, height, width] = maps.part || [0, 0, 0, 0], flat = !maps.part;
  const at = (row, column, channel) => {
    if (flat) return array.values[channel];
    const inside = row >= top && row < top + height && column >= left && column < left + width;
    return inside ? array.at(row - top, column - left, channel) : undefined;
  };
  return {...maps, ...sheets, flat, at, size: maps.shape, values: array.values};
}

function loadedPicture(uri) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("a picture is damaged"));
    image.src = uri;
  });
}

/** Draw map number `place` of a sheet into a context, at `x`, `y`, so many pixels wide and high. */
function drawMap(context, sheet, place, x, y, width, height) {
  const [rows, columns] = sheet.size, across = (place % sheet.columns) * columns;
  context.imageSmoothingEnabled = columns > 2 * width;
  context.drawImage(sheet.image, across, Math.floor(place / sheet.columns) * rows, columns, rows, x, y, width, height);
}

/** Return (width, height) in which a map of so many rows and columns fits a square of that side, its pixels square. */
function fitted([rows, columns], side) {
  const scale = side / Math.max(rows, columns), whole = scale >= 1 ? Math.floor(scale) : scale;
  return [Math.max(columns * whole, 1), Math.max(rows * whole, 1)];
}

/** Return a small picture of one map. */
function thumbnailOf(values, place, side = THUMBNAIL) {
  const canvas = element("canvas", {"aria-hidden": "true"}), sheet = values.whole || values.near;
  const [width, height] = fitted(sheet.size, side);
  drawMap(sized(canvas, width, height), sheet, place, 0, 0, width, height);
  return canvas;
}

/** Return what map number `place` is called. */
function mapName(values, place) {
  return values.names[place] || `map${place + 1}`;
}

/** Return all maps of a layer as buttons; `choose(channel)` is called for the one that is taken. */
function mapsOf(values, chosen, choose) {
  const buttons = values.ranges.map(([low, high], place) => element("button", {type: "button", class: "map",
    "aria-pressed": String(place === chosen), tabindex: place === chosen ? 0 : -1, click: () => choose(place)},
  thumbnailOf(values, place), element("span", {}, mapName(values, place)), element("span", {class: "about"}, rangeOf(low, high))));
  const made = element("div", {class: "maps", "data-focus": "maps"}, buttons);
  arrowsAmong(made, buttons, choose);
  return made;
}

/** Let arrow keys go from one of the buttons to the next, and take it. */
function arrowsAmong(parent, buttons, choose) {
  parent.addEventListener("keydown", (event) => {
    const from = buttons.indexOf(event.target.closest("button"));
    const next = {ArrowRight: from + 1, ArrowDown: from + 1, ArrowLeft: from - 1, ArrowUp: from - 1, Home: 0, End: buttons.length - 1}[event.key];
    if (next === undefined || !buttons[next]) return;
    event.preventDefault();
    choose(next);
  });
}

function rangeOf(low, high) {
  return low === high ? written(low) : `${written(low)} to ${written(high)}`;
}

/** Return one map, large, with the value that is chosen marked; `choose(row, column)` takes another. */
function largeMap(values, channel, [row, column], choose) {
  const [top, left, height, width] = values.part, canvas = element("canvas", {tabindex: 0, role: "application",
    "aria-label": `${mapName(values, channel)}: arrow keys choose a value`, class: "large", "data-focus": "large"});
  const [wide, high] = fitted([height, width], Math.min(480, document.documentElement.clientWidth - 48)), scale = wide / width;
  const context = sized(canvas, wide, high), color = colours();
  drawMap(context, values.near, channel, 0, 0, wide, high);
  outlined(context, (column - left) * scale, (row - top) * scale, scale, scale, color.accent);
  const read = element("p", {class: "read number", "aria-hidden": "true"}, " ");
  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [top + Math.min(Math.floor((event.clientY - box.top) / scale), height - 1), left + Math.min(Math.floor((event.clientX - box.left) / scale), width - 1)];
  };
  canvas.addEventListener("pointermove", (event) => {
    const [y, x] = placeOf(event);
    read.textContent = `row ${y}, column ${x}: ${written(values.at(y, x, channel))}`;
  });
  canvas.addEventListener("pointerleave", () => { read.textContent = " "; });
  canvas.addEventListener("click", (event) => choose(...placeOf(event)));
  canvas.addEventListener("keydown", (event) => {
    const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    if (!step) return;
    event.preventDefault();
    choose(Math.min(Math.max(row + step[0], top), top + height - 1), Math.min(Math.max(column + step[1], left), left + width - 1));
  });
  return element("figure", {}, canvas, read, element("figcaption", {}, partSaid(values)), values.whole ? wholeMap(values, channel) : null);
}

function partSaid(values) {
  const [top, left, height, width] = values.part;
  return values.whole ? `Rows ${top} to ${top + height - 1} and columns ${left} to ${left + width - 1} of ${values.size[0]}x${values.size[1]}; ${values.scale}.`
    : `${values.scale}.`.replace(/^./, (one) => one.toUpperCase());
}

/** Return a map as a whole, small, with the part marked whose numbers are in the page. */
function wholeMap(values, channel) {
  const canvas = element("canvas", {role: "img", "aria-label": "the whole map, with the part that is shown"}), [rows, columns] = values.size;
  const scale = 200 / Math.max(rows, columns), context = sized(canvas, columns * scale, rows * scale), [top, left, height, width] = values.part;
  drawMap(context, values.whole, channel, 0, 0, columns * scale, rows * scale);
  outlined(context, left * scale, top * scale, width * scale, height * scale, colours().accent);
  return canvas;
}

/** Draw a box that is seen on light and on dark: a light line in a dark one. */
function outlined(context, x, y, width, height, color) {
  context.lineWidth = 4;
  context.strokeStyle = "#000000";
  context.strokeRect(x, y, width, height);
  context.lineWidth = 2;
  context.strokeStyle = "#ffffff";
  context.strokeRect(x, y, width, height);
  context.lineWidth = 2;
  context.strokeStyle = color;
  context.strokeRect(x - 2, y - 2, width + 4, height + 4);
}

/** Return the largest magnitude of a layer's values that is finite; 1 where all are 0. */
function largestOfAll(values) {
  let largest = 0;
  for (const one of values.values) {
    const size = Math.abs(Number(one));
    if (Number.isFinite(size) && size > largest) largest = size;
  }
  return largest || 1;
}

/** Return a list of values as bars, with names where there are any; `choose(index)` takes one. Of long lists those that
    stand `around` the chosen one are told, or the highest. */
function barsOf(values, chosen, choose) {
  const count = values.values.length, order = [...Array(count).keys()], MOST = 24;
  let byHeight = count > MOST;
  const made = element("div", {class: "bars"}), list = element("div", {class: "barlist"});
  const largest = largestOfAll(values);
  const show = () => {
    const sorted = byHeight ? [...order].sort((one, other) => Number(values.values[other]) - Number(values.values[one]) || one - other) : order;
    const from = byHeight ? 0 : Math.min(Math.max(chosen - MOST / 2, 0), Math.max(count - MOST, 0));
    const shown = sorted.slice(from, from + MOST);
    if (!shown.includes(chosen)) shown.push(chosen);
    const buttons = shown.map((index) => barOf(values, index, largest, index === chosen, choose));
    const inner = element("div", {"data-focus": "bars"}, buttons);
    arrowsAmong(inner, buttons, (place) => choose(shown[place]));
    fill(list, inner);
  };
  if (count > MOST) {
    made.append(columnsOf(values, chosen, largest, choose), choice(`${grouped(count)} values,`, ["the highest first", "those beside the chosen one"],
      (index) => { byHeight = !index; show(); }));
  }
  made.append(list);
  show();
  return made;
}

function barOf(values, index, largest, isChosen, choose) {
  const value = values.values[index], share = Number.isFinite(Number(value)) ? Number(value) / largest : 0;
  const low = values.range[0] < 0, bar = element("span", {class: value < 0 ? "bar below" : "bar"}), track = element("span", {class: "track"}, bar);
  bar.style.width = `${Math.abs(share) * (low ? 50 : 100)}%`;
  bar.style.marginLeft = low ? `${share < 0 ? 50 + share * 50 : 50}%` : "0";
  return element("button", {type: "button", class: "barrow", "aria-pressed": String(isChosen), tabindex: isChosen ? 0 : -1, click: () => choose(index)},
    element("span", {class: "name"}, values.names.length ? values.names[index] : `value ${index}`), track, element("span", {class: "number"}, written(value)));
}

/** Return all values of a long list as columns side by side. */
function columnsOf(values, chosen, largest, choose) {
  const count = values.values.length, wide = Math.min(720, document.documentElement.clientWidth - 48), high = 96;
  const canvas = element("canvas", {tabindex: 0, role: "application", "aria-label": "All values: arrow keys choose one", "data-focus": "columns"});
  const context = sized(canvas, wide, high), color = colours(), zero = values.range[0] < 0 ? high / 2 : high, room = values.range[0] < 0 ? high / 2 : high;
  const step = wide / count, drawnOf = Math.max(Math.floor(count / (4 * wide)), 1);
  context.fillStyle = color.raised;
  context.fillRect(0, 0, wide, high);
  // Of more values than there are places some are left out.
  for (let index = 0; index < count; index += drawnOf) {
    const value = Number(values.values[index]), tall = Number.isFinite(value) ? (value / largest) * room : 0;
    context.fillStyle = index === chosen ? color.mark : color.accent;
    context.fillRect(index * step, Math.min(zero, zero - tall), Math.max(step - (step > 3 ? 1 : 0), 0.7), Math.abs(tall));
  }
  context.fillStyle = color.mark;
  context.fillRect(chosen * step + step / 2 - 1, 0, 2, high);
  canvas.addEventListener("click", (event) => choose(Math.min(Math.floor((event.clientX - canvas.getBoundingClientRect().left) / step), count - 1)));
  canvas.addEventListener("keydown", (event) => {
    const next = chosen + ({ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key] || 0);
    if (next === chosen || next < 0 || next >= count) return;
    event.preventDefault();
    choose(next);
  });
  return element("figure", {}, canvas, element("figcaption", {}, `${rangeOf(...values.range)}, number ${chosen} is marked`));
}
