"""What the tour of the window stops at, in order, and what it says there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QToolButton

from puffling.ui.shell.tour import Stop

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from puffling.ui.shell.window import MainWindow

_PANELS: tuple[tuple[str, str, str], ...] = (
    (
        "watchlist",
        "Watchlist",
        (
            "The symbols you follow. Up and Down choose one, Return shows it in every panel of the "
            "same colour, Ins adds one, F9 buys and Shift+F9 sells."
        ),
    ),
    (
        "chart",
        "Chart",
        (
            "1 to 7 choose the length of a bar, + and - zoom, Ctrl+I adds a study, D draws, "
            "R replays the past."
        ),
    ),
    (
        "ticket",
        "Ticket",
        (
            "Writes an order and says what it would cost and what the limits say. Ctrl+Return "
            "shows it as it would be sent; only then can it be sent."
        ),
    ),
    (
        "portfolio",
        "Portfolio",
        "What you hold, orders and fills, and what the account is worth.",
    ),
    (
        "activity",
        "Activity",
        "Long work with its progress, messages, connections, backups and the log.",
    ),
)


def stops(window: MainWindow) -> list[Stop]:
    """Return the stops of a window: its bars, and the panels that are open in it."""
    tools, status = window.tools, window.status
    found = [
        Stop(
            "Symbol",
            "Type a symbol and Return; Ctrl+L brings you here. Panels of one colour follow it.",
            lambda: tools.symbol,
        ),
        Stop(
            "Layouts",
            "Arrangements of panels for a part of the day: Ctrl+1 to Ctrl+6. What you move stays "
            "moved; Ctrl+0 brings a layout back.",
            partial(_button, window, "layout.trade"),
        ),
    ]
    found += [Stop(title, text, partial(_panel, window, id_)) for id_, title, text in _PANELS]
    found += [
        Stop(
            "Assistant and Inbox",
            "Alt+A opens the assistant: ask about anything here in your own words, or begin with "
            "a slash. It looks by itself and asks before it changes something. What it would "
            "trade waits in the Inbox, Alt+I, until you say yes.",
            partial(_assistant, window),
        ),
        Stop(
            "Kill switch",
            "Ctrl+Alt+K stops all trading: nothing new is sent and open orders are cancelled, "
            "until you type RESUME.",
            partial(_button, window, "risk.halt"),
        ),
        Stop(
            "Mode",
            "Which market and whose money this is. DEMO is play money on prices of the past.",
            lambda: status.mode,
        ),
        Stop(
            "Menus and palette",
            "Everything is in the menus. Ctrl+K finds it by a few letters, F1 explains the panel "
            "you are in, and Ctrl+/ lists every key.",
            window.menuBar,
        ),
    ]
    return found


def _button(window: MainWindow, id_: str) -> QWidget | None:
    return window.tools.findChild(QToolButton, f"tool.{id_}")


def _panel(window: MainWindow, id_: str) -> QWidget | None:
    """Return a panel, if it is open."""
    return window.workspace.panel(window.workspace.nearest(id_))


def _assistant(window: MainWindow) -> QWidget:
    """Return the assistant if it is in view, else where its proposals are counted."""
    panel = _panel(window, "assistant")
    return panel if panel is not None and panel.isVisible() else window.status.inbox
