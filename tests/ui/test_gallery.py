"""The real window at 1366 × 768 on screens of every density: nothing is cut, icons are crisp."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # a process for each factor, each with a trade and a backtest

PATIENCE = 300


@pytest.mark.parametrize(
    ("scale", "looks"),
    [
        ("1", "dark/compact,light/comfortable,high contrast/comfortable"),
        ("1.5", "light/compact"),
        ("2", "dark/comfortable"),
        ("3", "high contrast/compact"),
    ],
)
def test_no_words_are_cut_and_no_icon_is_blurred(tmp_path, scale, looks):
    command = (sys.executable, "-m", "tests.ui.gallery", str(tmp_path))
    done = subprocess.run(
        [*command, "--scale", scale, "--looks", looks],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(tmp_path.glob("1366x768_*.png"))) == 6 * len(looks.split(","))
