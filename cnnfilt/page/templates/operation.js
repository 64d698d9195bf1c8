/* The page of one operation: an output value and the window it comes from, or an input value and where it goes. */

const MOST_TERMS = 50, MOST_IN_TABLE = 400, MOST_UNFOLDED = 49, MOST_PLACES = 60, TICK = 700;

/** An array of the page that knows where in the whole it lies: `at` gives undefined for what is not kept. */
class Kept {
  constructor(array, about) {
    [this.height, this.width, this.maps] = [about.shape[0], about.shape[1], about.shape[2]];
    Object.assign(this, {array, top: about.top, left: about.left});
    this.low = this.high = null;
    for (const one of array.values) {
      if (typeof one === "bigint" || !Number.isFinite(one)) continue;
      if (this.low === null || one < this.low) this.low = one;
      if (this.high === null || one > this.high) this.high = one;
    }
  }

  at(row, column, map) {
    const y = row - this.top, x = column - this.left;
    return y < 0 || x < 0 || y >= this.height || x >= this.width ? undefined : this.array.at(y, x, Math.min(map, this.maps - 1));
  }

  /** Return how bright a value is drawn: between black and white of an image, or the lowest and highest there is. */
  shade(value, white) {
    if (typeof value !== "number" || Number.isNaN(value)) return null;
    const [low, high] = white && this.low >= 0 && this.high <= white ? [0, white] : [this.low, this.high];
    return high > low ? (value - low) / (high - low) : 0.5;
  }
}

/** Return which position of the source is seen at a padded one: -1 the padding value, null what lies beyond. */
function seenAt(axis, position) {
  if (position < -axis.before || position >= axis.size + axis.after) return null;
  if (axis.positions) return axis.positions[position + axis.before];
  return position >= 0 && position < axis.size ? position : -1;
}

function countAt(axis, index) {
  return Array.isArray(axis.counts) ? axis.counts[index] : axis.counts;
}

function positionsOf(axis, index) {
  if (axis.stamps) return axis.stamps[index].map(([position]) => position);
  return Array.from({length: countAt(axis, index)}, (_, tap) => axis.starts[index] + tap * axis.dilation);
}

/** Return which tap of the kernel meets the position that comes in this place. */
function tapAt(axis, index, place) {
  return axis.stamps ? axis.stamps[index][place][1] : place;
}

/** Return for each window along an axis that sees this position of the source [window, tap]. */
function windowsOver(axis, position) {
  const found = [];
  for (let index = 0; index < axis.starts.length; index++) {
    const first = axis.starts[index], last = first + (countAt(axis, index) - 1) * axis.dilation;
    if (!axis.positions && !axis.stamps && (position < first || position > last)) continue;
    positionsOf(axis, index).forEach((at, place) => {
      if (seenAt(axis, at) === position) found.push([index, tapAt(axis, index, place)]);
    });
  }
  return found;
}

/** Return `row 0`, `rows 0 to 2`, `rows 0, 2, 4` or `rows 0 to 8 by 2`. */
function spelledPositions(word, positions) {
  if (positions.length === 0) return `no ${word}`;
  const step = positions.length > 1 ? positions[1] - positions[0] : 1, last = positions[positions.length - 1];
  if (positions.length === 1) return `${word} ${positions[0]}`;
  if (step === 1) return `${word}s ${positions[0]} to ${last}`;
  return positions.length <= 3 ? `${word}s ${positions.join(", ")}` : `${word}s ${positions[0]} to ${last} by ${step}`;
}

