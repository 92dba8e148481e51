"""What the bars, the title and the tray say, kept in step with what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from puffling.core import formats
from puffling.services.quotes import STALE_AFTER
from puffling.services.risk import halted_text
from puffling.ui.shell.tray import TrayState
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from decimal import Decimal

    from puffling.core.events import JobChanged, ModelUsed
    from puffling.services.model_usage import Allowance
    from puffling.ui.panel import Parts
    from puffling.ui.shell.tray import TrayIcon
    from puffling.ui.shell.window import MainWindow


class Indicators(QObject):
    """Reads the services when told that something changed, and the clock now and then."""

    def __init__(self, window: MainWindow, tray: TrayIcon, parts: Parts) -> None:
        super().__init__(window)
        self._window, self._tray = window, tray
        self._context, self._links = parts.context, parts.links
        self._alert_unseen = self._stale = False
        signals = parts.signals
        signals.job_changed.connect(self._on_job)
        signals.mode_changed.connect(self._on_mode)
        signals.halt_changed.connect(self._on_halt)
        signals.notification_kept.connect(self._count_unread)
        signals.inbox_changed.connect(self._count_waiting)
        signals.alert_fired.connect(self._on_alert)
        signals.alerts_changed.connect(self._show_snooze)
        signals.inbox_changed.connect(self._show_tray)
        signals.automation_changed.connect(self._show_paused)
        signals.model_used.connect(self._show_models)
        parts.links.chosen.connect(self._on_symbol)
        window.workspace.focused.connect(self._on_focus)
        self._mode = self._context.market.mode.value
        window.show_mode(self._mode)
        tray.show_mode(self._mode)
        self._on_halt()
        self._on_focus()
        self._count_unread()
        self._count_waiting()
        self._count_jobs()
        self._show_paused()
        self.look()
        window.status.inbox_asked.connect(lambda: self._context.desk.open_panel("inbox"))
        window.status.assistant_asked.connect(lambda: self._context.desk.open_panel("assistant"))
        window.status.tick(self.look)

    def look(self) -> None:
        """Show what changes by itself: the market's clock, ages, the day's profit."""
        status, context = self._window.status, self._context
        status.show_clock(context.market.describe())
        quotes = context.quotes
        ages = [age for each in quotes.all() if (age := quotes.age(each.symbol)) is not None]
        age = min(ages) if ages and context.market.is_open() else None
        status.data.show_age(age)
        self._stale = age is not None and age > STALE_AFTER and context.modes.expects_quotes()
        if self._tray.available:
            day = context.portfolio.snapshot().day_profit
            self._tray.set_profit(f"Day profit {formats.signed(day)}")
            self._tray.set_window_visible(visible=self._window.isVisible())
            self._show_snooze()
        if self._window.isActiveWindow():
            self._alert_unseen = False
        self._show_tray()

    def _on_job(self, _event: JobChanged) -> None:
        self._count_jobs()

    def _on_mode(self, _event: object) -> None:
        self._mode = self._context.market.mode.value
        self._window.show_mode(self._mode)
        self._tray.show_mode(self._mode)

    def _on_halt(self, _event: object = None) -> None:
        halt = self._context.risk.halted()
        self._window.show_halt("" if halt is None else halted_text(halt))
        self._show_tray()

    def _on_alert(self, _event: object) -> None:
        self._alert_unseen = not self._window.isActiveWindow()
        self._show_tray()

    def _on_symbol(self, _colour: str, _symbol: str) -> None:
        self._on_focus()

    def _on_focus(self, _instance: str = "") -> None:
        panel = self._window.workspace.current
        symbol = self._links.symbol("blue") if panel is None else panel.symbol
        self._window.tools.show_symbol(symbol)

    def _count_unread(self, _event: object = None) -> None:
        self._window.status.show_unread(self._context.notifications.unread())

    def _count_waiting(self, _event: object = None) -> None:
        self._window.status.show_waiting(len(self._context.inbox.waiting()))

    def _show_models(self, event: ModelUsed) -> None:
        usage = self._context.model_usage  # heard of once a model was used: it is there by then
        today = usage.today()
        allowances = usage.allowances(event.conversation)
        money = "" if today.cost is None else f" · ${formats.money(today.cost)}"
        text = f"Tokens {today.tokens:,}{money}" if today.tokens else ""
        lines = [
            f"{each.name}: {_amount(each.used, each)} of {_amount(each.limit, each)}"
            for each in allowances
            if each.limit is not None
        ]
        over = any(each.left is not None and each.left <= 0 for each in allowances)
        tip = "\n".join(["Used by models today: open the assistant", *lines])
        self._window.status.show_models(text, tip, Tone.WARNING if over else "")

    def _count_jobs(self) -> None:
        self._window.status.show_jobs(len(self._context.jobs.running()))

    def _show_snooze(self, _event: object = None) -> None:
        until = self._context.alerts.quiet_until
        self._tray.set_quiet("" if until is None else formats.time_of_day(until))

    def _show_paused(self, _event: object = None) -> None:
        self._tray.set_paused(paused=self._context.automation.paused)

    def _show_tray(self, _event: object = None) -> None:
        waiting = len(self._context.inbox.waiting())
        if self._context.risk.halted() is not None:
            state = TrayState.HALTED
        elif waiting:
            state = TrayState.APPROVALS
        elif self._alert_unseen:
            state = TrayState.ALERT
        else:
            state = TrayState.STALE if self._stale else TrayState.NORMAL
        self._tray.set_state(state, waiting)


def _amount(value: Decimal | None, each: Allowance) -> str:
    """Return tokens as a whole number, and money as an amount."""
    return f"${formats.money(value)}" if each.is_money else formats.number(value, places=0)
