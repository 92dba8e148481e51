"""What an idea is: an order worth a look, every number it came from, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from puffin.types import Side

HORIZONS: Final = (1, 5, 20)  # trading days after which an idea is looked at again
LIFE: Final = 5  # trading days in which its entry may fill
SAID_FROM: Final = 30  # ideas that do not overlap, before a rate says anything


class Method(StrEnum):
    """Which rule had the idea."""

    MOMENTUM = "momentum"
    SIGNALS = "signals"

    @property
    def label(self) -> str:
        """Its name on the screen."""
        return "Momentum" if self is Method.MOMENTUM else "Technical signals"


class Grade(StrEnum):
    """Low, medium or high: of risk, of volatility, of volume."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Input:
    """One number that a rule went by; None where it is not known, and then `text` says why."""

    id: str
    title: str
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """What one sign speaks for: points above zero for buying, below zero for selling."""

    title: str
    points: float
    text: str


@dataclass(frozen=True, slots=True)
class Idea:
    """An order worth a look, decided on the close of `day` and nothing after it.

    The stop is always on the losing side of the entry, and the target at least as far away as
    the stop: where a rule gives anything else there is no idea.

    Attributes:
        symbol: What to trade.
        side: Buy, or sell: what is held, or short.
        method: Which rule had it.
        day: The session whose close decided.
        close: That close, in the shares of the day.
        entry: The limit price at which to get in.
        stop: Where the loss ends.
        target: Where the gain is taken.
        confidence: Points of the rule from 0 to 100, not a probability.
        score: From 1 to 10, by `formula`.
        formula: The score's sum in words and numbers.
        risk: As the rule grades it.
        volatility: How much the symbol moves.
        reason: Why, in a sentence.
        inputs: Every number the rule went by.
        points: What each sign spoke for; empty for rules that do not count points.
    """

    symbol: str
    side: Side
    method: Method
    day: date
    close: Decimal
    entry: Decimal
    stop: Decimal
    target: Decimal
    confidence: float
    score: float
    formula: str
    risk: Grade
    volatility: Grade
    reason: str
    inputs: tuple[Input, ...]
    points: tuple[Point, ...] = ()

    @property
    def reward_to_risk(self) -> Decimal:
        """How far the target is away, in distances of the stop."""
        return abs(self.target - self.entry) / abs(self.entry - self.stop)


@dataclass(frozen=True, slots=True)
class NoIdea:
    """That a rule has no idea, and why."""

    symbol: str
    method: Method
    reason: str
    inputs: tuple[Input, ...] = ()


class End(StrEnum):
    """Where an idea stood after some days."""

    WAITING = "waiting"  # that many days have not passed yet
    UNFILLED = "unfilled"  # the entry was not reached
    OPEN = "open"  # filled, and neither stop nor target was reached
    STOPPED = "stopped"
    TARGET = "target"
    UNKNOWN = "unknown"  # the prices of these days are not to be had


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an idea came to after `days` trading days, if somebody had followed it to the letter.

    Attributes:
        days: Trading days after the day of the idea.
        end: Where it stood.
        filled_on: The day the entry filled; None if it did not.
        ended_on: The day it ended, or was looked at.
        price: Where it ended: the stop, an open beyond it, the target, or the close.
        ratio: Gain as a share of the entry, costs taken off; None where nothing filled.
        gross: The same before costs.
        multiple: The gain after costs in distances of the stop.
        text: What happened, in a sentence.
        passed: Whether the days have passed. What ended before is known earlier, but a record that
            counted it then, and the others later, would be of the quick ones only.
    """

    days: int
    end: End
    filled_on: date | None = None
    ended_on: date | None = None
    price: float | None = None
    ratio: float | None = None
    gross: float | None = None
    multiple: float | None = None
    text: str = ""
    passed: bool = True
