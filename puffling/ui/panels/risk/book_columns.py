"""The tables of the Portfolio tab: tails, positions, how the past bears them out, and crises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.risk.value_at_risk import Method
from puffling.core import formats
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from puffin.risk.stress import Stressed
    from puffling.services.portfolio_risk import PortfolioRisk

METHODS = {
    Method.HISTORICAL: ("Historical", "The days that were; knows nothing that never was"),
    Method.NORMAL: ("Parametric", "A normal distribution; understates the tail of most stocks"),
    Method.CORNISH_FISHER: ("Cornish-Fisher", "Normal, bent by skewness and kurtosis"),
    Method.STUDENT_T: ("Student-t", "A tail as heavy as the returns’ kurtosis says"),
}
_LEVELS = ("95", "99")


@dataclass(frozen=True, slots=True)
class TailRow:
    """A way to estimate the tail: money lost on a bad day, at 95 and 99 %."""

    title: str
    about: str
    at_risk: tuple[float | None, float | None]
    shortfall: tuple[float | None, float | None]
    equity: float


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One position's part in the risk."""

    symbol: str
    weight: float
    value: float
    beta: float | None
    adds: float
    share: float | None  # of the value at risk


@dataclass(frozen=True, slots=True)
class TestRow:
    """Kupiec's test of one estimate."""

    title: str
    level: str
    days: int
    expected: float
    exceptions: int
    p_value: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class CrisisRow:
    """What a scenario costs."""

    id: str
    title: str
    market: float
    profit: float | None
    share: float | None
    source: str
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...]
    is_own: bool


def tail_rows(risk: PortfolioRisk) -> list[TailRow]:
    """Return the ways to estimate the tail."""
    found = []
    for method, (title, about) in METHODS.items():
        own = sorted((e for e in risk.book.tails if e.method is method), key=lambda e: e.level)
        low, high = own[0], own[-1]
        found.append(
            TailRow(
                title,
                about,
                (low.value_at_risk, high.value_at_risk),
                (low.shortfall, high.shortfall),
                risk.equity,
            )
        )
    return found


def position_rows(risk: PortfolioRisk) -> list[PositionRow]:
    """Return the positions, the largest first."""
    whole = float(risk.book.components.sum())
    rows = [
        PositionRow(
            symbol,
            risk.weights[symbol],
            risk.weights[symbol] * risk.equity,
            risk.betas[symbol],
            float(adds),
            float(adds) / whole if whole > 0 else None,
        )
        for symbol, adds in zip(risk.symbols, risk.book.components, strict=True)
    ]
    return sorted(rows, key=lambda row: -abs(row.weight))


def test_rows(risk: PortfolioRisk) -> list[TestRow]:
    """Return Kupiec's test of each estimate."""
    found = []
    for method, (title, _) in METHODS.items():
        for level in _LEVELS:
            test = risk.tests.get(f"{method}_{level}")
            if test is not None:
                found.append(
                    TestRow(
                        title,
                        f"{level} %",
                        test.days,
                        test.expected,
                        test.exceptions,
                        test.p_value,
                        test.accepted,
                    )
                )
    return found


def crisis_rows(stressed: tuple[Stressed, ...]) -> list[CrisisRow]:
    """Return the scenarios in their order."""
    return [
        CrisisRow(
            each.scenario.id,
            each.scenario.title,
            each.scenario.market,
            each.profit,
            each.share,
            each.scenario.source,
            each.unknown,
            each.absent,
            each.notes,
            each.scenario.id.startswith("own: "),
        )
        for each in stressed
    ]


def _money(value: float | None) -> str:
    return formats.money(value, places=0)


def _of(value: float | None, equity: float) -> str:
    return "" if value is None else f"{formats.percent(value / equity)} of equity"


def _tail(id_: str, heading: str, at: int, *, shortfall: bool, help_: str) -> Column[TailRow]:
    def value(row: TailRow) -> float | None:
        return (row.shortfall if shortfall else row.at_risk)[at]

    return Column(
        id_,
        heading,
        lambda row: _money(value(row)),
        Align.RIGHT,
        sort=value,
        tip=lambda row: _of(value(row), row.equity),
        help=help_,
        width=66,
    )


