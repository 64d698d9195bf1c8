"""From an input's name to the names of its outputs."""

from pathlib import Path

import pytest

from cnnfilt.batch.naming import OutputRequest, output_folder, targets_of
from cnnfilt.batch.sources import Source
from cnnfilt.errors import PlanError


def names(source: str, output: str, *, subfolder: str = "", several: bool = False, **options: object) -> list[str]:
    request = OutputRequest(output, **options)  # type: ignore[arg-type]
    folder = output_folder(request, several=several)
    return [str(target.path) for target in targets_of(Source(source, subfolder), request, folder)]


@pytest.mark.parametrize(
    ("source", "output", "options", "name"),
    [
        ("in/a.png", "out/", {}, "out/a.png"),
        ("in/a.JPEG", "out/", {}, "out/a.JPEG"),
        ("in/a.gif", "out/", {}, "out/a.png"),
        ("in/a.jpg", "out/", {"format": "tiff"}, "out/a.tif"),
        ("in/a.tiff", "out/", {"format": "tiff"}, "out/a.tiff"),
        ("in/a.b.c.png", "out/", {}, "out/a.b.c.png"),
        ("-", "out/", {"format": "png"}, "out/stdin.png"),
        ("in/a.png", "x/{stem}-edges.{ext}", {}, "x/a-edges.png"),
        ("in/a.png", "{parent}/new/{name}", {}, "in/new/a.png"),
        ("a.png", "{parent}/{stem}.jpg", {}, "./a.jpg"),
        ("in/{name}{stem}.png", "out/{stem}.png", {}, "out/{name}{stem}.png"),
        ("in/a.png", "out/{stem}/", {"format": "tiff"}, "out/a/a.tif"),
        ("in/a.png", "out/{stem}-{frame}.tif", {"frame": "2"}, "out/a-2.tif"),
    ],
)
def test_the_name_of_an_output(source: str, output: str, options: dict[str, str], name: str) -> None:
    assert [Path(found) for found in names(source, output, **options)] == [Path(name)]


def test_the_tree_is_kept() -> None:
    assert names("in/x/y/a.png", "out/", subfolder="x/y") == ["out/x/y/a.png"]


def test_several_results_of_one_input_have_their_labels() -> None:
    labels = ("sobel-x", "box")
    assert names("a.png", "out/", labels=labels) == ["out/a.sobel-x.png", "out/a.box.png"]
    assert names("a.png", "{kernel}/{stem}.png", labels=labels) == ["sobel-x/a.png", "box/a.png"]
    assert names("a.png", "maps.npy", labels=labels) == ["maps.npy"]


def test_a_name_with_the_kernel_in_it_is_of_a_file_for_each_even_where_a_stack_could_hold_all() -> None:
    assert names("a.png", "{stem}-{kernel}.npy", labels=("sobel-x", "box")) == ["a-sobel-x.npy", "a-box.npy"]


def test_several_inputs_do_not_go_into_one_file() -> None:
    with pytest.raises(PlanError, match="give a folder"):
        names("a.png", "all.png", several=True)


@pytest.mark.parametrize("output", ["out.xyz", "out.gif"])
def test_a_file_whose_format_cannot_be_written(output: str) -> None:
    with pytest.raises(PlanError):
        names("a.png", output)
