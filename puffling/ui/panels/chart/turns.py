"""When a strategy changed sides in the chart's symbol, as marks, and what to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from puffin.errors import CancelledError, PuffinError
from puffling.core import formats
from puffling.core.errors import PufflingError
from puffling.ui.charts.marks import Mark, MarkKind
from puffling.ui.widgets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.data.bars import Interval
    from puffling.services.signals import SignalTurn
    from puffling.ui.panel import PanelWidget

SECOND = 1_000_000_000  # nanoseconds


@dataclass(frozen=True, slots=True)
class Asked:
    """Which strategy is asked about what."""

    strategy: str
    symbol: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Answer:
    """When a strategy changed sides, or why it cannot say."""

    asked: Asked
    title: str
    turns: tuple[SignalTurn, ...] = ()
    marks: tuple[Mark, ...] = ()
    error: str = ""


class StrategyTurns:
    """Asks a strategy about the symbol in view whenever that, the bars or the strategy change."""

    def __init__(
        self, panel: PanelWidget, interval: Callable[[], Interval], show: Callable[[], object]
    ) -> None:
        self._panel, self._interval, self._show = panel, interval, show
        self._context = panel.parts.context
        self.strategy = ""  # the id; nothing is asked without one
        self._asked: Asked | None = None
        self._answer: Answer | None = None
        self._read = Reading(panel.spawn, self._ask, self._take, panel.parts.runner.report)

    def choose(self, strategy: str) -> None:
        """Ask this one from now on; none if it is empty."""
        self.strategy = strategy
        self.ask()

    def ask(self, *_: object) -> None:
        """Ask anew, about the symbol and the bars in view."""
        symbol, interval = self._panel.symbol, self._interval()
        if not self.strategy or not symbol:
            self._asked = self._answer = None
            return
        asked = Asked(self.strategy, symbol, interval)
        if self._answer is not None and self._answer.asked != asked:
            self._answer = None  # what was found elsewhere must not stand here
        self._asked = asked
        self._read.ask()

    @property
    def title(self) -> str:
        """What the strategy is called, as far as that is known."""
        return self.strategy if self._answer is None else self._answer.title

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What was found, ready to be drawn."""
        return () if self._answer is None else self._answer.marks

    @property
    def note(self) -> str:
        """What to know of the marks, in a sentence; nothing if no strategy is asked."""
        found = self._answer
        if not self.strategy:
            return ""
        if found is None:
            return "The signals of the strategy are being worked out…"
        if found.error:
            return f"No signals of {found.title}: {found.error}"
        if not found.turns:
            return f"{found.title} never wanted anything here."
        decided = any(each.decided for each in found.turns)
        how = "decided at closes" if decided else "carried out on their bars"
        noun = "signal" if len(found.turns) == 1 else "signals"
        return f"{found.title}: {len(found.turns):,} {noun}, {how}"

    def _ask(self) -> Answer | None:
        """Ask on a thread; it gives up once something else is asked."""
        asked = self._asked
        if asked is None:
            return None

        def tell(_done: float) -> None:
            if self._asked != asked:
                raise CancelledError("Something else is shown.")

        title = asked.strategy
        try:
            strategies = self._context.strategies
            title = strategies.card(asked.strategy).title
            turns = strategies.turns(asked.strategy, asked.symbol, asked.interval, tell)
        except CancelledError:
            return None
        except (PuffinError, PufflingError) as error:
            return Answer(asked, title, error=str(error))
        intraday = asked.interval.is_intraday
        marks = tuple(_mark(title, each, intraday=intraday) for each in turns)
        return Answer(asked, title, turns, marks)

    def _take(self, answer: Answer | None) -> None:
        if answer is not None and answer.asked == self._asked:
            self._answer = answer
            self._show()

    def forget(self) -> None:
        """Give up what is being asked; the panel is about to go."""
        self._asked = None


def _mark(title: str, turn: SignalTurn, *, intraday: bool) -> Mark:
    at = datetime.fromtimestamp(turn.time // SECOND, UTC)
    when = formats.moment(at) if intraday else formats.day(at, zone=UTC)
    how = f"from this close, {formats.price(turn.close)}" if turn.decided else "from this bar on"
    kind = MarkKind.BUY if turn.buys else MarkKind.SELL
    return Mark(turn.time, kind, f"{title}: {turn.side} {how} · {when}")
