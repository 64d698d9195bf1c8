"""Pages for a browser: one self-contained HTML file that shows a run (`--page FILE.html`).

document                    the file, made of templates/page.html, style.css, common.js and the script of its kind
arrays                      arrays (every number exactly) and pictures as the page embeds them
kinds                       which module makes the page of which command
facts                       what was asked, and the size formula filled in, as sections of text
operation                   the page of convolve, pool, edges, pad and morph, made of the steps (steps) of each:
                            convolution, edges, pooling (morph, too), padding; levels are what comes last
network, lanes              a network drawn, its branches beside each other: the page of shape
chain, chain_*              the page of apply: a chain of layers, each value taken down to the image
graph, graph_*              the same of a network in an .onnx file
results                     a network at work on labelled images: net train and net evaluate
folder                      many files, each before and after: any of these commands on several inputs

To add a new kind of page, called KIND here:

1.  templates/KIND.js draws it, with KIND.css if that is there. It runs after common.js (and what document.USES says,
    such as cells.js, a grid of numbers), whose functions it uses, and ends with a call of
    `run((data, view) => ...)`: `data` is what was embedded, `view` the element to fill. Text comes into the page
    through `element(...)` alone, which sets it as text: a test refuses innerHTML and its kin. No colour of its own:
    `colours()` on a canvas, the variables of style.css elsewhere. Whatever the pointer does, keys do, too.
2.  A module here makes `Page(kind="KIND", data={...}, sections=(...))` of what the run computed: numbers by
    `arrays.number`, arrays by `arrays.packed` (`unpacked` in common.js gives them back), pictures by `arrays.picture`.
    What the page shows is what was computed here; its script computes no number of its own but sums of whole ones.
    A `Section` is text that is there without the script, and on paper.
3.  A command that goes through `run_operation` gets the option from `inspection_options`, and its module a line in
    `kinds.KINDS`. Any other command puts `page_option` (cli/inspect/page_option.py) on itself, refuses early with
    `check_output(page, inputs, overwrite=...)` of batch.clashes, and writes with `write_page` (cli/inspect/page.py).
4.  tests/page/test_KIND.py opens the page in a headless browser: the fixture `browser` of tests/page/conftest.py
    fails a test whose page logs an error or asks the network for anything. A line in PAGES of test_access.py has its
    contrasts, names, keys and widths looked at.
"""
