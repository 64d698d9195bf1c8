/* How one value came about: what its window reads of the layer before, and the sum as the notes write it. */

const MOST_TERMS = 30, MOST_CELLS = 900;

/** Return the positions that output `index` reads along one axis. */
function readAlong(taps, index) {
  const read = taps.reads[index % taps.outputs], moved = Math.floor(index / taps.outputs) * taps.inputs, found = [];
  if (read) for (let place = read[0]; place <= read[1]; place += read[2]) found.push(place + moved);
  return found;
}

/** Return what is read of one channel of a value, row by row: {row, column, channel, value}; `value` is undefined where
    it is not in the page, and null in the padding. */
function windowOf(network, from, step, at, channel) {
  const values = network.values[from], [rows, columns] = step.axes.map((taps, axis) => readAlong(taps, axis ? at.column : at.row));
  return rows.map((row) => columns.map((column) => {
    const inside = row >= 0 && column >= 0 && row < values.size[0] && column < values.size[1];
    return {place: from, row, column, channel, value: inside ? values.at(row, column, channel) : null};
  }));
}

/** Return the elements that tell how a value came about, and the value below it that has the largest part in it.

    `at` is {place, row, column, channel}; `go(at)` is called for a value that is pressed. */
function toldStep(network, at, go) {
  if (!at.place) return toldInput(network, at);
  const step = network.steps[at.place], takes = network.drawing.nodes[at.place].takes, told = TOLD[step.op] || toldWindow;
  if (!takes.length) return {parts: [element("p", {}, "It depends on nothing that is shown here.")], next: null};
  return told(network, step, takes, at, go);
}

/** Return the value at a place, or undefined where it is not in the page. */
function valueAt(network, at) {
  return network.values[at.place].at(at.row, at.column, at.channel);
}

/** Return `map3 at row 2, column 5`, or the name of a value in a list. */
function placeSaid(network, at) {
  const values = network.values[at.place];
  if (values.flat) return values.names.length ? values.names[at.channel] : `value ${at.channel}`;
  return `${mapName(values, at.channel)} at row ${at.row}, column ${at.column}`;
}

const TOLD = {
  sum: (network, step, takes, at, go) => (step.axes ? toldConvolution : toldDense)(network, step, takes[0], at, go),
  pool: (network, step, takes, at, go) => toldPool(network, step, takes[0], at, go),
  each: (network, step, takes, at, go) => {
    const below = {...at, place: takes[0]}, x = written(valueAt(network, below)), y = written(valueAt(network, at));
    const how = step.function === "relu" ? `max(0, ${x})` : step.function === "leaky" ? `max(0, ${x}) + ${written(step.slope)} * min(0, ${x})` : `${step.function}(${x})`;
    return {parts: [sumLine(`${how} = ${y}`), goButton(network, below, go)], next: below};
  },
  softmax: (network, step, takes, at, go) => toldSoftmax(network, takes[0], at, go),
  flat: (network, step, takes, at, go) => {
    const [rows, columns, channels] = network.values[takes[0]].size, index = at.channel, place = Math.floor(index / channels);
    const below = step.channelsFirst ? {place: takes[0], row: Math.floor(index / columns) % rows, column: index % columns, channel: Math.floor(index / (rows * columns))}
      : {place: takes[0], row: Math.floor(place / columns), column: place % columns, channel: index % channels};
    const how = step.channelsFirst ? "one map after the other, each row by row" : "row by row, all channels of a position together";
    const sum = step.channelsFirst ? `value ${index} = (${below.channel}*${rows} + ${below.row})*${columns} + ${below.column}`
      : `value ${index} = (${below.row}*${columns} + ${below.column})*${channels} + ${below.channel}`;
    return {parts: [element("p", {}, `The maps are written in one list, ${how}: ${sum} is ${placeSaid(network, below)}.`),
      goButton(network, below, go)], next: below};
  },
  normalised: (network, step, takes, at, go) => toldNormalised(network, step, takes[0], at, go),
  standardised: (network, step, takes, at, go) => toldStandardised(network, step, takes[0], at, go),
  response: (network, step, takes, at, go) => toldResponse(network, step, takes[0], at, go),
  between: (network, step, takes, at, go) => toldBetween(network, step, takes[0], at, go),
  scaled: (network, step, takes, at, go) => {
    const below = {...at, place: takes[0]}, x = shownValue(valueAt(network, below)), factor = inBrackets(written(step.kernel.values[at.channel]));
    const how = step.slopes ? `max(0, ${x}) + ${factor} * min(0, ${x})` : `${inBrackets(x)} * ${factor}`;
    return {parts: [sumLine(`${how} = ${written(valueAt(network, at))}`), goButton(network, below, go)], next: below};
  },
  moved: (network, step, takes, at, go) => toldMoved(network, step, takes[0], at, go),
  joined: (network, step, takes, at, go) => toldJoin(network, step, takes, at, go),
};

