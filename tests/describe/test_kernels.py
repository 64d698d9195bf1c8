"""Kernels by name, with the properties their authors gave them, and kernels as people type them."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnfilt.describe import kernels
from cnnfilt.describe.kernels import NAMED, Kernel, hint, kernel, parse_kernel, scaled, split_scale
from cnnfilt.errors import KernelError

DERIVATIVES = ["vertical", "horizontal", "roberts-1", "roberts-2", "laplacian4", "laplacian8", "outline", "kirsch"]
DERIVATIVES += [f"{name}-{axis}" for name in ("prewitt", "sobel", "scharr", "farid") for axis in "xy"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ("vertical", [[1, 0, -1], [1, 0, -1], [1, 0, -1]]),
        ("horizontal", [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]),
        ("prewitt-x", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
        ("sobel-x", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("scharr-x", [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]]),
        ("roberts-1", [[1, 0], [0, -1]]),
        ("roberts-2", [[0, 1], [-1, 0]]),
        ("laplacian4", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("laplacian8", [[1, 1, 1], [1, -8, 1], [1, 1, 1]]),
        ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("sharpen:2", [[0, -2, 0], [-2, 9, -2], [0, -2, 0]]),
        ("outline", [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
        ("kirsch:90", [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]]),
        ("kirsch:0", [[-3, -3, 5], [-3, 0, 5], [-3, -3, 5]]),
        ("kirsch:135", [[5, 5, -3], [5, 0, -3], [-3, -3, -3]]),
        ("kirsch:-90", [[-3, -3, -3], [-3, 0, -3], [5, 5, 5]]),
    ],
)
def test_published_coefficients(name, rows):
    assert kernel(name) == tuple(map(tuple, rows))
    assert all(type(value) is int for row in kernel(name) for value in row)


@pytest.mark.parametrize("name", NAMED)
def test_every_name_is_built_with_its_source(name):
    built = parse_kernel(name)
    assert built.name == name
    assert built.source == NAMED[name].source != ""
    assert {len(row) for row in built.rows} == {built.size[1]}
    assert hint(built) is None


@pytest.mark.parametrize("name", ["prewitt", "sobel", "scharr", "farid"])
def test_y_is_x_transposed(name):
    assert kernel(f"{name}-y") == tuple(zip(*kernel(f"{name}-x"), strict=True))


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_sum_to_nothing_at_all(name):
    assert math.fsum(value for row in kernel(name) for value in row) == 0


@pytest.mark.parametrize("name", ["prewitt", "sobel", "scharr", "farid"])
def test_x_answers_brightness_growing_to_the_right(name):
    rows = np.array(kernel(f"{name}-x"))
    ramp = np.arange(rows.shape[1])[None, :] - rows.shape[1] // 2
    assert (rows * ramp).sum() > 0
    assert abs((rows * ramp.T).sum()) < 1e-12


def test_farid_measures_a_slope_of_one():
    """Farid & Simoncelli's pair is matched: on a ramp the derivative is the slope, but for its last digits."""
    rows = np.array(kernel("farid-x"))
    assert (rows * np.arange(-2, 3)).sum() == pytest.approx(1.0, rel=0.01)
    # Table 1 of the paper, six digits.
    assert rows.sum(axis=1) == pytest.approx([0] * 5)
    assert (np.abs(rows).sum(axis=1) / 2 / (0.276691 + 0.109604)) == pytest.approx(
        [0.037659, 0.249153, 0.426375, 0.249153, 0.037659], abs=1e-6
    )


@pytest.mark.parametrize("amount", ["0.5", "1/2", "50%"])
def test_sharpening_by_half(amount):
    assert kernel(f"sharpen:{amount}") == ((0, -0.5, 0), (-0.5, 3, -0.5), (0, -0.5, 0))
    assert parse_kernel(f"sharpen:{amount}").name == "sharpen-0.5"


def test_unsharp_adds_what_a_gaussian_takes_away():
    delta, blurred = np.zeros((13, 13)), np.array(kernel("gaussian:2"))
    delta[6, 6] = 1
    assert np.array(kernel("unsharp:2,0.7")) == pytest.approx(delta + 0.7 * (delta - blurred), abs=1e-15)
    assert np.array(kernel("unsharp")).sum() == pytest.approx(1, abs=1e-14)
    assert kernel("unsharp:2,70%") == kernel("unsharp:2,0.7")


