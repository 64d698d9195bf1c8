"""Completion in bash, zsh and fish: what can be typed next, and bash's own way of asking.

Imported only when a shell asks: `_CNNFILT_COMPLETE` is set then.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import click
from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, split_arg_string

from cnnfilt.describe.chain import WITH_KERNELS, WORDS
from cnnfilt.describe.named_kernels import NAMED

Kind = Literal["files", "folders", "kernels", "kernels_and_files", "layers", "chain"]
"""What can be typed somewhere; `completion_places` says where."""

BREAKS = ":="
"""Where bash begins a new word; it wants only what comes after them."""

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' type value
    while IFS=',' read -r type value; do
        if [[ $type == dir ]]; then
            compopt -o dirnames
        elif [[ $type == file ]]; then
            compopt -o default
        elif [[ $type == plain || $type == quoted ]]; then
            [[ $type == plain && $value == *' '* ]] && printf -v value %%q "$value"
            COMPREPLY+=("$value")
            [[ $value == *[:/] ]] && compopt -o nospace
        fi
    done < <(COMP_TYPED="${COMP_LINE:0:COMP_POINT}" %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


def files(context: click.Context, typed: str) -> list[CompletionItem]:
    """Return the request that the shell itself completes a file."""
    return kernels(context, typed) if typed.startswith("@") else [CompletionItem(typed, type="file")]


def folders(context: click.Context, typed: str) -> list[CompletionItem]:
    """Return the request that the shell itself completes a folder."""
    return [CompletionItem(typed, type="dir")]


def kernels_and_files(context: click.Context, typed: str) -> list[CompletionItem]:
    """Return the names of kernels, or where none starts as typed the request for a file."""
    return kernels(context, typed) or files(context, typed)


def kernels(context: click.Context, typed: str) -> list[CompletionItem]:
    """Return the names of kernels that start as typed, and the files after an @."""
    if typed.startswith("@"):
        return [CompletionItem(f"@{path}") for path in _paths(typed[1:])]
    return [CompletionItem(name, help=entry.purpose) for name, entry in NAMED.items() if name.startswith(typed)]


def chain(context: click.Context, typed: str) -> list[CompletionItem]:
    """Return what the last layer of a quoted text can be; where a model has the layers, an image stands here."""
    if context.params.get("model") is not None:
        return files(context, typed)
    before, space, last = typed.rpartition(" ")
    items = layers(context, last)
    if len(items) == 1 and items[0].value.endswith(":"):
        # For a single answer bash would close the quotes after the colon.
        items = layers(context, items[0].value)
    return [CompletionItem(before + space + item.value) for item in items] or files(context, typed)


def layers(context: click.Context, typed: str) -> list[CompletionItem]:
    """Return the layer words that start as typed, or what can follow the colon of one."""
    if typed.startswith("@"):
        return kernels(context, typed)
    word, colon, head = typed.partition(":")
    if not colon:
        starting = {name: syntax for name, syntax in WORDS.items() if name.startswith(typed)}
        return [CompletionItem(f"{name}:" if syntax.examples else name) for name, syntax in starting.items()]
    # Several kernels of one layer are joined by a plus.
    before, _, last = head.rpartition("+")
    examples = WORDS[word].examples if word in WORDS else ()
    if last.startswith("@") and word in WITH_KERNELS:
        examples = tuple(f"@{path}" for path in _paths(last[1:]))
    known = (f"{word}:{before}{'+' * bool(before)}{value}" for value in examples if value.startswith(last))
    return [CompletionItem(value) for value in known]


COMPLETIONS: dict[Kind, Callable[[click.Context, str], list[CompletionItem]]] = {
    "files": files,
    "folders": folders,
    "kernels": kernels,
    "kernels_and_files": kernels_and_files,
    "layers": layers,
    "chain": chain,
}
"""How each kind is completed, from the context and what is typed of it."""


def _open_quote(line: str) -> bool:
    """Return whether the cursor is within quotes."""
    quote = ""
    for character in re.sub(r"\\.", "", line):
        if character in (quote or "\"'"):
            quote = "" if quote else character
    return bool(quote)


def _paths(typed: str) -> list[str]:
    folder, start = os.path.split(typed)
    try:
        found = sorted(path for path in Path(folder or ".").iterdir() if path.name.startswith(start))
    except OSError:
        return []
    return [os.path.join(folder, path.name) + "/" * path.is_dir() for path in found]


class Bash(ShellComplete):
    """Bash takes words apart at colons, so the whole line is asked for, and only the part that it lacks is given."""

    name = "bash"
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor's, and what is typed of that."""
        line = os.environ.get("COMP_TYPED", "")
        words = split_arg_string(line)[1:]
        self.quoted = _open_quote(line)
        self.typed = words.pop() if words and (self.quoted or not line[-1:].isspace()) else ""
        return words, self.typed

    def format_completion(self, item: CompletionItem) -> str:
        """Return `kind,value` with the value from bash's last break on; within quotes it knows none."""
        if self.quoted and item.type == "plain":
            return f"quoted,{item.value}"
        known = max(self.typed.rfind(character) for character in BREAKS) + 1
        value = str(item.value)
        # Of --kernel=gau only what comes after the sign has been asked for.
        return f"{item.type},{value.removeprefix(self.typed[:known])}"


add_completion_class(Bash)
