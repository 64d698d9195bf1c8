/* The page of a chain: its layers in a row, each opened to its maps, and each value taken down to the image. */

run(async (data, view) => {
  const network = {drawing: data.drawing, values: await Promise.all(data.values.map(openedValues)),
    steps: await Promise.all(data.steps.map(openedStep)), input: {...data.input, levels: data.input.levels && await unpacked(data.input.levels), image: data.input.picture && await loadedPicture(data.input.picture)}};
  const row = element("div", {class: "chainrow"}), layer = element("section", {class: "layer", "aria-label": "The layer that is open"}), trail = element("section", {"aria-label": "Where the value comes from"});
  let at = startOf(network), steps = [];
  const go = (depth, next) => {
    steps = [...steps.slice(0, depth), next];
    showTrail();
    const opened = trail.querySelectorAll(".step")[depth];
    opened.scrollIntoView({block: "nearest"});
    opened.querySelector("h3").focus({preventScroll: true});
  };
  const choose = (next) => {
    at = next;
    steps = [at];
    keepFocus(layer, () => { fill(layer, layerParts(network, at, choose)); });
    showTrail();
    cards.mark(at.place);
  };
  const showTrail = () => fill(trail, trailParts(network, steps, go));
  let cards = {mark: () => {}};
  const wide = matchMedia("(min-width: 48rem)");
  const showRow = () => {
    cards = wide.matches ? rowOfCards(network, (place) => choose(highestOf(network, place))) : columnOfCards(network, (place) => choose(highestOf(network, place)));
    fill(row, cards.element);
    cards.mark(at.place);
  };
  view.append(element("p", {}, `${summaryOf(network.drawing)} Open a layer, choose a map and a value in it; below it stands where that value comes from.`), row, element("div", {class: "looked"}, layer, trail));
  wide.addEventListener("change", showRow);
  // On a narrow screen the layer that was pressed opens far below; keys stay where they are.
  row.addEventListener("click", (event) => { if (event.detail && !wide.matches) layer.scrollIntoView({block: "start"}); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { showRow(); choose(at); });
  showRow();
  choose(at);
});

async function openedStep(step) {
  if (!step) return null;
  const opened = {...step};
  for (const name of ["kernel", "bias", "mean", "variance"]) if (step[name]) opened[name] = await unpacked(step[name]);
  return opened;
}

function summaryOf(drawing) {
  const last = drawing.nodes[drawing.nodes.length - 1];
  return `${counted(drawing.nodes.length - 1, "layers")} from ${drawing.nodes[0].size} to ${last.size}, with ${grouped(drawing.params)} parameters.`;
}

/** Return the highest value of the last layer. */
function startOf(network) {
  return highestOf(network, network.values.length - 1);
}

/** Return the place of the highest value of a layer. */
function highestOf(network, place) {
  const values = network.values[place];
  let best = -1;
  // Of a part of a map, what stands at its border reads values that are not in the page.
  const [, , tall, across] = values.part || [], edge = values.whole ? [Math.floor(tall / 8), Math.floor(across / 8)] : [0, 0];
  const isInside = (index) => {
    if (values.flat) return true;
    const position = Math.floor(index / values.size[2]), row = Math.floor(position / across), column = position % across;
    return row >= edge[0] && row < tall - edge[0] && column >= edge[1] && column < across - edge[1];
  };
  values.values.forEach((value, index) => { if ((best < 0 || value > values.values[best]) && isInside(index)) best = index; });
  if (values.flat) return {place, row: 0, column: 0, channel: best};
  const [top, left, , width] = values.part, channels = values.size[2], position = Math.floor(best / channels);
  return {place, row: top + Math.floor(position / width), column: left + (position % width), channel: best % channels};
}

/** Draw anew, and give the focus back to what had it. */
function keepFocus(parent, draw) {
  const held = document.activeElement && parent.contains(document.activeElement) && document.activeElement.closest("[data-focus]");
  const name = held ? held.dataset.focus : null;
  draw();
  if (!name) return;
  const again = parent.querySelector(`[data-focus="${name}"]`);
  const target = again && (again.matches("canvas") ? again : again.querySelector('[aria-pressed="true"]'));
  if (target) target.focus({preventScroll: true});
}

/** Return the layers as cards beside each other, branches below each other. */
function rowOfCards(network, choose) {
  const {nodes, arrows} = network.drawing, svg = drawn("svg", {"aria-hidden": "true"}), made = element("div", {class: "cards"}, svg);
  const cards = nodes.map((node, place) => element("button", {type: "button", class: "card", "aria-pressed": "false", tabindex: -1, click: () => choose(place)},
    cardPicture(network, place), element("span", {class: "name"}, numbered(node, place)), element("span", {class: "about"}, aboutOf(node, place))));
  const sizes = nodes.map((node) => element("span", {class: "outsize number"}, node.size));
  nodes.forEach((node, place) => {
    for (const [one, column] of [[cards[place], 2 * place + 1], [sizes[place], 2 * place + 2]]) {
      one.style.gridColumn = String(column);
      one.style.gridRow = String(node.lane + 1);
    }
  });
  made.append(...nodes.flatMap((_, place) => [cards[place], sizes[place]]));
  made.style.gridTemplateRows = `repeat(${network.drawing.lanes}, minmax(3.5rem, auto))`;
  arrowsAmong(made, cards, (place) => { choose(place); cards[place].focus(); });
  keepDrawn(made, () => drawArrows(svg, made, nodes, arrows, cards));
  const mark = (chosen) => {
    cards.forEach((card, place) => {
      card.setAttribute("aria-pressed", String(place === chosen));
      card.tabIndex = place === chosen ? 0 : -1;
    });
    cards[chosen].scrollIntoView({block: "nearest", inline: "nearest"});
  };
  return {element: element("div", {class: "wide"}, made), mark};
}

function drawArrows(svg, parent, nodes, arrows, cards) {
  if (!parent.isConnected) return;
  const boxes = cards.map((card) => ({left: card.offsetLeft, right: card.offsetLeft + card.offsetWidth})), color = colours();
  const rows = getComputedStyle(parent).gridTemplateRows.split(" ").map(parseFloat), gap = parseFloat(getComputedStyle(parent).rowGap) || 0;
  const laneMiddle = (lane) => rows.slice(0, lane).reduce((sum, one) => sum + one + gap, 4) + rows[lane] / 2;
  svg.setAttribute("width", parent.scrollWidth);
  svg.setAttribute("height", parent.scrollHeight);
  fill(svg, arrows.flatMap(([first, last, lane]) => {
    const [x, y, toX, toY] = [boxes[first].right, laneMiddle(nodes[first].lane), boxes[last].left, laneMiddle(nodes[last].lane)];
    const middle = laneMiddle(lane), bend = Math.min(34, (toX - x) / 2);
    const path = middle === y && y === toY ? `M${x} ${y}H${toX}`
      : `M${x} ${y}C${x + bend} ${y} ${x} ${middle} ${x + bend} ${middle}H${toX - bend}C${toX} ${middle} ${toX - bend} ${toY} ${toX} ${toY}`;
    return [drawn("path", {d: path, fill: "none", stroke: color.faint, "stroke-width": 1.5}),
      drawn("path", {d: `M${toX - 7} ${toY - 4}L${toX - 1} ${toY}L${toX - 7} ${toY + 4}`, fill: "none", stroke: color.faint, "stroke-width": 1.5})];
  }));
}

/** Return the layers one below the other, for narrow screens. */
function columnOfCards(network, choose) {
  let quiet = true;
  const made = networkOf(network.drawing, (place) => { if (!quiet) choose(place); });
  made.buttons.forEach((button, place) => button.firstChild.replaceWith(element("span", {class: "glyph"}, cardPicture(network, place, 44))));
  const mark = (place) => {
    quiet = true;
    made.pick(place);
    quiet = false;
  };
  return {element: made, mark};
}

/** Return what a layer gives in small: its first maps, or its values as columns. */
function cardPicture(network, place, side = 72) {
  const values = network.values[place], canvas = element("canvas", {"aria-hidden": "true"}), context = sized(canvas, side, side), color = colours();
  if (values.flat) {
    const count = Math.min(values.values.length, side), largest = largestOfAll(values), low = values.range[0] < 0;
    context.fillStyle = color.accent;
    for (let index = 0; index < count; index++) {
      const tall = (Number(values.values[Math.floor((index * values.values.length) / count)]) / largest) * (low ? side / 2 : side);
      context.fillRect((index * side) / count, Math.min(low ? side / 2 : side, (low ? side / 2 : side) - tall), Math.max(side / count - 1, 1), Math.abs(tall));
    }
    return canvas;
  }
  const sheet = values.whole || values.near, shown = sheet.count < 4 ? 1 : 4, part = side / Math.sqrt(shown), spread = ([low, high]) => Number(high) - Number(low);
  const maps = values.ranges.map((_, map) => map).sort((one, other) => spread(values.ranges[other]) - spread(values.ranges[one]) || one - other).slice(0, shown).sort((one, other) => one - other);
  maps.forEach((map, corner) => {
    const scale = (part - 2) / Math.max(...sheet.size), [wide, high] = [sheet.size[1] * scale, sheet.size[0] * scale];
    const [x, y] = [(corner % 2) * part + (part - wide) / 2, Math.floor(corner / 2) * part + (part - high) / 2];
    if (!place && network.input.image) context.drawImage(network.input.image, x, y, wide, high);
    else drawMap(context, sheet, map, x, y, wide, high);
  });
  return canvas;
}

/** Return what is told of the layer that is open: its sizes, its maps, the one that is chosen. */
function layerParts(network, at, choose) {
  const node = network.drawing.nodes[at.place], values = network.values[at.place], title = numbered(node, at.place);
  const facts = [element("h2", {}, `${title}: ${node.takes.map((from) => network.drawing.nodes[from].size).join(" and ")}${node.takes.length ? " → " : ""}${node.size}`)];
  if (node.lines.length) facts.push(element("details", {}, element("summary", {}, "How its size, its receptive field and its parameters come about"), linesOf(node)));
  if (values.flat) return [...facts, barsOf(values, at.channel, (channel) => choose({...at, channel}))];
  const pick = (channel) => choose({...at, channel}), undrawn = values.size[2] - values.near.count;
  return [...facts, element("div", {class: "opened"}, element("div", {}, mapsOf(values, at.channel, pick), undrawn > 0 ? element("p", {class: "faint"}, `${grouped(undrawn)} more maps are not drawn.`) : null),
    at.channel < values.near.count ? largeMap(values, at.channel, [at.row, at.column], (row, column) => choose({...at, row, column})) : null)];
}

/** Return the steps from a value down to the image, as far as they were gone. */
function trailParts(network, steps, go) {
  const parts = [element("h2", {}, "Where this value comes from")];
  const down = element("button", {type: "button", click: () => descend(network, steps, go)}, "Follow the largest share down to the image");
  parts.push(element("div", {class: "row controls"}, down), seenFromInput(network, steps[0]));
  steps.forEach((at, depth) => {
    const told = toldStep(network, at, (next) => go(depth + 1, next)), node = network.drawing.nodes[at.place];
    parts.push(element("section", {class: "step"}, element("h3", {tabindex: -1}, `${numbered(node, at.place)}: ${placeSaid(network, at)} = ${shownValue(valueAt(network, at))}`), told.parts));
  });
  return parts;
}

function descend(network, steps, go) {
  const found = [...steps];
  for (let next = toldStep(network, found[found.length - 1], () => {}).next; next; next = toldStep(network, next, () => {}).next) found.push(next);
  steps.splice(0, steps.length, ...found.slice(0, -1));
  go(found.length - 1, found[found.length - 1]);
}

/** Return the part of the input that a value depends on, drawn on it. */
function seenFromInput(network, at) {
  const node = network.drawing.nodes[at.place], input = network.values[0];
  const spans = node.reach && node.shape ? [seenAt(node.reach[0], at.row), seenAt(node.reach[1], at.column)] : node.part;
  if (!at.place || !spans || !spans[0] || !spans[1]) return null;
  const [rows, columns] = spans.map(([first, last]) => [...Array(Math.min(last - first + 1, 4096)).keys()].map((one) => one + first));
  const cells = rows.map((row) => [{row, column: columns[0]}]);
  cells[0] = columns.map((column) => ({row: rows[0], column}));
  const all = spans.every(([first, last], axis) => first <= 0 && last >= input.size[axis] - 1);
  return element("div", {class: "row"}, windowPicture(network, {place: 0, channel: 0}, cells, true), element("p", {}, all
    ? "It depends on all of the input." : `It depends on ${spanned("row", spans[0])} and ${spanned("column", spans[1])} of the input, which has ${input.size.slice(0, 2).join("x")}.${normsSaid(network, at.place)}`));
}

/** Return what a value depends on besides its window where a mean of whole maps lies on its way. */
function normsSaid(network, place) {
  const found = new Set(), open = [place];
  while (open.length) {
    const one = open.pop();
    if (found.has(one)) continue;
    found.add(one);
    open.push(...network.drawing.nodes[one].takes);
  }
  const names = [...found].sort((one, other) => one - other).filter((one) => network.steps[one] && network.steps[one].count > network.steps[one].per)
    .map((one) => numbered(network.drawing.nodes[one], one));
  return names.length ? ` It depends on all that goes into the mean and the variance of ${names.join(" and ")}, too.` : "";
}
