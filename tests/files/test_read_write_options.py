"""What files are read and written with is refused when it is asked for, not when a file has been read."""

import pytest

from cnnfilt.errors import ParameterError
from cnnfilt.files.read_write_options import WriteOptions


@pytest.mark.parametrize("quality", [0, 101, -5])
def test_a_quality_out_of_range_is_refused(quality: int) -> None:
    with pytest.raises(ParameterError, match="from 1 to 100"):
        WriteOptions(quality=quality)


@pytest.mark.parametrize("quality", [None, 1, 100])
def test_others_are_not(quality: int | None) -> None:
    assert WriteOptions(quality=quality).quality == quality
