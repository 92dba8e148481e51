from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from puffin.meter import Reading
from puffling.core.events import (
    ConnectionChanged,
    FeedState,
    JobChanged,
    JobState,
    Level,
    NoticePosted,
)
from puffling.core.log import tail
from puffling.store.opening import backups
from puffling.store.restoring import read_note
from puffling.ui.panels.activity.connections import CONNECTIONS
from puffling.ui.panels.activity.log_tail import of_level
from puffling.ui.panels.activity.storage import usage_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.panels.conftest import Room

LINES = [
    "2026-01-05 15:00:00,000 INFO    MainThread puffling.app: started",
    "2026-01-05 15:00:01,000 WARNING MainThread puffling.work: slow",
    "2026-01-05 15:00:02,000 ERROR   MainThread puffling.store: broken",
    "Traceback (most recent call last):",
    "2026-01-05 15:00:03,000 DEBUG   MainThread puffling.ui: painted",
]


def post(room: Room, title: str, panel: str = "portfolio") -> None:
    room.context.bus.publish(NoticePosted(Level.WARNING, title, "More.", panel=panel))


def press(view, key) -> None:
    view.setFocus()
    QTest.keyClick(view, key)


def shown(panel, name: str, column: str) -> str:
    """Return what a cell of the connections says."""
    row = panel.connections.model.get(name)
    return next(each for each in CONNECTIONS if each.id == column).text(row)


def words(panel, name: str):
    return panel.connections.model.get(name).word


def test_a_job_is_listed_while_it_runs_and_after(room: Room, clock):
    panel = room.open("activity")
    begun = clock.now()
    job = JobChanged("1", "Backtest", JobState.RUNNING, 0.4, "", begun)
    room.context.bus.publish(job)
    row = panel.jobs.model.get("1")
    assert (row.state, row.progress) == (JobState.RUNNING, 0.4)
    assert panel.jobs.words.text() == "1 running, 1 in all"
    clock.pass_(5)
    panel.jobs._tick()
    assert panel.jobs.model.get("1").seconds == 5
    ended = JobChanged("1", "Backtest", JobState.DONE, 1.0, "", begun, clock.now())
    room.context.bus.publish(ended)
    assert panel.jobs.model.get("1").state is JobState.DONE
    assert not panel.jobs.timer.isActive()


def test_del_cancels_a_running_job(room: Room):
    panel = room.open("activity")
    stopped = []

    def work(progress):
        while True:
            progress(0.1)

    task = room.parts.runner.spawn(room.context.jobs.run("Endless", work))
    task.add_done_callback(stopped.append)
    room.until(lambda: len(panel.jobs.model))
    id_ = panel.jobs.model.keys[0]
    panel.jobs.view.choose(id_)
    assert panel.jobs.cancel_button.isEnabled()
    press(panel.jobs.view, Qt.Key.Key_Delete)
    room.settle()
    assert stopped
    assert panel.jobs.model.get(id_).state is JobState.CANCELLED
    assert not panel.jobs.cancel_button.isEnabled()


def test_jobs_of_before_are_listed(room: Room, clock):
    clock.pass_(1)  # backups are named by their time, and one is made at the start
    room.run("backup.now")
    panel = room.open("activity")
    assert [each.title for each in panel.jobs.model.records] == ["Backup"]


def test_notices_are_kept_counted_and_marked_read(room: Room, desk):
    panel = room.open("activity")
    post(room, "First")
    post(room, "Second", panel="automation")
    room.settle()
    assert panel.tabs.tabText(1) == "Notifications (2)"
    assert [each.title for each in panel.notifications.model.records] == ["Second", "First"]
    panel.show_tab("notifications")
    panel.notifications.view.selectRow(0)
    press(panel.notifications.view, Qt.Key.Key_Return)
    room.settle()
    assert desk.done == [("open_panel", "automation")]
    assert panel.tabs.tabText(1) == "Notifications (1)"
    panel.notifications.read_button.click()
    room.settle()
    assert panel.tabs.tabText(1) == "Notifications"
    assert not panel.notifications.read_button.isEnabled()


