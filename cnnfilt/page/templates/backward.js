/* The page of one layer backward: its matrices; choosing a number shows the sum behind it, and what that is made of. */

run((data, view) => {
  const cells = new Map(), said = element("output", {id: "sum", "aria-live": "polite"}, "Choose a number, or step through them with the arrow keys.");
  const panel = element("div", {class: "told"}, said);
  const show = (cell, block, name) => {
    for (const one of document.querySelectorAll("td.chosen, td.part")) one.classList.remove("chosen", "part");
    cell.classList.add("chosen");
    const sum = block.sums[name];
    fill(said, sum || `${name} = ${cell.textContent}${block.given ? ", as it was given" : ""}`);
    for (const part of partsOf(sum || "", name)) for (const one of cells.get(part) || []) one.classList.add("part");
  };
  const group = (heading, blocks) => element("section", {}, element("h2", {}, heading),
    element("div", {class: "matrices"}, blocks.map((block) => matrix(block, cells, show))));
  fill(view, data.notes.map((note) => element("p", {class: "notice"}, note)),
    group("What the layer was given", data.given.map((one) => ({...one, given: true}))),
    group("Forward", data.forward), group("Gradients", data.backward), panel);
});

/** Return the names of what a sum is made of, `Z11 = X11*K11 + X12*K12 = ...`: those behind its first equals sign. */
function partsOf(sum, name) {
  const symbols = sum.split(" = ").slice(1).join(" ");
  return (symbols.match(/(?:dL\/d)?(?:gamma|beta)|mean|variance|dL\/d[A-Za-z]\d*(?:,\d+)?|[A-Za-z](?:_pred|hat)?\d*(?:,\d+)?/g) || []).filter((one) => one !== name);
}

/** Return a matrix as a table of which one cell can be reached with Tab, and the others with the arrow keys. */
function matrix(block, cells, show) {
  const heading = element("h3", {}, block.name, " ", element("span", {class: "faint"}, block.size.join("x")));
  const formula = block.formula ? element("p", {class: "formula"}, block.formula) : null;
  if (!block.rows) return element("div", {}, heading, formula, element("p", {class: "faint"}, "Too large to be shown here."));
  const rows = block.rows.map((row, y) => row.map((text, x) => {
    const name = block.names[y][x];
    const cell = element("td", {class: "number", tabindex: y + x ? -1 : 0, "data-name": name, "aria-label": `${name} is ${text}`,
      focus: () => { roam(rows, cell); show(cell, block, name); }, click: () => cell.focus(), pointerenter: () => show(cell, block, name),
      keydown: (event) => step(event, rows, y, x)}, text);
    cells.set(name, [...(cells.get(name) || []), cell]);
    return cell;
  }));
  const sums = Object.values(block.sums);
  return element("div", {}, heading, formula,
    element("div", {class: "wide"}, element("table", {class: "matrix", "aria-label": `${block.name}, ${block.size.join(" by ")}`},
      element("tbody", {}, rows.map((row) => element("tr", {}, row))))),
    block.notes.map((note) => element("p", {class: "faint"}, note)),
    sums.length ? element("details", {}, element("summary", {}, `The sums of ${block.name}`), element("ol", {class: "sums"}, sums.map((one) => element("li", {}, one)))) : null);
}

function roam(rows, cell) {
  for (const one of rows.flat()) one.tabIndex = one === cell ? 0 : -1;
}

function step(event, rows, y, x) {
  const by = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]}[event.key];
  const to = by ? rows[y + by[0]]?.[x + by[1]] : {Home: rows[y][0], End: rows[y].at(-1)}[event.key];
  if (!to) return;
  event.preventDefault();
  to.focus();
}
