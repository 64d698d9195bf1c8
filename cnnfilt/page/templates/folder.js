/* The page of many files: a list of them in parts, all or those that failed, were clipped or skipped, or by name. */

const EACH = 100;

run((data, view) => {
  const is = {all: () => true, failed: (one) => one.state === "failed", clipped: (one) => Boolean(one.clipped), skipped: (one) => one.state === "skipped"};
  const count = (which) => data.files.filter(is[which]).length, chosen = {which: "all", name: "", part: 0};
  const list = element("ul", {class: "files", id: "files"}), said = element("output", {id: "shown", "aria-live": "polite"});
  const back = element("button", {type: "button", id: "back", click: () => turn(-1)}, "Earlier");
  const on = element("button", {type: "button", id: "on", click: () => turn(1)}, "Later");
  const show = () => {
    const wanted = chosen.name.toLowerCase();
    const found = data.files.filter((one) => is[chosen.which](one) && (!wanted || one.name.toLowerCase().includes(wanted)));
    const first = chosen.part * EACH, last = Math.min(first + EACH, found.length);
    fill(list, found.slice(first, last).map(file));
    fill(said, found.length ? `${first + 1} to ${last} of ${counted(found.length, "files")}` : "No file is like that.");
    back.disabled = first === 0;
    on.disabled = last >= found.length;
  };
  const turn = (by) => {
    chosen.part += by;
    show();
    (by > 0 && on.disabled ? back : by < 0 && back.disabled ? on : document.activeElement).focus();
    view.scrollIntoView();
  };
  const pick = (which, button) => {
    Object.assign(chosen, {which, part: 0});
    for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
    show();
  };
  const kinds = Object.keys(is).filter((which) => which === "all" || count(which));
  const buttons = kinds.map((which) => {
    const made = element("button", {type: "button", "data-which": which, "aria-pressed": String(which === "all"), click: () => pick(which, made)}, `${which} ${count(which)}`);
    return made;
  });
  const search = element("input", {type: "search", id: "search", input: () => { Object.assign(chosen, {name: search.value, part: 0}); show(); }});
  const parts = (place) => (data.files.length > EACH ? place : null);
  fill(view, data.notes.map((note) => element("p", {class: "notice"}, note)),
    element("p", {id: "summary"}, summary(data.files, count)),
    element("h2", {class: "spoken"}, "Files"), element("div", {class: "row controls", role: "group", "aria-label": "Which files"}, buttons, element("label", {}, "Name has ", search)),
    element("div", {class: "row"}, said, parts(back), parts(on)), list);
  show();
});

function summary(files, count) {
  const done = files.filter((one) => one.state === "done").length;
  const words = [`${done} done`, count("failed") ? `${count("failed")} failed` : "", count("skipped") ? `${count("skipped")} skipped` : ""];
  const clipped = count("clipped") ? ` Values were clipped in ${counted(count("clipped"), "files")}.` : "";
  return `${words.filter(Boolean).join(", ")}.${clipped}`;
}

/** Return one file as an entry of the list: its pictures, its sizes, and what there is to say of it. */
function file(one) {
  const picture = (what) => element("figure", {}, element("img", {src: what.picture, alt: what.caption, class: "pixels"}), element("figcaption", {}, what.caption));
  const name = (output) => (output.name ? `${output.name} ` : "");
  const lines = (one.outputs || []).map((output) => element("p", {class: "size"}, `${one.size} → ${name(output)}${output.size} (${output.how})`));
  return element("li", {class: one.state},
    element("div", {class: "pictures"}, one.before ? [one.before, ...one.after].map(picture) : null,
      one.more ? element("span", {class: "faint"}, `and ${one.more} more`) : null),
    element("div", {class: "words"}, element("h3", {}, one.name), lines,
      one.error ? element("p", {class: one.state === "failed" ? "failure" : "faint"}, one.error) : null,
      one.clipped ? element("p", {class: "clipping"}, `Clipped: ${one.clipped}.`) : null,
      (one.notes || []).map((note) => element("p", {class: "faint"}, note))));
}
