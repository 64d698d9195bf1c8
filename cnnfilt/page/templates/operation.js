/* The page of one operation. */

run((data, view) => {
  fill(view, element("div", {class: "row"}, data.pictures.map((one) =>
    element("figure", {}, element("img", {src: one.picture, alt: one.caption, class: "pixels"}), element("figcaption", {}, one.caption)))));
});
