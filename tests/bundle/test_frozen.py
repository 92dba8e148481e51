from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from puffling.commands.desk import PANEL_KEYS
from tests.desktop.conftest import PROGRAMS, READY, Display, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
BUILD_SECONDS = 1500
TOUR_SECONDS = 240
ASK_SECONDS = 120
MOST_MEGABYTES = 850

pytestmark = [pytest.mark.slow, pytest.mark.desktop, pytest.mark.timeout(BUILD_SECONDS + 600)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the bundle, and return the program in a copy of it in another folder."""
    folder = tmp_path_factory.mktemp("frozen")
    words = ["--noconfirm", "--log-level", "ERROR", "--distpath", str(folder / "dist")]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "PyInstaller",
            *words,
            "--workpath",
            str(folder / "work"),
            "puffling.spec",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(folder / "work")
    copy = folder / "somewhere else" / "puffling"
    shutil.move(folder / "dist" / "puffling", copy)
    return copy / "puffling"


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    missing = [each for each in PROGRAMS if shutil.which(each) is None]
    assert not missing, f"Install what these tests need: .ci/packages test ({', '.join(missing)})"
    display = Display(tmp_path, "1366x768")
    display.managed()
    yield display
    display.close()


def ask(
    program: Path, home: Path, *words: str, screen: str = "", seconds: float = ASK_SECONDS
) -> str:
    """Run the program with an environment that holds nothing but a home and a screen."""
    done = subprocess.run(
        [str(program), *words],
        cwd=home,
        env={"HOME": str(home)} | ({"DISPLAY": screen} if screen else {}),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_bundle_is_whole_and_not_larger_than_it_has_to_be(
    program: Path, tmp_path: Path, record_property: Callable[[str, object], None]
):
    files = [each for each in program.parent.rglob("*") if each.is_file() and not each.is_symlink()]
    size = sum(each.stat().st_size for each in files)
    record_property("megabytes", round(size / 1e6))
    assert size < MOST_MEGABYTES * 1e6
    found = ask(program, tmp_path, "doctor", "--libraries")
    assert "failed" not in found
    assert "can be loaded" in found


def test_the_tour_walks_through_the_frozen_program(program: Path, tmp_path: Path, display: Display):
    ask(
        program, tmp_path, "tour", str(tmp_path / "tour"), screen=display.name, seconds=TOUR_SECONDS
    )
    assert len(list((tmp_path / "tour").glob("*.png"))) > 10


def test_every_panel_opens_and_the_heavy_work_runs(
    program: Path,
    tmp_path: Path,
    display: Display,
    record_property: Callable[[str, object], None],
):
    kept = tmp_path / ".local/share/puffling"
    log = kept / "logs/puffling.log"
    begun = time.monotonic()
    desk = subprocess.Popen(
        [str(program)], env={"HOME": str(tmp_path), "DISPLAY": display.name}, cwd=tmp_path
    )
    try:
        until("The desk", lambda: display.window("Puffling"))
        record_property("first_window_seconds", round(time.monotonic() - begun, 2))
        # Before that nobody may hold the profile yet, and who asks would open it instead.
        until(
            "The panels",
            lambda: log.exists() and READY in log.read_text(errors="replace"),
            ASK_SECONDS,
        )
        for each in PANEL_KEYS:
            ask(program, tmp_path, "run", f"panel.{each}")
        ask(program, tmp_path, "run", "backtest.run", "strategy=momentum", "symbol=AAPL")
        ask(program, tmp_path, "run", "portfolio.allocate", "symbols=AAPL,IBM,MSFT")
        until(
            "What is compiled is kept", lambda: any(kept.glob("compiled/*/complete")), ASK_SECONDS
        )
        assert any(kept.glob("compiled/*/*/*.nbi"))
        assert not (tmp_path / ".cache" / "numba").exists()
    finally:
        desk.terminate()
        desk.wait(timeout=60)
    said = log.read_text()
    assert " ERROR " not in said, said[-9000:]
