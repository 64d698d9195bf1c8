"""Files that hold the layers of a network: what they may be, and what is said of those that are none."""

import pytest

from cnnfilt.errors import ParameterError
from cnnfilt.files.chain_files import MOST_BYTES, words_in_file


def test_text_as_other_programs_write_it(tmp_path):
    for number, data in enumerate((b"relu\n", "\ufeffrelu\n".encode(), "relu\n".encode("utf-16"))):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(data)
        assert words_in_file(str(path)) == "relu\n"


def test_what_is_no_text_is_refused_with_its_name(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\r")
    (tmp_path / "long.txt").write_bytes(b"relu " * (MOST_BYTES // 5 + 1))
    for name, message in {
        "none.txt": "none.txt: no such file",
        "a.png": "a.png: not text",
        "long.txt": "long.txt has more than 1,000,000 bytes",
        ".": "is a folder",
    }.items():
        with pytest.raises(ParameterError, match=f"the file of layers .*{message}") as refused:
            words_in_file(str(tmp_path / name))
        assert "\n" not in str(refused.value)
