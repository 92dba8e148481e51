"""The tables of the Factors tab: the library, newest values, and how well a factor foretold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from puffin.factors.alphas import Factor
    from puffin.factors.evaluation import Evaluation, Horizon


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A symbol's newest value, and its place."""

    place: int
    symbol: str
    value: float | None
    at: datetime | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuantileRow:
    """What followed in one quantile, by horizon: mean returns."""

    quantile: int
    title: str
    means: tuple[tuple[int, float | None], ...]

    @property
    def words(self) -> str:
        """The means in one line."""
        return "   ".join(
            f"{bars}: {formats.percent(mean, sign=True)}" for bars, mean in self.means
        )


def value_rows(
    latest: tuple[tuple[str, float | None, datetime | None], ...], reasons: Mapping[str, str]
) -> list[ValueRow]:
    """Return the newest values, the highest first; why there is none for those without."""
    return [
        ValueRow(place, *each, reasons.get(each[0], ""))
        for place, each in enumerate(latest, start=1)
    ]


def quantile_rows(found: Evaluation) -> list[QuantileRow]:
    """Return what followed in each quantile, the highest first."""
    rows = []
    for at in reversed(range(found.quantiles)):
        means = tuple((each.bars, _mean(each, at)) for each in found.horizons)
        edge = " (lowest)" if at == 0 else " (highest)" if at == found.quantiles - 1 else ""
        rows.append(QuantileRow(at + 1, f"{at + 1}{edge}", means))
    return rows


def quantile_columns(found: Evaluation) -> tuple[Column[QuantileRow], ...]:
    """Return the columns of the quantiles' table: one for each horizon."""
    first: Column[QuantileRow] = Column(
        "title",
        "Quantile",
        lambda row: row.title,
        draw=Draw.STRONG,
        sort=lambda row: row.quantile,
        width=96,
    )
    return (first, *(_after(place, each.bars) for place, each in enumerate(found.horizons)))


def _after(place: int, bars: int) -> Column[QuantileRow]:
    return number(
        f"after {place}",
        f"After {bars}",
        lambda row: formats.percent(row.means[place][1], places=2, sign=True),
        lambda row: row.means[place][1],
        tone=lambda row: Theme.sign_tone(row.means[place][1]),
        help_=f"Mean return over {bars} bars",
        width=84,
    )


def _mean(horizon: Horizon, at: int) -> float | None:
    value = float(horizon.quantiles.mean[at])
    return value if value == value else None  # noqa: PLR0124 - NaN is not itself


def _turnover(horizon: Horizon) -> float | None:
    known = [each for each in horizon.turnover if each is not None]
    return sum(known) / len(known) if known else None


_SURE = 2.0  # a t statistic from which chance is an unlikely explanation

LIBRARY: tuple[Column[Factor], ...] = (
    Column(
        "title",
        "Factor",
        lambda each: each.title,
        draw=Draw.STRONG,
        width=276,
        tip=lambda each: each.summary,
        tone=lambda each: Tone.FAINT if each.missing else Tone.TEXT,
    ),
    Column("group", "Group", lambda each: str(each.group).capitalize(), width=92),
    Column(
        "text",
        "Expression, or why not",
        lambda each: each.missing or each.text,
        width=520,
        tip=lambda each: each.missing or each.text,
        tone=lambda each: Tone.WARNING if each.missing else Tone.MUTED,
    ),
    Column(
        "source",
        "Source",
        lambda each: each.source,
        tip=lambda each: each.source,
        width=200,
        hidden=True,
    ),
)
VALUES: tuple[Column[ValueRow], ...] = (
    number("place", "#", lambda row: str(row.place), lambda row: row.place, width=40),
    Column("symbol", "Symbol", lambda row: row.symbol, draw=Draw.STRONG, width=84),
    Column(
        "value",
        "Value",
        lambda row: formats.number(row.value, places=4),
        Align.RIGHT,
        sort=lambda row: row.value,
        tone=lambda row: Theme.sign_tone(row.value),
        tip=lambda row: row.why,
        width=110,
    ),
    Column("at", "Known on", lambda row: formats.day(row.at), Align.RIGHT, width=100),
    Column(
        "why",
        "Why none now",
        lambda row: row.why,
        tone=lambda _: Tone.WARNING,
        tip=lambda row: row.why,
        width=320,
        hidden=True,  # the words above the table say it, too
    ),
)
HORIZONS: tuple[Column[Horizon], ...] = (
    number(
        "bars", "Ahead", lambda each: f"{each.bars}", lambda each: each.bars, width=60, help_="Bars"
    ),
    number(
        "mean",
        "Mean IC",
        lambda each: formats.number(each.mean, places=3),
        lambda each: each.mean,
        tone=lambda each: Theme.sign_tone(each.mean),
        width=74,
        help_="Mean rank correlation with what followed; 0.03 is useful, 0.1 is rare",
    ),
    number(
        "t",
        "t",
        lambda each: formats.number(each.t),
        lambda each: each.t,
        width=58,
        tone=lambda each: Tone.SUCCESS if abs(each.t or 0) >= _SURE else Tone.MUTED,
        help_="Beyond 2, chance is an unlikely explanation",
    ),
    number(
        "positive",
        "Positive",
        lambda each: formats.percent(each.positive, places=0),
        lambda each: each.positive,
        width=70,
        help_="Share of dates above zero",
    ),
    number(
        "spread",
        "Spread",
        lambda each: formats.percent(each.spread, sign=True),
        lambda each: each.spread,
        tone=lambda each: Theme.sign_tone(each.spread),
        width=78,
        help_="Mean return of the highest quantile less that of the lowest",
    ),
    number(
        "turnover",
        "Turnover",
        lambda each: formats.percent(_turnover(each), places=0),
        _turnover,
        width=76,
        help_="Names that change in the outer quantiles",
    ),
    number(
        "autocorrelation",
        "Lasts",
        lambda each: formats.number(each.autocorrelation),
        lambda each: each.autocorrelation,
        width=62,
        help_="Correlation of ranks over so many bars: near 1 it changes slowly",
    ),
    number("dates", "Dates", lambda each: f"{each.dates:,}", lambda each: each.dates, width=66),
)
