/* The page of a network: how its training went, what it confuses, its worst mistakes, its first filters. */

run(async (data, view) => {
  const parts = [];
  if (data.training) parts.push(standing(data.training), curves(data.training));
  if (data.judged) parts.push(confusion(data.judged), eachClass(data.judged), mistakes(data.judged));
  if (data.filters) parts.push(await filters(data.filters));
  fill(view, parts);
});

/** Return where training is, and load the page again while it is under way, unless that is switched off. */
function standing(training) {
  const {state, done, epochs, said, written} = training;
  const words = {
    training: `Training: ${done} of ${counted(epochs, "epochs")} done.`,
    done: `Training is done: ${counted(done, "epochs")}.`,
    stopped: `Training was broken off after ${done} of ${counted(epochs, "epochs")}; --resume goes on.`,
    failed: `Training failed after ${counted(done, "epochs")}.`,
  }[state];
  const lines = [element("p", {class: "notice", role: "status", id: "state"}, element("strong", {}, words), said ? ` ${said}` : "")];
  if (training.resumed) lines.push(element("p", {id: "resumed"}, resumedSaid(training)));
  if (state === "training") lines.push(reloading(training.reload, written));
  return element("section", {"aria-label": "Training"}, lines);
}

/** Return after which epoch training was taken up again, and where the curves begin. */
function resumedSaid({resumed, before}) {
  const first = before === 1 ? "of the first epoch" : `of the ${before} epochs before it`;
  return `Training was taken up again after epoch ${resumed}. ${before ? `The curves begin with epoch ${before + 1}: the model has no scores ${first}.` : "The curves hold the epochs before that, too."}`;
}

/** Return the line that says the page loads itself again, with the button that stops it; a stop outlives loading. */
function reloading(seconds, written) {
  const here = location.href.split("#")[0], still = location.hash === "#still";
  const timer = still ? null : setTimeout(() => location.reload(), 1000 * seconds);
  const line = element("span", {}, still ? `This page is as it was at ${written}.`
    : `This page is written after each epoch, last at ${written}, and loads itself every ${seconds} s.`);
  const stop = () => {
    clearTimeout(timer);
    history.replaceState(null, "", `${here}#still`);
    fill(line, `This page is as it was at ${written}.`);
    fill(button, "Load it again, and go on");
    button.onclick = go;
  };
  const go = () => {
    history.replaceState(null, "", here);
    location.reload();
  };
  const button = element("button", {type: "button", id: "reload"}, still ? "Load it again, and go on" : "Stop loading");
  button.onclick = still ? go : stop;
  return element("div", {class: "row controls"}, line, button);
}

/** Return the curves of loss, accuracy and learning rate, and the table of all their values. */
function curves({history, epochs}) {
  if (!history.length) return element("section", {}, element("h2", {}, "Curves"), element("p", {}, "The first epoch is not done yet."));
  // Of what was trained earlier other images may have been held out, or none.
  const heldOut = history.some((one) => one.held_out);
  const scores = (name, style, which, what) => ({name, style, values: history.map((one) => (one[which] ? one[which][what] : null)), texts: history.map((one) => (one[which] ? one[which][`${what}_text`] : "-"))});
  const series = (what) => [scores("training", "solid", "training", what), ...(heldOut ? [scores("held out", "dashed", "held_out", what)] : [])];
  const numbers = history.map((one) => one.number), charts = [];
  const move = (index) => charts.forEach((one) => one.show(index));
  charts.push(
    chart("Loss", "cross-entropy, lower is better", numbers, epochs, series("loss"), {low: 0, text: (value) => written(value)}, move),
    chart("Accuracy", "share of images predicted right", numbers, epochs, series("accuracy"), {high: 1, text: (value) => `${written(Math.round(value * 1e6) / 1e4)}%`}, move));
  const rates = history.map((one) => one.rate), varies = rates.some((one) => one !== rates[0]);
  if (varies) {
    const rate = [{name: "learning rate", style: "solid", values: rates, texts: history.map((one) => one.rate_text)}];
    charts.push(chart("Learning rate", "size of a step", numbers, epochs, rate, {low: 0, text: (value) => written(value)}, move));
  }
  move(history.length - 1);
  const best = history.filter((one) => one.best).at(-1);
  const lines = [element("p", {}, best ? `Epoch ${best.number} is the best so far.` : "No epoch was better than those before, of which there are no scores.")];
  if (!varies) lines.push(element("p", {}, `The learning rate is ${history[0].rate_text} in every epoch.`));
  return element("section", {}, element("h2", {}, "Curves"), lines,
    element("div", {class: "charts"}, charts.map((one) => one.figure)), epochTable(history, heldOut));
}

