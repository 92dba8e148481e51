"""Keeps the program small: threads share the places that memory is taken from."""

from __future__ import annotations

import ctypes
import logging
import sys

log = logging.getLogger(__name__)

ARENAS = 2  # one for the window's thread, one for all that work beside it
_M_ARENA_MAX = -8  # from malloc.h


def share_arenas() -> bool:
    """Let threads share two arenas; whether this computer's C library knows of such a thing.

    The GNU library gives each new thread an arena of its own, eight for each core. A dozen
    threads that read a little now and then keep what they freed: 3 MB at the start, more with
    each hour. Python lets one of them run at a time, so two arenas are not waited for. It has to
    be said before the first thread.
    """
    if sys.platform != "linux":
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
    except (OSError, AttributeError):
        log.info("This C library has no arenas to share")
        return False
