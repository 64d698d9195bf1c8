"""The record of `learn`."""

from cnnfilt.cli.schema.fields import (
    array,
    count,
    flag,
    nested,
    number,
    one_of,
    or_null,
    record,
    text,
    told_apart,
    word,
)

_STEP = record(
    "How far descent had come; there is one for each power of ten.",
    {
        "step": count("The number of the step."),
        "rms": number("How far off the filter was, the root of the mean square, in AFTER's own values."),
        "slope": number("The largest |dL/dK|."),
    },
)

LEARNED = told_apart(
    "status",
    record(
        "The filter that turns BEFORE into AFTER, and how well it does.",
        {
            "status": word("done; refused where it is off by more than --max-residual.", "done", "refused"),
            "error": text("Why it is refused, the line on standard error."),
            "output": or_null(text("The file it was written to."), "where there is none"),
            "kernel": nested("Its coefficients: rows from the top, columns, then channels."),
            "bias": or_null(
                one_of("What is added.", number("A bias."), array("One for each channel.", number("A bias."))),
                "where there is none",
            ),
            "residual": or_null(
                number("How far off it is, the root of the mean square, in levels of 255.", minimum=0), "if infinite"
            ),
            "whole_over": or_null(
                count("All coefficients are whole numbers over this one."), "where they are no such fractions"
            ),
            "standard_error": or_null(number("How far the coefficients may be wrong.", minimum=0), "if not known"),
            "up_to_a_factor": flag("Whether it is known only up to a positive factor, because AFTER was stretched."),
            "pairs": count("How many pairs of images it was learned from."),
            "windows": count("How many windows it was learned from."),
            "left_out": count("How many windows were left out, because they meet black or white in AFTER."),
            "learning_rate": number("The learning rate of descent."),
            "at_rest": flag("Whether descent came to rest."),
            "steps": array("How descent went.", _STEP),
        },
        sometimes=("error", "output", "learning_rate", "at_rest", "steps"),
    ),
    done=("output",),
    refused=("error",),
)
