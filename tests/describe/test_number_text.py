"""Text of numbers as other programs write it is read back as it was meant, or refused with both ways to read it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnfilt.describe.number_text import is_typed, read_table
from cnnfilt.errors import ParameterError


def rows(text: str, *, typed: bool = False) -> list[list[float]]:
    return [list(row) for row in read_table(text, typed=typed).numbers()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1;2;3\n4;5;6\n7;8;9\n", [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        ("1,5;2,25;3\n4;5,5;6\n", [[1.5, 2.25, 3], [4, 5.5, 6]]),
        ("1,5;2,5\r\n3,5;4,5\r\n", [[1.5, 2.5], [3.5, 4.5]]),
        ("1\t2\t3\n4\t5\t6\n", [[1, 2, 3], [4, 5, 6]]),
        ("1,5\t2\n3\t-4,25\n", [[1.5, 2], [3, -4.25]]),
        ("0,5\t,5\n1,25\t-1\n", [[0.5, 0.5], [1.25, -1]]),
        ("sep=;\n1;2\n3;4\n", [[1, 2], [3, 4]]),
        ('"sep=,"\n1,2\n', [[1, 2]]),
        ("sep=|\n1|2\n3|4\n", [[1, 2], [3, 4]]),
        ('"1","2"\n"3","4"\n', [[1, 2], [3, 4]]),
        ('"1,5","2"\n"3","-4,5"\n', [[1.5, 2], [3, -4.5]]),
        ('"1,5";"2"\n"3";"4,5"\n', [[1.5, 2], [3, 4.5]]),
        ('"1" "2"\n"3" "4"\n', [[1, 2], [3, 4]]),
        ("1 2 3\n4 5 6\n", [[1, 2, 3], [4, 5, 6]]),
        ("1 \t2\n3\t 4\n", [[1, 2], [3, 4]]),
        ("1,\t2\n3,\t4\n", [[1, 2], [3, 4]]),
        ("1, 2, 3\n4 5 6\n", [[1, 2, 3], [4, 5, 6]]),
        ("1,2,\n3,4,\n", [[1, 2], [3, 4]]),
        ("1;2;\n3;4;\n", [[1, 2], [3, 4]]),
        ("1 2;\n3 4\n", [[1, 2], [3, 4]]),
        ("1,5 2,5\n3 4,5\n", [[1.5, 2.5], [3, 4.5]]),
        ("\n\n1,2\n\n", [[1, 2]]),
        ("1/3;2/3\n.5;1e-3\n", [[1 / 3, 2 / 3], [0.5, 0.001]]),
        ("\u22121,2\n3,\u20134\n", [[-1, 2], [3, -4]]),
        ("1\u00a02\n3\u00a04\n", [[1, 2], [3, 4]]),
        # A line of a file is a row, whatever parts it; only where that cannot be, semicolons part rows.
        ("1;2;3\n", [[1, 2, 3]]),
        ("1,0,-1; 2,0,-2\n", [[1, 0, -1], [2, 0, -2]]),
        ("1 2; 3 4", [[1, 2], [3, 4]]),
        ("0,1,0 1,-4,1 0,1,0\n", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    ],
)
def test_a_file_of_another_program(text: str, expected: list[list[float]]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0,1,0 1,-4,1 0,1,0", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("1 0 -1, 1 0 -1, 1 0 -1", [[1, 0, -1]] * 3),
        ("1 0 -1,1 0 -1,1 0 -1", [[1, 0, -1]] * 3),
        ("1,0\t0,-1", [[1, 0], [0, -1]]),
        ("1, 0, -1", [[1, 0, -1]]),
        ("1 ,0 ,-1", [[1, 0, -1]]),
        ("1, 2 3", [[1, 2, 3]]),
        ("1 2;\n3 4;\n", [[1, 2], [3, 4]]),
        ("1,2,\n3,4,", [[1, 2], [3, 4]]),
        ("1;0;-1", [[1], [0], [-1]]),
        ("1;2\n3;4;5", [[1], [2], [3], [4], [5]]),
        ("0,5 1 0,5; 1 2 1", [[0.5, 1, 0.5], [1, 2, 1]]),
    ],
)
def test_typed_rows(text: str, expected: list[list[float]]) -> None:
    assert rows(text, typed=True) == expected


@pytest.mark.parametrize(
    ("text", "typed", "both"),
    [
        ("1,2 3,4", True, "2x2 (1,2; 3,4) and as 1x2 (1.2,3.4)"),
        ("0,5 0,5 0,5", False, "3x2 (0,5; 0,5; 0,5) and as 1x3 (0.5,0.5,0.5)"),
        ("1 2,5", True, "1x3 (1,2,5) and as 1x2 (1,2.5)"),
        ("1;2\n3;4", True, "4x1 (1; 2; 3; 4) and as 2x2 (1,2; 3,4)"),
        ("1,2;3,4", False, "1x2 (1.2,3.4) and as 2x2 (1,2; 3,4)"),
        ("1,5 2,5\n3,5 4,5", False, "2x4 (1,5,2,5; 3,5,4,5) and as 2x2 (1.5,2.5; 3.5,4.5)"),
        ("0,1 1,2; 3,4 5,6", True, "2x4 (0,1,1,2; 3,4,5,6) and as 2x2 (0.1,1.2; 3.4,5.6)"),
        ('"1,234","5"', False, "1,234 can be read as 1.234 and as 1234"),
        ("1,234\t5\n6\t7,890", False, "1,234 can be read as 1.234 and as 1234"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_both(text: str, typed: bool, both: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_table(text, typed=typed)
    assert both in str(caught.value)
    assert "write it" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("a,b\n1,2\n", ["skipped line 1, a header: a,b"]),
        ("V1;V2\n1;2\n", ["skipped line 1, a header: V1;V2"]),
        ("x1 e5\n1 2\n", ["skipped line 1, a header: x1 e5"]),
        ('"a, b","c"\n1,2\n', ['skipped line 1, a header: "a, b","c"']),
        ('"a\nb","c"\n1,2\n3,4\n', ['skipped line 1, a header: "a b","c"']),
        ('"0","1"\n2,3\n', ['skipped line 1, a header: "0","1"']),
        ('"0";"1"\n2;3\n', ['skipped line 1, a header: "0";"1"']),
        ('"1","2"\n', []),
        ('"1","2"\n"3","4"\n', []),
        ('"1","2"\n3,"4"\n', []),
        ('"1",2\n3,4\n', []),
        ('"1,5";"2"\n3;4\n', ["read its commas as decimal points: 1,5 as 1.5"]),
        ('# an inch is "\n1 2\n', ['skipped a comment in line 1: # an inch is "']),
        ("value\n1\n2\n", ["skipped line 1, a header: value"]),
        ("# made by savetxt\n1,2\n", ["skipped a comment in line 1: # made by savetxt"]),
        ("1 2 # first\n3 4\n", ["skipped a comment in line 1: # first"]),
        ("% a\n1 2\n# b\n3 4\n", ["skipped 2 comments, the first in line 1: % a"]),
        ("# c\na,b\n1,2\n", ["skipped a comment in line 1: # c", "skipped line 2, a header: a,b"]),
        ("1;2,5\n3;4\n", ["read its commas as decimal points: 2,5 as 2.5"]),
        ("1,2,\n3,4,\n", ["left out the ',' at the end of every line"]),
        ("1\t2\t\n3\t4\t\n", ["left out the tab at the end of every line"]),
        ("1;2\n3;4\n", []),
    ],
)
def test_nothing_is_skipped_or_taken_otherwise_without_a_note(text: str, notes: list[str]) -> None:
    table = read_table(text)
    assert list(table.notes) == notes
    assert table.numbers()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("# only\n", "is empty"),
        ("a,b\n", "line 1, column 1: 'a' is not a number"),
        ("hello world\nfoo bar\n", "line 1, column 1: 'hello' is not a number"),
        ("a,b\n1,x\n", "line 2, column 2: 'x' is not a number"),
        ("a,b,c\n1,2\n", "line 1, column 1: 'a' is not a number"),
        ("a,1\n1,2\n", "line 1, column 1: 'a' is not a number"),
        ("1;2\n3\n", "line 2 has 1 value, line 1 has 2"),
        ("# c\n1;2\n3\n", "line 3 has 1 value, line 2 has 2"),
        ("1\t\t3\n4\t5\t6\n", "line 1, column 2: no number"),
        ("1;2\n;4\n", "line 2, column 1: no number"),
        ("1.234,5;2\n3;4\n", "line 1, column 1: '1.234,5' is not a number; others here have a decimal comma"),
        ("1 234,5;2\n3;4\n", "line 1, column 1: '1 234,5' is not a number"),
        ("1;NA\n2;3\n", "line 1, column 2: 'NA' is not a number; write nan where a value is missing"),
        ("1;1e999\n", "line 1, column 2: '1e999' is too large"),
        ('"1"2,3\n', "line 1, column 1: '\"1\"2' is not a number"),
        ('"1,2\n3,4\n', "line 1, column 1: '\"1' is not a number"),
        # What R and pandas write with names of rows must not become a column of numbers.
        ('"","V1"\n"1",5\n"2",6\n', "line 1 has no name for column 1, which may hold names of rows or numbers"),
        ('"V1" "V2"\n"1" 5 6\n"2" 7 8\n', "line 1 has no name for column 1"),
        (",0,1\n0,5,6\n1,7,8\n", "line 1 has no name for column 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_table(text).numbers()
    assert complaint in str(caught.value)
    assert len(str(caught.value)) < 160


def test_typed_faults_are_told_by_row_and_column() -> None:
    for text, complaint in (
        ("1,2;3", "row 2 has 1 value, row 1 has 2"),
        ("1,2;;3,4", "row 2, column 1 is empty"),
        ("1,2;3,x", "row 2, column 2: value 'x' is not a number"),
    ):
        with pytest.raises(ParameterError, match=complaint):
            read_table(text, typed=True).numbers("value ")


def test_many_lines_are_told_apart_by_what_comes_late() -> None:
    """The readings that are left after the first lines are tried on all of them."""
    decimal = "1,5 2,5\n" * 30 + "3 4,5\n"
    assert rows(decimal)[-1] == [3, 4.5]
    with pytest.raises(ParameterError, match="can be read as 31x4"):
        read_table("1,5 2,5\n" * 31)


@pytest.mark.parametrize(
    "text", ["1,2", " -1", "\u22121", ".5", "[1]", "(1;2)", "{1}", "3x3: 1", "array([1])", "k = 1"]
)
def test_numbers_that_are_typed_out_are_told_from_names(text: str) -> None:
    assert is_typed(text)


@pytest.mark.parametrize("text", ["k.csv", "sobel-x", "gaussian(2)", "", "nan.npy"])
def test_names_are_told_from_numbers(text: str) -> None:
    assert not is_typed(text)


finite = st.one_of(st.integers(-999, 999), st.integers(-9999, 9999).map(lambda n: n / 100))
values = st.one_of(finite, st.sampled_from([math.nan, math.inf, -math.inf]))


@st.composite
def conventions(draw: st.DrawFn) -> tuple[list[list[float]], str]:
    """A matrix, and its text as some program or other would write it."""
    height, width = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    matrix = [[draw(values) for _ in range(width)] for _ in range(height)]
    separator, comma = draw(
        st.sampled_from(
            [
                (",", False),
                (", ", False),
                (";", False),
                (";", True),
                ("\t", False),
                ("\t", True),
                (" ", False),
                ("  ", False),
            ]
        )
    )
    quote = draw(st.sampled_from(["", "", '"']))
    minus = draw(st.sampled_from(["-", "-", "\u2212", "\u2013"]))

    def cell(value: float) -> str:
        text = repr(value).replace("-", minus)
        return quote + (text.replace(".", ",") if comma else text) + quote

    lines = [separator.join(map(cell, row)) for row in matrix]
    if draw(st.booleans()):
        lines.insert(
            0,
            separator.strip(" ").join(f"{quote}name{n}{quote}" for n in range(width))
            if separator.strip(" ")
            else " ".join(f"n{n}" for n in range(width)),
        )
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), "# a comment, 1; 2\t3")
    if separator in (";", "\t") and draw(st.booleans()):
        lines = [line if line.startswith("#") else line + separator for line in lines]
    elif separator == ";" and draw(st.booleans()):
        lines.insert(0, "sep=;")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return matrix, end.join(lines) + draw(st.sampled_from(["", end, end + end]))


@given(conventions())
@settings(max_examples=300, deadline=None)
def test_what_other_programs_write_is_read_back(case: tuple[list[list[float]], str]) -> None:
    matrix, text = case
    found = rows(text)
    assert repr(found) == repr(matrix)
