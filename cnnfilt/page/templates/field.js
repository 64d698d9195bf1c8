/* What is told of one layer: its size, how it comes about, and which part of the network's input one value sees. */

/** Return the element that tells of the layers of a network; `show(place)` tells of one of them. */
function fieldsOf(drawing) {
  const made = element("section", {class: "told", "aria-label": "The layer that is chosen"});
  made.show = (place) => {
    const node = drawing.nodes[place];
    fill(made, element("h2", {}, numbered(node, place)), seenBy(drawing, node), factsOf(drawing, node, place), linesOf(node));
  };
  return made;
}

/** Return the lines that say how the sizes of a layer come about. */
function linesOf(node) {
  return node.lines.length ? element("div", {class: "lines"}, node.lines.map((line) => element("div", {}, line))) : null;
}

function factsOf(drawing, node, place) {
  const facts = [["output", node.size]];
  if (node.takes.length) facts.unshift(["input", node.takes.map((from) => `${drawing.nodes[from].size} of ${titleOf(drawing.nodes[from])}`).join(", and ")]);
  if (node.names.length) facts.push(["remembered as", node.names.join(", ")]);
  if (place) facts.push(["parameters", grouped(node.params) + (node.statistics ? `, and ${grouped(node.statistics)} running means and variances` : "")],
    ["MACs", grouped(node.macs)]);
  if (node.field) facts.push(["receptive field", `${pairOf(node.field)} of the input; neighbours are ${pairOf(node.jump)} apart`]);
  if (node.unread && Math.max(...node.unread) > 0) facts.push(["never read", `${counted(node.unread[0], "rows")} and ${counted(node.unread[1], "columns")} of its input`]);
  return element("dl", {}, facts.flatMap(([name, what]) => [element("dt", {}, name), element("dd", {}, what)]));
}

/** Return a drawing of what a value sees of the input: one that can be moved, or what all values see together. */
function seenBy(drawing, node) {
  const input = drawing.nodes[0].shape;
  if (!input) return null;
  if (node.reach && node.shape) return movableField(input, node);
  if (!node.part) return element("p", {class: "faint"}, "What its values depend on follows no pattern that could be drawn.");
  const said = `All its values together depend on ${spanned("row", node.part[0])} and ${spanned("column", node.part[1])} of the input`
    + (node.shape ? "; what one of them sees follows no short pattern." : "; it is a list, without rows and columns.");
  return element("div", {}, element("p", {}, said), inputDrawing(input, node.part, null, () => {}));
}

function movableField(input, node) {
  const place = [Math.floor((node.shape[0] - 1) / 2), Math.floor((node.shape[1] - 1) / 2)];
  const drawings = element("div", {class: "fields"}), said = element("p", {role: "status"});
  const boxes = ["row", "column"].map((what, axis) => element("input", {type: "number", min: 0, max: node.shape[axis] - 1,
    value: place[axis], change: (event) => move(axis, Math.round(Number(event.target.value)))}));
  const move = (axis, to) => {
    place[axis] = Math.min(Math.max(Number.isFinite(to) ? to : 0, 0), node.shape[axis] - 1);
    show();
  };
  const keys = (event) => {
    const [axis, step] = {ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [1, -1], ArrowRight: [1, 1]}[event.key] || [];
    if (axis === undefined) return;
    event.preventDefault();
    move(axis, place[axis] + step);
  };
  const show = () => {
    boxes.forEach((box, axis) => { box.value = place[axis]; });
    const spans = place.map((index, axis) => seenAt(node.reach[axis], index));
    said.textContent = saidOf(place, spans, input);
    const had = drawings.contains(document.activeElement) ? [...drawings.children].indexOf(document.activeElement) : -1;
    fill(drawings, outputDrawing(node.shape, place, (row, column) => { move(0, row); move(1, column); }, keys),
      inputDrawing(input, spans, node, (row, column) => { move(0, nearest(node, 0, row)); move(1, nearest(node, 1, column)); }, keys));
    if (had >= 0) drawings.children[had].focus();
  };
  show();
  return element("div", {}, element("div", {class: "row controls"}, element("label", {}, "Value at row ", boxes[0]),
    element("label", {}, "column ", boxes[1])), said, drawings);
}

function saidOf(place, spans, input) {
  const where = `The value at row ${place[0]}, column ${place[1]}`;
  if (!spans[0] || !spans[1]) return `${where} depends on nothing of the input.`;
  const outside = spans.some(([first, last], axis) => first < 0 || last >= input[axis]);
  return `${where} depends on ${spanned("row", spans[0])} and ${spanned("column", spans[1])} of the input`
    + (outside ? `, some of them in the padding: the input has rows 0 to ${input[0] - 1} and columns 0 to ${input[1] - 1}.` : ".");
}

