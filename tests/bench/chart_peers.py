"""Other charts in the same run: finplot, and vnpy's, where `make peers` could install them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.bench.measure import ROOT, Row
from tests.bench.peers import PYTHON, here

PEERS = ("finplot", "vnpy")
COUNTS = (10_000, 100_000)
PATIENCE = 240  # seconds
_WORDS = {"first": "first paint", "frame": "pan or zoom p95", "tick": "tick to paint p95"}


def rows() -> list[Row]:
    """What each peer takes, or why it was not measured."""
    return [row for peer in PEERS for count in COUNTS for row in _of(peer, count)]


def _of(peer: str, count: int) -> list[Row]:
    name = f"{peer}, {count:,} candles"
    if not here():
        return [Row(name, "not measured: the peers are not here: make peers")]
    try:
        found = _asked(peer, count)
    except subprocess.TimeoutExpired:
        return [Row(name, f"did not finish in {PATIENCE} s")]
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no word"])[-1]
        return [Row(name, f"not measured: {last[:80]}")]
    return [Row(f"{name}, {_WORDS[what]}", f"{found[what]:,.1f} ms") for what in _WORDS]


def _asked(peer: str, count: int) -> dict[str, Any]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name("chart_peer.py"), peer, str(count)],
        check=True,
        cwd=ROOT / "build",
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
