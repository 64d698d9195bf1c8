"""The command line; the one home of click and rich.

main > lazy                 finds the command and imports it alone; every ending becomes a line and an exit code
convolve, pad, ... net      a package a command: its options in `command`, what it does in `run` or beside it
inspect                     what many commands can show of a run: --explain, --preview, --emit
options, option_types       the options that commands share; how what is typed becomes a value
habitual_option, habits     defaults from the environment: how an option takes one; which there are, and which count
kernel_arguments            from -k, --bias and --padding-value to kernels and fills
run_operation               from a command to its batch; what is said meanwhile: reporter > progress
messages, tables, numbers   lines on stderr; tables; numbers as people and JSON have them
json_text, schema           what --json prints: how it is written; what it is, as JSON Schema
help                        help in two lengths
completion                  what can be typed next, and where (completion_places)
"""
