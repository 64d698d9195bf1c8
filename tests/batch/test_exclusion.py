"""What --exclude leaves out: by the names of files and folders, or by the end of their paths."""

import pytest

from cnnfilt.batch.exclusion import Exclusion


@pytest.mark.parametrize(
    ("pattern", "path", "below", "matches"),
    [
        # A name, whatever it is in.
        ("a.png", "in/a.png", "a.png", True),
        ("a.png", "in/x/y/a.png", "x/y/a.png", True),
        ("a.png", "in/aa.png", "aa.png", False),
        ("a.png", "in/a.png.png", "a.png.png", False),
        ("*_small.*", "in/x/b_small.jpg", "x/b_small.jpg", True),
        ("*", "in/x/b.jpg", "x/b.jpg", True),
        ("?.png", "in/ab.png", "ab.png", False),
        ("[ab].png", "in/b.png", "b.png", True),
        ("[!ab].png", "in/b.png", "b.png", False),
        ("*.PNG", "in/b.png", "b.png", False),
        ("a\nb*", "in/a\nb.png", "a\nb.png", True),
        ("(a|b).png", "in/a.png", "a.png", False),
        ("\udcff*", "in/\udcff.png", "\udcff.png", True),
        # With a slash, the end of the path; a star stays in its folder.
        ("raw/*", "in/raw/a.png", "raw/a.png", True),
        ("raw/*", "in/x/raw/a.png", "x/raw/a.png", True),
        ("raw/*", "in/raw/x/a.png", "raw/x/a.png", False),
        ("raw/*", "in/draw/a.png", "draw/a.png", False),
        ("raw/**", "in/raw/x/y/a.png", "raw/x/y/a.png", True),
        ("raw/**/a.png", "in/raw/a.png", "raw/a.png", True),
        ("raw/**/a.png", "in/raw/x/y/a.png", "raw/x/y/a.png", True),
        ("**/a.png", "in/a.png", "a.png", True),
        ("./raw/*", "in/raw/a.png", "raw/a.png", True),
        # The folder that was named is no part of that end, but it may be written out.
        ("in/*", "/home/in/a.png", "a.png", False),
        ("in/*", "in/a.png", "a.png", True),
        ("in/*", "./in/a.png", "a.png", True),
        ("in/*", "in//a.png", "a.png", True),
        ("/home/in/raw/*", "/home/in/raw/a.png", "raw/a.png", True),
        ("/raw/*", "in/raw/a.png", "raw/a.png", False),
    ],
)
def test_what_a_pattern_matches(pattern: str, path: str, below: str, matches: bool) -> None:
    assert Exclusion((pattern,)).leaves_out(path, below) is matches


def test_a_slash_at_the_end_means_folders() -> None:
    exclusion = Exclusion(("thumbs/",))
    assert exclusion.leaves_out("in/thumbs", "thumbs", is_folder=True)
    assert not exclusion.leaves_out("in/thumbs", "thumbs", is_folder=False)
    assert Exclusion(("thumbs",)).leaves_out("in/thumbs", "thumbs", is_folder=True)


def test_what_is_left_out_is_counted_and_a_pattern_without_a_match_is_named() -> None:
    exclusion = Exclusion(("*.bmp", "thumbs", "*.gfi"))
    assert exclusion.found == 0
    assert exclusion.report() == tuple(
        f"--exclude {name} matches nothing" for name in ("'*.bmp'", "'thumbs'", "'*.gfi'")
    )
    for name in ("a.bmp", "b.bmp", "a.png"):
        exclusion.leaves_out(f"in/{name}", name)
    assert exclusion.report()[0] == "--exclude leaves out 2 files"
    exclusion.leaves_out("in/thumbs", "thumbs", is_folder=True)
    assert exclusion.found == 3
    assert exclusion.report() == ("--exclude leaves out 2 files and 1 folder", "--exclude '*.gfi' matches nothing")


def test_the_first_pattern_does_not_hide_the_matches_of_the_next() -> None:
    exclusion = Exclusion(("*.png", "a.*"))
    exclusion.leaves_out("in/a.png", "a.png")
    assert exclusion.report() == ("--exclude leaves out 1 file",)


def test_without_patterns_nothing_is_left_out_or_said() -> None:
    exclusion = Exclusion()
    assert not exclusion.leaves_out("in/a.png", "a.png")
    assert exclusion.report() == ()


def test_long_names_and_many_stars_are_answered_at_once() -> None:
    """A pattern of many stars takes no time that grows with every star."""
    assert not Exclusion(("*a" * 20 + "b",)).leaves_out("a" * 250, "a" * 250)
    assert not Exclusion(("**/a/" * 10 + "b",)).leaves_out("a/" * 60 + "c", "a/" * 60 + "c")