@pytest.mark.parametrize("radius", [1, 1.5, 2, 5, 7, 10.4])
def test_a_disk_is_the_mean_of_what_lies_within_its_radius(radius):
    reach = int(radius)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    inside = x**2 + y**2 <= radius**2
    assert np.array(kernel(f"disk:{radius}")) == pytest.approx(inside / inside.sum(), abs=1e-15)


@pytest.mark.parametrize(("first", "second"), [(1, 1.6), (2, 4), (3, 1)])
def test_a_difference_of_gaussians(first, second):
    x = np.arange(-(reach := int(np.ceil(3 * max(first, second)))), reach + 1)
    narrow, wide = (np.exp(-(x[:, None] ** 2 + x**2) / (2 * sigma**2)) for sigma in (first, second))
    expected = narrow / narrow.sum() - wide / wide.sum()
    assert np.array(kernel(f"dog:{first},{second}")) == pytest.approx(expected, abs=1e-14)
    assert kernel("dog:2") == kernel("dog:2,3.2")


@pytest.mark.parametrize(("wavelength", "angle"), [(4, 0), (8, 30), (10, 90), (6, 135), (5, -20)])
def test_gabor_answers_its_own_wave_and_no_even_gray(wavelength, angle):
    rows = np.array(kernel(f"gabor:{wavelength},{angle}"))
    assert abs(rows.sum()) < 1e-12
    assert rows[rows > 0].sum() == pytest.approx(1)
    reach, turn = len(rows) // 2, np.radians(angle)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along, across = (np.cos(2 * np.pi / wavelength * (x * np.cos(t) - y * np.sin(t))) for t in (turn, turn + np.pi / 2))
    assert (rows * along).sum() > 0.5
    assert abs((rows * across).sum()) < 0.05


def test_gabor_is_that_of_scikit_image():
    gabor_kernel = pytest.importorskip("skimage.filters").gabor_kernel
    theirs = np.real(gabor_kernel(1 / 6, theta=-np.radians(30), sigma_x=3, sigma_y=3, n_stds=6))
    rows = np.array(kernel("gabor:6,30,3"))
    top, left = ((wide - own) // 2 for wide, own in zip(theirs.shape, rows.shape, strict=True))
    theirs = theirs[top : top + len(rows), left : left + len(rows)]
    bell = np.exp(-(np.arange(-9, 10) ** 2) / 18)
    theirs = theirs - np.outer(bell, bell) * theirs.sum() / bell.sum() ** 2
    assert rows == pytest.approx(theirs / theirs[theirs > 0].sum(), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sharpen:50", r"AMOUNT is 50; it must be above 0, and at most 20 \(0.5 is 50%\)"),
        ("sharpen:0", "AMOUNT is 0; it must be above 0"),
        ("unsharp:2,-1", "AMOUNT is -1; it must be above 0"),
        ("unsharp:0", "SIGMA is 0; it must be from 0.01"),
        ("disk:0.5", "R is 0.5; it must be from 1 to 500"),
        ("disk:50%", "R '50%' is not a number"),
        ("gabor:1", "WAVE is 1; it must be from 2"),
        ("gabor:8,0,0", "SIGMA is 0; it must be from 0.01"),
        ("dog:2,2", "S1 and S2 are both 2; their difference would be nothing"),
        ("dog:1,1000", "SIGMA is 1000; it must be from"),
        ("sharpen:1,2", "too many arguments; write sharpen:AMOUNT"),
    ],
)
def test_amounts_and_sizes_out_of_range(text, said):
    with pytest.raises(KernelError, match=said):
        kernel(text)


@pytest.mark.parametrize("text", ["box", "box:4", "gaussian", "gaussian:2,13", "gaussian:0.5,4", "motion:7,30"])
def test_averages_sum_to_one(text):
    rows = np.array(kernel(text))
    assert rows.sum() == pytest.approx(1, abs=1e-15)
    assert (rows >= 0).all()


