/* A grid of numbers: squares shaded by their value, with the number in each where there is room. */

/** What a grid shows: `top` to `bottom` and `left` to `right` (the last ones excluded) are its rows and columns, and
    `cell(row, column)` gives {value, shade (0 black to 1 white, null: none), padded, faint}. */
class Cells {
  /** `pointed(row, column, held)` is called when a cell is pointed at, or clicked; `key(event)` for every key. */
  constructor(label, {pointed, key}) {
    this.canvas = element("canvas", {tabindex: 0, role: "application", "aria-label": label,
      "aria-describedby": "keys", class: "cells"});
    this.holder = element("div", {class: "holder"}, this.canvas);
    Object.assign(this, {top: 0, left: 0, bottom: 1, right: 1, first: [0, 0], zoom: 32, outlines: [], marks: []});
    this.cell = () => ({value: null, shade: null});
    const at = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - box.left - this.head) / this.zoom) + this.first[1];
      const row = Math.floor((event.clientY - box.top - this.head) / this.zoom) + this.first[0];
      const inside = event.clientX - box.left >= this.head && event.clientY - box.top >= this.head
        && row >= this.top && row < this.bottom && column >= this.left && column < this.right;
      return inside ? [row, column] : null;
    };
    this.canvas.addEventListener("pointermove", (event) => {
      const place = event.pointerType === "touch" ? null : at(event);
      if (place) pointed(...place, false);
    });
    this.canvas.addEventListener("click", (event) => {
      const place = at(event);
      if (place) pointed(...place, true);
    });
    this.canvas.addEventListener("keydown", key);
  }

  /** The height of the row numbers' margin: there is room for them from some size on. */
  get head() {
    return this.zoom >= 18 ? 26 : 0;
  }

  /** The height and width that the grid may take: its holder has a margin for outlines. */
  get space() {
    return [Math.min(Math.max(window.innerHeight * 0.6, 260), 640), Math.max(this.holder.clientWidth - 12, 120)];
  }

  /** How many rows and columns there is room for. */
  get room() {
    const [height, width] = this.space;
    const fit = (pixels, count) => Math.max(Math.min(Math.floor((pixels - this.head) / this.zoom), count), 1);
    return [fit(height, this.bottom - this.top), fit(width, this.right - this.left)];
  }

  /** Choose the largest squares, within bounds, that show all; or `usual` ones where all would be too small. */
  fit(usual = 32, largest = 56) {
    const [height, width] = this.space.map((one) => one - 26);
    const size = Math.floor(Math.min(width / (this.right - this.left), height / (this.bottom - this.top), largest));
    return size >= 22 ? size : usual;
  }

  /** Move the view so that these rows and columns are in it, in the middle if it had to move. */
  reveal(top, left, bottom, right) {
    const room = this.room, low = [this.top, this.left], high = [this.bottom, this.right];
    [[top, bottom], [left, right]].forEach(([from, to], axis) => {
      const first = this.first[axis];
      const outside = from < first || to > first + room[axis];
      const wanted = outside ? Math.floor((from + to - room[axis]) / 2) : first;
      this.first[axis] = Math.min(Math.max(wanted, low[axis]), Math.max(high[axis] - room[axis], low[axis]));
    });
  }

  draw() {
    const [rows, columns] = this.room, zoom = this.zoom, head = this.head, colour = colours();
    const context = sized(this.canvas, head + columns * zoom + 2, head + rows * zoom + 2);
    Object.assign(this.canvas.dataset, {row: this.first[0], column: this.first[1], zoom, head});
    context.fillStyle = colour.paper;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) this.#drawCell(context, colour, this.first[0] + y, this.first[1] + x);
    }
    this.#drawHeads(context, colour, rows, columns);
    context.save();
    context.beginPath();
    context.rect(head, head, columns * zoom + 2, rows * zoom + 2);
    context.clip();
    for (const one of this.outlines) this.#drawOutline(context, colour, one);
    for (const [row, column] of this.marks) this.#drawMark(context, colour, row, column);
    context.restore();
  }

  #corner(row, column) {
    return [this.head + (column - this.first[1]) * this.zoom, this.head + (row - this.first[0]) * this.zoom];
  }

  #drawCell(context, colour, row, column) {
    const {value, shade, padded, unknown} = this.cell(row, column), [x, y] = this.#corner(row, column), zoom = this.zoom;
    const gray = shade === null || shade === undefined ? null : Math.round(Math.min(Math.max(shade, 0), 1) * 255);
    context.fillStyle = gray === null || padded ? colour.paper : `rgb(${gray} ${gray} ${gray})`;
    context.fillRect(x, y, zoom, zoom);
    if (padded || unknown) this.#hatch(context, colour, x, y);
    if (zoom >= 10) {
      context.strokeStyle = colour.line;
      context.lineWidth = 1;
      context.strokeRect(x + 0.5, y + 0.5, zoom, zoom);
    }
    if (value === null || value === undefined || zoom < 20) return;
    // White on grays up to 117, black on the others: a contrast of 4.5 at least.
    this.#write(context, brief(value), x, y, gray === null || padded ? colour.ink : gray <= 117 ? "#fff" : "#000",
      padded ? colour.paper : null);
  }

  #hatch(context, colour, x, y) {
    const zoom = this.zoom, gap = Math.max(Math.min(zoom / 4, 8), 3);
    context.save();
    context.beginPath();
    context.rect(x, y, zoom, zoom);
    context.clip();
    context.strokeStyle = colour.line;
    context.lineWidth = 1;
    context.beginPath();
    for (let offset = -zoom; offset < zoom; offset += gap) {
      context.moveTo(x + offset, y + zoom);
      context.lineTo(x + offset + zoom, y);
    }
    context.stroke();
    context.restore();
  }

  #write(context, text, x, y, ink, behind) {
    const zoom = this.zoom;
    let size = Math.min(Math.floor(zoom * 0.42), 18);
    for (; size >= 8; size--) {
      context.font = `${size}px system-ui, "DejaVu Sans", sans-serif`;
      if (context.measureText(text).width <= zoom - 4) break;
    }
    if (size < 8) return;
    context.textAlign = "center";
    context.textBaseline = "middle";
    if (behind) {
      const width = context.measureText(text).width + 4;
      context.fillStyle = behind;
      context.fillRect(x + (zoom - width) / 2, y + zoom / 2 - size * 0.6, width, size * 1.2);
    }
    context.fillStyle = ink;
    context.fillText(text, x + zoom / 2, y + zoom / 2 + 1);
  }

  #drawHeads(context, colour, rows, columns) {
    if (!this.head) return;
    const every = Math.ceil(26 / this.zoom);
    context.fillStyle = colour.faint;
    context.font = '11px system-ui, "DejaVu Sans", sans-serif';
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let x = 0; x < columns; x++) {
      const column = this.first[1] + x;
      if (column % every === 0) context.fillText(String(column), this.head + (x + 0.5) * this.zoom, this.head / 2);
    }
    for (let y = 0; y < rows; y++) {
      const row = this.first[0] + y;
      if (row % every === 0) context.fillText(String(row), this.head / 2, this.head + (y + 0.5) * this.zoom);
    }
  }

  #drawOutline(context, colour, {row, column, height, width, thin}) {
    const [x, y] = this.#corner(row, column), wide = thin ? 2 : 3, inset = thin ? 2 : 0;
    for (const [stroke, line] of [[colour.paper, wide + 3], [colour.accent, wide]]) {
      context.strokeStyle = stroke;
      context.lineWidth = line;
      context.strokeRect(x + 1 + inset, y + 1 + inset, width * this.zoom - 1 - 2 * inset, height * this.zoom - 1 - 2 * inset);
    }
  }

  #drawMark(context, colour, row, column) {
    const [x, y] = this.#corner(row, column), radius = Math.max(this.zoom / 2 - 3, 2);
    for (const [stroke, line] of [[colour.paper, 5], [colour.mark, 3]]) {
      context.strokeStyle = stroke;
      context.lineWidth = line;
      context.beginPath();
      context.arc(x + this.zoom / 2 + 0.5, y + this.zoom / 2 + 0.5, radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}

/** Return a number as a cell has room for it: four digits of what is not whole. */
function brief(value) {
  if (typeof value === "number" && Number.isFinite(value) && !Number.isInteger(value)) {
    const size = Math.abs(value);
    if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(4)));
    return value.toExponential(1);
  }
  return written(value);
}
