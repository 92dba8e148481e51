"""Puffling as a person starts it: a window, a window manager, keys, a tray or none."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from tests.desktop.conftest import ROOT, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(600)]


def ended(process: subprocess.Popen[str]) -> int:
    return process.wait(90)


def ask(display, profile, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "puffling", "--data-dir", str(profile.root), "run", *words],
        cwd=ROOT,
        env=display.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_window_opens_takes_keys_and_ends(display, profile):
    display.managed()
    process = display.desk(profile)
    until("The window", lambda: display.window("Puffling · Trade · DEMO"))
    assert display.colours() > 20
    display.press("ctrl+4")
    until("The quant layout", lambda: display.window("Puffling · Quant · DEMO"))
    display.press("ctrl+alt+k")
    until("The halted title", lambda: display.window("HALTED · Puffling · Quant · DEMO"))
    display.press("ctrl+q")
    assert ended(process) == 0
    assert "Crash" not in (profile.logs / "puffling.log").read_text()


def test_what_was_on_the_screen_is_there_after_a_kill(display, profile):
    display.managed()
    process = display.desk(profile)
    display.press("ctrl+4")
    until("The quant layout", lambda: display.window("Puffling · Quant · DEMO"))
    kept = profile.layouts / "current.json"
    until(
        "The layout is kept",
        lambda: kept.exists() and json.loads(kept.read_text())["name"] == "Quant",
    )
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = display.desk(profile)
    until("The quant layout is back", lambda: display.window("Puffling · Quant · DEMO"))
    display.press("ctrl+q")
    assert ended(again) == 0


def test_the_window_manager_closes_the_window(display, profile):
    display.managed()
    process = display.desk(profile)
    until("The window", lambda: display.window("Puffling"))
    display.press("alt+F4")
    assert ended(process) == 0


def test_without_a_tray_closing_ends_even_if_the_tray_is_wanted(display, profile):
    profile.settings.write_text(
        '{"version": 1, "general": {"welcomed": true, "close_to_tray": true}}'
    )
    display.managed()
    process = display.desk(profile)
    until("The window", lambda: display.window("Puffling"))
    display.press("alt+F4")
    assert ended(process) == 0


def test_with_a_tray_closing_hides_and_a_request_brings_the_window_back(display, profile):
    profile.settings.write_text(
        '{"version": 1, "general": {"welcomed": true, "close_to_tray": true}}'
    )
    display.managed()
    display.tray()
    process = display.desk(profile)
    until("The window", lambda: display.window("Puffling"))
    display.press("alt+F4")
    until("The window hides", lambda: not display.window("Puffling"))
    assert process.poll() is None
    ask(display, profile, "desk.show")
    until("The window is back", lambda: display.window("Puffling"))
    display.press("ctrl+q")
    assert ended(process) == 0


def test_a_tray_that_goes_brings_the_hidden_window_back(display, profile):
    profile.settings.write_text(
        '{"version": 1, "general": {"welcomed": true, "close_to_tray": true}}'
    )
    display.managed()
    display.tray()
    process = display.desk(profile)
    until("The window", lambda: display.window("Puffling"))
    display.press("alt+F4")
    until("The window hides", lambda: not display.window("Puffling"))
    display.stop("trayer")
    until("The window is back", lambda: display.window("Puffling"))
    display.press("ctrl+q")
    assert ended(process) == 0


def test_a_second_window_on_the_profile_is_a_message_and_nothing_else(display, profile):
    display.managed()
    first = display.desk(profile)
    second = display.run(sys.executable, "-m", "puffling", "--data-dir", str(profile.root))
    until("The message", lambda: display.window("Puffling is already open"))
    display.tool("key", "--window", display.window("Puffling is already open"), "Escape")
    assert ended(second) == 2
    assert first.poll() is None
