"""The transfer curves in a colour profile, where it is a plain one: a curve a channel, and a matrix (ICC.1:2022)."""

import struct

import numpy as np
import numpy.typing as npt

from cnnfilt.core.light import Curve

_HEADER = 128
_MOST_TAGS = 100
_CURVES = {b"RGB ": (b"rTRC", b"gTRC", b"bTRC"), b"GRAY": (b"kTRC",)}
_TABLES = (b"A2B0", b"A2B1", b"A2B2", b"D2B0", b"D2B1", b"D2B2")
"""The tags of profiles that are tables of colours (8.3 to 8.5): these take precedence over curves."""


def curves_in(profile: bytes, *, gray: bool) -> tuple[Curve, ...] | None:
    """Return the curve of each channel, one if `gray`, three else; None where the profile has no such plain curves.

    One for colour serves gray pixels if its three curves are the same.
    """
    tags = _tags(profile)
    names = _CURVES.get(profile[16:20], ())
    if not names or any(name in tags for name in _TABLES) or (len(names) == 1 and not gray):
        return None
    found = [tags.get(name, b"") for name in names]
    if gray and len(set(found)) > 1:
        return None
    curves = tuple(_curve(data) for data in (found[:1] if gray else found))
    return None if None in curves else tuple(curve for curve in curves if curve is not None)


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """Return the content of each tag (7.3); of what is damaged, nothing."""
    if profile[36:40] != b"acsp" or len(profile) < _HEADER + 4:
        return {}
    (count,) = struct.unpack_from(">I", profile, _HEADER)
    places = (struct.unpack_from(">4sII", profile, _HEADER + 4 + 12 * n) for n in range(count) if n < _MOST_TAGS)
    if count > _MOST_TAGS or len(profile) < _HEADER + 4 + 12 * count:
        return {}
    return {name: profile[start : start + size] for name, start, size in places}


def _curve(data: bytes) -> Curve | None:
    """Return the curve of a tag of type curv (10.6) or para (10.18)."""
    if data[:4] == b"curv" and len(data) >= 12:
        (count,) = struct.unpack_from(">I", data, 8)
        if count > 65_536 or len(data) < 12 + 2 * count:
            return None
        return _of_entries(np.frombuffer(data, ">u2", count, 12).astype(np.float64))
    if data[:4] == b"para" and len(data) >= 12:
        (kind,) = struct.unpack_from(">H", data, 8)
        count = _PARAMETERS.get(kind, 0)
        if not count or len(data) < 12 + 4 * count:
            return None
        return _of_parameters(kind, [value / 65536 for value in struct.unpack_from(f">{count}i", data, 12)])
    return None


_PARAMETERS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}
"""How many parameters each kind of function has (table 68)."""


def _of_entries(entries: npt.NDArray[np.float64]) -> Curve:
    if len(entries) == 0:
        return lambda levels: levels
    if len(entries) == 1:
        return lambda levels: np.asarray(levels ** (entries[0] / 256))
    places = np.linspace(0, 1, len(entries))
    return lambda levels: np.interp(levels, places, entries / 65535)


def _of_parameters(kind: int, given: list[float]) -> Curve:
    """Return Y of X by table 68: (a X + b)^g + e from X = d on, c X + f below it."""
    g, a, b, c, d, e, f = given[0], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if kind in (1, 2):
        a, b = given[1:3]
        e = f = given[3] if kind == 2 else 0.0
        d = -b / a if a else np.inf
    elif kind in (3, 4):
        a, b, c, d = given[1:5]
        e, f = given[5:7] if kind == 4 else (0.0, 0.0)

    def light(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        power = np.maximum(a * levels + b, 0) ** g + e
        return np.asarray(np.where(levels >= d, power, c * levels + f))

    return light