def test_a_notice_without_a_panel_has_none_to_open(room: Room, desk):
    panel = room.open("activity")
    post(room, "Nowhere", panel="")
    room.settle()
    panel.notifications.view.selectRow(0)
    assert not panel.notifications.open_button.isEnabled()
    assert panel.notifications.details.text() == "More."
    panel.notifications.open_current()
    room.settle()
    assert desk.done == []
    assert panel.notifications.unread == 0


def test_connections_are_known_even_if_they_were_announced_before(room: Room):
    panel = room.open("activity")
    panel.show_tab("connections")
    room.settle()
    assert (words(panel, "data"), words(panel, "broker")) == ("live", "live")
    assert panel.connections.model.get("data").provider == room.context.demo.replay.name
    assert words(panel, "Your files") == "not in use"


def test_a_broken_connection_says_why_and_when_it_tries_again(room: Room, clock):
    again = clock.now() + timedelta(seconds=8)
    room.context.bus.publish(
        ConnectionChanged("data", "Feed", FeedState.BROKEN, "The line dropped.", again)
    )
    panel = room.open("activity")
    row = panel.connections.model.get("data")
    assert (row.word, row.text, row.retry_in) == ("broken", "The line dropped.", 8)
    clock.pass_(5)
    room.context.bus.publish(ConnectionChanged("data", "Feed", FeedState.LIVE))
    assert shown(panel, "data", "error") == "5 s ago: The line dropped."
    assert shown(panel, "data", "retry") == "—"


def test_what_was_asked_outside_shows_how_long_it_took_and_why_it_rests(room: Room, world):
    world.answers = {
        "paper.example.com": Reading(0.08, 0.1, 7, 1, "Too many.", 61.0, failing=True, pause=12.0),
        "data.example.com": Reading(),
    }
    panel = room.open("activity")
    name = "asked paper.example.com"
    assert words(panel, name) == "paused"
    assert shown(panel, name, "latency") == "80 ms / 100 ms"
    assert shown(panel, name, "error") == "1 min ago: Too many."
    assert shown(panel, name, "retry") == "in 12 s"
    assert words(panel, "asked data.example.com") == "not asked"
    for column in ("latency", "error", "retry", "age"):
        assert shown(panel, "asked data.example.com", column) == "—"
    assert shown(panel, "data", "latency") == "—"
    assert shown(panel, "data", "symbols") == "5"


def test_audit_shows_who_did_what(room: Room):
    panel = room.open("activity")
    panel.show_tab("audit")
    room.run("risk.halt", reason="lunch")
    room.settle()
    entry = panel.audit.model.records[0]
    assert (entry.action, entry.details["reason"]) == ("risk.halt", "lunch")


def test_audit_is_found_by_what_it_was_about_and_by_words(room: Room):
    panel = room.open("activity")
    panel.show_tab("audit")
    room.run("risk.halt", reason="lunch")
    room.run("settings.change", section="trading", name="duplicate_seconds", value="3")
    room.until(lambda: len(panel.audit.model) >= 2)
    shown = panel.audit
    shown.kind.setCurrentText("Kill switch")
    assert [each.action for each in shown.model.records] == ["risk.halt"]
    assert shown.words.text().startswith("1 of ")
    shown.kind.setCurrentText("Everything")
    shown.search.setText("Duplicate trading")
    assert [each.action for each in shown.model.records] == ["settings.change"]
    shown.search.setText("nobody")
    assert len(shown.model) == 0
    assert shown.view._empty.startswith("Nothing that was written down fits")


def test_keys_are_listed_and_tried_out(room: Room, keyring, world):
    keyring.give("alpaca paper")
    panel = room.open("activity")
    panel.show_tab("connections")
    shown = panel.connections
    room.until(lambda: shown.model.get("alpaca paper"))
    assert shown.model.get("alpaca live").word == "no keys"
    shown.view.choose("alpaca live")
    assert not shown.test_button.isEnabled()
    shown.view.choose("alpaca paper")
    assert shown.model.get("alpaca paper").word == "not tried"
    shown.test_button.click()
    room.until(lambda: shown.model.get("alpaca paper").word == "works")
    assert "50,000.00 USD" in shown.model.get("alpaca paper").text
    world.opens.clear()
    shown.view.choose("alpaca paper")
    shown.test_button.click()
    room.until(lambda: shown.model.get("alpaca paper").word == "refused")


