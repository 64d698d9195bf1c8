"""The records of `shape`: a table of layers, values that were solved for, named networks, a network in words."""

from cnnfilt.cli.schema.fields import Schema, array, count, flag, number, one_of, or_null, record, text, word

_VOLUME = record(
    "Values in rows, columns and channels.",
    {"height": count("Rows."), "width": count("Columns."), "channels": count("Channels.")},
)
_FLAT = record("Values in one row.", {"features": count("How many.")})
_GRID = record(
    "Values along other axes, such as the positions of a sequence.", {"dims": array("The axes.", count("How many."))}
)
_UNKNOWN: Schema = {"type": "null", "description": "Not known."}

SHAPE = one_of(
    "The shape of one image's values; a list where a layer makes several, null where it is not known.",
    _VOLUME,
    _FLAT,
    _GRID,
    _UNKNOWN,
    array("The shapes of several values.", {"anyOf": [_VOLUME, _FLAT, _GRID, _UNKNOWN]}),
)

_MACS = "Multiplications by weights, each at once with an addition, for all images of --batch."
_FLOPS = "Twice the MACs (--flops)."
_STATISTICS = "Running means and variances, which are no parameters; missing where there are none."
_PARAMS = "How many numbers are trained."

_AXES = "rows, then columns"

LAYER = record(
    "A layer, or a repeat that --depth folds into one.",
    {
        "layer": text("Its words, or its name in the file."),
        "output": SHAPE,
        "params": count(_PARAMS),
        "macs": count(_MACS),
        "receptive_field": or_null(
            array(f"How many pixels of the input a value depends on: {_AXES}.", count("Pixels."), length=2),
            "after what reads all, or where it is not known",
        ),
        "jump": or_null(
            array(f"How many pixels of the input neighbours are apart: {_AXES}.", number("Pixels."), length=2),
            "where it has none",
        ),
        "unread": or_null(
            array(f"How much of the layer's own input no window reads: {_AXES}.", count("Lines."), length=2),
            "where that says nothing",
        ),
        "statistics": count(_STATISTICS),
        "layers": count("How many layers are folded into this one; missing for a single one."),
        "operator": text("What the file calls the kind of layer; missing for layers in words."),
        "flops": count(_FLOPS),
        "memory": count("Bytes of the output in 32-bit floats, for all images of --batch (--memory)."),
    },
    sometimes=("statistics", "layers", "operator", "flops", "memory"),
)

TABLE = record(
    "What comes out of a window, of layers, or of a network in a file.",
    {
        "batch": count("The number of images (--batch)."),
        "input": SHAPE,
        "input_name": text("What the file calls its input; missing for layers in words."),
        "layers": array("The layers in order; none where a size alone was asked for.", LAYER),
        "output": SHAPE,
        "outputs": {
            "type": "object",
            "description": "All outputs of the network in a file, by their names.",
            "additionalProperties": SHAPE,
        },
        "params": count(f"{_PARAMS} In all."),
        "macs": count(f"{_MACS} In all."),
        "statistics": count(f"{_STATISTICS} In all."),
        "flops": count(f"{_FLOPS} In all."),
        "memory": count("Bytes of all outputs, as training keeps them (--memory)."),
        "most_memory": count("Bytes of what is there at once at most, where nothing is kept (--memory)."),
        "coverage": record(
            "How many windows read each row and each column; a pixel is read as often as their product (--coverage).",
            {
                "rows": array("For each row of the input.", count("Windows.")),
                "columns": array("For each column of the input.", count("Windows.")),
            },
        ),
        "received": record(
            "How many products with input values each row and column of the output sums; a pixel sums as many as their "
            "product (--coverage of layers of which one is tconv, in place of coverage).",
            {
                "rows": array("For each row of the output.", count("Products.")),
                "columns": array("For each column of the output.", count("Products.")),
            },
        ),
    },
    sometimes=(
        "batch",
        "input_name",
        "outputs",
        "statistics",
        "flops",
        "memory",
        "most_memory",
        "coverage",
        "received",
    ),
)

_ANSWER = record(
    "A value that gives the size that is wanted; what it is called is the word of --solve.",
    {
        "padding": array("Pixels before and after.", count("Pixels."), length=2),
        "stride": count("The stride."),
        "kernel_size": count("The size of the kernel."),
        "symmetric": flag("Both sides are padded alike; of a kernel size: it is odd, so it has a middle."),
        "left_over": count("How many lines at the end no window reads."),
    },
    sometimes=("padding", "stride", "kernel_size"),
)

SOLVED = record(
    "All answers to --solve, for both axes, the simplest first.",
    {
        "solve": word("What was looked for.", "padding", "stride", "kernel-size"),
        "want": array("The height and width that are wanted.", count("Pixels."), length=2),
        "rows": array("What gives the height.", _ANSWER),
        "columns": array("What gives the width.", _ANSWER),
    },
)

MODELS = array(
    "The networks that have names (--list-models).",
    record(
        "A network.",
        {
            "name": text("What --model takes."),
            "input": text("The size of its input, 224x224x3."),
            "title": text("What it is."),
            "source": text("Where it is from."),
        },
    ),
)

WORDS = record(
    "The network in a file as layers in words (--words).",
    {"size": text("The size of its input, 224x224x3."), "words": text("Its layers, as `shape` takes them.")},
)

ANSWER = one_of("What was asked for: a table unless an option asks for another.", TABLE, SOLVED, MODELS, WORDS)