@pytest.mark.parametrize("text", ["log", "log:2", "log:1.4,9", "log:0.5,4"])
def test_the_laplacian_of_a_gaussian_sums_to_zero(text):
    rows = np.array(kernel(text))
    assert abs(rows.sum()) < 1e-15
    assert rows[len(rows) // 2, len(rows) // 2] < 0


def test_gaussian_is_the_formula():
    rows = np.array(kernel("gaussian:2,13"))
    x = np.arange(-6, 7)
    expected = np.exp(-(x[:, None] ** 2 + x**2) / (2 * 2**2))
    assert rows == pytest.approx(expected / expected.sum(), rel=1e-12)


@pytest.mark.parametrize(("sigma", "size"), [("1", 7), ("2", 13), ("0.5", 5), ("1/3", 3), ("0.01", 3)])
def test_gaussian_size_by_default(sigma, size):
    assert parse_kernel(f"gaussian:{sigma}").size == (size, size)
    assert parse_kernel(f"log:{sigma}").size == (size, size)


def test_log_looks_like_a_laplacian_of_gaussian():
    """Against the second derivatives of a sampled Gaussian, far enough sampled that their sum needs no repair."""
    x = np.arange(-20.0, 21)
    g = np.exp(-(x**2) / (2 * 3**2))
    g /= g.sum()
    second = (x**2 - 3**2) / 3**4 * g
    expected = second[:, None] * g + g[:, None] * second
    assert np.array(kernel("log:3,41")) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "row"),
    [("motion:5,0", [0.2] * 5), ("motion:4,0", [0.125, 0.25, 0.25, 0.25, 0.125]), ("motion:1,0", [1.0])],
)
def test_motion_along_a_row_is_an_average(text, row):
    assert kernel(text) == (pytest.approx(row),)


def test_motion_turns_counterclockwise():
    up_right = np.array(kernel("motion:9,45"))
    assert up_right[0, -1] > 0
    assert up_right[0, 0] == 0
    assert np.count_nonzero(up_right) == len(up_right)
    assert np.array(kernel("motion:9,30")).T[::-1] == pytest.approx(np.array(kernel("motion:9,120")))
    assert np.array(kernel("motion:9,90")) == pytest.approx(np.array(kernel("motion:9,0")).T)


@given(length=st.floats(1, 60), angle=st.floats(-720, 720))
def test_motion_is_symmetric_and_sums_to_one(length, angle):
    rows = np.array(kernel(f"motion:{length!r},{angle!r}"))
    assert rows.sum() == pytest.approx(1)
    assert rows == pytest.approx(rows[::-1, ::-1], abs=1e-9)
    assert rows.shape[0] % 2 == rows.shape[1] % 2 == 1


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1,0,-1; 1,0,-1; 1,0,-1", [[1, 0, -1]] * 3),
        ("1 0 -1;1 0 -1", [[1, 0, -1]] * 2),
        ("1, 2 3\n4 ,5 6", [[1, 2, 3], [4, 5, 6]]),
        ("1 2; 3 4;", [[1, 2], [3, 4]]),
        ("5", [[5]]),
        ("1/4 0.5; -1e-2 +3", [[0.25, 0.5], [-0.01, 3]]),
        ("[[1, 0], [0, -1]]", [[1, 0], [0, -1]]),
        ("[1, 2, 3]", [[1, 2, 3]]),
        ("1/16 * 1,2,1; 2,4,2; 1,2,1", [[1 / 16, 1 / 8, 1 / 16], [1 / 8, 1 / 4, 1 / 8], [1 / 16, 1 / 8, 1 / 16]]),
        ("2 * [[1, 2]]", [[2, 4]]),
        ("-1 * roberts-1", [[-1, 0], [0, 1]]),
    ],
)
def test_typed_kernels(text, rows):
    assert kernel(text) == tuple(map(tuple, rows))


def test_whole_numbers_stay_whole():
    assert [type(v) for v in kernel("1 2.0 4/2")[0]] == [int, float, float]
    assert [type(v) for v in kernel("1/2 * 2 3")[0]] == [int, float]
    assert [type(v) for v in kernel("2 * 2 0.5")[0]] == [int, float]
    # No array holds this as a whole number.
    assert [type(v) for v in kernel(f"{2**63} {2**63 - 1}")[0]] == [float, int]


