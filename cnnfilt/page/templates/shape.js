/* The page of `cnnfilt shape`: a network drawn, and what is told of the layer that is chosen. */

run((drawing, view) => {
  const told = fieldsOf(drawing), network = networkOf(drawing, (place) => told.show(place));
  const last = drawing.nodes.length - 1;
  const find = element("input", {type: "search", autocomplete: "off", change: () => seek()});
  const seek = () => {
    const wanted = find.value.toLowerCase(), from = network.buttons.findIndex((one) => one.getAttribute("aria-pressed") === "true");
    const order = drawing.nodes.map((_, place) => (from + 1 + place) % drawing.nodes.length);
    const found = order.find((place) => titleOf(drawing.nodes[place]).toLowerCase().includes(wanted));
    if (wanted && found !== undefined) {
      network.pick(found);
      network.buttons[found].scrollIntoView({block: "center"});
    }
  };
  view.append(element("p", {}, summaryOf(drawing), " Choose a layer, by pointer or arrow keys, to see what one of its values sees of the input."));
  if (last > 20) {
    view.append(element("div", {class: "row controls"}, element("label", {}, "Find a layer ", find),
      element("button", {type: "button", click: seek}, "Next")));
  }
  view.append(element("div", {class: "network"}, network, told));
  network.pick(startOf(drawing));
});

/** Return the last layer that has rows and columns, whose values see most. */
function startOf(drawing) {
  const places = drawing.nodes.map((_, place) => place).filter((place) => drawing.nodes[place].reach && drawing.nodes[place].shape);
  return places.length ? places[places.length - 1] : 0;
}

function summaryOf(drawing) {
  const count = drawing.nodes.length - 1, last = drawing.nodes[count];
  const beside = drawing.statistics ? ` (and ${grouped(drawing.statistics)} running means and variances, which are not trained)` : "";
  return `${counted(count, "layers")} from ${drawing.nodes[0].size} to ${last.size}: ${grouped(drawing.params)} parameters${beside}, ${grouped(drawing.macs)} MACs.`;
}
