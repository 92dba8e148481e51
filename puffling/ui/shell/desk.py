"""The desk that commands see: what the window can be asked to do."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from puffling.core.errors import PufflingError
from puffling.ui.links import Link
from puffling.ui.panels.chart.panel import ChartPanel
from puffling.ui.panels.chart.trades import FILLS, SIGNALS
from puffling.ui.panels.ticket.panel import TicketPanel
from puffling.ui.shell.desk_charts import DeskCharts
from puffling.ui.shell.desk_studies import DeskStudies
from puffling.ui.shell.layout_keys import LayoutKeys
from puffling.ui.shell.panel_moves import PanelKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from PySide6.QtWidgets import QDialog

    from puffin.types import Side, Ticket
    from puffling.ui.panel import PanelWidget, Parts
    from puffling.ui.panels.assistant.panel import AssistantPanel
    from puffling.ui.panels.performance.panel import PerformancePanel
    from puffling.ui.shell.layouts import Layouts
    from puffling.ui.shell.popups import Popups
    from puffling.ui.shell.window import MainWindow

W = TypeVar("W", bound="PanelWidget")


class WindowDesk:
    """Carries out what commands ask of the window. It satisfies `commands.context.Desk`."""

    has_window = True

    def __init__(self, window: MainWindow, layouts: Layouts) -> None:
        self._window, self._layouts = window, layouts
        self._workspace = window.workspace
        self._parts: Parts | None = None
        self._popups: Popups | None = None
        self._end: Callable[[], None] | None = None
        self.panels = PanelKeys(self._workspace, layouts.history)
        self.layout_moves = LayoutKeys(layouts)
        self.charts = DeskCharts(self._workspace, self._chart)
        self.studies = DeskStudies(self._chart)
        self._words: dict[str, QDialog] = {}  # what is asked for a word now, by its title
        self.again = False  # whether the program is to start once more when it has ended

    def join(self, parts: Parts, popups: Popups, end: Callable[[], None]) -> None:
        """Take up what was not there yet when the app was built; `end` ends the program."""
        self._parts, self._popups, self._end = parts, popups, end

    # Panels

    def open_panel(self, panel: str) -> None:
        """Bring a panel to the front and focus it, opening it if need be."""
        if not self._window.isVisible() or self._window.isMinimized():
            self._window.bring_to_front()
        self._workspace.open(panel)

    def close_panel(self) -> None:
        """Close the focused panel."""
        self._layouts.history.note()
        self._workspace.close(self.panels.focused())
        self._focus_something()

    def next_panel(self) -> None:
        """Move the focus to the next panel."""
        self._workspace.focus_next()

    def new_chart(self) -> None:
        """Open one more chart."""
        self._workspace.open_new("chart")

    def choose_symbol(self, symbol: str) -> None:
        """Make `symbol` the linked symbol of the focused panel's colour."""
        panel = self._workspace.current
        if panel is not None:
            panel.set_symbol(symbol)
        else:
            self._joined.links.choose(Link.BLUE, symbol)

    @property
    def symbol(self) -> str:
        """The linked symbol in view."""
        panel = self._workspace.current
        if panel is not None and panel.symbol:
            return panel.symbol
        return self._joined.links.symbol(Link.BLUE) if self._parts is not None else ""

    def run_focused(self) -> None:
        """Run or refresh the focused panel."""
        panel = self._workspace.current
        if panel is not None:
            panel.run_focused()

    def review_ticket(self) -> None:
        """Do what the focused panel's main button does: review the order, apply the form."""
        panel = self._workspace.current
        if panel is not None:
            panel.apply_focused()

    def fill_ticket(self, side: Side, symbol: str = "", quantity: Decimal | None = None) -> None:
        """Open the ticket with these values and the cursor in its quantity."""
        wanted = symbol or self.symbol
        self._panel("ticket", TicketPanel).fill(side, wanted, quantity)

    def written_ticket(self) -> Ticket | None:
        """Return the order on the ticket; None when there is none that is complete."""
        return self._panel("ticket", TicketPanel).written

    def ask_template(self) -> None:
        """Ask on the ticket for the name under which its order is to be kept."""
        self._panel("ticket", TicketPanel).ask_template()

    def begin_alert(self, symbol: str = "", price: Decimal | None = None) -> None:
        """Open the editor of alerts with these values; empty means the linked symbol's."""
        from puffling.ui.panels.automation.panel import AutomationPanel

        self._panel("automation", AutomationPanel).begin_alert(symbol, price)

    def write_ticket(self, ticket: Ticket, *, sized: bool = True) -> None:
        """Open the ticket with this order written on it, to be corrected and reviewed."""
        self._panel("ticket", TicketPanel).write(ticket, sized=sized)

    # Charts and backtests

    def chart_timeframe(self, interval: str) -> None:
        """Show the focused chart in another interval."""
        self._chart().set_interval(interval)

    def chart_overlay(self, kind: str, window: int) -> None:
        """Add a moving average to the focused chart, or take it away."""
        self._chart().toggle_overlay(kind, window)

    def chart_fit(self) -> None:
        """Show all of the focused chart's bars."""
        self._chart().fit()

    def chart_draw(self, kind: str) -> None:
        """Take a tool into the hand on the focused chart; an empty one puts it away."""
        self._chart().draw(kind)

    def chart_signals(self, strategy: str) -> None:
        """Mark a strategy's signals on the chart of the focused panel's colour; "" takes away."""
        self._chart(linked=True).mark(f"{SIGNALS}{strategy}" if strategy else FILLS)

    def chart_export(self, path: Path) -> None:
        """Save the focused chart as a picture."""
        self._chart().export(path)

    def chart_picture(self, path: Path) -> str:
        """Write a picture of the chart in view, without a word; return its symbol."""
        panel = self._chart()
        panel.picture(path)
        return panel.symbol

    def save_tearsheet(self, path: Path) -> None:
        """Write the tearsheet that the performance panel shows."""
        self._performance().save_tearsheet(path)

    def show_journal(self, id_: str) -> None:
        """Open a journal entry in the performance panel, to be written on."""
        self._performance().open_entry(id_)

    def show_conversation(self, id_: str) -> None:
        """Open a conversation with the assistant; an empty id begins a new one."""
        self._assistant().show_conversation(id_)
        self._assistant().primary_focus().setFocus()

    def ask_about(self, about: Mapping[str, str], words: str = "") -> None:
        """Open the assistant with its line about something: a symbol, a position, an order."""
        self._assistant().ask_about(about, words)

    async def write_pdf(self, html: str, pictures: Mapping[str, str], path: Path) -> None:
        """Write a page as a PDF; `pictures` are SVG, by the name that the page shows them by."""
        from puffling.ui.shell.page_files import write_pdf

        await asyncio.to_thread(write_pdf, html, pictures, path)

    def show_backtest(self, id_: str) -> None:
        """Open a stored backtest in its panel and mark its trades on the chart."""
        from puffling.ui.panels.backtest.panel import BacktestPanel

        self._panel("backtest", BacktestPanel).show_backtest(id_)
        instance = self._workspace.nearest("chart")
        chart = self._workspace.panel(instance)
        if isinstance(chart, ChartPanel):
            chart.mark(id_)

    def try_strategy(
        self, strategy: str, parameters: Mapping[str, Any], *, optimise: bool = False
    ) -> None:
        """Fill a strategy and its parameters into the backtest panel, to be run or optimised."""
        from puffling.ui.panels.backtest.panel import BacktestPanel

        panel = self._panel("backtest", BacktestPanel)
        panel.setup.strategy.choose(strategy, parameters)
        panel.turn_to("optimise" if optimise else "run")
        panel.primary_focus().setFocus()

    # Dialogs

    def show(self, what: str) -> None:
        """Open a dialog or pop-up by its name, or bring the window to the front ("window")."""
        if what == "window":
            self._window.bring_to_front()
        elif self._popups is not None:
            self._popups.show(what)

    def run_lines(self, lines: Sequence[str]) -> None:
        """Do what several lines of the command line say, one after the other."""
        if self._popups is not None:
            self._popups.lines.run_all(lines)

    def record_lines(self) -> None:
        """Note the lines and commands that are run from now on."""
        if self._popups is not None:
            self._popups.lines.record()

    def recorded_lines(self) -> Sequence[str]:
        """Stop noting, and return what was."""
        return self._popups.lines.recorded() if self._popups is not None else ()

    async def ask_word(self, title: str, text: str, word: str) -> bool:
        """Ask the person to type `word`; whether they did. The same is not asked twice at a time.

        Raises:
            PufflingError: It is being asked; that question comes to the front.
        """
        from puffling.ui.dialogs.type_to_confirm import TypeToConfirm

        before = self._words.get(title)
        if before is not None:
            before.raise_()
            before.activateWindow()
            raise PufflingError(
                f"“{title}” is asked already.", hint="Answer the question in Puffling's window."
            )
        dialog = TypeToConfirm(self._window.theme, title, text, word, self._window)
        self._words[title] = dialog
        try:
            return await dialog.answer()
        finally:
            del self._words[title]

    async def ask_unlock(self, facts: Sequence[tuple[str, str]]) -> bool:
        """Show what is in force when money is real and ask to type LIVE; whether they did."""
        from puffling.ui.dialogs.unlock import UnlockDialog

        return await UnlockDialog(self._window.theme, facts, self._window).answer()

    async def ask_keys(self, title: str, text: str) -> tuple[str, str] | None:
        """Ask for a key and its secret, neither shown while it is typed; None means no."""
        from puffling.ui.dialogs.keys import KeysDialog

        above = QApplication.activeModalWidget() or self._window  # the settings, if they are open
        return await KeysDialog(self._window.theme, title, text, above).keys()

    async def ask_key(self, title: str, text: str) -> str | None:
        """Ask for a key that has no secret, not shown while it is typed; None means no."""
        from puffling.ui.dialogs.keys import KeysDialog

        above = QApplication.activeModalWidget() or self._window
        dialog = KeysDialog(self._window.theme, title, text, above, has_secret=False)
        typed = await dialog.keys()
        return typed[0] if typed else None

    async def ask_change(
        self, title: str, program: str, lines: Sequence[tuple[str, str, str]]
    ) -> bool:
        """Ask whether another program may make a change; only a click says yes."""
        from puffling.ui.dialogs.allow_change import AllowChange

        return await AllowChange(self._window.theme, title, program, lines, self._window).answer()

    # Layouts

    def apply_layout(self, name: str) -> None:
        """Switch to a built-in or saved layout."""
        self._layouts.apply(name)
        self._focus_something()

    def save_layout(self, name: str) -> None:
        """Keep the present arrangement under `name`."""
        self._layouts.save(name)

    def rename_layout(self, name: str, to: str) -> None:
        """Give a saved layout another name."""
        self._layouts.rename(name, to)

    def remove_layout(self, name: str) -> None:
        """Remove a saved layout."""
        self._layouts.remove(name)

    def reset_layout(self) -> None:
        """Bring the present layout back to how it was built or saved."""
        self._layouts.reset()
        self._focus_something()

    # The window

    @contextmanager
    def keyboard_kept(self) -> Iterator[None]:
        """Whatever is opened inside, the keyboard stays where it was, or goes nowhere."""
        before, window = QApplication.focusWidget(), QApplication.activeWindow()
        try:
            yield
        finally:
            self._workspace.leave_keyboard()
            now = QApplication.focusWidget()
            if before is not None and isValid(before) and before.isVisible():
                if window is not None and QApplication.activeModalWidget() is None:
                    window.activateWindow()  # another one of ours came to the front
                before.setFocus(Qt.FocusReason.OtherFocusReason)
            elif now is not None and now is not before:
                now.clearFocus()

    def full_screen(self) -> None:
        """Turn full screen on or off."""
        self._window.turn_full_screen()

    def quit(self) -> None:
        """End the program in good order."""
        self.again = False
        if self._end is not None:
            self._end()

    def restart(self) -> None:
        """End the program in good order and start it again."""
        self.quit()
        self.again = True

    # Inside

    @property
    def _joined(self) -> Parts:
        if self._parts is None:
            raise PufflingError("The desk is still opening.", hint="Try again in a moment.")
        return self._parts

    def _panel(self, panel: str, kind: type[W]) -> W:
        self.open_panel(panel)
        widget = self._workspace.panel(self._workspace.nearest(panel))
        if not isinstance(widget, kind):
            raise PufflingError(f"The {panel} panel is still opening.")
        return widget

    def _performance(self) -> PerformancePanel:
        from puffling.ui.panels.performance.panel import PerformancePanel

        return self._panel("performance", PerformancePanel)

    def _assistant(self) -> AssistantPanel:
        from puffling.ui.panels.assistant.panel import AssistantPanel

        return self._panel("assistant", AssistantPanel)

    def _chart(self, *, linked: bool = False) -> ChartPanel:
        """Return the focused chart, or the first one: of the focused panel's colour if `linked`."""
        current = self._workspace.current
        if linked and current is not None and not isinstance(current, ChartPanel):
            for instance in self._workspace.docks.shown:
                widget = self._workspace.panel(instance)
                if isinstance(widget, ChartPanel) and widget.link is current.link:
                    return widget
        widget = self._workspace.panel(self._workspace.nearest("chart"))
        return widget if isinstance(widget, ChartPanel) else self._panel("chart", ChartPanel)

    def _focus_something(self) -> None:
        """Give the keyboard to a panel that can be seen, if the focused one went."""
        docks = self._workspace.docks
        if not docks.current or not docks.in_front(docks.current):
            instance = self._workspace.nearest("chart") or next(iter(docks.shown), "")
            if instance:
                self._workspace.focus(instance)
