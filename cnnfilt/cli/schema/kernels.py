"""The records of `kernels` and `kernels show`."""

from cnnfilt.cli.schema.fields import array, count, flag, matrix, nested, number, one_of, or_null, record, text, word

_COEFFICIENTS = "As it lies on the image: correlation, not turned."

LISTED = array(
    "The kernels that have names.",
    record(
        "A named kernel, its arguments at their defaults.",
        {
            "name": text("What -k takes."),
            "arguments": array("What may follow the name and a colon, in this order.", text("An argument.")),
            "purpose": text("What it shows."),
            "source": text("Where it is from."),
            "size": array("Height and width.", count("A size."), length=2),
            "coefficients": matrix(f"Rows from the top. {_COEFFICIENTS}", number("A coefficient.")),
        },
    ),
)

_SHOWN = record(
    "What can be said of a kernel before it meets an image.",
    {
        "name": text("What outputs are called by."),
        "size": array("Height and width, and the number of channels it reads at once where it does.", count("A size.")),
        "coefficients": nested(f"Rows from the top, columns, then channels. {_COEFFICIENTS}"),
        "sum": number("The sum of the coefficients: how many times as bright flat areas become."),
        "range": array("The lowest and the highest response to levels of 0 to 255.", number("A response."), length=2),
        "rank": one_of(
            "The rank of the matrix, of several channels a list; 1 means separable, and so faster.",
            count("The rank."),
            array("The rank of each channel.", count("The rank.")),
        ),
        "column": or_null(array("With `row`: their product is the kernel.", number("A number.")), "where it has none"),
        "row": or_null(array("With `column`: their product is the kernel.", number("A number.")), "where it has none"),
        "turned": word("What a turn by 180 degrees makes of it.", "same", "negated", "other"),
        "flip_matters": flag("Whether --flip changes results."),
        "source": text("Where it is from."),
    },
)

SHOWN = one_of("The kernel; of a file with several filters a list of them.", _SHOWN, array("The filters.", _SHOWN))
