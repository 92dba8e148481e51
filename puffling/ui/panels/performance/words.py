"""Figures in words: what each is called, how it is written, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's words. `signed` ones are coloured as gains and losses."""

    title: str
    write: Callable[[float | None], str]
    meaning: str
    signed: bool = False


def change(value: float | None) -> str:
    """Return a share that may be a gain or a loss."""
    return formats.percent(value, sign=True)


def share(value: float | None) -> str:
    """Return a share without a sign."""
    return formats.percent(value)


def days(value: float | None) -> str:
    """Return a number of days."""
    return formats.UNKNOWN if value is None else f"{formats.number(value, places=0)} d"


def ratio(value: float | None) -> str:
    """Return a ratio."""
    return formats.number(value)


def span(value: timedelta | None) -> str:
    """Return how long something was held."""
    return formats.duration(value)


FIGURES: Mapping[str, Figure] = {
    "total_return": Figure(
        "Return", change, "Time-weighted: whatever money came or went.", signed=True
    ),
    "cagr": Figure(
        "A year", change, "The yearly growth that gives the whole; from 30 days on.", signed=True
    ),
    "volatility": Figure("Volatility", share, "Deviation of the returns, scaled to a year."),
    "sharpe": Figure(
        "Sharpe", ratio, "Mean return over its deviation, a year; risk-free rate 0 %."
    ),
    "sortino": Figure("Sortino", ratio, "As Sharpe, but only falls count as deviation."),
    "calmar": Figure("Calmar", ratio, "Yearly return over the deepest drawdown."),
    "omega": Figure("Omega", ratio, "What was gained over what was lost; 1 is a fair bet."),
    "max_drawdown": Figure(
        "Max drawdown", change, "The deepest fall from the highest point.", signed=True
    ),
    "max_drawdown_days": Figure(
        "Drawdown days", days, "The longest stay below a peak, in calendar days."
    ),
    "ulcer_index": Figure("Ulcer index", share, "How deep and how long it lay below its peaks."),
    "value_at_risk": Figure(
        "VaR 95", share, "One session in twenty lost more than this; from 20 sessions on."
    ),
    "expected_shortfall": Figure("CVaR 95", share, "The mean loss of those sessions."),
    "skewness": Figure("Skew", ratio, "Below zero, falls are larger than rises."),
    "kurtosis": Figure("Kurtosis", ratio, "Above zero, extremes are likelier than normal."),
    "tail_ratio": Figure("Tail ratio", ratio, "The best 5 % of sessions over the worst 5 %."),
    "best_day": Figure("Best session", change, "The highest return of one.", signed=True),
    "worst_day": Figure("Worst session", change, "The lowest return of one.", signed=True),
    "days_up": Figure("Sessions up", share, "The share of sessions that made money."),
    "best_month": Figure("Best month", change, "The highest return of one.", signed=True),
    "worst_month": Figure("Worst month", change, "The lowest return of one.", signed=True),
    "months_up": Figure("Months up", share, "The share of months that made money."),
}


def tone_of(figure: Figure, value: float | None) -> str:
    """Return the colour of a figure's value."""
    return Theme.sign_tone(value) if figure.signed and value is not None else Tone.TEXT
