"""A real display for tests: Xvfb, a window manager, a tray, a session bus; each test its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage

from puffling.core.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
TRAY_SECONDS = 8.0  # in which one that does not hang is there
INSTALL = ".ci/packages test"
PROGRAMS = ("Xvfb", "openbox", "xdotool", "import", "trayer", "dunst", "dbus-run-session", "xprop")


def until(what: str, true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for another process to get somewhere; it can only be looked at."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)


class Display:
    """An X server of its own, and what runs on it."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder = folder
        self._running: list[tuple[str, subprocess.Popen[str]]] = []
        read, write = os.pipe()
        words = ("Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", f"{size}x24")
        # Without -noreset the server starts anew under a window manager that is just coming up.
        self.run(*words, pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = f":{pipe.readline().strip()}"
        self.environment = {
            **{key: each for key, each in os.environ.items() if key not in _OWN},
            "DISPLAY": self.name,
            "QT_QPA_PLATFORM": "xcb",
            "XDG_RUNTIME_DIR": str(folder),
        }

    def run(
        self, *command: str, pass_fds: tuple[int, ...] = (), **more: str
    ) -> subprocess.Popen[str]:
        """Start a program on this display; it ends with the test."""
        log = (self.folder / f"{Path(command[0]).name}.log").open("a")
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**getattr(self, "environment", os.environ), **more},
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
            text=True,
        )
        log.close()
        self._running.append((Path(command[0]).name, process))
        return process

    def python(self, code: str, **more: str) -> str:
        """Run `code` on this display and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tool(self, *words: str) -> str:
        """Run xdotool and return what it said."""
        done = subprocess.run(
            ["xdotool", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout.strip()

    def window(self, name: str) -> str:
        """Return the visible window with this title; empty if there is none."""
        found = self.tool("search", "--onlyvisible", "--name", name).split()
        return found[-1] if found else ""

    def press(self, keys: str, title: str = "Puffling") -> None:
        """Press keys as soon as the window manager has given a window the keyboard."""
        until("The focus", lambda: title in self.tool("getactivewindow", "getwindowname"))
        self.tool("key", keys)

    def managed(self) -> None:
        """Start a window manager."""
        self.run("openbox")
        until("The window manager", lambda: "_NET_SUPPORTING_WM_CHECK" in self._root())

    def tray(self) -> None:
        """Start a system tray; one that dies or hangs while it comes up is started anew.

        It dies under a window manager that is just coming up, and hangs now and then while its
        toolkit looks for a service of assistive programs, which it is told to leave alone.
        """
        words = ("trayer", "--edge", "top", "--align", "right", "--width", "10", "--height", "24")

        def begin() -> tuple[subprocess.Popen[str], float]:
            return self.run(*words, NO_AT_BRIDGE="1", GTK_A11Y="none"), time.monotonic()

        trayer, begun = begin()

        def is_there() -> str:
            nonlocal trayer, begun
            if trayer.poll() is None and time.monotonic() - begun > TRAY_SECONDS:
                trayer.kill()
                trayer.wait()
            if trayer.poll() is not None:
                trayer, begun = begin()
            return self.window("panel")

        until("The tray", is_there)

    def bus(self, *, services: bool = True) -> None:
        """Start a session bus; without `services` it starts nobody who could answer."""
        address = self.folder / "bus"
        words = ["dbus-daemon", "--nofork", f"--address=unix:path={address}"]
        if services:
            words.append("--session")
        else:
            config = self.folder / "bus.conf"
            config.write_text(_BARE_BUS)
            words.append(f"--config-file={config}")
        self.run(*words)
        until("The session bus", address.exists)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={address}"

    def stop(self, program: str) -> None:
        """End one program that was started here."""
        for name, each in self._running:
            if name == program:
                each.terminate()
                each.wait(10)

    def colours(self) -> int:
        """Return how many colours are on the screen; an empty one has one."""
        path = self.folder / "screen.png"
        subprocess.run(
            ["import", "-window", "root", str(path)],
            env=self.environment,
            timeout=PATIENCE,
            check=True,
        )
        image = QImage(str(path))
        across, down = range(0, image.width(), 9), range(0, image.height(), 9)
        return len({image.pixel(x, y) for x in across for y in down})

    def desk(self, profile: Paths) -> subprocess.Popen[str]:
        """Open Puffling on a profile and wait until its panels are there."""
        process = self.run(sys.executable, "-m", "puffling", "--data-dir", str(profile.root))
        log = profile.logs / "puffling.log"
        before = log.read_text().count(READY) if log.exists() else 0

        def ready() -> bool:
            said = [self.folder / f"{Path(sys.executable).name}.log", *profile.logs.iterdir()]
            assert process.poll() is None, "".join(each.read_text()[-9000:] for each in said)
            return log.exists() and log.read_text(errors="replace").count(READY) > before

        until("The desk opens", ready)
        return process

    def close(self) -> None:
        """End everything that was started here, the server last."""
        for _, each in reversed(self._running):
            if each.poll() is None:
                each.send_signal(signal.SIGTERM)
            try:
                each.wait(10)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()

    def _root(self) -> str:
        return subprocess.run(
            ["xprop", "-root"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        ).stdout


_BARE_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
  </policy>
</busconfig>
"""
READY = "Panels in place"
_OWN = {"DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"}


@pytest.fixture(autouse=True)
def programs() -> None:
    """Fail, not skip, where something is missing: a check that does not run checks nothing."""
    missing = [each for each in PROGRAMS if shutil.which(each) is None]
    if missing:
        pytest.fail(f"Missing: {', '.join(missing)}. Install what these tests need: {INSTALL}")


@pytest.fixture
def display(tmp_path: Path, programs: None) -> Iterator[Display]:
    made = Display(tmp_path, "1366x768")
    yield made
    made.close()


@pytest.fixture
def profile(tmp_path: Path) -> Paths:
    """A profile that has been welcomed before."""
    paths = Paths(tmp_path / "profile")
    paths.make()
    paths.settings.write_text('{"version": 1, "general": {"welcomed": true}}')
    return paths