def test_back_up_now_adds_a_backup(room: Room):
    room.until(lambda: backups(room.context.paths))  # one is made at the start, in a thread
    panel = room.open("activity")
    panel.show_tab("storage")
    room.settle()
    before = sum(each.is_backup for each in panel.storage.model.records)
    panel.storage.backup_button.click()
    room.settle()
    assert sum(each.is_backup for each in panel.storage.model.records) == before + 1
    assert panel.storage.model.get("puffling.db").size > 0
    assert "free on the disk" in panel.storage.words.text()


def test_a_backup_is_checked_and_then_put_back_at_the_next_start(room: Room, desk):
    room.until(lambda: backups(room.context.paths))
    panel = room.open("activity")
    panel.show_tab("storage")
    room.settle()
    shown, name = panel.storage, backups(room.context.paths)[0].name
    shown.view.choose("puffling.db")
    assert not shown.restore_button.isEnabled()
    shown.view.choose(name)
    press(shown.view, Qt.Key.Key_Return)
    room.settle()
    assert shown.model.get(name).what.startswith("Sound: ")
    room.run("watchlist.create", name="Later")
    desk.types_the_word = False
    shown.restore_button.click()
    room.settle()
    assert read_note(room.context.paths) is None
    desk.types_the_word = True
    shown.restore_button.click()
    room.settle()
    note = read_note(room.context.paths)
    assert note is not None
    assert note.backup == name
    assert desk.done[-1] == ("restart",)


def test_a_backup_that_is_no_use_says_so_beside_it(room: Room):
    room.until(lambda: backups(room.context.paths))
    copy = backups(room.context.paths)[0]
    copy.write_bytes(b"rubbish")
    panel = room.open("activity")
    panel.show_tab("storage")
    room.settle()
    panel.storage.view.choose(copy.name)
    panel.storage.verify_button.click()
    room.settle()
    assert "is not a Puffling database" in panel.storage.model.get(copy.name).what


def test_a_file_that_is_not_there_has_no_time(paths):
    paths.make()
    kept = {each.name: each for each in usage_of(paths).kept}
    assert (kept["market.db"].size, kept["market.db"].changed_at) == (0, None)


@pytest.mark.parametrize(
    ("least", "count"), [(logging.DEBUG, 5), (logging.INFO, 4), (logging.WARNING, 3), (40, 2)]
)
def test_a_level_keeps_its_lines_and_their_tracebacks(least: int, count: int):
    assert len(of_level(LINES, least)) == count


def test_the_tail_of_a_long_log_begins_with_a_whole_line(tmp_path: Path):
    path = tmp_path / "puffling.log"
    path.write_text("\n".join(f"line {at} {'x' * 100}" for at in range(5_000)))
    lines = tail(path)
    assert lines[-1].startswith("line 4999 ")
    assert len(lines) <= 1_000
    assert all(each.startswith("line ") for each in lines)


def test_no_log_is_no_lines(tmp_path: Path):
    assert tail(tmp_path / "none.log") == []


def test_the_log_can_be_filtered_and_copied(room: Room):
    (room.context.paths.logs / "puffling.log").write_text("\n".join(LINES))
    panel = room.open("activity")
    panel.show_tab("log")
    room.settle()
    assert panel.log.words.text() == "4 lines"
    panel.log.level.setCurrentIndex(3)
    panel.log.copy_button.click()
    assert QGuiApplication.clipboard().text() == "\n".join(LINES[2:4])


@pytest.mark.parametrize("tab", ["jobs", "notifications", "connections", "audit", "storage", "log"])
def test_the_tab_in_front_is_remembered(room: Room, tab: str):
    panel = room.open("activity")
    panel.show_tab(tab)
    again = room.open("activity")
    again.restore(panel.state())
    assert again.tab == tab
    room.settle()


def test_its_tabs_turn_with_the_keys(room: Room):
    panel = room.open("activity")
    panel.jobs.view.setFocus()
    QTest.keyClick(panel.jobs.view, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert panel.tab == "log"
    room.settle()


def test_a_hidden_panel_does_not_look_at_the_disk(room: Room):
    panel = room.open("activity")
    assert panel._timer.isActive()
    panel.hide()
    assert not panel._timer.isActive()
