from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from puffling.core.events import AlertFired, Level, NoticePosted
from puffling.ui.shell.notices import Notices
from puffling.ui.shell.notify import FreeDesktop, Notifier
from puffling.ui.shell.tray import TrayIcon, TrayState
from puffling.ui.shell.window import MainWindow
from tests.fakes import START, FakeClock

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
    made = TrayIcon(theme, FakeClock().now, window)
    yield made
    made.close()


@pytest.fixture
def desktop():
    return Desktop(takes=True)


@pytest.fixture
def notices(window, tray, desktop, parts):
    return Notices(window, tray, Notifier(tray, desktop), parts.context.settings)


@pytest.fixture
def heard(notices, parts, loop):
    """The notices, listening: posts one and waits until it has gone where it goes."""
    notices.listen(parts.signals, parts.runner)

    def post(notice: NoticePosted) -> None:
        parts.context.bus.publish(notice)
        mine = [each for each in parts.runner.tasks if each.get_name() == "desktop message"]
        loop.run_until_complete(asyncio.gather(*mine))

    return post


def test_a_notice_is_a_toast_and_only_an_asked_for_one_leaves_the_window(heard, window, desktop):
    heard(NoticePosted(Level.INFO, "Saved"))
    assert [each.notice.title for each in window.toasts.toasts] == ["Saved"]
    assert desktop.asked == []


def test_a_notice_that_asks_for_it_goes_to_the_desktop_too(heard, window, desktop, notices):
    heard(FIRED)
    assert desktop.asked == ["AAPL is above 80"]
    assert notices.sent_by == ["desktop"]
    assert len(window.toasts.toasts) == 1


def test_desktop_messages_can_be_turned_off(heard, parts, window, desktop):
    parts.context.settings.change("general", desktop_notifications=False)
    heard(FIRED)
    assert desktop.asked == []
    assert len(window.toasts.toasts) == 1


def test_a_snooze_keeps_alerts_off_the_desktop_but_not_what_is_grave(heard, tray, desktop):
    tray.snooze(timedelta(hours=1))
    heard(FIRED)
    assert desktop.asked == []
    heard(NoticePosted(Level.ERROR, "The broker is gone", desktop=True))
    assert desktop.asked == ["The broker is gone"]


def test_every_panel_a_toast_names_is_asked_for_when_it_is_clicked(heard, window, notices, qtbot):
    heard(NoticePosted(Level.INFO, "An order filled", panel="portfolio"))
    with qtbot.waitSignal(notices.panel_asked) as asked:
        window.toasts.toasts[0].opened.emit()
    assert asked.args == ["portfolio"]
    heard(NoticePosted(Level.INFO, "Something"))
    with qtbot.waitSignal(notices.panel_asked) as asked:
        window.toasts.toasts[0].opened.emit()
    assert asked.args == ["activity"]


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


def test_snoozed_alerts_stay_in_the_window_until_the_time_is_over(theme, window, qtbot):
    clock = FakeClock()
    tray = TrayIcon(theme, clock.now, window)

    def snoozed() -> bool:
        return tray.snoozed

    assert not snoozed()
    tray.snooze(timedelta(minutes=15))
    assert snoozed()
    clock.pass_(15 * 60)
    assert not snoozed()
    tray.snooze(timedelta(minutes=15))
    tray.wake()
    assert not snoozed()
    tray.close()


def test_the_last_alerts_are_in_the_tray_menu(heard, parts, tray):
    for number in range(7):
        parts.context.bus.publish(AlertFired(str(number), "AAPL", f"Alert {number}", START))
    assert [each.text() for each in tray._recent.actions()] == [
        "Alert 6",
        "Alert 5",
        "Alert 4",
        "Alert 3",
        "Alert 2",
    ]