class OperationPage {
  constructor(data, arrays, view) {
    Object.assign(this, {data, arrays, view, result: 0, step: 0, map: 0, place: [0, 0], pixel: null, held: false, shown: -1});
    this.input = new Cells("Input values", {
      pointed: (row, column, held) => this.point("input", row, column, held), key: (event) => this.key(event, "input")});
    this.output = new Cells("Output values", {
      pointed: (row, column, held) => this.point("output", row, column, held), key: (event) => this.key(event, "output")});
    this.inputCaption = element("figcaption");
    this.outputCaption = element("figcaption");
    this.controls = element("div", {class: "row controls"});
    this.reading = element("div", {id: "reading", class: "reading"});
    this.said = element("p", {class: "spoken", "aria-live": "polite", id: "said"});
    this.thumbnails = element("div", {class: "row thumbnails"});
    this.playButton = element("button", {type: "button", id: "play", "aria-pressed": "false", click: () => this.play()}, "Play");
    const keys = "Point at a value, or use the arrow keys; click or Enter holds it, Escape lets go. "
      + "On the output you see its window, on the input all the outputs it has a part in.";
    fill(view, this.part(), this.controls,
      element("div", {class: "panels"},
        element("figure", {id: "input"}, this.inputCaption, this.input.holder),
        element("figure", {id: "output"}, this.outputCaption, this.output.holder), this.reading),
      element("p", {class: "faint", id: "keys"}, keys), this.said, this.thumbnails);
    const [top, left, height, width] = this.current.made, small = this.isSmall;
    this.place = small ? [top, left] : [top + Math.floor(height / 2), left + Math.floor(width / 2)];
    this.choose();
    this.refresh();
    keepDrawn(view, () => this.draw());
  }

  get current() {
    return this.data.results[this.result].steps[this.step];
  }

  /** Whether the grids show the whole image, as a rule. */
  get isSmall() {
    return this.data.size.every((one) => one <= 24);
  }

  get source() {
    return this.arrays[this.current.source];
  }

  /** All that can be shown of the output: [name, array]. */
  get views() {
    const step = this.current, found = [];
    for (const one of step.kernels) {
      found.push([step.kernels.length > 1 ? one.name : "the sum", this.arrays[one.answers]]);
    }
    if (step.found !== null) found.push([step.kind === "copy" ? "padded" : step.title, this.arrays[step.found]]);
    step.stages.forEach((one) => found.push([shortWords(one), this.arrays[one.values]]));
    return found;
  }

  get made() {
    const views = this.views;
    return views[this.shown < 0 || this.shown >= views.length ? views.length - 1 : this.shown];
  }

  get maps() {
    return this.views[this.views.length - 1][1].maps;
  }

  /** The channel of the source that is drawn: that of the map, or, where all are summed, the one that is chosen. */
  get channel() {
    return Math.min(this.map, this.current.channels - 1);
  }

  part() {
    const [top, left, height, width] = this.data.part, [rows, columns] = this.data.size;
    if (height === rows && width === columns) return null;
    return element("p", {class: "notice", id: "part"}, `The image is ${rows}x${columns}. So that the page stays small it holds the numbers of `
      + `rows ${top} to ${top + height - 1} and columns ${left} to ${left + width - 1}; for others, cut them out of the image first.`);
  }

  /** Make the choices anew: the result, the step, the channel, what is shown, the size of the squares. */
  choose() {
    const results = this.data.results, step = this.current, channels = Math.max(this.maps, step.channels);
    const parts = [];
    if (results.length > 1) {
      parts.push(choice("Kernel", results.map((one) => one.name), (index) => {
        this.result = index;
        this.restart();
      }, this.result));
    }
    if (results[this.result].steps.length > 1) {
      parts.push(choice("Step", results[this.result].steps.map((one, index) => `${index + 1}. ${one.title}`), (index) => {
        this.step = index;
        this.restart();
      }, this.step));
    }
    if (channels > 1) {
      const word = this.maps > 1 || step.overAll ? "Channel" : "Map";
      parts.push(choice(word, Array.from({length: channels}, (_, index) => this.channelName(index)), (index) => {
        this.map = index;
        this.refresh();
      }, this.map));
    }
    const views = this.views;
    if (views.length > 1) {
      parts.push(choice("Output shows", views.map(([name]) => name), (index) => {
        this.shown = index;
        this.refresh();
      }, this.shown < 0 ? views.length - 1 : this.shown));
    }
    const number = (label, axis) => {
      const box = element("input", {type: "number", min: 0, max: step.size[axis] - 1, value: this.place[axis], id: `go-${label}`, change: () => {
        const place = [...this.place], wanted = Number.parseInt(box.value, 10);
        if (!Number.isNaN(wanted)) place[axis] = wanted;
        this.move(place);
      }});
      return element("label", {}, `${label} `, box);
    };
    this.goTo = [number("row", 0), number("column", 1)];
    const zoom = (factor) => {
      for (const one of [this.input, this.output]) one.zoom = Math.min(Math.max(Math.round(one.zoom * factor), 4), 80);
      this.refresh();
    };
    parts.push(this.playButton, ...this.goTo,
      element("button", {type: "button", id: "smaller", "aria-label": "Smaller squares", click: () => zoom(1 / 1.4)}, "\u2212"),
      element("button", {type: "button", id: "larger", "aria-label": "Larger squares", click: () => zoom(1.4)}, "+"));
    fill(this.controls, ...parts);
  }

