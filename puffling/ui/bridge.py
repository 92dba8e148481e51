"""Turns the bus's events into Qt signals; panels connect here and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from puffling.core import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.bus import EventBus
    from puffling.core.events import Event

EVENTS: tuple[type[Event], ...] = (
    events.QuotesChanged,
    events.BarsChanged,
    events.SessionChanged,
    events.OrderChanged,
    events.FillBooked,
    events.FillVoided,
    events.InboxChanged,
    events.BasketChanged,
    events.GoalsChanged,
    events.ActivityBooked,
    events.BrokerReady,
    events.PortfolioChanged,
    events.HaltChanged,
    events.AutomationChanged,
    events.AccountChanged,
    events.WatchlistsChanged,
    events.DrawingsChanged,
    events.AlertsChanged,
    events.AlertFired,
    events.BacktestDone,
    events.SearchChanged,
    events.StrategiesChanged,
    events.SnapshotTaken,
    events.JournalChanged,
    events.IdeasChanged,
    events.ReplayChanged,
    events.JobChanged,
    events.NoticePosted,
    events.NotificationKept,
    events.SettingsChanged,
    events.ModeChanged,
    events.KeysChanged,
    events.ConnectionChanged,
    events.ConversationsChanged,
    events.MessageKept,
    events.AnswerGrew,
    events.CallMoved,
    events.AssistantMoved,
    events.ModelUsed,
)


def signal_name(kind: type[Event]) -> str:
    """Return the signal for an event: "quotes_changed" for `QuotesChanged`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


class Signals(QObject):
    """One signal for each kind of event; each carries the event itself.

    `dispose()` stops listening to the bus; nothing is emitted after it.
    """

    quotes_changed = Signal(object)
    bars_changed = Signal(object)
    session_changed = Signal(object)
    order_changed = Signal(object)
    fill_booked = Signal(object)
    fill_voided = Signal(object)
    inbox_changed = Signal(object)
    basket_changed = Signal(object)
    goals_changed = Signal(object)
    activity_booked = Signal(object)
    broker_ready = Signal(object)
    portfolio_changed = Signal(object)
    halt_changed = Signal(object)
    automation_changed = Signal(object)
    account_changed = Signal(object)
    watchlists_changed = Signal(object)
    drawings_changed = Signal(object)
    alerts_changed = Signal(object)
    alert_fired = Signal(object)
    ideas_changed = Signal(object)
    backtest_done = Signal(object)
    search_changed = Signal(object)
    strategies_changed = Signal(object)
    snapshot_taken = Signal(object)
    journal_changed = Signal(object)
    replay_changed = Signal(object)
    job_changed = Signal(object)
    notice_posted = Signal(object)
    notification_kept = Signal(object)
    settings_changed = Signal(object)
    mode_changed = Signal(object)
    keys_changed = Signal(object)
    connection_changed = Signal(object)
    conversations_changed = Signal(object)
    message_kept = Signal(object)
    answer_grew = Signal(object)
    call_moved = Signal(object)
    assistant_moved = Signal(object)
    model_used = Signal(object)

    def __init__(self, bus: EventBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stops: list[Callable[[], None]] = [
            bus.subscribe(kind, getattr(self, signal_name(kind)).emit) for kind in EVENTS
        ]

    def dispose(self) -> None:
        """Stop listening to the bus."""
        while self._stops:
            self._stops.pop()()
