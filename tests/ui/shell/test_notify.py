from __future__ import annotations

import asyncio
import dataclasses
from contextlib import asynccontextmanager
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from puffling.core.events import AlertFired, Level, NoticePosted
from puffling.ui.bridge import Signals
from puffling.ui.run import Runner
from puffling.ui.shell.notices import Notices
from puffling.ui.shell.notify import FreeDesktop, Notifier
from puffling.ui.shell.tray import TrayIcon, TrayState
from puffling.ui.shell.window import MainWindow
from tests.fakes import START
from tests.ui.shell.conftest import story

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from puffling.app import App

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")
FIRED = NoticePosted(Level.WARNING, "AAPL is above 80", "It traded at 80.10.", desktop=True)


class FakeTray:
    """A tray that is there or not, and remembers its balloons."""

    def __init__(self, *, available: bool) -> None:
        self.available = available
        self.balloons: list[str] = []

    def message(self, title: str, text: str, level: Level) -> None:
        self.balloons.append(title)


class Desktop:
    """A notification service that takes messages or not."""

    def __init__(self, *, takes: bool) -> None:
        self.takes = takes
        self.asked: list[str] = []

    def __call__(self, title: str, text: str, level: Level) -> bool:
        self.asked.append(title)
        return self.takes


@pytest.mark.parametrize(
    ("takes", "available", "by", "balloons"),
    [
        (True, True, "desktop", []),
        (False, True, "tray", ["A title"]),
        (False, False, "window", []),
    ],
)
async def test_the_chain_is_desktop_then_tray_then_only_the_window(takes, available, by, balloons):
    tray, desktop = FakeTray(available=available), Desktop(takes=takes)
    assert await Notifier(tray, desktop).send("A title", "Words", Level.INFO) == by
    assert desktop.asked == ["A title"]
    assert tray.balloons == balloons


def test_without_a_session_bus_nothing_is_sent_and_nothing_fails(monkeypatch, tmp_path):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert FreeDesktop().send("A title", "Words", Level.INFO) is False
    gone = FreeDesktop(f"unix:path={tmp_path / 'nothing'}")
    assert gone.send("A title", "Words", Level.INFO) is False
    gone.close()


@pytest.fixture
def window(theme):
    made = MainWindow(theme)
    made.show()
    yield made
    made.close_for_good()
    made.deleteLater()


@pytest.fixture
def tray(theme, window):
    made = TrayIcon(theme, window)
    yield made
    made.close()


class Listening:
    """Notices of a whole app without its desk, with a stand-in for the desktop."""

    def __init__(self, app: App, window: MainWindow, tray: TrayIcon) -> None:
        context = app.context
        self.bus, self.settings, self.tray = app.bus, context.settings, tray
        self.desktop = Desktop(takes=True)
        self.signals = Signals(app.bus)
        self.runner = Runner(context, app.registry, app.bus)
        self.toasts = window.toasts
        self.notices = Notices(window, tray, Notifier(tray, self.desktop), context.settings)
        self.notices.listen(self.signals, self.runner)

    async def post(self, notice: NoticePosted) -> None:
        """Post a notice and wait until it has gone where it goes."""
        self.bus.publish(notice)
        await asyncio.gather(*self.runner.tasks)

    def titles(self) -> list[str]:
        return [each.notice.title for each in self.toasts.toasts]


@asynccontextmanager
async def listening(opening, window, tray) -> AsyncIterator[Listening]:
    async with opening() as app:
        heard = Listening(app, window, tray)
        yield heard
        await heard.runner.close()
        heard.signals.dispose()


@story
async def test_a_notice_is_a_toast_and_only_an_asked_for_one_leaves(opening, window, tray):
    async with listening(opening, window, tray) as heard:
        await heard.post(NoticePosted(Level.INFO, "Saved"))
        assert heard.titles() == ["Saved"]
        assert heard.desktop.asked == []
        await heard.post(FIRED)
        assert heard.titles() == ["Saved", "AAPL is above 80"]
        assert heard.desktop.asked == ["AAPL is above 80"]
        assert heard.notices.sent_by == ["desktop"]