function toldInput(network, at) {
  const {scale, mean, std, bgr, levels, resized} = network.input, value = written(valueAt(network, at)), parts = [];
  if (levels) {
    const [top, left] = network.values[0].part, channel = bgr ? levels.shape[2] - 1 - at.channel : at.channel;
    const level = written(levels.at(at.row - top, at.column - left, channel)), scaled = scale === 1 ? inBrackets(level) : `${inBrackets(level)} * ${written(scale)}`;
    const moved = mean.length ? `${scaled} - ${inBrackets(written(mean[at.channel]))}` : scaled, divided = std.length ? `${mean.length ? `(${moved})` : moved} / ${written(std[at.channel])}` : moved;
    parts.push(sumLine(`${divided} = ${value}`), element("p", {}, `The level ${level} of the image, as the network takes it${mean.length || std.length ? ": scaled, less the mean, over the deviation" : ", times the input scale"}.`));
  } else parts.push(sumLine(value), element("p", {}, "A value of the image itself."));
  if (resized) parts.push(element("p", {}, `The image, ${resized[0]}, was brought to ${resized[1]} first: this pixel is a weighted mean of those there.`));
  parts.push(windowPicture(network, {...at}, [[at]]));
  return {parts, next: null};
}

/** Return a sum as the notes write it. */
function sumLine(...parts) {
  return element("p", {class: "sum number"}, ...parts);
}

/** Return a button that goes down to one value. */
function goButton(network, at, go) {
  return element("button", {type: "button", class: "go", click: () => go(at)}, `${placeSaid(network, at)} of ${titleOf(network.drawing.nodes[at.place])} = ${shownValue(valueAt(network, at))}`);
}

function shownValue(value) {
  return value === undefined ? "left out" : value === null ? "0" : written(value);
}

function toldConvolution(network, step, from, at, go) {
  const group = Math.floor(at.channel / step.outs), column = step.shared ? 0 : step.filters ? step.filters.indexOf(at.channel) : at.channel;
  const channels = [...Array(step.per).keys()].map((index) => group * step.per + index);
  if (column < 0) return leftOut(network, step, from, at, go, channels, "The weights of this filter are not in the page.");
  const nothing = step.axes.some((taps, axis) => !readAlong(taps, axis ? at.column : at.row).length);
  if (nothing) return {parts: [element("p", {}, "No value was laid on this place."), sumLine(`${step.bias ? `bias ${written(step.bias.values[at.channel])}` : "0"} = ${written(valueAt(network, at))}`)], next: null};
  const blocks = channels.map((channel, index) => {
    const cells = windowOf(network, from, step, at, channel), flat = cells.flat();
    const weights = flat.map((cell, place) => step.kernel.at(tapOf(step, at, cell, place) * step.per + index, column));
    return {channel, cells, flat, weights, known: flat.every((cell) => cell.value !== undefined)};
  });
  if (!blocks.every((block) => block.known)) return leftOut(network, step, from, at, go, channels, "The window reaches values that are not in the page, so the sum is not written out.");
  for (const block of blocks) block.total = exactSum(block.flat.map((cell, tap) => [cell.value ?? 0, block.weights[tap]]));
  const share = (block) => Math.abs(Number(block.total)), largest = blocks.reduce((best, block) => (share(block) > share(best) ? block : best), blocks[0]);
  const holder = element("div", {class: "blocks"}), bias = step.bias ? step.bias.values[at.channel] : null;
  const opened = (block) => fill(holder, toldBlock(network, at, block, go));
  if (blocks.length <= 3) holder.append(...blocks.map((block) => toldBlock(network, at, block, go)));
  else opened(largest);
  const parts = [holder, totalLines(network, at, blocks.map((block) => block.total), bias, blocks.map((block) => `sum over ${mapName(network.values[from], block.channel)}`))];
  if (blocks.length > 3) parts.unshift(channelChips(network, from, blocks, blocks.indexOf(largest), opened));
  const terms = blocks.flatMap((block) => block.flat.map((cell, tap) => ({cell, share: Math.abs(Number(cell.value ?? 0) * Number(block.weights[tap]))})));
  return {parts, next: largestOf(terms)};
}

