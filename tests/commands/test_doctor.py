from __future__ import annotations

import socket

import pytest

from puffling.commands import doctor
from puffling.commands.doctor import Health
from puffling.core.clock import SystemClock
from puffling.core.paths import Paths
from puffling.store.migrations import NEWEST
from puffling.store.opening import open_storage
from puffling.ui.shell.doctor import fonts_finding


@pytest.fixture
def profile(paths):
    open_storage(paths, SystemClock()).close()
    return paths


def test_a_fresh_computer_is_told_that_nothing_is_wrong(paths):
    assert doctor.platform_finding().health is Health.GOOD
    assert doctor.database_finding(paths).text.startswith("None yet")
    assert doctor.folder_finding(paths).health is Health.GOOD


def test_a_sound_database_says_its_revision(profile):
    found = doctor.database_finding(profile)
    assert found.health is Health.GOOD
    assert f"revision {NEWEST}" in found.text


@pytest.mark.parametrize("content", [b"", b"no database at all" * 300])
def test_a_database_that_is_none_is_said_to_be_damaged(profile, content):
    profile.database.write_bytes(content)
    found = doctor.database_finding(profile)
    assert found.health is Health.BAD
    assert found.hint


def test_a_vanished_database_is_noticed(profile):
    profile.database.unlink()
    assert doctor.database_finding(profile).health is Health.BAD


def test_a_folder_that_cannot_be_written_is_told_with_the_reason(tmp_path):
    file = tmp_path / "file"
    file.write_text("not a folder")
    found = doctor.folder_finding(Paths(file / "profile"))
    assert found.health is Health.BAD
    assert "cannot be written (Not a directory)" in found.text
    assert "--data-dir" in found.hint


def test_without_time_zones_it_says_what_to_install(monkeypatch):
    assert doctor.zones_finding().health is Health.GOOD
    monkeypatch.setattr(doctor, "EXCHANGE_ZONE", "America/Nowhere")
    found = doctor.zones_finding()
    assert found.health is Health.BAD
    assert "tzdata" in found.hint


def test_without_a_font_it_says_what_to_install():
    assert fonts_finding(["DejaVu Sans"]).health is Health.GOOD
    found = fonts_finding([])
    assert found.health is Health.BAD
    assert "fonts-dejavu-core" in found.hint


def test_without_a_display_it_says_what_still_works(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    found = doctor.display_finding()
    assert found.health is Health.POOR
    assert "terminal commands work" in found.text
    monkeypatch.setenv("DISPLAY", ":5")
    assert doctor.display_finding().health is Health.GOOD


def test_without_a_network_it_says_what_needs_none(monkeypatch):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))  # taken, and nobody listens
        monkeypatch.setattr(doctor, "MARKET", mute.getsockname())
        found = doctor.network_finding()
    assert found.health is Health.POOR
    assert "need no network" in found.hint


def test_a_network_that_answers_is_good(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(doctor, "MARKET", server.getsockname())
        assert doctor.network_finding().health is Health.GOOD


def test_the_report_has_a_line_for_each_finding_and_its_hint():
    report = doctor.report(
        [
            doctor.Finding("Tray", Health.POOR, "There is none.", "Use the window."),
            doctor.Finding("Disk", Health.GOOD, "Plenty."),
        ]
    ).splitlines()
    assert len(report) == 3
    assert report[0].split()[:2] == ["limited", "Tray"]
    assert report[1].strip() == "Use the window."


def test_a_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(doctor, "LATE", ("json", "not_there_at_all"))
    found = doctor.libraries_finding()
    assert found.health is doctor.Health.BAD
    assert "not_there_at_all" in found.text
    assert "json" not in found.text
    monkeypatch.setattr(doctor, "LATE", ("json",))
    assert doctor.libraries_finding().health is doctor.Health.GOOD
