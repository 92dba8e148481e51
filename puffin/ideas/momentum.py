"""The momentum rule: where the close stands among its averages, on how much volume."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from puffin.ideas.base import Grade, Method, NoIdea
from puffin.ideas.levels import Wanted, idea_or_not
from puffin.types import Side

if TYPE_CHECKING:
    from puffin.ideas.base import Idea
    from puffin.ideas.readings import Snapshot

INPUTS: Final = (
    "close",
    "day",
    "sma20",
    "sma50",
    "sma200",
    "d20",
    "volume_ratio",
    "atr_percent",
    "width",
)
NEEDED: Final = (*INPUTS, "atr")
ENTRY, STOP, TARGET = 0.005, 0.05, 0.10  # away from the close, as shares of it
NEAR: Final = (-1.0, 2.0)  # percent from SMA 20
STILL: Final = 1.5  # percent from SMA 20 within which nothing happens
MOVE, JUMP, AWAY = 1.0, 2.0, 2.0  # percent of a day, of a large day, and below SMA 20


class Alignment(Enum):
    """How close and averages stand to each other; the value is what it adds to a score."""

    UP = (1, 1.0)  # close > SMA 20 > SMA 50 > SMA 200
    MIXED_UP = (1, 0.5)  # close > SMA 20 > SMA 50
    NEITHER = (0, 0.2)
    MIXED_DOWN = (-1, 0.5)
    DOWN = (-1, 1.0)

    def points(self, side: Side) -> float:
        """Return what it adds to the score of a trade on `side`."""
        way, points = self.value
        return points if way * side.sign >= 0 else 0.0


def alignment(now: Snapshot) -> Alignment:
    """Return how the close and its averages stand to each other."""
    close, fast, middle, slow = now["close"], now["sma20"], now["sma50"], now["sma200"]
    if close > fast > middle:
        return Alignment.UP if middle > slow else Alignment.MIXED_UP
    if close < fast < middle:
        return Alignment.DOWN if middle < slow else Alignment.MIXED_DOWN
    return Alignment.NEITHER


@dataclass(frozen=True, slots=True)
class _Case:
    side: Side
    confidence: float
    risk: Grade
    reason: str


def momentum(now: Snapshot) -> Idea | NoIdea:
    """Return the idea of the momentum rule at one close, or why there is none."""
    missing = now.missing(NEEDED)
    if missing:
        return NoIdea(now.symbol, Method.MOMENTUM, missing, now.inputs(INPUTS))
    stand = alignment(now)
    case = _trending(now, stand) or _moving(now)
    if case is None:
        reason = "Neither the averages nor the day say anything: hold."
        return NoIdea(now.symbol, Method.MOMENTUM, reason, now.inputs(INPUTS))
    close, sign = now["close"], case.side.sign
    return idea_or_not(
        now,
        Wanted(
            Method.MOMENTUM,
            case.side,
            entry=close * (1 - sign * ENTRY),
            stop=close * (1 - sign * STOP),
            target=close * (1 + sign * TARGET),
            confidence=case.confidence,
            risk=case.risk,
            with_trend=stand.points(case.side),
            reason=case.reason,
            inputs=now.inputs(INPUTS),
        ),
    )


def _trending(now: Snapshot, stand: Alignment) -> _Case | None:
    """Return what averages that stand in order say."""
    away, busy = abs(now["d20"]), now.volume is Grade.HIGH
    if stand is Alignment.UP and busy:
        return _Case(
            Side.BUY,
            min(90.0, 75 + away),
            Grade.LOW,
            "The close is above SMA 20, 50 and 200, in this order, on high volume.",
        )
    if stand in {Alignment.UP, Alignment.MIXED_UP}:
        order = "20, 50 and 200" if stand is Alignment.UP else "20 and 50"
        return _Case(
            Side.BUY,
            min(80.0, 70 + away / 2),
            Grade.MEDIUM,
            f"The close is above SMA {order}, in this order.",
        )
    if NEAR[0] <= now["d20"] <= NEAR[1] and now["day"] > MOVE and busy:
        return _Case(
            Side.BUY,
            75.0,
            Grade.MEDIUM,
            f"A rise of {now['day']:.1f} % on high volume, near SMA 20.",
        )
    if stand is Alignment.DOWN and busy:
        return _Case(
            Side.SELL,
            min(85.0, 70 + away),
            Grade.MEDIUM,
            "The close is below SMA 20, 50 and 200, in this order, on high volume.",
        )
    if stand in {Alignment.DOWN, Alignment.MIXED_DOWN} and now["d20"] < -AWAY:
        return _Case(
            Side.SELL,
            min(75.0, 65 + away / 2),
            Grade.MEDIUM,
            f"The averages point down and the close is {away:.1f} % below SMA 20.",
        )
    return None


def _moving(now: Snapshot) -> _Case | None:
    """Return what a large day says where the averages say nothing."""
    if abs(now["d20"]) < STILL and now.volume is not Grade.HIGH:
        return None
    if now["day"] > JUMP:
        words = f"A rise of {now['day']:.1f} % in a day, with no trend behind it."
        return _Case(Side.BUY, 70.0, Grade.HIGH, words)
    if now["day"] < -JUMP:
        words = f"A fall of {-now['day']:.1f} % in a day, with no trend behind it."
        return _Case(Side.SELL, 65.0, Grade.HIGH, words)
    return None