/** Return the index of the output whose field has its middle nearest to a position of the input. */
function nearest(node, axis, position) {
  let [best, least] = [0, Infinity];
  for (let index = 0; index < node.shape[axis]; index++) {
    const span = seenAt(node.reach[axis], index), far = span ? Math.abs(span[0] + span[1] - 2 * position) : Infinity;
    if (far < least) [best, least] = [index, far];
  }
  return best;
}

/** Return a drawing of an output with one value marked. */
function outputDrawing([rows, columns], place, choose, keys) {
  const side = 200, scale = side / Math.max(rows, columns), color = colours(), lines = [];
  const cell = Math.max(scale, 5);
  if (scale >= 6) {
    for (let row = 1; row < rows; row++) lines.push(drawn("path", {d: `M0 ${row * scale}H${columns * scale}`, stroke: color.line}));
    for (let column = 1; column < columns; column++) lines.push(drawn("path", {d: `M${column * scale} 0V${rows * scale}`, stroke: color.line}));
  }
  const made = drawn("svg", {width: columns * scale + 4, height: rows * scale + 22, viewBox: `-2 -20 ${columns * scale + 4} ${rows * scale + 22}`,
    tabindex: 0, role: "application", "data-drawing": "output", "aria-label": "The output: arrow keys move the value", keydown: keys},
  drawn("text", {x: 0, y: -7, fill: color.faint, "font-size": 12}, `output ${rows}x${columns}`),
  drawn("rect", {width: columns * scale, height: rows * scale, fill: color.raised, stroke: color.ink}), lines,
  drawn("rect", {x: (place[1] + 0.5) * scale - cell / 2, y: (place[0] + 0.5) * scale - cell / 2, width: cell, height: cell, fill: color.accent}));
  onPlace(made, (x, y) => choose(Math.floor((y - 20) / scale), Math.floor((x - 2) / scale)));
  return made;
}

/** Return a drawing of the input with the part that is seen; what lies in the padding is hatched. */
function inputDrawing([rows, columns], [down, along], node, choose, keys) {
  const color = colours(), side = 300;
  const low = [Math.min(0, down ? down[0] : 0), Math.min(0, along ? along[0] : 0)];
  const high = [Math.max(rows, down ? down[1] + 1 : 0), Math.max(columns, along ? along[1] + 1 : 0)];
  const scale = side / Math.max(high[0] - low[0], high[1] - low[1]);
  const [width, height] = [(high[1] - low[1]) * scale, (high[0] - low[0]) * scale];
  const box = (one, other, more) => drawn("rect", {x: (other[0] - low[1]) * scale, y: (one[0] - low[0]) * scale,
    width: Math.max((other[1] + 1 - other[0]) * scale, 2), height: Math.max((one[1] + 1 - one[0]) * scale, 2), ...more});
  const made = drawn("svg", {width: width + 4, height: height + 22, viewBox: `-2 -20 ${width + 4} ${height + 22}`,
    ...(keys ? {tabindex: 0, role: "application", "data-drawing": "input", "aria-label": "The input: arrow keys move the value that looks at it", keydown: keys}
      : {role: "img", "aria-label": "The input, and the part that is seen"})},
  drawn("text", {x: 0, y: -7, fill: color.faint, "font-size": 12}, `input ${rows}x${columns}`));
  if (down && along) made.append(hatchOf((along[0] - low[1]) * scale, (down[0] - low[0]) * scale, (along[1] + 1 - along[0]) * scale, (down[1] + 1 - down[0]) * scale, color.faint));
  made.append(box([0, rows - 1], [0, columns - 1], {fill: color.raised, stroke: color.ink}));
  if (down && along) {
    made.append(box(clipped(down, rows), clipped(along, columns), {fill: color.accent, "fill-opacity": 0.3}),
      box(down, along, {fill: "none", stroke: color.accent, "stroke-width": 2.5}));
  }
  if (node && down && along && node.jump) {
    const [next, other] = node.jump;
    if (next) made.append(box(down.map((one) => one + next), along, {fill: "none", stroke: color.mark, "stroke-dasharray": "4 3"}));
    if (other) made.append(box(down, along.map((one) => one + other), {fill: "none", stroke: color.mark, "stroke-dasharray": "4 3"}));
  }
  onPlace(made, (x, y) => choose(Math.floor((y - 20) / scale + low[0]), Math.floor((x - 2) / scale + low[1])));
  return made;
}

/** Return lines that slant over a box. */
function hatchOf(x, y, width, height, stroke) {
  const lines = [];
  for (let from = 6; from < width + height; from += 6) {
    lines.push(`M${x + Math.min(from, width)} ${y + Math.max(from - width, 0)}L${x + Math.max(from - height, 0)} ${y + Math.min(from, height)}`);
  }
  return drawn("path", {d: lines.join(""), stroke, "stroke-width": 1});
}

function clipped([first, last], size) {
  return [Math.max(first, 0), Math.min(last, size - 1)];
}

/** Call `choose(x, y)` with where a drawing is pressed, in its own units. */
function onPlace(svg, choose) {
  svg.addEventListener("pointerdown", (event) => {
    const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
    choose((event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
  });
}