@story
async def test_desktop_messages_can_be_turned_off(opening, window, tray):
    async with listening(opening, window, tray) as heard:
        heard.settings.change("general", desktop_notifications=False)
        await heard.post(FIRED)
        assert heard.desktop.asked == []
        assert heard.titles() == ["AAPL is above 80"]


@story
async def test_a_notice_with_a_sound_beeps(opening, window, tray, monkeypatch):
    beeps: list[bool] = []
    monkeypatch.setattr("puffling.ui.shell.notices.QApplication.beep", lambda: beeps.append(True))
    async with listening(opening, window, tray) as heard:
        await heard.post(FIRED)
        assert beeps == []
        await heard.post(dataclasses.replace(FIRED, sound=True))
        assert beeps == [True]


@story
async def test_a_clicked_toast_asks_for_its_panel(opening, window, tray):
    async with listening(opening, window, tray) as heard:
        asked: list[str] = []
        heard.notices.panel_asked.connect(asked.append)
        await heard.post(NoticePosted(Level.INFO, "An order filled", panel="portfolio"))
        heard.toasts.toasts[0].opened.emit()
        await heard.post(NoticePosted(Level.INFO, "Something"))
        heard.toasts.toasts[0].opened.emit()
        assert asked == ["portfolio", "activity"]


@story
async def test_the_last_alerts_are_in_the_tray_menu(opening, window, tray):
    async with listening(opening, window, tray) as heard:
        for number in range(7):
            heard.bus.publish(AlertFired(str(number), "AAPL", f"Alert {number}", START))
        shown = [each.text() for each in tray._recent.actions()]
        assert shown == ["Alert 6", "Alert 5", "Alert 4", "Alert 3", "Alert 2"]


def test_a_tray_is_only_there_where_the_system_says_so(tray, qtbot):
    assert tray.available is False  # the offscreen platform has none, whatever it supports
    with qtbot.assertNotEmitted(tray.available_changed):
        tray.recheck()


def test_the_tray_says_its_state_and_the_day(tray):
    for state in TrayState:
        tray.set_state(state)
        assert tray.state is state
    tray.set_profit("Day profit +12.00")
    assert "+12.00" in tray._icon.toolTip()
    tray.set_recent(["AAPL is above 80"])
    assert tray._recent.isEnabled()


def entry(tray, *words: str):
    """Return an entry of the tray's menu, by the words on the way to it."""
    found = tray._menu.menuAction()
    for word in words:
        found = next(each for each in found.menu().actions() if each.text().startswith(word))
    return found


def test_the_menu_asks_for_what_it_says(tray):
    asked: list[str] = []
    for signal in (tray.show_asked, tray.panel_asked, tray.command_asked, tray.snooze_asked):
        signal.connect(lambda *words: asked.append(" ".join(words)))
    tray.set_quiet("15:30")
    for words in (
        *(("Hide",), ("Inbox",), ("Pause",), ("Kill",), ("Quit",)),
        *(("Snooze", "15"), ("Snooze", "1 hour"), ("Snooze", "Today"), ("Snooze", "End")),
    ):
        entry(tray, *words).trigger()
    tray.set_paused(paused=True)
    entry(tray, "Resume").trigger()
    assert asked == [
        *("", "inbox", "automation.pause", "risk.halt", "desk.quit"),
        *("15 minutes", "1 hour", "today", "", "automation.resume"),
    ]
    assert entry(tray, "Snooze", "End").text() == "End the snooze (until 15:30)"
    tray.set_quiet("")
    assert not entry(tray, "Snooze", "End").isVisible()


def test_every_state_of_the_icon_looks_different(tray):
    seen = []
    for state, waiting in (*((each, 0) for each in TrayState), (TrayState.APPROVALS, 3)):
        tray.set_state(state, waiting)
        seen.append(tray._icon.icon().pixmap(64).toImage())
    alike = [one == other for one, other in combinations(seen, 2)]
    assert sum(alike) == 1  # no approvals that are waited for look like nothing special
    assert entry(tray, "Inbox").text() == "Inbox (3)"


@story
async def test_alerts_of_earlier_runs_are_in_the_menu(opening, window, tray):
    async with listening(opening, window, tray) as heard:
        heard.notices.recall(["newest", "older"])
        assert [each.text() for each in tray._recent.actions()] == ["newest", "older"]