/** Return which tap of the kernel lies on a value that is read: the one of its place in the window, or, where a transposed
    convolution laid the kernel, the one that came to lie on this output. */
function tapOf(step, at, cell, place) {
  if (!step.stamps) return place;
  const [row, column] = [[at.row, cell.row], [at.column, cell.column]].map(([output, input], axis) => {
    const [stride, dilation, before] = step.stamps[axis];
    return (output + before - input * stride) / dilation;
  });
  return row * step.size[1] + column;
}

/** Return the cell whose product is the largest; one in the padding has no place to go to. */
function largestOf(terms) {
  const inside = terms.filter(({cell}) => cell.value !== null && cell.value !== undefined);
  if (!inside.length) return null;
  return inside.reduce((best, one) => (one.share > best.share ? one : best)).cell;
}

function channelChips(network, from, blocks, chosen, choose) {
  const buttons = blocks.map((block, place) => element("button", {type: "button", class: "chip", "aria-pressed": String(place === chosen), tabindex: place === chosen ? 0 : -1,
    click: () => pick(place)}, `${mapName(network.values[from], block.channel)}: ${written(block.total)}`));
  const pick = (place) => {
    buttons.forEach((button, index) => {
      button.setAttribute("aria-pressed", String(index === place));
      button.tabIndex = index === place ? 0 : -1;
    });
    choose(blocks[place]);
    buttons[place].focus();
  };
  const made = element("div", {class: "chips", role: "group", "aria-label": "The sum over each channel; press one to see its terms"}, buttons);
  arrowsAmong(made, buttons, pick);
  return element("div", {}, element("p", {}, "The sum over each channel; press one to see its terms:"), made);
}

/** Return one channel's window and weights, side by side, and the sum of their products. */
function toldBlock(network, at, block, go) {
  const name = mapName(network.values[block.cells[0][0].place], block.channel);
  const columns = block.cells[0].length, rows = block.cells.map((row, index) => block.weights.slice(index * columns, (index + 1) * columns));
  const parts = [windowPicture(network, block.cells[0][0], block.cells), cellTable(network, `window on ${name}`, block.cells, go), element("span", {class: "times", "aria-label": "times"}, "×"),
    numberTable("weights", rows)];
  const sum = block.flat.length <= MOST_TERMS
    ? sumLine(`${block.flat.map((cell, tap) => `${inBrackets(shownValue(cell.value))}*${inBrackets(written(block.weights[tap]))}`).join(" + ")} = ${written(block.total)}`)
    : sumLine(`sum of ${grouped(block.flat.length)} products = ${written(block.total)}`);
  return element("div", {class: "block"}, element("h4", {}, name), element("div", {class: "factors"}, parts), sum);
}

/** Return the lines that add the sums of the channels and the bias up to the value of the run. */
function totalLines(network, at, totals, bias, names) {
  const pairs = totals.map((total) => [total, 1]), all = bias === null ? pairs : [...pairs, [bias, 1]];
  const value = valueAt(network, at), exact = exactSum(all), lines = [];
  const terms = totals.length <= MOST_TERMS ? totals.map((one) => inBrackets(written(one))) : [`the sum over ${grouped(totals.length)} channels ${inBrackets(written(exactSum(pairs)))}`];
  if (totals.length > MOST_TERMS && bias === null) lines.push(sumLine(`the sum over ${grouped(totals.length)} channels = ${written(value)}`));
  else if (totals.length > 1 || bias !== null) {
    lines.push(sumLine(`${[...terms, ...(bias === null ? [] : [`bias ${inBrackets(written(bias))}`])].join(" + ")} = ${written(value)}`));
  }
  if (written(exact) !== written(value)) {
    lines.push(element("p", {class: "faint"}, `Without any rounding on the way the sum is ${written(exact)}; the run, in floating point, has ${written(value)}.`));
  }
  return element("div", {}, lines);
}

