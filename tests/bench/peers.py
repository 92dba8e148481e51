"""How the peers are measured: in a Python of their own under `build/peers`, which `make peers` makes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.bench.measure import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puffin.data.bars import Bars

PYTHON = ROOT / "build/peers" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
MISSING = "the peers are not here: make peers"


def here() -> bool:
    """Whether they were installed."""
    return PYTHON.exists()


def one(name: str, bars: Bars, rounds: int) -> dict[str, Any]:
    """Let a peer run one backtest and return its seconds, trades and return."""
    return _asked("one", name, bars, str(rounds))


def sweep(name: str, bars: Bars, pairs: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Let a peer run one backtest for each pair of windows."""
    return _asked("sweep", name, bars, ",".join(f"{fast}:{slow}" for fast, slow in pairs))


def _asked(what: str, name: str, bars: Bars, extra: str) -> dict[str, Any]:
    columns = {each: getattr(bars, each) for each in ("time", "open", "high", "low", "close")}
    with tempfile.TemporaryDirectory() as folder:
        prices = Path(folder) / "prices.npz"
        np.savez(prices, volume=bars.volume, **columns)
        done = subprocess.run(
            [PYTHON, Path(__file__).with_name("peer.py"), what, name, prices, extra],
            check=True,
            capture_output=True,
            text=True,
        )
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
