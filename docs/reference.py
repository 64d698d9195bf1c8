"""The reference at the end of library.md, which no one writes: every public name with its signature and docstring."""

import ast
import inspect
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import cnnfilt
from cnnfilt import errors


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Return the page of the library with the reference behind what stands there."""
    return "\n".join([markdown, *_reference()]) if page.file.src_uri == "library.md" else markdown


def _reference() -> Iterator[str]:
    yield from ("", "## Reference", "", "`Padding`, `Pair` and the like are spelled in `cnnfilt/terms.py`.", "")
    for name in sorted(cnnfilt.__all__):
        found = getattr(cnnfilt, name)
        if inspect.isfunction(found):
            yield from (f"### `cnnfilt.{name}`", "", "```python", *_signature(found), "```", "")
            yield from ("```text", inspect.getdoc(found) or "", "```", "")
    yield from ("### `cnnfilt.__version__`", "", "The version as text.", "", "### `cnnfilt.CnnfiltError`", "")
    yield from ("What every function raises is one of these, from `cnnfilt.errors`:", "", "```text")
    yield from (f"{'    ' * depth}{one.__name__}: {inspect.getdoc(one)}" for depth, one in _kinds(errors.CnnfiltError))
    yield from ("```", "")


def _signature(function: Any) -> Iterator[str]:
    """Yield the function's first lines as its module has them, a parameter a line."""
    (tree,) = ast.parse(dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    arguments, left_out = tree.args, len(tree.args.args) - len(tree.args.defaults)
    yield f"{function.__name__}("
    for place, one in enumerate(arguments.args):
        default = arguments.defaults[place - left_out] if place >= left_out else None
        yield f"    {_parameter(one, default)},"
    if arguments.kwonlyargs:
        yield "    *,"
    for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield f"    {_parameter(one, value)},"
    yield f") -> {ast.unparse(tree.returns) if tree.returns else None}"


def _parameter(one: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(one) if default is None else f"{ast.unparse(one)} = {ast.unparse(default)}"


def _kinds(error: type[BaseException], depth: int = 0) -> Iterator[tuple[int, type[BaseException]]]:
    yield depth, error
    for one in error.__subclasses__():
        yield from _kinds(one, depth + 1)
