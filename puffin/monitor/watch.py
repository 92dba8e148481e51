"""How an alert watches: what a condition reads now, and whether that makes it speak."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from puffin.data.sessions import EXCHANGE
from puffin.monitor.conditions import (
    DayLoss,
    DayMove,
    Drawdown,
    Drift,
    Extreme,
    OnDrawing,
    PositionProfit,
    PriceLevel,
    Silence,
)

if TYPE_CHECKING:
    from datetime import datetime, time

    from puffin.monitor.conditions import (
        Condition,
    )
    from puffin.types import Quote

Repeat: TypeAlias = Literal["once", "every", "daily"]

COOLDOWN = timedelta(minutes=15)  # of market time, between two times that "every" speaks
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day, in New York, in which nothing is said; they may pass midnight."""

    start: time
    end: time

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies in them."""
        now = at.astimezone(EXCHANGE).time()
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


@dataclass(frozen=True, slots=True)
class Manner:
    """How often an alert speaks, and when it does not.

    Args:
        repeat: Once and never again, every time it comes true, or once a day at most.
        cooldown: The shortest time, of the market, between two times.
        hysteresis: How far back it must go before it can come true again: a share of the level,
            0.01 is 1 %.
        expires_at: From when on it no longer watches, computer's time.
        quiet: Hours without a word; what comes true in them is passed over.
    """

    repeat: Repeat = "once"
    cooldown: timedelta = COOLDOWN
    hysteresis: Decimal = Decimal(0)
    expires_at: datetime | None = None
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What an alert remembers. One that is not armed waits to get back to the near side."""

    armed: bool = False
    last_fired_at: datetime | None = None  # market time
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a condition sees: its figure, whether it holds or is clearly over, and the level."""

    value: Decimal
    holds: bool
    clear: bool
    limit: Decimal


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see; None is what is not known.

    Args:
        quote: The symbol's latest quote.
        level: How high a line on the chart is now.
        highest: The highest price of the sessions an `Extreme` asks for; `lowest` the lowest.
        profit: What the position made and has not taken, in dollars; `profit_ratio` of its cost.
        day_ratio: The day's profit as a share of the opening equity.
        drawdown: How far equity is below its peak, as a positive share.
        drift: The largest distance of a weight from its goal, as a share of equity.
        silence: Seconds since the last quote, while the market is open.
    """

    quote: Quote | None = None
    level: Decimal | None = None
    highest: Decimal | None = None
    lowest: Decimal | None = None
    profit: Decimal | None = None
    profit_ratio: Decimal | None = None
    day_ratio: Decimal | None = None
    drawdown: Decimal | None = None
    drift: Decimal | None = None
    silence: float | None = None


def read(condition: Condition, view: View, hysteresis: Decimal = Decimal(0)) -> Reading | None:
    """Return what a condition with a level sees; None while that is not known.

    Conditions that are told of (orders, jobs, closed bars) have no level and read nothing.
    """
    level = _level(condition, view)
    if level is None:
        return None
    value, limit, above = level
    room = abs(limit) * hysteresis
    if above:
        return Reading(value, value >= limit, value < limit - room, limit)
    return Reading(value, value <= limit, value > limit + room, limit)


def step(memory: Memory, reading: Reading, manner: Manner, at: datetime) -> tuple[Memory, bool]:
    """Return what an alert remembers after a reading at market time `at`, and whether it speaks.

    It speaks when its condition comes true after it was clearly not: armed first, then true. What
    comes true during the cooldown or the quiet hours counts as said.
    """
    if not memory.enabled:
        return memory, False
    if not reading.holds:
        armed = memory.armed or reading.clear
        return (memory if armed == memory.armed else replace(memory, armed=armed)), False
    if not memory.armed:
        return memory, False
    return _speak(replace(memory, armed=False), manner, at)


def told(memory: Memory, manner: Manner, at: datetime) -> tuple[Memory, bool]:
    """Return the same for something that just happened, which has no near side."""
    if not memory.enabled:
        return memory, False
    return _speak(memory, manner, at)


def _speak(memory: Memory, manner: Manner, at: datetime) -> tuple[Memory, bool]:
    if _rests(memory, manner, at) or (manner.quiet is not None and manner.quiet.holds(at)):
        return memory, False
    return replace(memory, last_fired_at=at, enabled=manner.repeat != "once"), True


def _rests(memory: Memory, manner: Manner, at: datetime) -> bool:
    last = memory.last_fired_at
    if last is None:
        return False
    if manner.repeat == "daily":
        return last.astimezone(EXCHANGE).date() >= at.astimezone(EXCHANGE).date()
    return manner.repeat == "every" and at - last < manner.cooldown


def _level(condition: Condition, view: View) -> tuple[Decimal, Decimal, bool] | None:
    """Return the figure, its limit, and whether it holds above it; None if it is not known."""
    above, value, limit = True, None, Decimal(0)
    match condition:
        case PriceLevel() | DayMove() | Extreme() | OnDrawing():
            return None if view.quote is None else _of_price(condition, view, view.quote)
        case PositionProfit():
            value = view.profit if condition.unit == "dollars" else _percent(view.profit_ratio)
            limit, above = condition.amount, condition.when == "above"
        case DayLoss():
            gained = _percent(view.day_ratio)
            value, limit = None if gained is None else -gained, condition.percent
        case Drawdown():
            value, limit = _percent(view.drawdown), condition.percent
        case Drift():
            value, limit = _percent(view.drift), condition.points
        case Silence():
            seconds = view.silence
            value = None if seconds is None else Decimal(round(seconds))
            limit = Decimal(condition.seconds)
        case _:
            value = None
    return None if value is None else (value, limit, above)


def _of_price(
    condition: PriceLevel | DayMove | Extreme | OnDrawing, view: View, quote: Quote
) -> tuple[Decimal, Decimal, bool] | None:
    if isinstance(condition, PriceLevel | OnDrawing):
        level = condition.price if isinstance(condition, PriceLevel) else view.level
        return None if level is None else (quote.last, level, condition.when == "above")
    if isinstance(condition, DayMove):
        moved = _percent(quote.change_ratio)
        if moved is None:
            return None
        if condition.when == "either":
            return abs(moved), condition.percent, True
        return (moved if condition.when == "up" else -moved), condition.percent, True
    high = condition.when == "high"
    limit = view.highest if high else view.lowest
    # Beyond, not at it: the old extreme is no new one.
    if limit is None:
        return None
    beyond = limit + _FINEST if high else limit - _FINEST
    return quote.last, beyond, high


def _percent(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio * HUNDRED


_FINEST = Decimal("0.0001")  # the finest step in which prices are quoted