function toldDense(network, step, from, at, go) {
  const values = network.values[from], column = step.filters ? step.filters.indexOf(at.channel) : at.channel;
  const bias = step.bias ? step.bias.values[at.channel] : null, count = values.values.length;
  if (column < 0) return {parts: [element("p", {class: "faint"}, "The weights of this value are not in the page.")], next: null};
  const terms = [...Array(count).keys()].map((index) => ({cell: {place: from, row: 0, column: 0, channel: index, value: values.values[index]}, weight: step.kernel.at(index, column)}));
  for (const term of terms) term.share = Math.abs(Number(term.cell.value) * Number(term.weight));
  const sorted = [...terms].sort((one, other) => other.share - one.share || one.cell.channel - other.cell.channel);
  const few = count <= MOST_TERMS, shown = few ? terms : sorted.slice(0, MOST_TERMS), rest = few ? [] : sorted.slice(MOST_TERMS);
  const product = (term) => `${inBrackets(written(term.cell.value))}*${inBrackets(written(term.weight))}`;
  const total = exactSum(terms.map((term) => [term.cell.value, term.weight])), parts = [];
  if (few) parts.push(sumLine(`${terms.map(product).join(" + ")} = ${written(total)}`));
  else {
    const more = exactSum(rest.map((term) => [term.cell.value, term.weight]));
    parts.push(element("p", {}, `The ${MOST_TERMS} largest of ${grouped(count)} products, and the sum of the others:`),
      sumLine(`${shown.map(product).join(" + ")} + others ${inBrackets(written(more))} = ${written(total)}`));
  }
  parts.push(totalLines(network, at, [total], bias, ["sum"]), termBars(network, shown, go));
  return {parts, next: largestOf(terms)};
}

/** Return products as bars that can be pressed to go down to the value. */
function termBars(network, terms, go) {
  const largest = Math.max(...terms.map((term) => term.share)) || 1, buttons = terms.map((term) => {
    const bar = element("span", {class: "bar"}), product = exactSum([[term.cell.value, term.weight]]);
    bar.style.width = `${(term.share / largest) * 50}%`;
    bar.style.marginLeft = Number(product) < 0 ? `${50 - (term.share / largest) * 50}%` : "50%";
    if (Number(product) < 0) bar.classList.add("below");
    return element("button", {type: "button", class: "barrow", click: () => go(term.cell)}, element("span", {class: "name"}, placeSaid(network, term.cell)),
      element("span", {class: "track"}, bar), element("span", {class: "number"}, written(product)));
  });
  return element("details", {open: terms.length <= 12}, element("summary", {}, "The products as bars; press one to go down to its value"), element("div", {class: "barlist"}, buttons));
}

function toldPool(network, step, from, at, go) {
  const cells = windowOf(network, from, step, at, at.channel), inside = cells.flat().filter((cell) => cell.value !== null), value = valueAt(network, at);
  if (inside.some((cell) => cell.value === undefined)) return leftOut(network, step, from, at, go, [at.channel], "The window reaches values that are not in the page.");
  const found = inside.find((cell) => cell.value === value) || inside[0], kept = ["max", "min", "median"].includes(step.kind) ? found : null;
  const next = kept || largestOf(inside.map((cell) => ({cell, share: Math.abs(Number(cell.value))})));
  const parts = [element("div", {class: "factors"}, windowPicture(network, cells[0][0], cells), cellTable(network, `window on ${mapName(network.values[from], at.channel)}`, cells, go, kept)), pooledLine(step.kind, inside.map((cell) => cell.value), value)];
  if (step.kind === "median") parts.push(element("p", {}, `Of ${counted(inside.length, "values")} in order, ${inside.length % 2 ? "the middle one" : "the lower of the two in the middle"} is kept.`));
  if (cells.flat().length > inside.length) parts.push(element("p", {class: "faint"}, "What lies in the padding does not count."));
  return {parts, next};
}