  restart() {
    this.step = Math.min(this.step, this.data.results[this.result].steps.length - 1);
    this.shown = -1;
    this.pixel = null;
    this.zoomed = false;
    this.choose();
    this.move(this.place);
  }

  channelName(channel) {
    const colour = this.data.colours && Math.max(this.maps, this.current.channels) === 3;
    return `${channel}${colour ? ` (${["red", "green", "blue"][channel]})` : ""}`;
  }

  point(panel, row, column, clicked) {
    if (clicked) this.stop();
    if (this.held && !clicked) return;
    const same = panel === "output" ? !this.pixel && this.place[0] === row && this.place[1] === column
      : this.pixel && this.pixel[0] === row && this.pixel[1] === column;
    if (clicked) this.held = !(this.held && same);
    if (panel === "output") {
      this.pixel = null;
      this.move([row, column], false);
    } else this.look([row, column], false);
  }

  key(event, panel) {
    const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[event.key];
    const grid = panel === "input" ? this.input : this.output, [rows, columns] = grid.room;
    const jump = {PageUp: [-rows, 0], PageDown: [rows, 0], Home: [0, -1e9], End: [0, 1e9]}[event.key];
    if (event.key === "Escape") this.held = false;
    if (event.key === "Enter" || event.key === " ") this.held = !this.held;
    if (step || jump || event.key === "Enter" || event.key === " " || event.key === "Escape") event.preventDefault();
    else return;
    this.stop();
    const by = step || jump || [0, 0];
    if (panel === "output") {
      // The first key only brings the output back to where it was.
      const from = this.place;
      this.pixel = null;
      this.move([from[0] + by[0], from[1] + by[1]]);
    } else if (this.pixel) this.look([this.pixel[0] + by[0], this.pixel[1] + by[1]]);
    else this.look([this.current.rows.starts[this.place[0]], this.current.columns.starts[this.place[1]]]);
  }

  play() {
    if (this.timer) {
      this.stop();
      return;
    }
    this.pixel = null;
    this.held = true;
    const [top, left, height, width] = this.current.made, last = [top + height - 1, left + width - 1];
    if (this.place[0] >= last[0] && this.place[1] >= last[1]) this.place = [top, left - 1];
    this.timer = setInterval(() => {
      const [row, column] = this.place;
      if (column < last[1]) this.move([row, column + 1]);
      else if (row < last[0]) this.move([row + 1, left]);
      else this.stop();
    }, TICK);
    this.playButton.textContent = "Pause";
    this.playButton.setAttribute("aria-pressed", "true");
    if (this.place[1] < left) this.move([top, left]);
  }

