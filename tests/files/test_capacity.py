"""What a format can hold passes; what it cannot is refused with a way out."""

import pytest

from cnnfilt.errors import OutputError
from cnnfilt.files.capacity import check_holds


@pytest.mark.parametrize(
    ("format", "result", "advice"),
    [
        ("jpeg", {"channels": 3, "sample": "uint8", "alpha": True}, "--background"),
        ("bmp", {"channels": 1, "sample": "uint8", "alpha": True}, "--alpha drop"),
        ("csv", {"channels": 1, "sample": "uint8", "alpha": True}, "--alpha drop"),
        ("csv", {"channels": 3, "sample": "uint8"}, "npy"),
        ("pgm", {"channels": 3, "sample": "uint8"}, "--gray"),
        ("png", {"channels": 2, "sample": "uint8"}, "1 or 3 channels"),
        ("png", {"channels": 1, "sample": "float32"}, "--value-range"),
        ("png", {"channels": 1, "sample": "int64"}, "--values"),
        ("webp", {"channels": 3, "sample": "float32"}, "--values"),
        ("tiff", {"channels": 1, "sample": "int64"}, "--values"),
        ("tiff", {"channels": 1, "sample": "float32", "alpha": True}, "--alpha drop"),
        ("gif", {"channels": 1, "sample": "uint8"}, "png"),
        ("webp", {"channels": 1, "sample": "uint8", "size": (16_384, 1)}, "16,383"),
        ("jpeg", {"channels": 1, "sample": "uint8", "size": (1, 70_000)}, "65,500"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_with_a_way_out(
    format: str, result: dict[str, object], advice: str
) -> None:
    with pytest.raises(OutputError) as caught:
        check_holds(format, **result)  # type: ignore[arg-type]
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("format", "result"),
    [
        ("png", {"channels": 3, "sample": "uint8", "alpha": True}),
        ("jpeg", {"channels": 1, "sample": "uint16"}),
        ("tiff", {"channels": 1, "sample": "float64"}),
        ("tiff", {"channels": 3, "sample": "float32"}),
        ("tiff", {"channels": 1, "sample": "int32"}),
        ("ppm", {"channels": 3, "sample": "uint16"}),
        ("npy", {"channels": 7, "sample": "int64"}),
    ],
)
def test_what_a_format_can_hold_passes(format: str, result: dict[str, object]) -> None:
    check_holds(format, **result)  # type: ignore[arg-type]
