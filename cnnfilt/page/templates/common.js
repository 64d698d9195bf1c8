"use strict";
/* What every kind of page uses. Text comes into the page through `element` alone, as text and never as HTML: file
   names, class names and kernels are other people's words. */

/** Return a new element: `element("p", {class: "faint"}, "some ", element("b", {}, "text"))`. Strings are text. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value));
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined).map((one) =>
    one instanceof Node ? one : document.createTextNode(String(one))));
  return made;
}

/** Put these children, and no others, into an element. */
function fill(parent, ...children) {
  parent.replaceChildren(...children.flat().filter((one) => one !== null && one !== undefined));
  return parent;
}

/** Return an SVG element, made as `element` makes one. */
function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value));
  }
  made.append(...children.flat().map((one) => (one instanceof Node ? one : document.createTextNode(String(one)))));
  return made;
}

/** Return what was embedded in the page. */
function pageData() {
  return JSON.parse(document.getElementById("data").textContent);
}

const ARRAYS = {u1: Uint8Array, i1: Int8Array, u2: Uint16Array, i2: Int16Array, i4: Int32Array, f4: Float32Array,
  f8: Float64Array};

/** Return a promise of {shape, values, at(row, column, channel)} for an array that `cnnfilt.page.arrays` packed. */
async function unpacked(packed) {
  if (packed.text) return withPlaces(packed.shape, packed.text.map((one) => (/^-?\d+$/.test(one) ? BigInt(one) : Number(one))));
  const kind = ARRAYS[packed.type], bytes = Uint8Array.from(atob(packed.data), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = kind.BYTES_PER_ELEMENT, count = planes.length / size, mixed = new Uint8Array(planes.length);
  for (let plane = 0; plane < size; plane++) {
    for (let place = 0; place < count; place++) mixed[place * size + plane] = planes[plane * count + place];
  }
  return withPlaces(packed.shape, new kind(mixed.buffer));
}

function withPlaces(shape, values) {
  const [, width, channels] = [shape[0], shape[1] || 1, shape[2] || 1];
  return {shape, values, at: (row, column, channel = 0) => values[(row * width + column) * channels + channel]};
}

/** Return a number as the notes and `--explain` write it: whole ones as they are, others in six digits. */
function written(value) {
  if (typeof value === "bigint" || typeof value === "string") return String(value);
  if (value === null || value === undefined) return "";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value === 0 ? 0 : value);
  const [digits, power] = inSixDigits(value);
  const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power < -4 || power >= 6) {
    return `${trimmed(digits)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return trimmed(Number(`${digits}e${power}`).toFixed(Math.max(5 - power, 0)));
}

/** Return a number as its first six digits and a power of ten, halves to the even digit: ["1.40562", 2] for 140.5625. */
function inSixDigits(value) {
  const [digits, power] = value.toExponential(5).split("e"), [exact, before] = value.toExponential(100).split("e");
  const [, first, rest] = /^(-?\d\.\d{5})(\d*)$/.exec(exact), isHalf = /^50*$/.test(rest) && "02468".includes(first.at(-1));
  return isHalf ? [first, Number(before)] : [digits, Number(power)];
}

/** Return numbers from the smallest to the largest; what is not a number stands last. */
function ordered(values) {
  return [...values].sort((one, other) => (Number.isNaN(one) ? 1 : Number.isNaN(other) ? -1 : one < other ? -1 : one > other ? 1 : 0));
}

/** Return a number as it stands in a sum: a negative one in brackets. */
function inBrackets(text) {
  return String(text).startsWith("-") ? `(${text})` : String(text);
}

/** Return `1 row`, `2 rows`. */
function counted(count, what) {
  return `${count} ${count === 1 ? what.replace(/s$/, "") : what}`;
}

/** Return the colours of the page as they are now, light or dark: {paper, ink, line, accent, mark, ...}. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "raised", "ink", "faint", "line", "accent", "on-accent", "mark", "wrong"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Call `draw` now, and again whenever the colours, the size of `parent`, or the medium (paper) change. */
function keepDrawn(parent, draw) {
  new ResizeObserver(() => draw()).observe(parent);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
  matchMedia("print").addEventListener("change", () => draw());
  draw();
}

/** Give a canvas this size in CSS pixels, sharp on any screen, and return its context; one unit is one CSS pixel. */
function sized(canvas, width, height) {
  const dense = window.devicePixelRatio || 1;
  canvas.width = Math.max(Math.round(width * dense), 1);
  canvas.height = Math.max(Math.round(height * dense), 1);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.imageSmoothingEnabled = false;
  return context;
}

/** Return a row of tabs for `names`, the first chosen; `choose(index)` is called for it, and for each that is chosen. */
function tabs(label, names, choose) {
  const buttons = names.map((name, index) => element("button", {type: "button", role: "tab", click: () => pick(index)}, name));
  const pick = (index) => {
    buttons.forEach((one, place) => {
      one.setAttribute("aria-selected", String(place === index));
      one.tabIndex = place === index ? 0 : -1;
    });
    choose(index);
  };
  const row = element("div", {role: "tablist", "aria-label": label, class: "row controls", keydown: (event) => {
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key], from = buttons.indexOf(event.target);
    if (!step || from < 0) return;
    event.preventDefault();
    const next = (from + step + buttons.length) % buttons.length;
    pick(next);
    buttons[next].focus();
  }}, buttons);
  pick(0);
  return row;
}

/** Return a labelled choice: `names` in a list, `choose(index)` called when another is taken. */
function choice(label, names, choose, chosen = 0) {
  const list = element("select", {change: () => choose(list.selectedIndex)}, names.map((name, index) =>
    element("option", {selected: index === chosen}, name)));
  return element("label", {}, `${label} `, list);
}

/** Run the page: `show(data, view)` may be async; what goes wrong is said on the page, too. */
function run(show) {
  const view = document.getElementById("view");
  const failed = (error) => {
    view.append(element("p", {class: "notice"}, `This page could not be shown: ${error.message || error}. `
      + "A browser of 2023 or later is needed."));
    view.setAttribute("data-failed", "");
    throw error;
  };
  document.addEventListener("DOMContentLoaded", () => {
    Promise.resolve().then(() => show(pageData(), view)).then(() => view.setAttribute("data-ready", ""), failed);
  });
}