  stop() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.held = false;
    this.playButton.textContent = "Play";
    this.playButton.setAttribute("aria-pressed", "false");
  }

  /** Choose an output value; one that is kept, if there is such a place. */
  move(place, reveals = true) {
    const made = this.current.made;
    this.place = place.map((one, axis) => Math.min(Math.max(one, made[axis]), made[axis] + made[axis + 2] - 1));
    this.pixel = null;
    this.refresh(reveals);
  }

  /** Choose an input value, to see where it goes. */
  look(pixel, reveals = true) {
    const {rows, columns} = this.current;
    this.pixel = [Math.min(Math.max(pixel[0], 0), rows.size - 1), Math.min(Math.max(pixel[1], 0), columns.size - 1)];
    this.refresh(reveals);
  }

  refresh(reveals = true) {
    this.reveals = reveals;
    this.explain();
    this.draw();
  }

  /** The taps of the window of `place`, row by row: {row, column, value, padded, counted, i, j}. */
  taps(channel) {
    const {rows, columns, taps, kind, fill: padding, countsPadding} = this.current, found = [];
    const ys = positionsOf(rows, this.place[0]), xs = positionsOf(columns, this.place[1]);
    ys.forEach((row, i) => xs.forEach((column, j) => {
      const y = seenAt(rows, row), x = seenAt(columns, column), inside = row >= 0 && row < rows.size && column >= 0 && column < columns.size;
      const fills = y !== null && x !== null && (y < 0 || x < 0), sums = kind === "sum" || kind === "copy";
      let value = y === null || x === null ? null : fills ? (sums ? padding[Math.min(channel, padding.length - 1)] : countsPadding ? 0 : null)
        : this.source.at(y, x, channel);
      if (taps && !taps[i][j]) value = null;
      found.push({row, column, value, padded: !inside, counted: value !== null, from: [y, x],
        i: tapAt(rows, this.place[0], i), j: tapAt(columns, this.place[1], j)});
    }));
    return {found, ys, xs};
  }

  draw() {
    const step = this.current, {rows, columns} = step, channel = this.channel, white = this.data.white;
    const last = (axis) => (axis.stamps ? axis.size - 1 : axis.starts[axis.starts.length - 1] + (countAt(axis, axis.starts.length - 1) - 1) * axis.dilation);
    Object.assign(this.input, {
      top: Math.min(-rows.before, 0), left: Math.min(-columns.before, 0),
      bottom: Math.max(rows.size + rows.after, last(rows) + 1), right: Math.max(columns.size + columns.after, last(columns) + 1)});
    Object.assign(this.output, {top: 0, left: 0, bottom: step.size[0], right: step.size[1]});
    if (!this.zoomed) {
      this.zoomed = true;
      this.input.zoom = this.output.zoom = Math.min(this.input.fit(), this.output.fit());
      // What was in view before is not: all is put into the middle.
      for (const one of [this.input, this.output]) one.first = [one.bottom + 1e9, one.right + 1e9];
      this.reveals = true;
    }
    this.input.cell = (row, column) => {
      const y = seenAt(rows, row), x = seenAt(columns, column), padded = row < 0 || column < 0 || row >= rows.size || column >= columns.size;
      if (y === null || x === null) return {value: null, shade: null, padded: true};
      const fills = y < 0 || x < 0, sums = step.kind === "sum" || step.kind === "copy";
      const value = fills ? (sums ? step.fill[Math.min(channel, step.fill.length - 1)] : step.countsPadding ? 0 : null) : this.source.at(y, x, channel);
      return {value, shade: value === undefined || value === null ? null : this.source.shade(value, white), padded, unknown: value === undefined};
    };
    const [, made] = this.made;
    this.output.cell = (row, column) => {
      const value = made.at(row, column, this.map);
      return {value, shade: value === undefined ? null : made.shade(value, white), unknown: value === undefined};
    };
    this.mark();
    this.input.draw();
    this.output.draw();
    this.drawThumbnails();
  }

  /** Set what is outlined, and bring it into view. */
  mark() {
    const {rows, columns} = this.current;
    this.input.marks = [];
    if (this.pixel) {
      const places = this.partsOf(this.pixel), shown = places.map(([row, column]) => ({row, column, height: 1, width: 1, thin: true}));
      this.input.outlines = [{row: this.pixel[0], column: this.pixel[1], height: 1, width: 1}];
      this.output.outlines = shown;
      if (!this.reveals) return;
      this.input.reveal(this.pixel[0], this.pixel[1], this.pixel[0] + 1, this.pixel[1] + 1);
      if (places.length) this.output.reveal(...places[0], places[places.length - 1][0] + 1, places[places.length - 1][1] + 1);
      return;
    }
    const {found, ys, xs} = this.taps(this.channel);
    const none = ys.length === 0 || xs.length === 0;
    const box = {row: ys[0], column: xs[0], height: ys[ys.length - 1] - ys[0] + 1, width: xs[xs.length - 1] - xs[0] + 1};
    const spread = rows.dilation > 1 || columns.dilation > 1 || this.current.taps || rows.stamps;
    const single = found.filter((one) => one.counted || this.current.kind === "sum");
    this.input.outlines = none ? [] : [box, ...(spread && single.length <= 1000 ? single.map((one) => ({...one, height: 1, width: 1, thin: true})) : [])];
    this.output.outlines = [{row: this.place[0], column: this.place[1], height: 1, width: 1}];
    const kept = this.keptTap(found), from = this.current.kind === "copy" && found[0].padded ? found[0].from : null;
    if (kept) this.input.marks = [[kept.row, kept.column]];
    if (from && from[0] >= 0 && from[1] >= 0) this.input.marks = [from];
    if (!this.reveals) return;
    if (!none) this.input.reveal(box.row, box.column, box.row + box.height, box.column + box.width);
    this.output.reveal(this.place[0], this.place[1], this.place[0] + 1, this.place[1] + 1);
  }

  /** The tap whose value max, min or median keeps: the first of that value, row by row. */
  keptTap(found) {
    if (!["max", "min", "median"].includes(this.current.kind)) return null;
    const value = this.arrays[this.current.found].at(...this.place, this.map);
    return found.find((one) => one.counted && (one.value === value || (Number.isNaN(value) && Number.isNaN(one.value)))) || null;
  }

  /** The outputs that a pixel of the source has a part in: [row, column, tap row, tap column]. */
  partsOf([row, column]) {
    const {rows, columns, taps} = this.current, across = windowsOver(columns, column), found = [];
    for (const [i, a] of windowsOver(rows, row)) {
      for (const [j, b] of across) if (!taps || taps[a][b]) found.push([i, j, a, b]);
    }
    return found;
  }

  explain() {
    const step = this.current, source = `${step.rows.size}x${step.columns.size}`, [name] = this.made;
    const padded = [step.rows, step.columns].map((axis) => axis.before + axis.size + axis.after).join("x");
    const channel = step.channels > 1 ? `, channel ${this.channelName(this.channel)}` : "";
    this.inputCaption.textContent = `Input: ${step.sourceName} ${source}${padded === source ? "" : `, padded to ${padded} (hatched)`}${channel}`;
    this.outputCaption.textContent = `Output: ${step.size.join("x")}, ${name}`;
    this.goTo.forEach((one, axis) => {
      one.querySelector("input").value = this.place[axis];
    });
    if (this.pixel) this.explainPixel();
    else this.explainPlace();
  }

  explainPixel() {
    const step = this.current, [row, column] = this.pixel, parts = this.partsOf(this.pixel), value = this.source.at(row, column, this.channel);
    const counts = parts.length === 1 ? "once" : parts.length === 0 ? "never" : `${parts.length} times`;
    const title = `Input row ${row}, column ${column} = ${value === undefined ? "not kept on this page" : written(value)}: seen ${counts}`;
    const [, made] = this.views[0];
    const lines = parts.slice(0, MOST_PLACES).map(([i, j, a, b]) => {
      const used = step.kernels.map((one) => `${step.kernels.length > 1 ? `${one.name}: ` : ""}${inBrackets(written(value))}*`
        + inBrackets(written(this.weight(one, a, b, this.channel)))).join(", ");
      const result = made.at(i, j, this.map);
      const after = result === undefined || step.kernels.length > 1 ? "" : `, where ${this.views[0][0]} is ${written(result)}`;
      return element("li", {}, `row ${i}, column ${j}${used ? ` as ${used}` : ""}${after}`);
    });
    fill(this.reading, element("h2", {id: "place"}, title),
      parts.length === 0 ? element("p", {}, "No window reads it.") : element("p", {}, "It has a part in these outputs:"),
      element("ul", {id: "parts", class: "number"}, lines),
      parts.length > MOST_PLACES ? element("p", {}, `and ${parts.length - MOST_PLACES} more`) : null);
    this.said.textContent = title;
  }

  explainPlace() {
    const step = this.current, [row, column] = this.place, {found, ys, xs} = this.taps(this.channel);
    const maps = this.maps > 1 ? `, channel ${this.channelName(this.map)}` : "";
    const title = `Output row ${row}, column ${column} of ${step.size.join("x")}${maps}`;
    const outside = found.some((one) => one.padded);
    const stamped = step.rows.stamps !== null;
    const where = stamped ? `Here fall the stamps of ${spelledPositions("row", ys)}, ${spelledPositions("column", xs)} of the ${step.sourceName}.` : `The window: ${spelledPositions("row", ys)}, ${spelledPositions("column", xs)} of the ${step.sourceName}`
      + `${outside ? "; [ ] is padding" : ""}.`;
    const missing = found.some((one) => one.value === undefined);
    const body = missing ? [element("p", {class: "notice"}, "Not all of this window's values are kept on this page.")]
      : step.kind === "sum" ? this.sums(found, ys.length, xs.length)
        : step.kind === "copy" ? this.copied(found[0]) : this.pooled(found, ys.length, xs.length);
    const steps = step.stages.map((stage) => this.stageLine(stage));
    fill(this.reading, element("h2", {id: "place"}, title), step.kind === "copy" ? null : element("p", {id: "where"}, where), body,
      steps.length ? element("ul", {id: "steps", class: "number"}, steps) : null);
    const [name, made] = this.views[this.views.length - 1];
    this.said.textContent = `${title}: ${written(made.at(row, column, this.map))}, ${name}`;
  }

  stageLine(stage) {
    const at = (number) => this.arrays[number].at(...this.place, this.map);
    const chosen = stage.chosen === null ? 0 : Number(at(stage.chosen));
    const words = stage.words[chosen].replace(/\{(\d)\}/g, (_, index) => written(at(stage.uses[Number(index)])));
    const clipped = stage.clipped === null ? 0 : at(stage.clipped);
    const how = clipped < 0 ? " \u2014 clipped: it was below the lowest level" : clipped > 0 ? " \u2014 clipped: it was above the highest level" : "";
    return element("li", {}, `${words} = `, element("b", {class: "value"}, written(at(stage.values))), how);
  }

  weight(kernel, i, j, channel) {
    const map = Math.min(this.map, kernel.maps - 1), part = Math.min(channel, kernel.channels - 1);
    return kernel.unpacked.values[(i * kernel.width + j) * kernel.channels * kernel.maps + part * kernel.maps + map];
  }

  /** The tables, the sums of products and what they give, for each kernel. */
  sums(found, height, width) {
    const step = this.current, channels = step.overAll ? Array.from({length: step.channels}, (_, index) => index) : [this.channel];
    const windows = channels.map((channel) => this.taps(channel).found);
    return step.kernels.map((kernel, number) => {
      const total = this.arrays[kernel.answers].at(...this.place, this.map);
      const tables = number < 2 && height * width <= MOST_IN_TABLE ? channels.map((channel, index) => {
        const of = channels.length > 1 ? ` of channel ${this.channelName(channel)}` : "";
        const weights = windows[index].map((one) => ({...one, value: this.weight(kernel, one.i, one.j, channel), padded: false}));
        return folded(height * width, element("div", {class: "row wide"},
          number === 0 ? table(`values${of}`, windows[index], height, width) : null,
          table(`kernel ${kernel.name}${of}`, weights, height, width)));
      }) : [];
      const products = channels.flatMap((channel, index) => windows[index].map((one) => {
        const value = written(one.value), weight = inBrackets(written(this.weight(kernel, one.i, one.j, channel)));
        return `${one.padded ? `[${value}]` : inBrackets(value)}*${weight}`;
      }));
      const label = step.kernels.length > 1 ? `${kernel.name}: ` : "";
      return element("div", {class: "kernel"}, tables, sumLine(label, products, " + ", "", written(total), `sum-${number}`));
    });
  }

  pooled(found, height, width) {
    const step = this.current, value = this.arrays[step.found].at(...this.place, this.map), kept = this.keptTap(found);
    const counted = found.filter((one) => one.counted), texts = counted.map((one) => (one.padded ? `[${written(one.value)}]` : written(one.value)));
    const shown = height * width <= MOST_IN_TABLE ? folded(height * width, element("div", {class: "wide"}, table("window", found, height, width, kept))) : null;
    const at = kept ? `found at row ${kept.row}, column ${kept.column} of the ${step.sourceName}` : "";
    const result = written(value), lines = [];
    if (step.kind === "avg") lines.push(sumLine("(", texts.map((one) => (one.startsWith("[") ? one : inBrackets(one))), " + ", `) / ${counted.length}`, result, "sum-0"));
    else if (step.kind === "range") {
      const sorted = ordered(counted.map((one) => one.value));
      lines.push(sumLine("largest - smallest = ", [written(sorted[sorted.length - 1]), inBrackets(written(sorted[0]))], " - ", "", result, "sum-0"));
    } else if (step.kind === "median") {
      const sorted = ordered(counted.map((one) => one.value)), middle = Math.floor((sorted.length - 1) / 2);
      lines.push(sumLine("sorted(", sorted.map((one, index) => (index === middle ? `*${written(one)}` : written(one))), ", ", ")", result, "sum-0"));
    } else lines.push(sumLine(`${step.kind}(`, texts, ", ", ")", result, "sum-0"));
    return [shown, ...lines, at ? element("p", {id: "kept"}, at) : null];
  }

  copied(tap) {
    const step = this.current, value = written(this.arrays[step.found].at(...this.place, this.map)), [y, x] = tap.from;
    const here = `Row ${tap.row}, column ${tap.column}`;
    const words = !tap.padded ? `${here} is the image's own: ` : y < 0 || x < 0 ? `${here} lies in the padding, which is filled with `
      : `${here} lies in the padding, where ${step.title} shows row ${y}, column ${x} again: `;
    return element("p", {id: "sum-0"}, words, element("b", {class: "value number"}, value));
  }

  /** The whole images, with what is in view framed; a click chooses. */
  drawThumbnails() {
    if (this.isSmall) return;
    const shown = [[this.data.pictures[0], this.input, this.current.rows.size, this.current.columns.size, "input"],
      [this.data.pictures[Math.min(1 + this.result, this.data.pictures.length - 1)], this.output, ...this.current.size, "output"]];
    if (!this.thumbnails.childElementCount) {
      this.thumbnails.append(...shown.map(([picture]) => {
        const canvas = element("canvas", {role: "img"});
        canvas.image = new Image();
        canvas.image.addEventListener("load", () => this.drawThumbnails());
        return element("figure", {}, canvas, element("figcaption"));
      }));
    }
    shown.forEach(([picture, grid, height, width, panel], index) => {
      const figure = this.thumbnails.children[index], canvas = figure.firstChild;
      figure.lastChild.textContent = `${picture.caption}: click to choose`;
      canvas.setAttribute("aria-label", `${picture.caption}; the frame is what the ${panel} shows`);
      if (canvas.image.src !== picture.picture) canvas.image.src = picture.picture;
      if (!canvas.image.complete || !canvas.image.naturalWidth) return;
      const room = Math.min(320, this.view.clientWidth), scale = Math.min(1, room / canvas.image.naturalWidth);
      const [wide, high] = [canvas.image.naturalWidth * scale, canvas.image.naturalHeight * scale];
      const context = sized(canvas, wide, high), colour = colours(), [rows, columns] = grid.room;
      context.drawImage(canvas.image, 0, 0, wide, high);
      for (const [stroke, line] of [[colour.paper, 5], [colour.accent, 2.5]]) {
        context.strokeStyle = stroke;
        context.lineWidth = line;
        context.strokeRect(grid.first[1] / width * wide, grid.first[0] / height * high,
          Math.max(columns / width * wide, 3), Math.max(rows / height * high, 3));
      }
      canvas.onclick = (event) => {
        const row = Math.floor(event.offsetY / high * height), column = Math.floor(event.offsetX / wide * width);
        this.stop();
        if (panel === "output") this.move([row, column]);
        else this.move([nearest(this.current.rows, row), nearest(this.current.columns, column)]);
      };
    });
  }
}

