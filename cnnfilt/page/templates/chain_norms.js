/* How normalised values come about: by statistics that were kept, by those of the values themselves, by neighbours. */

const IN_A_ROW = 8;

function toldNormalised(network, step, from, at, go) {
  const below = {...at, place: from}, of = (name) => step[name].values[at.channel];
  return {parts: [element("p", {}, "The value less the running mean of its channel, over the deviation, times a factor, plus an addend:"),
    normalisedLine(network, step, below, at, of("mean"), of("variance")), goButton(network, below, go)], next: below};
}

/** Return the formula of a normalisation with the numbers of one value filled in. */
function normalisedLine(network, step, below, at, mean, variance) {
  const of = (name) => inBrackets(written(step[name].values[at.channel]));
  return sumLine(`(${shownValue(valueAt(network, below))}${lessSaid(mean)}) / sqrt(${written(variance)} + ${written(step.epsilon)}) * ${of("kernel")} + ${of("bias")} = ${written(valueAt(network, at))}`);
}

/** Return ` - 2`, or ` + 2` for less -2. */
function lessSaid(value) {
  const text = written(value);
  return text.startsWith("-") ? ` + ${text.slice(1)}` : ` - ${text}`;
}

/** Return how a value is brought to the mean and the variance of its group: the channels at its position, or some
    channels at all positions. Both are the run's. */
function toldStandardised(network, step, from, at, go) {
  const below = {...at, place: from}, values = network.values[from], group = Math.floor(at.channel / step.per), place = placeIn(values, step.mean, at);
  const mean = step.mean.at(...place, group), variance = step.variance.at(...place, group), isLocal = step.count === step.per;
  const channels = [...Array(step.per).keys()].map((index) => group * step.per + index), cells = isLocal ? alongChannels(network, below, channels) : acrossMap(network, below);
  const known = isLocal ? cells.flat().map((cell) => cell.value) : groupValues(values, channels);
  const kept = cells.flat().find((cell) => cell.row === at.row && cell.column === at.column && cell.channel === at.channel);
  const caption = values.flat ? "the list" : isLocal ? `channels at row ${at.row}, column ${at.column}` : `whole ${mapName(values, at.channel)}`;
  return {parts: [element("p", {}, `${groupSaid(values, channels, isLocal)} share a mean and a variance.`),
    element("div", {class: "factors"}, windowPicture(network, below, isLocal ? [[below]] : cells), cellTable(network, caption, cells, go, kept)),
    ...momentLines(step.count, known, mean, variance), element("p", {}, "The value less the mean, over the deviation, times the factor of its channel, plus its addend:"),
    normalisedLine(network, step, below, at, mean, variance), goButton(network, below, go)], next: below};
}

/** Return which values make up a group, as the beginning of a sentence. */
function groupSaid(values, channels, isLocal) {
  const first = channels[0], last = channels[channels.length - 1], count = values.flat ? values.values.length : values.size[2], isAll = channels.length === count;
  if (values.flat) return isAll ? `All ${grouped(count)} values of the list` : `The values ${first} to ${last} of the list`;
  const who = isAll ? (count === 1 ? "the one channel" : `all ${grouped(count)} channels`) : first === last ? `the channel ${mapName(values, first)}` : `the ${grouped(channels.length)} channels ${mapName(values, first)} to ${mapName(values, last)}`;
  return isLocal ? `The values of ${who} at this position` : `The ${grouped(values.size[0] * values.size[1] * channels.length)} values of ${who} at all ${values.size[0]}x${values.size[1]} positions`;
}

/** Return the lines of a mean and a variance of the run; `known` are the values, where all of them are in the page. */
function momentLines(count, known, mean, variance) {
  const isWhole = known && known.every((one) => one !== undefined), lines = [];
  lines.push(sumLine(isWhole ? `mean: ${meanSaid(known, mean)}` : `mean of ${grouped(count)} values = ${written(mean)}`));
  if (isWhole) {
    const total = exactSum(known.map((one) => [one, 1])), off = exactSum([[total, 1], [mean, -count]]);
    if (Math.abs(Number(off)) * 1e4 > Math.abs(Number(total))) lines.push(element("p", {class: "faint"}, `The mean is the run's, in floating point, where the values do not quite add up to ${written(total)}.`));
  }
  lines.push(sumLine(`variance: mean of (x${lessSaid(mean)})^2 over ${counted(count, "values")} = ${written(variance)}`));
  return lines;
}

/** Return where in an array of numbers for each position, or for all, those of a value stand. */
function placeIn(values, array, at) {
  const isForAll = values.flat || array.shape[0] * array.shape[1] === 1;
  return isForAll ? [0, 0] : [at.row - values.part[0], at.column - values.part[1]];
}

/** Return the values of some channels at one position, so many in a row. */
function alongChannels(network, at, channels) {
  const cells = channels.map((channel) => ({...at, channel, value: valueAt(network, {...at, channel})}));
  return [...Array(Math.ceil(cells.length / IN_A_ROW)).keys()].map((row) => cells.slice(row * IN_A_ROW, (row + 1) * IN_A_ROW));
}

/** Return all positions of a value's own channel. */
function acrossMap(network, at) {
  const [rows, columns] = network.values[at.place].size;
  return [...Array(rows).keys()].map((row) => [...Array(columns).keys()].map((column) => ({...at, row, column, value: valueAt(network, {...at, row, column})})));
}

/** Return all values of some channels; null where not all are in the page. */
function groupValues(values, channels) {
  if (values.flat) return channels.map((channel) => values.values[channel]);
  if (values.whole) return null;
  const [rows, columns, count] = values.size, found = [];
  for (let place = 0; place < rows * columns; place++) for (const channel of channels) found.push(values.values[place * count + channel]);
  return found;
}

/** Return how a value is divided by a power of the squares of the channels beside it. */
function toldResponse(network, step, from, at, go) {
  const below = {...at, place: from}, values = network.values[from], count = values.flat ? values.values.length : values.size[2];
  const first = Math.max(at.channel - step.before, 0), last = Math.min(at.channel + step.after, count - 1);
  const channels = [...Array(last - first + 1).keys()].map((index) => first + index), cells = alongChannels(network, below, channels), flat = cells.flat();
  if (flat.some((cell) => cell.value === undefined)) return {parts: [element("p", {class: "faint"}, "It is made of values that are not in the page.")], next: null};
  const total = exactSum(flat.map((cell) => [cell.value, cell.value])), few = flat.length <= MOST_TERMS;
  const squares = few ? flat.map((cell) => `${inBrackets(written(cell.value))}^2`).join(" + ") : `sum of ${flat.length} squares`;
  const sum = `${shownValue(valueAt(network, below))} / (${written(step.constant)} + ${written(step.slope)} * ${written(total)})^${written(step.power)} = ${written(valueAt(network, at))}`;
  const beside = step.before === step.after ? `up to ${step.before} on either side` : `up to ${step.before} before it and ${step.after} behind it`;
  return {parts: [element("p", {}, `The value over a power of the sum of squares of its channel and ${beside}:`),
    element("div", {class: "factors"}, windowPicture(network, below, [[below]]), cellTable(network, values.flat ? "neighbours in the list" : `channels ${mapName(values, first)} to ${mapName(values, last)}`, cells, go, flat[at.channel - first])),
    sumLine(`${squares} = ${written(total)}`), sumLine(sum), goButton(network, below, go)], next: below};
}
