"""A first look at a strategy: built and run once, its mistakes told instead of raised.

It may hang, if a file does: call it in a process that can be ended.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from typing_extensions import override

from puffin.errors import NoDataError, PuffinError
from puffin.strategies.at_close import AtClose, check_entry, check_share, check_target
from puffin.strategies.base import EventStrategy, OrderStrategy, Strategy
from puffin.strategies.files import StrategyFileError, kind_of
from puffin.strategies.specs import build

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.base import Rule
    from puffin.strategies.orders import Life
    from puffin.strategies.specs import StrategySpec

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a first look, as plain values.

    Attributes:
        ok: Whether it was built and ran.
        title: Its name on the screen.
        summary: What it does, in a sentence.
        kind: How it decides: targets, orders, events or weights.
        needs: How many symbols it decides on at once.
        warm_up: How many bars it needs before the first decision.
        schema: Its parameters, as a JSON schema.
        grid: The values that an optimiser tries by default.
        readings: What it looks at, by title.
        conditions: What must hold, by title.
        decisions: On how many bars it decided something; None if it was not run.
        seconds: How long the run took.
        error: What is wrong, as a sentence.
        hint: What to do about it.
        line: Where in the file that is.
    """

    ok: bool
    title: str = ""
    summary: str = ""
    kind: str = ""
    needs: str = ""
    warm_up: int = 0
    schema: dict[str, Any] = field(default_factory=dict)
    grid: dict[str, tuple[object, ...]] = field(default_factory=dict)
    readings: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    decisions: int | None = None
    seconds: float = 0.0
    error: str = ""
    hint: str = ""
    line: int | None = None


def probe(spec: StrategySpec, bars: Bars) -> Report:
    """Build a strategy and run it once on `bars`."""
    begun = time.perf_counter()
    try:
        rule = build(spec)
        if len(bars) <= rule.warm_up:
            raise NoDataError(
                f"{rule.title} needs more than {rule.warm_up} bars; {bars.symbol} has {len(bars)}."
            )
        decisions = _decisions(rule, bars)
        one = rule.needs == "one symbol"
        readings = tuple(each.title for each in rule.readings(bars)) if one else ()
        conditions = tuple(each.title for each in rule.conditions(bars)) if one else ()
    except PuffinError as error:
        line = error.line if isinstance(error, StrategyFileError) else None
        return Report(ok=False, error=str(error), hint=error.hint, line=line)
    return Report(
        ok=True,
        title=rule.title,
        summary=rule.summary,
        kind=kind_of(type(rule)),
        needs=rule.needs,
        warm_up=rule.warm_up,
        schema=rule.Parameters.model_json_schema(),
        grid=dict(rule.grid),
        readings=readings,
        conditions=conditions,
        decisions=decisions,
        seconds=time.perf_counter() - begun,
    )


def _decisions(rule: Rule, bars: Bars) -> int | None:
    if isinstance(rule, Strategy):
        target = rule.signals(bars).target
        known = target[~np.isnan(target)]
        return int(np.count_nonzero(np.diff(known, prepend=0.0)))
    if isinstance(rule, OrderStrategy):
        orders = rule.orders(bars)
        entries = [each.weight > 0 for each in (orders.buy, orders.sell) if each is not None]
        if orders.exits is not None:
            entries.append(orders.exits > 0)
        return int(np.count_nonzero(np.logical_or.reduce(entries))) if entries else 0
    if isinstance(rule, EventStrategy):
        rule.start(bars)
        context = Unfilled(bars)
        for row in range(max(rule.warm_up - 1, 0), len(bars)):
            context.row = row
            rule.on_bar(context)
        return len(context.decided)
    return None  # it needs more symbols than one


class Unfilled(AtClose):
    """A market in which nothing is ever filled: `puffin.strategies.orders.Context` for a look."""

    held = 0.0
    entry_price = math.nan
    bars_held = 0
    equity = 100_000.0

    def __init__(self, bars: Bars) -> None:
        super().__init__(bars, row=0)
        self.decided: set[int] = set()

    def target(self, weight: float, *, reason: str = "") -> None:
        """Check a target."""
        del reason
        check_target(weight)
        self.decided.add(self.row)

    def close_position(self, share: float = 1.0, *, reason: str = "") -> None:
        """Check a share to close."""
        del reason
        check_share(share)

    def cancel(self) -> None:
        """Withdraw nothing."""

    @override
    def _place(
        self,
        side: int,
        weight: float,
        prices: tuple[float | None, ...],
        hold: int,
        life: Life,
        reason: str,
    ) -> None:
        del side, reason
        check_entry(weight, prices, hold, life)
        if weight:
            self.decided.add(self.row)