/** Return what is made of the values of a window, written out where they are few. */
function pooledLine(kind, values, value) {
  if (kind === "median") return sortedLine(values, value);
  if (kind === "range") {
    const sorted = ordered(values);
    return sumLine(`largest - smallest = ${written(sorted[sorted.length - 1])} - ${inBrackets(written(sorted[0]))} = ${written(value)}`);
  }
  if (kind === "avg") return sumLine(meanSaid(values, value));
  return sumLine(values.length <= MOST_TERMS ? `${kind}(${values.map((one) => inBrackets(written(one))).join(", ")}) = ${written(value)}` : `${kind} of ${values.length} values = ${written(value)}`);
}

/** Return how a mean comes about, of many values by their sum. */
function meanSaid(values, mean) {
  const count = values.length;
  if (count <= MOST_TERMS) return `(${values.map((one) => inBrackets(written(one))).join(" + ")}) / ${count} = ${written(mean)}`;
  const total = written(exactSum(values.map((one) => [one, 1])));
  return `sum of ${count} values = ${total}, and ${inBrackets(total)} / ${count} = ${written(mean)}`;
}

/** Return the values of a window in order, the middle one marked; of many those around it. */
function sortedLine(values, value) {
  const sorted = ordered(values), middle = Math.floor((sorted.length - 1) / 2), around = MOST_TERMS / 2;
  const first = Math.max(middle - around, 0), last = Math.min(middle + around + 1, sorted.length);
  const before = sorted.slice(first, middle).map((one) => `${written(one)}, `).join(""), behind = sorted.slice(middle + 1, last).map((one) => `, ${written(one)}`).join("");
  return sumLine(`sorted(${first ? "..., " : ""}${before}`, element("mark", {}, `*${written(sorted[middle])}`), `${behind}${last < sorted.length ? ", ..." : ""}) = ${written(value)}`);
}

/** Return what lies between neighbours: each of them times its row's and its column's weight. */
function toldBetween(network, step, from, at, go) {
  const size = network.values[from].size, index = [at.row, at.column];
  const places = step.places ? step.places.map((along, axis) => along[index[axis]]) : step.axes.map((taps, axis) => readAlong(taps, index[axis]));
  const [rows, columns] = places.map((along, axis) => along.map((one) => Math.min(Math.max(one, 0), size[axis] - 1)));
  const factors = index.map((place, axis) => step.weights[axis][place % step.weights[axis].length]);
  const weights = factors[0].map((one) => factors[1].map((other) => exactSum([[one, other]])));
  const cells = rows.map((row) => columns.map((column) => {
    const cell = {place: from, row, column, channel: at.channel};
    return {...cell, value: valueAt(network, cell)};
  }));
  const terms = cells.flatMap((line, row) => line.map((cell, column) => ({cell, weight: weights[row][column]}))), value = valueAt(network, at);
  if (terms.some(({cell}) => cell.value === undefined)) return leftOut(network, step, from, at, go, [at.channel], "It lies between values that are not in the page.");
  for (const term of terms) term.share = Math.abs(Number(term.cell.value) * Number(term.weight));
  const name = mapName(network.values[from], at.channel), beyond = [rows, columns].some((along) => new Set(along).size < along.length);
  const [down, along] = factors.map((one) => one.map(written).join(", "));
  const said = terms.length > 1 ? `It lies between these values; each counts by how near it is: ${down} for the ${counted(rows.length, "rows")} times ${along} for the ${counted(columns.length, "columns")}.` : "It lies on this value.";
  const parts = [element("p", {}, said), element("div", {class: "factors"}, windowPicture(network, cells[0][0], cells), cellTable(network, `values of ${name}`, cells, go), element("span", {class: "times", "aria-label": "times"}, "×"), numberTable("weights", weights)),
    sumLine(`${terms.map(({cell, weight}) => `${inBrackets(written(cell.value))}*${inBrackets(written(weight))}`).join(" + ")} = ${written(value)}`), totalLines(network, at, [exactSum(terms.map(({cell, weight}) => [cell.value, weight]))], null)];
  if (beyond) parts.push(element("p", {class: "faint"}, "Beyond the border the outermost values go on."));
  return {parts, next: largestOf(terms)};
}

