"""The frames of an animation as its file stores them: each an image, and how it is drawn on the canvas. No NumPy."""

from typing import Literal

from cnnfilt.frozen import Frozen

Disposal = Literal["none", "background", "previous"]
"""What becomes of a frame's place after its time: it stays, it is cleared to transparent, or it is taken back."""

Blend = Literal["over", "source"]
"""Whether a frame is laid over what is there by its alpha, or replaces it, alpha and all."""


class StoredFrame(Frozen):
    """One frame: `file` is a whole file of the animation's format that holds this frame alone, at its own size."""

    file: bytes
    top: int
    left: int
    milliseconds: float = 0.0
    disposal: Disposal = "none"
    blend: Blend = "over"


class StoredFrames(Frozen):
    """The size of the canvas and the frames, in the order they are shown."""

    height: int
    width: int
    frames: tuple[StoredFrame, ...]
