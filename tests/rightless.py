"""A process without the rights of root, who may write everywhere: for tests of folders that may not be written to."""

import atexit
import os

_NOBODY = 65534


def drop_rights() -> None:
    """Be nobody from here on, where this process is root's, until it ends; what it needs is imported before."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setresuid(_NOBODY, _NOBODY, 0)
        # What has been measured of it is written last of all, to where only root may.
        atexit.register(os.seteuid, 0)
