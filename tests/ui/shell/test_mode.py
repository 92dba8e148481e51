from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QSize, Qt

from puffling.core.settings import Mode
from puffling.ui.shell.mode_menu import ModeMenu
from puffling.ui.shell.tray import TrayIcon
from puffling.ui.shell.window import MainWindow
from tests.fakes import until


@pytest.fixture
def window(theme, qtbot):
    window = MainWindow(theme)
    qtbot.addWidget(window, before_close_func=lambda each: each.close_for_good())
    window.resize(900, 600)
    window.show()
    return window


def test_live_is_written_everywhere(window):
    window.show_mode("live")
    assert window.windowTitle() == "Puffling · LIVE"
    assert (window.status.mode.text, window.status.mode.tone) == ("LIVE", "live")
    assert all(each.isVisible() for each in window.frame.edges)
    window.show_mode("demo")
    assert not any(each.isVisible() for each in window.frame.edges)


def test_the_frame_follows_the_window_and_takes_no_clicks(window, qtbot):
    window.show_mode("live")
    window.resize(700, 500)
    qtbot.waitUntil(lambda: window.frame.edges[1].geometry().bottom() == window.height() - 1)
    left, right = window.frame.edges[2].geometry(), window.frame.edges[3].geometry()
    assert left.size() == right.size() == QSize(3, window.height())
    assert right.right() == window.width() - 1
    for each in window.frame.edges:
        assert each.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
def test_the_chip_lists_the_modes_and_switches(window, parts, loop, qtbot, world):
    asked: list[str] = []
    menu = ModeMenu(window, parts, asked.append)
    qtbot.mouseClick(window.status.mode, Qt.MouseButton.LeftButton)
    loop.run_until_complete(until(lambda: menu.menu.actions() and not parts.runner.tasks))
    demo, sim, paper, live, _line, keys = menu.menu.actions()
    assert demo.isChecked()
    assert [each.isEnabled() for each in (demo, sim, paper, live)] == [True, True, False, False]
    assert "no keys" in paper.toolTip()
    menu.menu.close()
    sim.trigger()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert parts.context.market.mode is Mode.SIM
    keys.trigger()
    assert asked == ["connections"]


def test_live_can_be_chosen_while_it_is_locked_because_choosing_it_asks(
    window, parts, loop, keyring, desk
):
    keyring.give("alpaca live", key="AKLIVELIVELIVE12")
    menu = ModeMenu(window, parts, lambda _: None)
    menu.fill(loop.run_until_complete(parts.context.modes.offers()))
    live = menu.menu.actions()[3]
    assert live.isEnabled()
    assert live.text().endswith("…")
    desk.types_the_word = False
    live.trigger()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert desk.done[-1][0] == "ask_unlock"
    assert parts.context.market.mode is Mode.DEMO


def test_the_tray_wears_the_colour_of_real_money(theme, qapp):
    tray = TrayIcon(theme)
    calm = tray._icon.icon().pixmap(64).toImage()
    tray.show_mode("live")
    assert tray._icon.icon().pixmap(64).toImage() != calm
    tray.show_mode("paper")
    assert tray._icon.icon().pixmap(64).toImage() == calm
    tray.close()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_the_status_bar_counts_what_waits_in_the_inbox(window, qtbot):
    asked: list[str] = []
    window.status.inbox_asked.connect(lambda: asked.append("inbox"))
    window.status.activity_asked.connect(asked.append)
    window.status.show_waiting(2)
    assert window.status.inbox.text() == "Inbox 2"
    for button in (window.status.inbox, window.status.jobs, window.status.messages):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == ["inbox", "jobs", "notifications"]