@given(st.lists(st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3), min_size=1, max_size=4))
def test_what_is_written_is_read(rows):
    expected = tuple(map(tuple, rows))
    assert kernel("; ".join(",".join(map(str, row)) for row in rows)) == expected
    assert kernel(str(rows)) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sobel-x", "sobel-x"),
        ("gaussian:2", "gaussian-2"),
        ("gaussian:2.0,13", "gaussian-2-13"),
        ("gaussian:1/2", "gaussian-0.5"),
        ("1/3 * box:5", "box-5"),
        ("1,2;3,4", ""),
        ("[[1]]", ""),
    ],
)
def test_labels_are_fit_for_file_names(text, name):
    assert parse_kernel(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "0,1,0 1,-4,1 0,1,0",
        "0 1 0, 1 -4 1, 0 1 0",
        "3x3: 0,1,0 1,-4,1 0,1,0",
        "3x3+1+1: 0,1,0 1,-4,1 0,1,0",
        "[0 1 0; 1 -4 1; 0 1 0]",
        "[[0 1 0]\n [1 -4 1]\n [0 1 0]]",
        "array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])",
        "(0,1,0;1,-4,1;0,1,0)",
        "0,1,0; 1,\u22124,1; 0,1,0",
        "1 * [0 1 0; 1 -4 1; 0 1 0]",
    ],
)
def test_kernels_as_other_programs_write_them(text):
    assert kernel(text) == kernel("laplacian4")
    assert hint(parse_kernel(text), text) is None
    assert all(type(value) is int for row in kernel(text) for value in row)


def test_a_dash_in_a_name_may_be_a_printed_one():
    assert kernel("sobel\u2013x") == kernel("sobel-x")


def test_notes_come_with_the_kernel():
    assert parse_kernel("1,2;3,4").notes == ()
    assert parse_kernel("3x1+0+0: 1,2,1").notes == ("its origin is +0+0; here results go to the middle, +1+0",)
    assert parse_kernel("0,5 1 0,5; 1 2 1").notes == ("read its commas as decimal points: 0,5 as 0.5",)


def test_a_scaled_kernel_is_checked_as_any():
    deep = Kernel("k", ((1,),), "a file", channels=(((1,),), ((2,),)))
    assert scaled(deep, 3).channels == (((3,),), ((6,),))
    with pytest.raises(KernelError, match="row 1, column 2 is not finite"):
        scaled(Kernel("k", ((1, math.inf),), "a file"), 1)


