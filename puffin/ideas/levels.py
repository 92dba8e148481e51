"""Entry, stop and target of an idea, and every reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from puffin.ideas.base import Grade, Idea, NoIdea
from puffin.ideas.readings import price_text
from puffin.types import LARGEST_PRICE, Side

if TYPE_CHECKING:
    from puffin.ideas.base import Input, Method, Point
    from puffin.ideas.readings import Snapshot

CENT: Final = Decimal("0.01")
FINE: Final = Decimal("0.0001")  # prices below a dollar are quoted this finely
LEAST: Final = Decimal(1)  # the target is at least this many times as far away as the stop
RISK_POINTS: Final = {Grade.LOW: 0.4, Grade.MEDIUM: 0.2, Grade.HIGH: 0.0}
VOLUME_POINTS: Final = {Grade.HIGH: 1.0, Grade.MEDIUM: 0.5, Grade.LOW: 0.2}
LOWEST_SCORE, HIGHEST_SCORE = 1.0, 10.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule wants to do, before anybody asked whether it makes sense."""

    method: Method
    side: Side
    entry: float
    stop: float
    target: float
    confidence: float
    risk: Grade
    with_trend: float  # 1, 0.5, 0.2 or 0: how far the averages agree with the side
    reason: str
    inputs: tuple[Input, ...]
    points: tuple[Point, ...] = ()


def idea_or_not(now: Snapshot, wanted: Wanted) -> Idea | NoIdea:
    """Return the idea, or why its levels make none.

    The stop must be on the losing side, at least one average true range away, and the target at
    least as far away as the stop: all of it after prices are rounded to what can be traded.
    """
    levels = _rounded(wanted)
    reason = _nonsense(now, wanted.side.sign, *levels) or _poor(now, *levels)
    if reason:
        return NoIdea(now.symbol, wanted.method, reason, wanted.inputs)
    entry, stop, target = levels
    score, formula = _score(now, wanted)
    return Idea(
        symbol=now.symbol,
        side=wanted.side,
        method=wanted.method,
        day=now.day,
        close=exact(now["close"]),
        entry=entry,
        stop=stop,
        target=target,
        confidence=round(wanted.confidence, 1),
        score=score,
        formula=formula,
        risk=wanted.risk,
        volatility=now.volatility,
        reason=wanted.reason,
        inputs=wanted.inputs,
        points=wanted.points,
    )


def _nonsense(now: Snapshot, sign: int, entry: Decimal, stop: Decimal, target: Decimal) -> str:
    """Return why nobody could trade these levels; empty when one could."""
    if not now["volume_ratio"]:
        return f"Nothing was traded on {now.day}."
    if not all(0 < each <= LARGEST_PRICE for each in (entry, stop, target)):
        return "The prices cannot be traded."
    if (entry - stop) * sign <= 0:
        return f"The stop at {stop:,f} would not be on the losing side of {entry:,f}."
    if (target - entry) * sign <= 0:
        return f"The target at {target:,f} would not be on the winning side of {entry:,f}."
    return ""


def _poor(now: Snapshot, entry: Decimal, stop: Decimal, target: Decimal) -> str:
    """Return why these levels are not worth a trade; empty when they are."""
    away, gain = abs(entry - stop), abs(target - entry)
    if float(away) < now["atr"]:
        return (
            f"The stop would be {away:,f} away, within the usual range of a day "
            f"({price_text(now['atr'])})."
        )
    if gain / away < LEAST:
        return (
            f"The target would be {gain:,f} away and the stop {away:,f}: "
            f"{gain / away:.2f} to win for 1 to lose."
        )
    return ""


def _rounded(wanted: Wanted) -> tuple[Decimal, Decimal, Decimal]:
    """Return the prices as they can be traded: the stop further away, the target nearer."""
    buys = wanted.side is Side.BUY
    return (
        _price(wanted.entry, ROUND_HALF_UP),
        _price(wanted.stop, ROUND_FLOOR if buys else ROUND_CEILING),
        _price(wanted.target, ROUND_FLOOR if buys else ROUND_CEILING),
    )


def _price(value: float, rounding: str) -> Decimal:
    told = exact(value)
    return told.quantize(CENT if told >= 1 else FINE, rounding)


def exact(value: float) -> Decimal:
    """Return a number without the noise of its last digits: 110.00999999999999 is 110.01."""
    return Decimal(f"{value:.12g}")


def _score(now: Snapshot, wanted: Wanted) -> tuple[float, str]:
    """Return the score and its sum in words: how much speaks for the idea, from 1 to 10."""
    parts = (
        (f"confidence {wanted.confidence:.1f} / 10 x 0.6", wanted.confidence / 10 * 0.6),
        (f"{wanted.risk} risk", RISK_POINTS[wanted.risk]),
        ("averages", wanted.with_trend),
        (f"{now.volume} volume", VOLUME_POINTS[now.volume]),
    )
    total = sum(points for _, points in parts)
    score = round(min(max(total, LOWEST_SCORE), HIGHEST_SCORE), 2)
    said = " + ".join(f"{points:.2f} ({words})" for words, points in parts)
    return score, f"{said} = {total:.2f}, kept between 1 and 10"
