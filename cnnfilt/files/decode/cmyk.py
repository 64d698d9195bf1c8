"""Print colours as sRGB."""

import io

import PIL.Image
from PIL import ImageCms

from cnnfilt.files.codec_errors import PILLOW_ERRORS

_PROFILE_ERRORS: tuple[type[Exception], ...] = (*PILLOW_ERRORS, ImageCms.PyCMSError)


def cmyk_to_rgb(image: PIL.Image.Image) -> tuple[PIL.Image.Image, str]:
    """Return a CMYK image as sRGB through its own profile, or else Pillow's plain way; and a note which."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            return _through_profile(image, profile), "CMYK, converted to sRGB through its own profile"
        except _PROFILE_ERRORS:
            return image.convert(
                "RGB"
            ), "CMYK with a damaged profile, converted to RGB without it: colours are approximate"
    return image.convert("RGB"), "CMYK without a profile, converted to RGB: colours are approximate"


def _through_profile(image: PIL.Image.Image, profile: bytes) -> PIL.Image.Image:
    # Relative colorimetric with black point compensation, as image editors do by default.
    converted = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None  # It is None only for work in place.
    return converted