def test_one_typed_row_gets_a_hint():
    assert "quote it" in hint(parse_kernel("1,0,-1"))
    # Who typed a blank has quoted it.
    assert hint(parse_kernel("1 0 -1"), "1 0 -1") is None
    assert hint(parse_kernel("0,1,0,1,-4,1,0,1,0")) == "the kernel is one row of 9; for 3x3 write ';' between its rows"
    assert hint(parse_kernel("1;0;-1")) is None
    assert hint(parse_kernel("7")) is None
    assert hint(parse_kernel("motion:5,0")) is None


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("1/16 * @blur.csv", (1 / 16, "@blur.csv")),
        ("3*@a*b.csv", (3, "@a*b.csv")),
        ("@a*b.csv", (1, "@a*b.csv")),
        (" sobel-x ", (1, "sobel-x")),
        ("2×sobel-x", (2, "sobel-x")),
        ("1/16 × 1,2,1; 2,4,2; 1,2,1", (1 / 16, "1,2,1; 2,4,2; 1,2,1")),
        ("2 × 3x3: 0,1,0 1,-4,1 0,1,0", (2, "3x3: 0,1,0 1,-4,1 0,1,0")),
        ("3×3: 0,1,0 1,-4,1 0,1,0", (1, "3×3: 0,1,0 1,-4,1 0,1,0")),
        ("3×3+1+1: 0,1,0 1,-4,1 0,1,0", (1, "3×3+1+1: 0,1,0 1,-4,1 0,1,0")),
        ("@3×3.csv", (1, "@3×3.csv")),
    ],
)
def test_the_scale_is_split_off(text, split):
    assert split_scale(text) == split


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("2 *", "is empty"),
        ("soble-x", "did you mean sobel-x"),
        ("Sobel-X", "did you mean sobel-x"),
        ("zzz", "use one of identity, vertical"),
        ("blur.csv", "if it is a file, write '@blur.csv'"),
        ("@blur.csv", "only the command line reads"),
        ("1,2;3", "row 2 has 1 value, row 1 has 2"),
        ("1,2;;3,4", "row 2, column 1 is empty"),
        ("1,,2", "row 1, column 2 is empty"),
        ("1,2;3,x", "row 2, column 2: coefficient 'x' is not a number"),
        ("nan,1", "row 1, column 1: coefficient 'nan' is not finite"),
        ("1;inf", "row 2, column 1: coefficient 'inf' is not finite"),
        ("1e300 * 1;1e300", "row 2, column 1 is not finite"),
        ("x * 1", "scale 'x' is not a number"),
        ("[[1, 2], [3]]", "row 2 has 1 value, row 1 has 2"),
        ("[[1], 2]", "row 2 is not a list"),
        ("[[1, NaN]]", "row 1, column 2 is not finite"),
        ("[[1, true]]", "row 1, column 2: True is not a number"),
        ('[["1"]]', "row 1, column 1: '1' is not a number"),
        ("[[[1]]]", "more than rows and columns"),
        ("[]", "row 1 is empty"),
        ("[[]]", "row 1 is empty"),
        ("[[1,", "not valid JSON"),
        ("[" * 10**5, "not valid JSON"),
        ("[0 1; 1", "not valid JSON"),
        ("[0 1; 1 x]", "row 2, column 2: coefficient 'x' is not a number"),
        ("[0 1; 1 nan]", "row 2, column 2: coefficient 'nan' is not finite"),
        ("3x3: 1,2,3 4,5", "announces 9 numbers, but has 5"),
        ("1,2 3,4", r"can be read as 2x2 \(1,2; 3,4\) and as 1x2 \(1.2,3.4\)"),
        ("gaussian(2)", "did you mean gaussian"),
        ("sobel-x:3", "too many arguments; write sobel-x"),
        ("gaussian:1,2,3", "too many arguments; write gaussian:SIGMA,K"),
        ("gaussian:x", "SIGMA 'x' is not a number"),
        ("gaussian:0", "SIGMA is 0; it must be from 0.01 to 166"),
        ("gaussian:-1", "SIGMA is -1"),
        ("gaussian:1e9", "SIGMA is 1e[+]09"),
        ("gaussian:1,0", "K is 0; it must be a whole number from 1 to 1001"),
        ("gaussian:1,2.5", "K is 2.5"),
        ("log:1,1", "K is 1; it must be a whole number from 3"),
        ("box:1e9", "K is 1e[+]09"),
        ("kirsch:30", "ANGLE is 30; it must be a multiple of 45"),
        ("motion:0,0", "LENGTH is 0"),
        ("motion:1e9,0", "LENGTH is 1e[+]09"),
    ],
)
def test_wrong_kernels(text, message):
    with pytest.raises(KernelError, match=message) as caught:
        parse_kernel(text)
    assert caught.value.parameter == "kernel"
    assert "\n" not in str(caught.value)


@given(st.one_of(st.text(max_size=20), st.text("0123456789.,;[]*/-+ e", max_size=20)))
def test_no_text_breaks_the_parser(text):
    try:
        rows = kernel(text)
    except KernelError:
        return
    assert rows
    assert all(math.isfinite(value) for row in rows for value in row)


def test_the_docstrings_tell_the_truth():
    assert doctest.testmod(kernels).failed == 0


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gaussian=2", "gaussian:2"),  # It was read as the number 2 with a name: an image twice as bright.
        ("gaussian=1.5", "gaussian:1.5"),
        ("gausian = 2, 9", "gaussian:2,9"),
        ("box=5", "box:5"),
        ("sharpen=1", "sharpen:1"),
        ("Gaussian:2", "gaussian:2"),
        ("gaussian 2", "gaussian:2"),
        ("gaussian(2)", "gaussian:2"),
        ("motion 9 45", "motion:9,45"),
    ],
)
def test_a_kernel_whose_numbers_follow_in_another_way(text: str, meant: str) -> None:
    with pytest.raises(KernelError, match=rf"is unknown; did you mean {meant}\?"):
        kernel(text)


def test_numbers_with_a_name_stay_numbers() -> None:
    assert kernel("box = [1 2 3]") == kernel("sharpen = 1 2 3") == kernel("k = 1 2 3") == ((1, 2, 3),)
    assert kernel("k=5") == ((5,),)
