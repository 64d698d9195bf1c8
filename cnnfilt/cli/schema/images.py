"""The record of a file that convolve, pad, pool, morph, edges and apply have read, or would read."""

from cnnfilt.cli.schema.fields import (
    Schema,
    array,
    count,
    flag,
    matrix,
    nested,
    number,
    or_null,
    record,
    text,
    told_apart,
    word,
)

SIZE = array(
    "Height and width in pixels, and the number of channels where there are several.", count("Pixels, or channels.")
)

LEVEL = or_null(number("A value, in the levels of the file."), "for nan and infinity")

PLACE = array("Where in the image it was found: row and column, from 0.", count("A line."), length=2)

_LINE: Schema = {"type": "integer"}

OUTPUT = record(
    "An output: a file, or what would be printed on standard output.",
    {
        "path": or_null(
            text('Where it is written; "stdout" where its values are in this record.'),
            "for standard output in a dry run",
        ),
        "size": SIZE,
        "columns": array("What stands over each column: the classes of a model.", text("A heading.")),
        "values": nested("The numbers that would be printed: rows from the top, columns, then channels or maps."),
    },
    sometimes=("size", "columns", "values"),
)

PATCH = record(
    "What a kernel meets in one channel of the image.",
    {
        "channel": count("The channel, from 0."),
        "window": matrix("The values under the kernel.", LEVEL),
        "kernel": matrix("The coefficients.", LEVEL),
        "products": matrix("Each value times its coefficient.", LEVEL),
        "sum": or_null(number("The sum of the products."), "for nan and infinity"),
    },
)

RESPONSE = record(
    "What one kernel answers.",
    {
        "kernel": text("The kernel's name."),
        "channels": array("What it meets in each channel.", PATCH),
        "sum": or_null(number("The sum over all channels."), "for nan and infinity"),
    },
)

STEP = record(
    "What is done with the number before.",
    {
        "step": text("What is done, in words (of convolutions)."),
        "words": text("What is done, in words (of pooling)."),
        "value": or_null(number("What comes of it."), "for nan and infinity"),
    },
    sometimes=("step", "words"),
)

EXPLAINED = record(
    "How one value of a result comes about (--explain).",
    {
        "label": text("The kernel, or what is computed."),
        "row": count("Its row in the result, from 0."),
        "column": count("Its column in the result, from 0."),
        "map": count("Its channel or map in the result, from 0."),
        "rows": array("The rows of the image under the window, from 0; in the padding they lie outside.", _LINE),
        "columns": array("The columns of the image under the window, the same way.", _LINE),
        "padded": matrix("Which values of the window are padding.", flag("It is padding.")),
        "kernel_rows": array("The rows of the kernel that stamps lay there (--transposed), from 0.", count("A row.")),
        "kernel_columns": array("The columns of the kernel, the same way.", count("A column.")),
        "responses": array("The sums of each kernel (of convolutions and edges).", RESPONSE),
        "window": matrix("The values in the window; null for what does not count (of pooling).", LEVEL),
        "kind": text("What is kept of the window: max, min, avg, median (of pooling)."),
        "count": count("How many values of the window count (of pooling)."),
        "stage": text("What the image is where another step has changed it before (morph open and close)."),
        "found_at": or_null(PLACE, "where no one place is kept"),
        "sorted": array("The values that count, from the lowest (of medians).", LEVEL),
        "steps": array("What is done with the sums, in order: bias, activation, gain.", STEP),
        "curve": text("The curve of brightness that was undone, and done again (--light linear)."),
        "value": or_null(number("What comes out, before it becomes a level."), "for nan and infinity"),
        "pixel": or_null(number("The level in the result."), "for nan and infinity"),
        "values": text("The mapping from values to levels, a word of --values."),
    },
    sometimes=(
        "kernel_rows",
        "kernel_columns",
        "responses",
        "steps",
        "window",
        "kind",
        "count",
        "stage",
        "found_at",
        "sorted",
        "curve",
    ),
)

FILE: Schema = told_apart(
    "status",
    record(
        "One line for each file, as soon as it is done; with several workers in the order in which they are done.",
        {
            "input": text('The file as it was named, "stdin" for standard input, or the matrix that was typed.'),
            "status": word(
                "done; failed (error says why, the others go on); skipped (--skip-existing, --if-newer); planned "
                "(--dry-run).",
                "done",
                "failed",
                "skipped",
                "planned",
            ),
            "size": SIZE | {"description": f"The input's size. {SIZE['description']}"},
            "outputs": array("What was written, or would be; empty where it failed.", OUTPUT),
            "reason": text("Why a file is made again, or left (--if-newer)."),
            "clipped": number(
                "The fraction of values that fell outside the levels and were clipped.", minimum=0, maximum=1
            ),
            "hints": array("What would help, in words.", text("A hint.")),
            "notes": array("What else is to be known of this file, in words.", text("A note.")),
            "error": text("What went wrong, the line on standard error."),
            "seconds": number("How long the file took.", minimum=0),
            "emit": text("The script for another library (--emit)."),
            "page": text("The page that shows the run (--page)."),
            "explain": array("How values come about (--explain), in order.", EXPLAINED),
        },
        sometimes=("size", "reason", "clipped", "hints", "notes", "error", "seconds", "emit", "page", "explain"),
    ),
    done=("size", "clipped", "notes", "seconds"),
    failed=("error", "seconds"),
    skipped=(),
    planned=(),
)
