"""Whether a rule holds: its terms, worked out for all bars at once.

Three values are kept apart: true, false, and not known yet, which is what a comparison with a
missing number is. Kleene's logic joins them: "all of" is false as soon as one term is known to be
false, "any of" is true as soon as one is known to be true, and the opposite of what is not known is
not known either. A rule holds only where it is known to be true, so NOT never makes something true
of an indicator that has no value yet.

Two numbers count as equal when they differ by less than a billionth of the larger one: sums of
floats do not come out the same to the last digit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.strategies.parts import above, before, before_flags, unready
from puffin.strategies.terms import (
    CROSSINGS,
    All,
    Combined,
    Compare,
    Not,
    Number,
    Price,
    TimeOf,
    Volume,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.factors.base import Parameters
    from puffin.strategies.terms import Comparison, Indicator, Operand, Part, Term

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

HOUR_NS: Final = 3_600_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Where something is known to be true, and where it is known to be false."""

    yes: Flags
    no: Flags


class Logic:
    """Works out terms and operands on some bars; what was worked out once is kept."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._studies: dict[tuple[str, str], dict[str, Floats]] = {}

    def truth(self, term: Term) -> Truth:
        """Return where a term is true and where it is false."""
        if isinstance(term, Compare):
            return self._compared(term)
        if isinstance(term, Not):
            inner = self.truth(term.term)
            return Truth(inner.no, inner.yes)
        parts = [self.truth(each) for each in term.terms]
        yes, no = [each.yes for each in parts], [each.no for each in parts]
        if isinstance(term, All):
            return Truth(np.logical_and.reduce(yes), np.logical_or.reduce(no))
        return Truth(np.logical_or.reduce(yes), np.logical_and.reduce(no))

    def values(self, operand: Operand) -> Floats:
        """Return an operand's value at each close; NaN where it has none."""
        if isinstance(operand, Number):
            return np.full(len(self._bars), operand.value)
        if isinstance(operand, Combined):
            return self._combined(operand)
        return before(self._now(operand), operand.ago) if operand.ago else self._now(operand)

    def _now(self, operand: Price | Volume | Indicator | TimeOf) -> Floats:
        bars = self._bars
        if isinstance(operand, Price):
            values: Floats = getattr(bars, operand.field)
            return values
        if isinstance(operand, Volume):
            return bars.volume
        if isinstance(operand, TimeOf):
            return time_part(bars, operand.part)
        return self._studied(operand)

    def _studied(self, operand: Indicator) -> Floats:
        from puffin.factors.catalogue import indicator

        found, settings = indicator(operand.id), json.dumps(operand.parameters, sort_keys=True)
        key = operand.id, settings
        if key not in self._studies:
            parameters = found.Parameters.model_validate_json(settings)
            outputs, first = found.study(self._bars, parameters), _begun(self._bars, parameters)
            self._studies[key] = {name: unready(each, first + 1) for name, each in outputs.items()}
        return self._studies[key][operand.output or found.outputs[0].id]

    def _combined(self, operand: Combined) -> Floats:
        left, right = self.values(operand.left), self.values(operand.right)
        if operand.sum == "+":
            return left + right
        if operand.sum == "-":
            return left - right
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            made = left * right if operand.sum == "*" else left / right
        return np.where(np.isfinite(made), made, np.nan)

    def _compared(self, term: Compare) -> Truth:
        left, right = self.values(term.left), self.values(term.right)
        known = ~(np.isnan(left) | np.isnan(right))
        if term.op not in CROSSINGS:
            yes = _holds(left, term.op, right)
        else:
            over, under = (left, right) if term.op == "crosses above" else (right, left)
            yes = above(over, under) & ~before_flags(above(over, under))
            known &= before_flags(known)
        return Truth(known & yes, known & ~yes)


def _holds(left: Floats, op: Comparison, right: Floats) -> Flags:
    if op == ">":
        return above(left, right)
    if op == "<":
        return above(right, left)
    if op == ">=":
        return ~above(right, left)
    if op == "<=":
        return ~above(left, right)
    return ~above(left, right) & ~above(right, left)


def _begun(bars: Bars, parameters: Parameters) -> int:
    """Return the first row of a period that lies in the bars as a whole; 0 without periods.

    A volume-weighted price is wrong in a period that began before the first bar.
    """
    from puffin.factors.vwap import AnchoredVwapParameters, VwapParameters, period_starts

    if isinstance(parameters, VwapParameters):
        starts = period_starts(bars, parameters.since)
        return int(starts[1]) if len(starts) > 1 else len(bars)
    if isinstance(parameters, AnchoredVwapParameters) and parameters.anchor is not None:
        return 0 if len(bars) and bars.first.date() <= parameters.anchor else len(bars)
    return 0


def time_part(bars: Bars, part: Part) -> Floats:
    """Return the weekday (Monday is 1), day, month, or the hour in New York, when a bar began.

    Bars of a day and longer have their session's date and no hour: it is NaN.
    """
    if part == "hour" and not bars.interval.is_intraday:
        return np.full(len(bars), np.nan)
    local = bars.time + _shifts(bars) if bars.interval.is_intraday else bars.time
    moments = local.astype("datetime64[ns]")
    days = moments.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    found: NDArray[np.int64]
    if part == "hour":
        found = (moments - days).astype(np.int64) // HOUR_NS
    elif part == "weekday":
        found = (days.astype(np.int64) + 3) % 7 + 1  # day 0 was a Thursday
    elif part == "day":
        found = (days - months).astype(np.int64) + 1
    else:
        found = months.astype(np.int64) % 12 + 1
    return found.astype(np.float64)


def _shifts(bars: Bars) -> NDArray[np.int64]:
    """Return by how much New York's clock differs from UTC at each bar, in nanoseconds."""
    from puffin.data.sessions import EXCHANGE
    from puffin.data.times import moment

    hours, place = np.unique(bars.time // HOUR_NS, return_inverse=True)
    found = [moment(hour * HOUR_NS).astimezone(EXCHANGE).utcoffset() for hour in hours.tolist()]
    seconds = [0.0 if each is None else each.total_seconds() for each in found]
    return np.array(seconds, np.int64)[place] * 1_000_000_000