function epochTable(history, heldOut) {
  const heads = ["epoch", "loss", "accuracy", ...(heldOut ? ["loss, held out", "accuracy, held out"] : []), "learning rate", "seconds", "best so far"];
  const row = (one) => [one.number, one.training.loss_text, one.training.accuracy_text,
    ...(heldOut ? (one.held_out ? [one.held_out.loss_text, one.held_out.accuracy_text] : ["-", "-"]) : []), one.rate_text, one.seconds, one.best ? "best" : ""];
  return element("details", {id: "epochs"}, element("summary", {}, `All ${counted(history.length, "epochs")} as a table`),
    element("div", {class: "wide", tabindex: 0, role: "region", "aria-label": "All epochs"}, element("table", {},
      element("thead", {}, element("tr", {}, heads.map((one) => element("th", {scope: "col"}, one)))),
      element("tbody", {}, history.map((one) => element("tr", {}, row(one).map((cell) => element("td", {class: "number"}, cell))))))));
}

/** Return {figure, show(index)}: lines over epochs, drawn as wide as there is room; arrow keys and pointer step along. */
function chart(title, unit, numbers, epochs, series, axis, move) {
  const said = element("output", {class: "reading"}), plot = element("div", {class: "plot"});
  let chosen = numbers.length - 1;
  const draw = () => fill(plot, plotted(plot.clientWidth || 320, numbers, epochs, series, axis, chosen, (index) => move(index)));
  const show = (index) => {
    chosen = Math.min(Math.max(index, 0), numbers.length - 1);
    fill(said, `epoch ${numbers[chosen]}: ${series.map((one) => `${one.name} ${one.texts[chosen]}`).join(", ")}`);
    draw();
  };
  const key = (event) => {
    const to = {ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: numbers.length - 1}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  const figure = element("figure", {class: "chart", tabindex: 0, role: "group", keydown: key,
    "aria-label": `${title} by epoch; the arrow keys step from epoch to epoch`},
  element("h3", {}, `${title} `, element("span", {class: "faint"}, `(${unit})`)), plot, said);
  keepDrawn(plot, draw);
  return {figure, show};
}

function plotted(width, numbers, epochs, series, axis, chosen, move) {
  const height = 240, left = 62, right = 12, top = 12, bottom = 40, shades = ["var(--accent)", "var(--mark)"];
  const all = series.flatMap((one) => one.values.filter((value) => value !== null)), [low, high, step] = nice(axis.low ?? Math.min(...all), axis.high ?? Math.max(...all));
  const first = numbers[0], last = Math.max(epochs, numbers.at(-1));
  const x = (number) => left + (last > first ? (number - first) / (last - first) : 0.5) * (width - left - right);
  const y = (value) => top + (high - value) / (high - low) * (height - top - bottom);
  const parts = [];
  for (let tick = 0; low + tick * step <= high + step / 1e6; tick++) {
    const at = low + tick * step;
    parts.push(drawn("line", {x1: left, x2: width - right, y1: y(at), y2: y(at), class: "grid"}),
      drawn("text", {x: left - 6, y: y(at) + 4, "text-anchor": "end"}, axis.text(Number(at.toPrecision(6)))));
  }
  for (const number of epochTicks(first, last, Math.max(Math.floor((width - left) / 70), 2))) {
    parts.push(drawn("text", {x: x(number), y: height - 20, "text-anchor": "middle"}, number));
  }
  parts.push(drawn("text", {x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle"}, "epoch"));
  parts.push(drawn("line", {x1: x(numbers[chosen]), x2: x(numbers[chosen]), y1: top, y2: height - bottom, class: "cursor"}));
  series.forEach((one, place) => {
    const points = one.values.flatMap((value, index) => (value === null ? [] : [`${x(numbers[index]).toFixed(1)},${y(value).toFixed(1)}`])).join(" ");
    parts.push(drawn("polyline", {points, class: `curve ${one.style}`, stroke: shades[place]}));
    if (one.values[chosen] !== null) parts.push(marker(one.style, x(numbers[chosen]), y(one.values[chosen]), shades[place]));
  });
  const nearest = (event) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    let best = 0;
    numbers.forEach((number, index) => { if (Math.abs(x(number) - at) < Math.abs(x(numbers[best]) - at)) best = index; });
    move(best);
  };
  const picture = drawn("svg", {width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", pointermove: nearest, pointerdown: nearest}, parts);
  return [picture, series.length > 1 ? element("p", {class: "legend"}, series.map((one, place) => element("span", {}, key(one.style, shades[place]), ` ${one.name}`))) : null];
}

/** Return the mark of a curve: a disk on a solid line, a square on a dashed one. */
function marker(style, x, y, colour) {
  if (style === "solid") return drawn("circle", {cx: x, cy: y, r: 4.5, fill: colour});
  return drawn("rect", {x: x - 4.5, y: y - 4.5, width: 9, height: 9, fill: "var(--paper)", stroke: colour, "stroke-width": 2});
}

function key(style, colour) {
  return drawn("svg", {width: 40, height: 14, "aria-hidden": "true"},
    drawn("line", {x1: 0, x2: 40, y1: 7, y2: 7, class: `curve ${style}`, stroke: colour}), marker(style, 20, 7, colour));
}

/** Return [low, high, step] around two numbers, with steps of 1, 2 or 5 times a power of ten. */
function nice(low, high) {
  const room = high > low ? high - low : Math.abs(high) || 1, raw = room / 4, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw * 0.999);
  const from = Math.floor(low / step + 1e-9) * step, to = Math.ceil(high / step - 1e-9) * step;
  return [from, to > from ? to : from + step, step];
}

function epochTicks(first, last, most) {
  const step = [1, 2, 5].flatMap((one) => [one, one * 10, one * 100, one * 1000, one * 10000, one * 100000])
    .sort((a, b) => a - b).find((one) => (last - first) / one < most);
  const ticks = [first];
  for (let number = Math.ceil((first + 1) / step) * step; number <= last; number += step) {
    if (number - first > step / 2) ticks.push(number);
  }
  return ticks;
}

/** Return how often each class was taken for which: as a table, or of many classes as a list of pairs. */
function confusion(judged) {
  const {classes, counts, pairs, of, when, right, images, accuracy} = judged;
  const parts = [element("h2", {}, "What is taken for what"),
    element("p", {id: "accuracy"}, `${accuracy} of ${of} are predicted right${when ? ` ${when}` : ""}: ${right} of ${images}.`)];
  if (counts) {
    const most = Math.max(...counts.flat(), 1);
    const cell = (count, i, j) => {
      const made = element("td", {class: `number${i === j ? " right" : count ? " wrong" : " none"}`}, count);
      made.style.setProperty("--share", `${Math.round(30 * count / most)}%`);
      return made;
    };
    parts.push(element("p", {class: "faint"}, "A row for each true class, a column for each predicted one; in the frames of the diagonal both are the same."),
      element("div", {class: "wide", tabindex: 0, role: "region", "aria-label": "Confusion table"}, element("table", {id: "confusion"},
        element("thead", {}, element("tr", {}, element("th", {scope: "col"}, "true / predicted"), classes.map((one) => element("th", {scope: "col"}, one)))),
        element("tbody", {}, counts.map((row, i) => element("tr", {}, element("th", {scope: "row"}, classes[i]), row.map((count, j) => cell(count, i, j))))))));
  }
  if (pairs.length && (!counts || classes.length > 4)) {
    const left = judged.pairs_in_all - pairs.length;
    parts.push(element("h3", {}, "Taken for another most often"), element("ol", {id: "pairs"}, pairs.map((one) =>
      element("li", {}, `${classes[one.true]} taken for ${classes[one.predicted]}: ${counted(one.count, "times")}`))),
    left ? element("p", {class: "faint"}, `${counted(left, "pairs")} with fewer are left out.`) : null);
  }
  return element("section", {}, parts);
}

function eachClass({classes, each}) {
  const heads = ["class", "images", "found", "of them", "taken for it", "right of these"];
  const row = (one, place) => [one.images, one.right, one.recall, one.predicted, one.precision].map((cell) => element("td", {class: "number"}, cell))
    .reduce((cells, cell) => [...cells, cell], [element("th", {scope: "row"}, classes[place])]);
  return element("section", {}, element("h2", {}, "Class by class"),
    element("div", {class: "wide", tabindex: 0, role: "region", "aria-label": "Class by class"}, element("table", {id: "classes"},
      element("caption", {}, "How many images of each class were found (the recall), and how many of those taken for it are right (the precision)."),
      element("thead", {}, element("tr", {}, heads.map((one) => element("th", {scope: "col"}, one)))),
      element("tbody", {}, each.map((one, place) => element("tr", {}, row(one, place)))))));
}

function mistakes({classes, mistakes: worst, right, images}) {
  const wrong = images - right, parts = [element("h2", {}, "The worst mistakes")];
  if (!wrong) return element("section", {}, parts, element("p", {}, "None: every image was predicted right."));
  parts.push(element("p", {}, `${worst.length < wrong ? `The ${worst.length} of ${wrong} images` : counted(wrong, "images")} predicted wrong, the surest first, as the network takes them.`));
  parts.push(element("ul", {class: "gallery", id: "mistakes"}, worst.map((one) => element("li", {}, element("figure", {},
    element("img", {src: one.picture, alt: `an image of ${classes[one.true]}`, class: "pixels"}),
    element("figcaption", {}, element("span", {class: "taken"}, `taken for ${classes[one.predicted]}, ${one.sure}`),
      element("span", {}, `is ${classes[one.true]}, ${one.for_true}`), element("span", {class: "file"}, one.name)))))));
  return element("section", {}, parts);
}

async function filters({layer, count, filters: shown}) {
  const parts = [element("h2", {}, `The filters of ${layer}`),
    element("p", {}, `${shown.length < count ? `The first ${shown.length} of ${count} filters` : counted(count, "filters")}; middle gray is 0, bright is above it, dark below, each filter by itself.`)];
  parts.push(element("ul", {class: "gallery filters", id: "filters"}, shown.map((one, place) => element("li", {}, element("figure", {},
    element("img", {src: one.picture, alt: `filter ${place + 1}`, class: "pixels"}), element("figcaption", {}, place + 1))))));
  const kernels = await Promise.all(shown.map((one) => unpacked(one.kernel))), table = element("div", {id: "coefficients", class: "row"});
  const choose = (place) => fill(table, kernelTables(kernels[place]));
  parts.push(choice("Coefficients of filter", shown.map((_, place) => String(place + 1)), choose), table);
  choose(0);
  return element("section", {}, parts);
}

function kernelTables(kernel) {
  const [height, width, channels = 1] = kernel.shape, most = 8;
  const tables = [...Array(Math.min(channels, most)).keys()].map((channel) => element("table", {},
    channels > 1 ? element("caption", {}, `channel ${channel}`) : null,
    element("tbody", {}, [...Array(height).keys()].map((row) => element("tr", {}, [...Array(width).keys()].map((column) =>
      element("td", {class: "number"}, written(kernel.at(row, column, channel)))))))));
  return channels > most ? [...tables, element("p", {class: "faint"}, `${channels - most} more channels are left out.`)] : tables;
}
