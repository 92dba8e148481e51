"""Whether a strategy is a rule at all: it decides the same twice, and knows no names and years."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from puffin.data.bars import Bars
from puffin.truth.check import Check, Grade

if TYPE_CHECKING:
    from puffin.truth.decisions import Change, Data, Subject

# After 28 years every date falls on its weekday again, leap days too, until 2100.
YEARS, DAYS = 28, 10_227
DAY_NS = 86_400_000_000_000
LAST = 4_070_908_800_000_000_000  # 1 January 2099
NAME = "ANYNAME"


def repeatable(subject: Subject) -> Check:
    """Return whether the same prices lead to the same decisions once more."""
    change = subject.decided.change(subject.again(subject.data), len(subject.data))
    if change is None:
        said = "A second run on the same prices decided the same."
        return Check("repeatable", "Repeatable", Grade.GREEN, said)
    said = (
        f"The same prices led to other decisions the second time, first on bar {change.row + 1:,}: "
        "it draws lots, or keeps something from run to run. None of its numbers can be checked."
    )
    return Check("repeatable", "Repeatable", Grade.RED, said, {"row": float(change.row)})


def anonymous(subject: Subject) -> Check:
    """Return whether it decides the same without knowing the symbol and the year.

    Dates that were written into a rule, or the best parameters by symbol, are hindsight. The prices
    get another name, and are moved by 28 years, so that weekdays and months stay what they are.
    """
    id_, title = "anonymous", "Names and dates"
    data = subject.data
    movable = not data.interval.is_intraday and int(data.time[-1]) < LAST - DAYS * DAY_NS
    other = _moved(data) if movable else data
    renamed = moved = _change(subject, _renamed(other))
    if renamed is not None:
        renamed = _change(subject, _renamed(data))
        moved = _change(subject, other) if movable else None
    failed = [each for each in (renamed, moved) if isinstance(each, str)]
    if failed:
        said = f"It cannot be run under another name or in other years: {failed[0]}"
        return Check(id_, title, Grade.GREY, said)
    known = " and ".join(
        name for name, each in (("the symbol", renamed), ("dates", moved)) if each is not None
    )
    if not known:
        said = "Under another name" + (f" and {YEARS} years later" if movable else "")
        return Check(id_, title, Grade.GREEN, f"{said} the same prices lead to the same decisions.")
    said = (
        f"It decides by {known}, not only by prices: under another name, or {YEARS} years later, "
        "the same prices lead to other decisions. Make sure that this is no hindsight."
    )
    return Check(id_, title, Grade.AMBER, said, {"knows": known})


def _renamed(data: Data) -> Data:
    if isinstance(data, Bars):
        return replace(data, symbol=NAME, source="")
    return replace(data, symbols=tuple(f"{NAME}{at}" for at in range(len(data.symbols))))


def _moved(data: Data) -> Data:
    return replace(data, time=data.time + DAYS * DAY_NS)


def _change(subject: Subject, data: Data) -> Change | str | None:
    try:
        again = subject.again(data)
    except Exception as error:  # noqa: BLE001 - a trader's own code may raise anything
        return str(error) or type(error).__name__
    if not isinstance(data, Bars):  # columns are named by symbol
        columns = dict(zip(subject.decided.columns, again.columns.values(), strict=True))
        again = replace(again, columns=columns)
    return subject.decided.change(again, len(data))
