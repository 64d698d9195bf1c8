"""What the exit codes mean: one table for --help-all, the man pages and the documentation. No click."""

EXIT_CODES = {
    0: "All is done.",
    1: "An input could not be read or an output not written (the others are done), a kernel does not fit an image, or "
    "a demand is not met: --strict, --want, --solve, the tolerances of diff and learn. Also quietly, when the reader "
    "of a pipe has left.",
    2: "The command line is wrong, or what it plans is refused: options, kernel files, outputs that clash or exist. "
    "Nothing has been written.",
    129: "Hung up (SIGHUP): the terminal has gone. Every output is the old one or the new one.",
    130: "Interrupted (SIGINT, Ctrl-C). Every output is the old one or the new one.",
    143: "Terminated (SIGTERM). Every output is the old one or the new one.",
}

ENVIRONMENT = {
    "NO_COLOR": "Where it is set, nothing is printed in colour or bold.",
    "CNNFILT_NATIVE": "1 insists on the compiled core, 0 computes with NumPy alone. By default the compiled core is "
    "used where it is there.",
    "COLUMNS": "The width of help and previews, where the terminal does not tell.",
}
"""The variables of the environment that change what is printed, or how it is computed."""
