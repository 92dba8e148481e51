"""Everything that can happen, as plain frozen records."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from puffin.broker.base import Activity
    from puffin.types import Fill, Order
    from puffling.core.conversations import AssistantState


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""


@dataclass(frozen=True, slots=True)
class QuotesChanged(Event):
    """New quotes are in for these symbols."""

    symbols: frozenset[str]


@dataclass(frozen=True, slots=True)
class BarsChanged(Event):
    """History of this symbol was imported, fetched or adjusted."""

    symbol: str


@dataclass(frozen=True, slots=True)
class SessionChanged(Event):
    """The market opened or closed, or the replay moved to another day (market time)."""

    at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class OrderChanged(Event):
    """An order moved along its life; already stored."""

    order: Order


@dataclass(frozen=True, slots=True)
class FillBooked(Event):
    """A fill was stored and has changed cash and a position."""

    fill: Fill


@dataclass(frozen=True, slots=True)
class ActivityBooked(Event):
    """Something other than a fill changed the account, and is stored: a dividend, a fee."""

    activity: Activity


@dataclass(frozen=True, slots=True)
class BrokerReady(Event):
    """Orders may be sent, or may not for now; `why` says what is waited for."""

    ready: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class FillVoided(Event):
    """A fill does not count after all: the exchange took it back or corrected it."""

    fill: Fill


@dataclass(frozen=True, slots=True)
class InboxChanged(Event):
    """A proposal came into the inbox, was changed, decided, or ran out; its id."""

    id: str


@dataclass(frozen=True, slots=True)
class BasketChanged(Event):
    """A basket was proposed, or one of its legs moved along; its id."""

    id: str


@dataclass(frozen=True, slots=True)
class GoalsChanged(Event):
    """A goal was kept, changed or removed; its name."""

    name: str


@dataclass(frozen=True, slots=True)
class PortfolioChanged(Event):
    """Positions, cash or account changed for another reason than a quote."""


@dataclass(frozen=True, slots=True)
class HaltChanged(Event):
    """The kill switch was turned on or off."""

    halted: bool
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AutomationChanged(Event):
    """What trades and alerts by itself was paused, or goes on; `why` is a sentence."""

    paused: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """The broker's own figures of the account, or its flags, were read anew."""


@dataclass(frozen=True, slots=True)
class WatchlistsChanged(Event):
    """A list was made, renamed, removed, or its symbols changed."""


@dataclass(frozen=True, slots=True)
class DrawingsChanged(Event):
    """Something was drawn, changed, moved or removed on the charts of a symbol; already stored.

    `restated` says that nothing moved: the same prices are told in other shares.
    """

    symbol: str
    changed: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    restated: bool = False


@dataclass(frozen=True, slots=True)
class AlertsChanged(Event):
    """An alert was added, changed or removed."""


@dataclass(frozen=True, slots=True)
class AlertFired(Event):
    """An alert's condition came true; stored in its history."""

    alert_id: str
    symbol: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BacktestDone(Event):
    """A backtest's result is stored under this id."""

    id: str


@dataclass(frozen=True, slots=True)
class SearchChanged(Event):
    """A search for parameters began, found more, ended or was removed; ten times a second at most.

    `id` is empty when one was removed.
    """

    id: str


@dataclass(frozen=True, slots=True)
class StrategiesChanged(Event):
    """A strategy of yours was saved, removed, or its file changed."""


@dataclass(frozen=True, slots=True)
class SnapshotTaken(Event):
    """What the account was worth at the end of a session was stored."""

    session: date


@dataclass(frozen=True, slots=True)
class JournalChanged(Event):
    """An entry of the journal was written, changed or removed."""

    id: str


@dataclass(frozen=True, slots=True)
class IdeasChanged(Event):
    """The rules were asked anew, or it became known what came of an idea; already stored."""


class ReplayStep(StrEnum):
    """What a replay of the past did."""

    STARTED = "started"
    STEPPED = "stepped"  # later bars came
    JUMPED = "jumped"  # to any other bar
    FOLLOWED = "followed"  # it goes by the bars of another symbol or length
    TRADED = "traded"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ReplayChanged(Event):
    """The replay of a group of charts moved, traded or ended; `since` is where it stood before."""

    group: str
    step: ReplayStep
    since: int = 0


class JobState(StrEnum):
    """Where a job is in its life."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  # the program ended while it ran

    @property
    def is_over(self) -> bool:
        """Whether the job has ended."""
        return self not in {JobState.RUNNING, JobState.CANCELLING}


@dataclass(frozen=True, slots=True)
class JobChanged(Event):
    """A long job moved along. `progress` runs from 0 to 1; None when it cannot be known."""

    id: str
    title: str
    state: JobState
    progress: float | None = None
    message: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None


class Level(StrEnum):
    """How much a notice matters."""

    SUCCESS = "success"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class NoticePosted(Event):
    """Something to tell the person: a toast, the notification centre and, if asked, the desktop.

    `panel` is the panel that a click opens; `details` is for the Details button of an error;
    `desktop` asks for a desktop notification too, `sound` for a beep.
    """

    level: Level
    title: str
    text: str = ""
    panel: str = ""
    details: str = ""
    desktop: bool = False
    sound: bool = False


@dataclass(frozen=True, slots=True)
class NotificationKept(Event):
    """A notice was stored in the notification centre."""

    id: int


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    """These settings changed; names are "section.field"."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class ModeChanged(Event):
    """The desk trades against another market or broker now."""

    mode: str


class FeedState(StrEnum):
    """How a source of prices is doing."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    BROKEN = "broken"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class KeysChanged(Event):
    """Keys of a connection were kept, tested or forgotten."""

    name: str


@dataclass(frozen=True, slots=True)
class ConnectionChanged(Event):
    """A data source or broker changed state. `name` is "data" or "broker"."""

    name: str
    provider: str
    state: FeedState
    text: str = ""
    retry_at: datetime | None = None
    facts: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ConversationsChanged(Event):
    """A conversation was begun, renamed, used, deleted or brought back."""


@dataclass(frozen=True, slots=True)
class MessageKept(Event):
    """A message was said, changed or taken away, and is stored; read it by its id."""

    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class AnswerGrew(Event):
    """More words of an answer: those since the last of these; at most 25 a second."""

    conversation: str
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class CallMoved(Event):
    """A tool that an answer asked for moved along; read it in its message."""

    conversation: str
    message: str
    call: str


@dataclass(frozen=True, slots=True)
class AssistantMoved(Event):
    """The assistant does something else in a conversation; `words` says it in a sentence."""

    conversation: str
    state: AssistantState
    words: str = ""


@dataclass(frozen=True, slots=True)
class ModelUsed(Event):
    """A model was called, or limits and prices changed: what is used up must be read anew."""

    conversation: str
