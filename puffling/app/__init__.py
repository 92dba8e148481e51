"""The app as a whole: the one package that knows every part. It needs no window."""

from __future__ import annotations

from puffling.app.assembly import build
from puffling.app.running import App
from puffling.app.terminal import halt, run_command

__all__ = ["App", "build", "halt", "run_command"]
