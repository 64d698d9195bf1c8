"""The records of `diff`: of two files, or a line for each pair of two folders."""

from cnnfilt.cli.schema.fields import array, count, flag, number, one_of, or_null, record, text

_NAMES = {
    "a": or_null(text("The first file."), "where only the second is there"),
    "b": or_null(text("The second file."), "where only the first is there"),
    "alike": flag("Whether all demands are met (--tolerance and its kin); without any, that no value differs."),
}

_NOTHING = "for nan and infinity"

_LEVELS = "in levels"

_VALUE = or_null(number("A value."), _NOTHING)

_COMPARED = record(
    "Two files that could be compared.",
    {
        **_NAMES,
        "size": array("Height, width and the number of channels.", count("A size."), length=3),
        "alpha": flag("Whether the last channel is transparency."),
        "within_tolerance": flag("Whether no value differs by more than --tolerance."),
        "largest": or_null(number(f"The largest difference, {_LEVELS}.", minimum=0), _NOTHING),
        "where": or_null(
            record(
                "Where that is, from 0.",
                {"row": count("Row."), "column": count("Column."), "channel": count("Channel.")},
            ),
            "where nothing differs",
        ),
        "values": or_null(array("What a and b have there.", _VALUE, length=2), "where nothing differs"),
        "mean": or_null(number(f"The mean difference, {_LEVELS}.", minimum=0), _NOTHING),
        "rms": or_null(number(f"The root of the mean square of the differences, {_LEVELS}.", minimum=0), _NOTHING),
        "psnr": or_null(number("The peak signal-to-noise ratio, in decibels."), "where nothing differs"),
        "ssim": or_null(number("The structural similarity; 1 is the same."), "where the image is too small for it"),
        "peak": or_null(number("The range of the values that psnr and ssim are of."), _NOTHING),
        "differing": count("How many values differ at all."),
        "not_numbers": count("How many of these are nan or infinite in one of the files."),
        "total": count("How many values there are."),
        "pixels_over": count("How many pixels differ by more than --tolerance in any channel."),
        "pixels": count("How many pixels there are."),
        "notes": array("What else is to be known of the pair, in words.", text("A note.")),
    },
)

_NOT_COMPARED = record(
    "Of two folders: a file without a partner, or a pair that cannot be compared.",
    {**_NAMES, "error": text("Why they cannot be compared, the line on standard error.")},
    sometimes=("error",),
)

PAIR = one_of(
    "Of two files one record; of two folders a line for each pair, the worst first.", _COMPARED, _NOT_COMPARED
)
