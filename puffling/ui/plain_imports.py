"""Imports stay as quick as Python's own: a hook that PySide6 puts in front of them is taken off.

It is there for `from __feature__ import …`, which nobody here writes. For that it reads the source
of every module that is imported, and keeps it: 27 MB and a fifth of what the start takes, and
what is imported within a function, again and again, costs twice as much.
https://github.com/napari/napari/issues/8584
"""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401 - puts the hook in place


def restore() -> None:
    """Let `import` do what it did before."""
    plain = vars(builtins).get("__orig_import__")
    if plain is not None:
        vars(builtins)["__import__"] = plain