/** Return the window whose middle is nearest to a position of the source. */
function nearest(axis, position) {
  let best = 0, least = Infinity;
  axis.starts.forEach((start, index) => {
    const far = Math.abs(start + ((countAt(axis, index) - 1) * axis.dilation) / 2 - position);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

function shortWords(stage) {
  if (stage.name) return stage.name;
  const whole = stage.words[0].replace(/ ?\{\d\}/g, "").replace(/:.*/, "");
  return stage.isLevel || stage.words.length > 1 ? whole.replace(/ \(.*/, "") : whole;
}

/** A window as a table: what lies in the padding in brackets, what does not count as a dash, what is kept starred. */
function table(title, found, height, width, kept = null) {
  const cell = (one) => {
    const text = one.value === null ? "-" : brief(one.value), starred = one === kept ? `*${text}` : text;
    return element("td", {class: `number${one === kept ? " kept" : ""}`}, one.padded ? `[${starred}]` : starred);
  };
  const rows = Array.from({length: height}, (_, row) => element("tr", {}, found.slice(row * width, (row + 1) * width).map(cell)));
  return element("table", {class: "window"}, element("caption", {}, title), element("tbody", {}, rows));
}

/** Return tables of so many cells as they are, or to be unfolded where they are large. */
function folded(cells, tables) {
  return cells <= MOST_UNFOLDED ? tables : element("details", {}, element("summary", {}, "the window as a table"), tables);
}

/** `before a + b + c after = result`; of a long sum the first terms and the last, and all of them to be unfolded. */
function sumLine(before, terms, between, after, result, id) {
  const whole = `${before}${terms.join(between)}${after}`, value = element("b", {class: "value"}, result);
  if (terms.length === 0) return element("p", {class: "sum number", id}, "no term = ", value);
  if (terms.length < MOST_TERMS) return element("p", {class: "sum number", id}, `${whole} = `, value);
  const few = Math.floor(MOST_TERMS / 4), left = `... (${terms.length - few - 1} more terms) ...`;
  const short = `${before}${[...terms.slice(0, few), left, terms[terms.length - 1]].join(between)}${after}`;
  return element("div", {}, element("p", {class: "sum number", id}, `${short} = `, value),
    element("details", {}, element("summary", {}, `all ${terms.length} terms`), element("p", {class: "sum number"}, whole)));
}

run(async (data, view) => {
  const unpackedArrays = await Promise.all(data.arrays.map((one) => unpacked(one)));
  const arrays = unpackedArrays.map((one, index) => new Kept(one, data.arrays[index]));
  for (const result of data.results) {
    for (const step of result.steps) {
      for (const kernel of step.kernels) kernel.unpacked = await unpacked(kernel.weights);
    }
  }
  window.page = new OperationPage(data, arrays, view);
});