TAILS: tuple[Column[TailRow], ...] = (
    Column(
        "title",
        "One day ahead",
        lambda row: row.title,
        tip=lambda row: row.about,
        width=112,
        draw=Draw.STRONG,
    ),
    _tail("var95", "VaR 95", 0, shortfall=False, help_="One day in twenty loses more ($)"),
    _tail("es95", "ES 95", 0, shortfall=True, help_="Mean loss of those days ($)"),
    _tail("var99", "VaR 99", 1, shortfall=False, help_="One day in a hundred loses more ($)"),
    _tail("es99", "ES 99", 1, shortfall=True, help_="Mean loss of those days ($)"),
)
POSITIONS: tuple[Column[PositionRow], ...] = (
    Column("symbol", "Symbol", lambda row: row.symbol, draw=Draw.STRONG, width=72),
    Column(
        "weight",
        "Weight",
        lambda row: formats.percent(row.weight, places=1),
        Align.RIGHT,
        sort=lambda row: row.weight,
        draw=Draw.BAR,
        amount=lambda row: max(-1.0, min(1.0, row.weight)),
        tone=lambda _: Tone.INFO,
        width=80,
    ),
    number("value", "Value", lambda row: _money(row.value), lambda row: row.value, width=82),
    number(
        "beta",
        "Beta",
        lambda row: formats.number(row.beta),
        lambda row: row.beta,
        width=58,
        help_="How much it moves for 1 % of the market",
    ),
    number(
        "adds",
        "Adds",
        lambda row: _money(row.adds),
        lambda row: row.adds,
        width=74,
        help_="To the parametric value at risk at 95 % ($); below zero it hedges the others",
    ),
    number(
        "share",
        "Of risk",
        lambda row: formats.percent(row.share, places=1),
        lambda row: row.share,
        width=72,
    ),
)
TESTS: tuple[Column[TestRow], ...] = (
    Column("title", "Estimate", lambda row: row.title, draw=Draw.STRONG, width=112),
    Column("level", "Level", lambda row: row.level, Align.RIGHT, width=58),
    number(
        "exceptions",
        "Worse",
        lambda row: str(row.exceptions),
        lambda row: row.exceptions,
        width=62,
        help_="Days on which the loss was larger than the value at risk",
    ),
    number(
        "expected",
        "Expected",
        lambda row: formats.number(row.expected, places=1),
        lambda row: row.expected,
        width=76,
        help_="Days on which it should have been",
    ),
    number("days", "Days", lambda row: f"{row.days:,}", lambda row: row.days, width=60),
    number(
        "p",
        "Chance",
        lambda row: formats.percent(row.p_value, places=1),
        lambda row: row.p_value,
        width=68,
        help_="Of being off this much if the estimate is right (Kupiec 1995)",
    ),
    Column(
        "verdict",
        "Verdict",
        lambda row: "Holds" if row.accepted else "Rejected",
        tone=lambda row: Tone.SUCCESS if row.accepted else Tone.DANGER,
        draw=Draw.CHIP,
        width=84,
    ),
)
CRISES: tuple[Column[CrisisRow], ...] = (
    Column(
        "title",
        "Scenario",
        lambda row: row.title,
        tip=lambda row: row.source,
        width=216,
        draw=Draw.STRONG,
    ),
    number(
        "profit",
        "Account ($)",
        lambda row: formats.money(row.profit, places=0, sign=True),
        lambda row: row.profit,
        tone=lambda row: Theme.sign_tone(row.profit),
        width=92,
    ),
    number(
        "share",
        "Of equity",
        lambda row: formats.percent(row.share, places=1, sign=True),
        lambda row: row.share,
        tone=lambda row: Theme.sign_tone(row.share),
        width=78,
    ),
    number(
        "market",
        "Market",
        lambda row: formats.percent(row.market, places=1, sign=True),
        lambda row: row.market,
        width=74,
    ),
    Column(
        "unknown",
        "Not counted",
        lambda row: ", ".join((*row.unknown, *row.absent)),
        tone=lambda _: Tone.WARNING,
        tip=lambda row: " ".join(row.notes),
        width=96,
    ),
)