function toldSoftmax(network, from, at, go) {
  const values = network.values[from], count = values.flat ? values.values.length : values.size[2];
  const cells = [...Array(count).keys()].map((channel) => ({...at, place: from, channel})), below = cells[at.channel];
  const shown = cells.filter((_, index) => count <= 12 || index < 6).map((cell) => `exp(${written(valueAt(network, cell))})`);
  const all = shown.join(" + ") + (shown.length < count ? ` + ... (${count} in all)` : "");
  const sorted = [...cells].sort((one, other) => Number(valueAt(network, other)) - Number(valueAt(network, one))).slice(0, 12);
  return {parts: [sumLine(`exp(${written(valueAt(network, below))}) / (${all}) = ${written(valueAt(network, at))}`),
    element("p", {}, "The values it was made of:"), element("div", {class: "row"}, sorted.map((cell) => goButton(network, cell, go)))], next: below};
}

function toldMoved(network, step, from, at, go) {
  const below = {...at, place: from, channel: step.order ? step.order[at.channel] : at.channel + step.first};
  if (step.axes) {
    const [rows, columns] = step.axes.map((taps, axis) => readAlong(taps, axis ? at.column : at.row)), size = network.values[from].size;
    [below.row, below.column] = [rows[0], columns[0]];
    if (below.row < 0 || below.column < 0 || below.row >= size[0] || below.column >= size[1]) return {parts: [element("p", {}, "It lies in the border that was put around: 0.")], next: null};
  }
  return {parts: [element("p", {}, "The same value, elsewhere:"), goButton(network, below, go)], next: below};
}

function toldJoin(network, step, takes, at, go) {
  const place = (from, channel) => {
    const size = network.values[from].size, single = !network.values[from].flat && size[0] === 1 && size[1] === 1;
    return {place: from, row: single ? 0 : at.row, column: single ? 0 : at.column, channel};
  };
  if (step.kind === "cat") {
    let channel = at.channel;
    for (const [turn, which] of step.order.entries()) {
      const values = network.values[takes[which]], count = values.flat ? values.values.length : values.size[2];
      if (channel < count) {
        const below = place(takes[which], channel);
        return {parts: [element("p", {}, `The channels of several values stand one after the other; this is one of number ${turn + 1}:`), goButton(network, below, go)], next: below};
      }
      channel -= count;
    }
  }
  const cells = takes.map((from) => place(from, at.channel)), size = (cell) => Math.abs(Number(valueAt(network, cell)));
  const next = cells.reduce((best, one) => (size(one) > size(best) ? one : best)), sign = {add: " + ", mul: " * "}[step.kind];
  const texts = cells.map((cell) => inBrackets(shownValue(valueAt(network, cell))));
  return {parts: [sumLine(`${texts.join(sign)} = ${written(valueAt(network, at))}`), element("div", {class: "row"}, cells.map((cell) => goButton(network, cell, go)))], next};
}

function toldWindow(network, step, takes, at, go) {
  const values = network.values[takes[0]], channel = values.flat ? 0 : Math.min(at.channel, values.size[2] - 1);
  return leftOut(network, values.flat ? {...step, axes: null} : step, takes[0], at, go, [channel], `${step.word} makes this of what it reads; its arithmetic is not written out here.`);
}

/** Return the windows of a value without its sum, and why that is not there. */
function leftOut(network, step, from, at, go, channels, why) {
  if (!step.axes) return {parts: [element("p", {class: "faint"}, why)], next: null};
  const cells = windowOf(network, from, step, at, channels[0]), known = cells.flat().filter((cell) => cell.value !== null && cell.value !== undefined);
  return {parts: [element("p", {class: "faint"}, why), element("div", {class: "factors"}, windowPicture(network, cells[0][0], cells), cellTable(network, `window on ${mapName(network.values[from], channels[0])}`, cells, go))],
    next: known[Math.floor(known.length / 2)] || null};
}

