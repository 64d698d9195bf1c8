/* A network drawn: its layers one below the other, branches in lanes of their own, the size at each arrow. */

const LANE = 16;

/** Return the element of a network that `cnnfilt.page.network` described; `choose(place)` is called for a layer taken.
    It has `pick(place)`, which takes one. */
function networkOf(drawing, choose) {
  const gutter = drawing.lanes * LANE + 8, list = element("ol", {});
  const lanes = drawn("svg", {"aria-hidden": "true"}), made = element("div", {class: "layers"}, lanes, list);
  const largest = Math.max(...drawing.nodes.map((node) => (node.shape ? Math.max(node.shape[0], node.shape[1]) : 1)));
  const buttons = drawing.nodes.map((node, place) => element("button", {type: "button", "aria-pressed": "false",
    tabindex: place ? -1 : 0, click: () => pick(place)}, glyphOf(node, largest),
  element("span", {class: "name"}, numbered(node, place)), element("span", {class: "about"}, aboutOf(node, place))));
  const items = drawing.nodes.map((node, place) => element("li", {}, buttons[place], element("div", {class: "size"},
    element("span", {}, node.size), node.names.length ? element("span", {class: "faint"}, `as ${node.names.join(", ")}`) : null)));
  list.append(...items);
  list.style.paddingLeft = `${gutter}px`;
  list.addEventListener("keydown", (event) => {
    const from = buttons.indexOf(event.target.closest("button"));
    const next = {ArrowDown: from + 1, ArrowRight: from + 1, ArrowUp: from - 1, ArrowLeft: from - 1, Home: 0,
      End: buttons.length - 1, PageDown: Math.min(from + 10, buttons.length - 1), PageUp: Math.max(from - 10, 0)}[event.key];
    if (next === undefined || !buttons[next]) return;
    event.preventDefault();
    pick(next);
    buttons[next].focus();
  });
  function pick(place) {
    buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", String(index === place));
      button.tabIndex = index === place ? 0 : -1;
    });
    choose(place);
  }
  made.pick = pick;
  made.buttons = buttons;
  keepDrawn(made, () => drawLanes(lanes, drawing, buttons, items, made));
  return made;
}

/** Return what a layer is called: a file's operator before its name where that does not tell it. */
function titleOf(node) {
  const told = !node.operator || node.label.toLowerCase().replace(/_/g, "").includes(node.operator.toLowerCase());
  return told ? node.label : `${node.operator} ${node.label}`;
}

/** Return its number, counted from the first layer, and what it is called. */
function numbered(node, place) {
  return place ? `${place}. ${titleOf(node)}` : titleOf(node);
}

function aboutOf(node, place) {
  if (!place) return "what goes in";
  const parts = [];
  if (node.params) parts.push(`${grouped(node.params)} parameters`);
  if (node.macs) parts.push(`${grouped(node.macs)} MACs`);
  if (node.field) parts.push(`field ${pairOf(node.field)}`);
  return parts.join(", ") || "no parameters";
}

/** Return a whole number with commas, as the table of `cnnfilt shape` has it. */
function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Return 3 for [3, 3], 3x5 for [3, 5], and - where there is none. */
function pairOf(pair) {
  if (!pair) return "-";
  const [one, other] = pair.map((number) => (Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(4)))));
  return one === other ? one : `${one}x${other}`;
}

/** Return a picture of how large a value is: as high as its rows, as wide as its channels, both on a scale of powers. */
function glyphOf(node, largest) {
  const rows = node.shape ? node.shape[0] : 1, channels = node.shape ? node.shape[2] : node.values;
  const high = 4 + 22 * (Math.log2(rows + 1) / Math.log2(largest + 1)), wide = Math.min(4 + 3.2 * Math.log2(channels + 1), 46);
  return drawn("svg", {width: 50, height: 30, viewBox: "0 0 50 30", "aria-hidden": "true"}, drawn("rect", {
    x: (50 - wide) / 2, y: (30 - high) / 2, width: wide, height: high, rx: 1, fill: "none", stroke: "currentColor", "stroke-width": 1.5}));
}

function drawLanes(svg, drawing, buttons, items, parent) {
  const top = parent.getBoundingClientRect().top, across = (lane) => LANE * (lane + 0.5);
  const places = buttons.map((button) => {
    const box = button.getBoundingClientRect();
    return box.top - top + box.height / 2;
  });
  svg.setAttribute("width", LANE * drawing.lanes + 8);
  svg.setAttribute("height", parent.clientHeight);
  const color = colours(), parts = [];
  for (const [first, last, lane] of drawing.arrows) {
    const [x, y] = [across(drawing.nodes[first].lane), places[first] + 4];
    const [toX, toY] = [across(drawing.nodes[last].lane), places[last] - 6], middle = across(lane);
    const bend = Math.min(14, (toY - y) / 2);
    const path = x === middle && middle === toX ? `M${x} ${y}V${toY}`
      : `M${x} ${y}C${x} ${y + bend} ${middle} ${y} ${middle} ${y + bend}V${toY - bend}C${middle} ${toY} ${toX} ${toY - bend} ${toX} ${toY}`;
    parts.push(drawn("path", {d: path, fill: "none", stroke: color.faint, "stroke-width": 1.5}));
    parts.push(drawn("path", {d: `M${toX - 4} ${toY - 6}L${toX} ${toY}L${toX + 4} ${toY - 6}`, fill: "none", stroke: color.faint, "stroke-width": 1.5}));
  }
  drawing.nodes.forEach((node, place) => {
    const chosen = buttons[place].getAttribute("aria-pressed") === "true";
    parts.push(drawn("circle", {cx: across(node.lane), cy: places[place], r: chosen ? 6 : 4, fill: chosen ? color.accent : color.paper,
      stroke: chosen ? color.accent : color.ink, "stroke-width": 1.5}));
    parts.push(drawn("path", {d: `M${across(node.lane) + 6} ${places[place]}H${LANE * drawing.lanes + 8}`, stroke: color.line}));
  });
  fill(svg, parts);
}

/** Return the (first, last) position of the input that a value depends on along one axis: whole numbers alone. */
function seenAt(reach, index) {
  const turns = Math.floor(index / reach.spans.length), span = reach.spans[index % reach.spans.length];
  const moved = span ? [span[0] + turns * reach.shift, span[1] + turns * reach.shift] : null;
  if (!moved || !reach.fixed) return moved || reach.fixed;
  return [Math.min(moved[0], reach.fixed[0]), Math.max(moved[1], reach.fixed[1])];
}

/** Return `rows 0 to 4`, or `row 3`. */
function spanned(what, [first, last]) {
  return first === last ? `${what} ${first}` : `${what}s ${first} to ${last}`;
}
