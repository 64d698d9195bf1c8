"""`--region`, `--crop`, `--mask` and `--feather`, as typed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import SAMPLES, Run
from tests.conftest import tree

MATRIX = "1,2,3,4; 5,6,7,8; 9,10,11,12"
PIXELS = np.random.default_rng(8).integers(0, 256, (40, 60, 3)).astype(np.uint8)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(PIXELS).save(path)
    return path


def opened(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_matrix_changes_in_its_region_alone(run: Run) -> None:
    outcome = run("convolve", MATRIX, "-k", "1,1,1; 1,1,1; 1,1,1", "--region", "1,1,2x2")
    # Below the last row it goes on as it is: 6 + 7 + 8 + 10 + 11 + 12 + 10 + 11 + 12.
    assert outcome.text == "1,2,3,4\n5,54,63,8\n9,78,87,12\n"
    assert outcome.stderr.endswith("(same; region 1,1,2x2)\n")


def test_a_padding_that_is_given_counts(run: Run) -> None:
    kernel = "1,1,1; 1,1,1; 1,1,1"
    for arguments, corner in (
        ([], "24"),
        (["--padding-mode", "zeros"], "14"),
        (["--padding-value", "1"], "19"),
        (["--padding-mode", "reflect"], "39"),
    ):
        outcome = run("convolve", MATRIX, "-k", kernel, "--region", "0,0,1x1", *arguments)
        assert outcome.text.startswith(f"{corner},2,3,4\n"), arguments
    refused = run("convolve", MATRIX, "-k", kernel, "--region", "0,0,1x1", "-p", "valid")
    assert (refused.code, refused.text) == (2, "")
    assert "a result of the image's size" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["pool", "-f", "3"], "a stride of 1 (-s 1) and padding for it (-p same)"),
        (["pool", "--global"], "leave out --global and --adaptive"),
        (["convolve", "-k", "box", "-s", "2"], "a stride of 1 (-s 1)"),
        (["convolve", "-k", "box", "-k", "sharpen", "--layout", "grid"], "--layout grid draws whole images"),
        (["edges", "--angle", "a.npy"], "--angle and --indices write an array of the whole image"),
        (["apply", "filter:box,p=same", "--maps", "maps/"], "cannot be combined with --maps"),
        (["apply", "filter:box pool:max"], "layer filter:box changes the size, which --region and --mask need kept"),
    ],
)
def test_what_has_no_part_of_the_images_size_is_refused_beforehand(
    run: Run, photo: Path, arguments: list[str], line: str
) -> None:
    before = tree(photo.parent)
    name, *rest = arguments
    layers = [rest.pop(0)] if name == "apply" else []
    outcome = run(name, *layers, photo, "--region", "1,1,9x9", "-o", photo.parent / "out.png", *rest)
    assert outcome.code == 2
    assert line in outcome.stderr
    assert len(outcome.lines) == 1
    assert tree(photo.parent) == before


def test_two_faces_are_blurred_and_nothing_else(run: Run, photo: Path) -> None:
    out = photo.parent / "out.png"
    assert (
        run("convolve", photo, "-k", "box:9", "--region", "2,3,10x12", "--region", "20,30,50%x25%", "-o", out).code == 0
    )
    seen, changed = opened(out), np.zeros((40, 60), np.bool_)
    changed[2:12, 3:15] = changed[20:40, 30:45] = True
    np.testing.assert_array_equal(seen[~changed], PIXELS[~changed])
    assert (seen[changed] != PIXELS[changed]).mean() > 0.9


def test_coordinates_count_in_the_upright_photo(run: Run, tmp_path: Path) -> None:
    with Image.open(SAMPLES / "rotated.jpg") as image:
        stored = image.size
    out = tmp_path / "out.png"
    assert run("convolve", SAMPLES / "rotated.jpg", "-k", "0", "--region", "0,0,7x5", "-o", out).code == 0
    seen = opened(out)
    assert seen.shape[:2] == stored
    assert (seen[:7, :5] == 0).all()
    assert (seen[7:, 5:] != 0).any(axis=2).mean() > 0.5


def test_one_photo_of_a_folder_is_too_small_and_the_others_are_done(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        Image.fromarray(PIXELS[: 20 if number == 5 else 40]).save(folder / f"{number:02}.png")
    outcome = run("convolve", folder, "-k", "box:5", "--region", "10,10,20x20", "-o", tmp_path / "out", "-j", "1")
    assert outcome.code == 1
    assert len(list((tmp_path / "out").iterdir())) == 11
    assert "05.png is 20x60, and --region 10,10,20x20 reaches row 29 (from 0)" in outcome.stderr
    again = run("convolve", folder, "-k", "box:5", "--region", "0,0,9x9", "-o", tmp_path / "out", "--skip-existing")
    assert again.code == 0
    assert len(list((tmp_path / "out").iterdir())) == 12


def test_a_region_alone(run: Run, photo: Path) -> None:
    out = photo.parent / "out.png"
    assert run("edges", photo, "--region", "5,6,7x8", "--crop", "-o", out).code == 0
    whole = photo.parent / "whole.png"
    run("edges", photo, "-o", whole)
    np.testing.assert_array_equal(opened(out), opened(whole)[5:12, 6:14])


def test_several_regions_alone_need_names(run: Run, photo: Path) -> None:
    two = ["--region", "5,6,7x8", "--region", "0,0,3x3", "--crop"]
    refused = run("convolve", photo, "-k", "box", *two, "-o", photo.parent / "out.png")
    assert refused.code == 2
    assert "--crop of 2 regions writes 2 results; tell them apart with {region}" in refused.stderr
    assert run("convolve", photo, "-k", "box", *two, "-o", photo.parent / "{stem}-{region}.{ext}").code == 0
    assert opened(photo.parent / "photo-1.png").shape == (7, 8, 3)
    assert opened(photo.parent / "photo-2.png").shape == (3, 3, 3)
    both = run("convolve", photo, "-k", "box", "-k", "emboss", *two, "-o", photo.parent / "{kernel}{region}.npy")
    assert both.code == 0
    assert np.load(photo.parent / "emboss2.npy").shape == (3, 3, 3)
    stacks = run("convolve", photo, "--gray", "-k", "box", "-k", "emboss", *two, "-o", photo.parent / "s{region}.npy")
    assert stacks.code == 0
    assert np.load(photo.parent / "s1.npy").shape == (7, 8, 2)
    alone = run("convolve", photo, "-k", "box", "--region", "5,6,7x8", "-o", photo.parent / "{region}.png")
    assert alone.code == 2
    assert "{region} in -o is the number of a region that --crop writes alone" in alone.stderr


def test_a_mask_blends_result_and_image(run: Run, photo: Path) -> None:
    shares = np.zeros((40, 60), np.uint8)
    shares[10:20, 10:30] = np.arange(0, 200, 10, dtype=np.uint8)
    Image.fromarray(shares).save(photo.parent / "mask.png")
    out = photo.parent / "out.png"
    arguments = ["convolve", photo, "-k", "box:5", "-p", "same", "--padding-mode", "replicate"]
    assert run(*arguments, "--mask", photo.parent / "mask.png", "-o", out).code == 0
    run(*arguments, "-o", photo.parent / "whole.png")
    whole, share = opened(photo.parent / "whole.png").astype(float), shares[..., np.newaxis] / 255
    expected = np.rint(PIXELS + (whole - PIXELS) * share)
    np.testing.assert_array_equal(opened(out), expected)


def test_a_mask_that_does_not_fit_is_told_for_each_image(run: Run, photo: Path) -> None:
    mask = photo.parent / "mask.png"
    Image.fromarray(np.full((40, 59), 255, np.uint8)).save(mask)
    outcome = run("convolve", photo, "-k", "box", "--mask", mask, "-o", photo.parent / "out.png")
    assert outcome.code == 1
    assert f"mask {mask} is 40x59 and {photo} 40x60; they must have one size" in outcome.stderr
    for name, line in (("none.png", "no such file"), ("photo.png", "is in colour; a mask is gray")):
        outcome = run("convolve", photo, "-k", "box", "--mask", photo.parent / name, "-o", photo.parent / "out.png")
        assert outcome.code == 2
        assert line in outcome.stderr
        assert len(outcome.lines) == 1


def test_no_output_replaces_the_mask(run: Run, photo: Path) -> None:
    mask = photo.parent / "mask.png"
    Image.fromarray(PIXELS[..., 0]).save(mask)
    before = tree(photo.parent)
    assert run("convolve", photo, "-k", "box", "--mask", mask, "-o", mask, "-y").code == 2
    assert tree(photo.parent) == before


def test_a_black_mask_changes_nothing_and_says_so(run: Run, photo: Path) -> None:
    mask, out = photo.parent / "mask.png", photo.parent / "out.png"
    Image.fromarray(np.zeros((40, 60), np.uint8)).save(mask)
    outcome = run("convolve", photo, "-k", "box", "--mask", mask, "-o", out)
    assert outcome.code == 0
    np.testing.assert_array_equal(opened(out), PIXELS)
    assert "is unchanged: the mask is black all over" in outcome.stderr


def test_a_feather_that_is_too_wide_is_refused(run: Run, photo: Path) -> None:
    outcome = run(
        "convolve", photo, "-k", "box", "--region", "9,9,8x9", "--feather", "4", "-o", photo.parent / "out.png"
    )
    assert outcome.code == 1
    assert "--feather 4 is too wide for a region of 8x9 in" in outcome.stderr
    assert not (photo.parent / "out.png").exists()


def test_edges_in_a_photo_in_colour_ask_which(run: Run, photo: Path) -> None:
    out = photo.parent / "out.png"
    region = ["--region", "5,6,7x8", "-o", out]
    refused = run("edges", photo, *region)
    assert refused.code == 1
    assert "--no-gray treats each colour, --gray makes all of it gray, and --crop writes" in refused.stderr
    assert run("edges", photo, *region, "--no-gray").code == 0
    assert opened(out).shape == (40, 60, 3)
    assert run("edges", photo, *region, "--gray", "-y").code == 0
    assert opened(out).shape == (40, 60)


def test_explain_preview_and_json(run: Run, photo: Path) -> None:
    inside = run("convolve", MATRIX, "-k", "box:3", "--region", "1,1,2x2", "--explain", "1,1")
    assert "result = 6" in inside.text or "= 6 " in inside.text
    outside = run("convolve", MATRIX, "-k", "box:3", "--region", "1,1,2x2", "--explain", "0,0")
    assert outside.code == 1
    assert "row 0, column 0 of" in outside.stderr
    shown = run("convolve", photo, "-k", "box", "-k", "emboss", "--region", "1,1,9x9", "--crop", "--preview")
    assert "emboss 1 9x9" in shown.stderr
    record = json.loads(run("convolve", MATRIX, "-k", "2", "--region", "0,0,1x1", "--json").text)
    assert record["outputs"][0]["values"] == [[2, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]


def test_emit_has_no_script_for_parts(run: Run, photo: Path) -> None:
    outcome = run("convolve", photo, "-k", "box", "--region", "1,1,9x9", "--emit", "torch")
    assert outcome.code == 2
    assert "--emit writes scripts for whole images; leave out --region and --mask" in outcome.stderr


def test_workers_give_what_one_process_gives(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(9):
        Image.fromarray(np.roll(PIXELS, number, 0)).save(folder / f"{number}.png")
    Image.fromarray(PIXELS[..., 0]).save(tmp_path / "mask.png")
    for jobs in (1, 2):
        arguments = ["--mask", tmp_path / "mask.png", "--feather", 2, "-j", jobs, "-o", tmp_path / f"out{jobs}"]
        assert run("convolve", folder, "-k", "gaussian:3", *arguments).code == 0
    assert tree(tmp_path / "out1") == tree(tmp_path / "out2")


def test_a_jpeg_is_said_to_be_compressed_again(run: Run, tmp_path: Path) -> None:
    region = ["-k", "box:5", "--region", "1,1,9x9"]
    outcome = run("convolve", SAMPLES / "scene.jpg", *region, "-o", tmp_path / "out.jpg")
    assert "is changed a little outside, too: JPEG compresses all of it again; a .png keeps" in outcome.stderr
    assert len(run("convolve", SAMPLES / "scene.jpg", *region, "-o", tmp_path / "out.png").lines) == 1
