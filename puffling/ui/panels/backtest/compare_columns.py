"""The table of a comparison: every strategy that ran, and those that did not with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core import formats
from puffling.ui.panels.backtest.words import parameter_words
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.theme.theme import Theme
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.backtest.confidence import Row
    from puffin.backtest.recommend import Recommendation


@dataclass(frozen=True, slots=True)
class Compared:
    """A strategy in the comparison; `row` is None and `reason` says why if it did not run."""

    place: int
    title: str
    row: Row | None
    reason: str = ""

    @property
    def words(self) -> str:
        """The parameters the last fold chose, or why there are none."""
        if self.row is None:
            return self.reason
        if self.row.parameters is None:
            return "No combination could be told from another."
        return parameter_words(self.row.parameters)


def rows_of(found: Recommendation) -> list[Compared]:
    """Return the rows of a comparison, best first, those that did not run last."""
    ran = [Compared(place, each.title, each) for place, each in enumerate(found.rows, start=1)]
    gone = [
        Compared(len(ran) + place, title, None, reason)
        for place, (title, reason) in enumerate(found.skipped, start=1)
    ]
    return [*ran, *gone]


def _figure(  # noqa: PLR0913 - each is a word of the declaration, given by name
    id_: str,
    heading: str,
    value: Callable[[Row], float | None],
    write: Callable[[float | None], str],
    *,
    help_: str,
    width: int = 92,
    signed: bool = False,
    gone: str = "",
) -> Column[Compared]:
    def known(each: Compared) -> float | None:
        return None if each.row is None else value(each.row)

    return number(
        id_,
        heading,
        lambda each: gone if each.row is None else write(known(each)),
        known,
        tone=(lambda each: _tone(each, known(each))) if signed else None,
        help_=help_,
        width=width,
    )


def _tone(each: Compared, value: float | None) -> Tone:
    return Tone.WARNING if each.row is None else Theme.sign_tone(value)


def _percent(value: float | None) -> str:
    return formats.percent(value, sign=True)


def _whole(value: float | None) -> str:
    return formats.number(value, places=0)


COMPARED: tuple[Column[Compared], ...] = (
    number("place", "#", lambda each: str(each.place), lambda each: each.place, width=36),
    Column(
        "title",
        "Strategy",
        lambda each: each.title,
        draw=Draw.STRONG,
        tip=lambda each: each.reason or each.title,
        width=206,
    ),
    _figure(
        "sharpe",
        "Sharpe in test",
        lambda row: row.sharpe,
        formats.number,
        help_="Mean of the folds, where the parameters were not chosen",
        width=106,
        signed=True,
        gone="skipped",
    ),
    _figure(
        "deviation",
        "Differs by",
        lambda row: row.deviation,
        formats.number,
        help_="Standard deviation of the folds' Sharpe ratios: the smaller, the steadier",
        width=80,
    ),
    _figure(
        "train",
        "Sharpe in train",
        lambda row: row.train_sharpe,
        formats.number,
        help_="Mean of the folds, where the parameters were chosen",
        width=110,
    ),
    _figure(
        "return",
        "Return in test",
        lambda row: row.total_return,
        _percent,
        help_="Of all tests, one after the other",
        width=104,
        signed=True,
    ),
    _figure(
        "drawdown",
        "Worst drawdown",
        lambda row: row.worst_drawdown,
        _percent,
        help_="The deepest of a fold",
        width=124,
        signed=True,
    ),
    _figure(
        "trades", "Trades", lambda row: float(row.trades), _whole, help_="In all tests", width=64
    ),
    _figure(
        "tried",
        "Tried",
        lambda row: float(row.tried),
        _whole,
        help_="Combinations that each fold chose from",
        width=60,
    ),
    Column(
        "words",
        "Parameters, or why not",
        lambda each: each.words,
        tone=lambda each: Tone.WARNING if each.row is None else Tone.MUTED,
        tip=lambda each: each.words,
        stretch=True,
    ),
)
