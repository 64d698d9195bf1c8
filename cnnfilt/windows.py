"""What is otherwise on Windows: how many processes there may be, names that no file has, and names of folders."""

import os
import re
import sys

ON_WINDOWS = sys.platform == "win32"

MOST_PROCESSES = 61
"""More than these Windows cannot wait for at once."""

_DEVICE = r"(?i:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])"
_REFUSED_SIGNS = r'[<>:"|?*\x00-\x1f]'


def ends_as_folder(text: str) -> bool:
    """Return whether a name ends as that of a folder does: in /, on Windows also in a backslash."""
    return text.endswith(("/", os.sep))


def refused_on_windows(name: str) -> str:
    """Return why Windows has no file of this name, "" where it may have: devices, and signs that it takes otherwise.

    Written to, con.png would be the console, and a:b.png a hidden part of the file a. The device itself may be meant.
    """
    if re.fullmatch(_DEVICE, name.partition(".")[0].rstrip()) and not re.fullmatch(_DEVICE, name):
        return "is the name of a device on Windows"
    if found := re.search(_REFUSED_SIGNS, name):
        return f"has a {found[0]!r}, which no name has on Windows"
    return "ends in a dot or a blank, which Windows takes off" if name != name.rstrip(". ") else ""