/** Return a window as a table whose values can be pressed; those in the padding are hatched. */
function cellTable(network, caption, cells, go, kept = null) {
  if (cells.length * cells[0].length > MOST_CELLS) return tooLarge(caption, cells);
  const buttons = [], rows = cells.map((row) => element("tr", {}, row.map((cell) => {
    if (cell.value === null) return element("td", {class: "pad number", title: "padding"}, "0");
    if (cell.value === undefined) return element("td", {class: "faint"}, "·");
    const made = element("button", {type: "button", tabindex: buttons.length ? -1 : 0, class: cell === kept ? "kept" : null,
      "aria-label": `${written(cell.value)}, ${placeSaid(network, cell)}`, click: () => go(cell)}, written(cell.value));
    buttons.push(made);
    return element("td", {class: "number"}, made);
  })));
  const made = element("table", {class: "cells"}, element("caption", {}, caption), element("tbody", {}, rows)), wide = cells[0].length;
  made.addEventListener("keydown", (event) => {
    const from = buttons.indexOf(event.target), step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide}[event.key];
    if (!step || !buttons[from + step]) return;
    event.preventDefault();
    buttons[from].tabIndex = -1;
    buttons[from + step].tabIndex = 0;
    buttons[from + step].focus();
  });
  return element("div", {class: "wide"}, made);
}

function tooLarge(caption, rows) {
  return element("p", {class: "faint"}, `The ${caption} has ${rows.length}x${rows[0].length} values, too many to be written here.`);
}

function numberTable(caption, rows) {
  if (rows.length * rows[0].length > MOST_CELLS) return tooLarge(caption, rows);
  return element("div", {class: "wide"}, element("table", {class: "cells"}, element("caption", {}, caption),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map((one) => element("td", {class: "number"}, written(one))))))));
}

/** Return the map that a window lies on, with the window, which covers hatched padding beyond it. Of large maps it is
    the part that is in the page, or, `onWhole`, all of the input. */
function windowPicture(network, {place, channel}, cells, onWhole = false) {
  const values = network.values[place];
  if (values.flat || channel >= values.near.count) return null;
  const rows = cells.map((row) => row[0].row), columns = cells[0].map((cell) => cell.column);
  const [top, left, height, width] = onWhole ? [0, 0, ...values.size] : values.part;
  const low = [Math.min(top, ...rows), Math.min(left, ...columns)], high = [Math.max(top + height, ...rows.map((one) => one + 1)), Math.max(left + width, ...columns.map((one) => one + 1))];
  const [wide, tall] = fitted([high[0] - low[0], high[1] - low[1]], 184), scale = wide / (high[1] - low[1]), color = colours();
  const canvas = element("canvas", {role: "img", "aria-label": `the window on ${mapName(values, channel)}`}), context = sized(canvas, wide, tall);
  hatched(context, wide, tall, color);
  const image = onWhole && network.input.image, sheet = (onWhole && values.whole) || values.near;
  if (image) context.drawImage(image, (left - low[1]) * scale, (top - low[0]) * scale, width * scale, height * scale);
  else drawMap(context, sheet, channel, (left - low[1]) * scale, (top - low[0]) * scale, width * scale, height * scale);
  const [firstRow, firstColumn] = [Math.min(...rows), Math.min(...columns)];
  outlined(context, (firstColumn - low[1]) * scale, (firstRow - low[0]) * scale, (Math.max(...columns) + 1 - firstColumn) * scale, (Math.max(...rows) + 1 - firstRow) * scale, color.accent);
  return element("figure", {}, canvas, element("figcaption", {}, onWhole ? "the input" : mapName(values, channel)));
}

function hatched(context, width, height, color) {
  context.fillStyle = color.paper;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = color.faint;
  context.lineWidth = 1;
  context.beginPath();
  for (let from = -height; from < width; from += 6) {
    context.moveTo(from, height);
    context.lineTo(from + height, 0);
  }
  context.stroke();
}
