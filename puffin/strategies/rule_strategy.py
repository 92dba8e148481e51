"""Rules as a strategy that a backtest can run."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from typing_extensions import override

from puffin.factors.base import Pane
from puffin.factors.catalogue import indicator
from puffin.strategies.base import Condition, OrderStrategy, Parameters, Reading
from puffin.strategies.logic import Logic
from puffin.strategies.orders import Entries, Orders
from puffin.strategies.parts import leaving, ready
from puffin.strategies.rules import RULES, walk
from puffin.strategies.settling import needed
from puffin.strategies.terms import CROSSINGS, Combined, Compare, Indicator, Number, Volume
from puffin.strategies.tuning import parameters_of, tuned
from puffin.strategies.wording import describe, study_words, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal, TypeAlias

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.base import Side
    from puffin.strategies.rules import RuleSet
    from puffin.strategies.terms import Operand, Term

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]

SIDES: dict[str, Side] = {
    "entry_long": "entry long",
    "exit_long": "exit long",
    "entry_short": "entry short",
    "exit_short": "exit short",
}


class RuleStrategy(OrderStrategy[Parameters]):
    """A strategy that was put together from rules; `rule_class` makes one of a `RuleSet`."""

    rules: ClassVar[RuleSet]

    def __init__(self, parameters: Parameters | None = None) -> None:
        super().__init__(parameters)
        same = self.parameters == self.Parameters()
        self._rules = self.rules if same else tuned(self.rules, self.parameters)

    @property
    def in_use(self) -> RuleSet:
        """The rules with the numbers of its parameters."""
        return self._rules

    @property
    @override
    def warm_up(self) -> int:
        return max(_needed(each) for each in _comparisons(self._rules))

    @override
    def orders(self, bars: Bars) -> Orders:
        rules, held = self._rules, self._holds(bars)
        long, short, exits = leaving(
            (held["entry_long"], held["entry_short"]), (held["exit_long"], held["exit_short"])
        )
        buy = self._entries(long, bars.close, 1) if rules.entry_long else None
        sell = self._entries(short, bars.close, -1) if rules.entry_short else None
        return Orders(buy, sell, exits)

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        logic, found = Logic(bars), dict[str, Reading]()
        for term in _comparisons(self._rules):
            for each in (*_leaves(term.left), *_leaves(term.right)):
                if isinstance(each, Volume):
                    found["Volume"] = Reading("Volume", bars.volume)
                elif isinstance(each, Indicator):
                    pane: Literal["price", "own"] = "own"
                    if indicator(each.id).pane is Pane.PRICE:
                        pane = "price"
                    now, title = each.model_copy(update={"ago": 0}), study_words(each)
                    found[title] = Reading(title, logic.values(now), pane)
        return tuple(found.values())

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        logic, found = Logic(bars), list[Condition]()
        for name, rule in self._rules.rules().items():
            terms = [term for _, term in walk(rule) if isinstance(term, Compare)]
            if rule not in terms:
                found += [self._condition(logic, each, "") for each in terms]
            found.append(self._condition(logic, rule, SIDES[name]))
        return tuple({(each.title, each.side): each for each in found}.values())

    @override
    def strength(self, bars: Bars) -> Floats:
        """Return how large a share of the comparisons of an entry rule holds: the better side."""
        logic = Logic(bars)
        sides: list[Floats] = []
        for entry in (self._rules.entry_long, self._rules.entry_short):
            if entry is not None:
                terms = [term for _, term in walk(entry) if isinstance(term, Compare)]
                sides.append(np.mean([logic.truth(each).yes for each in terms], axis=0))
        return np.asarray(np.max(sides, axis=0), np.float64)

    def _condition(self, logic: Logic, term: Term, side: Side) -> Condition:
        title = words(term)
        return Condition(
            title[0].upper() + title[1:], ready(logic.truth(term).yes, self.warm_up), side
        )

    def _holds(self, bars: Bars) -> dict[str, Flags]:
        """Return where each rule holds; one that is not there never does."""
        logic, found, warm_up = Logic(bars), self._rules.rules(), self.warm_up
        never = np.zeros(len(bars), np.bool_)
        return {
            name: ready(logic.truth(found[name]).yes, warm_up) if name in found else never
            for name in RULES
        }

    def _entries(self, flags: Flags, close: Floats, sign: int) -> Entries:
        rules = self._rules

        def away(percent: float | None, direction: int) -> Floats | None:
            return None if percent is None else close * (1 + direction * percent / 100)

        return Entries(
            np.where(flags, rules.share / 100, np.nan),
            stop_loss=away(rules.stop_loss, -sign),
            take_profit=away(rules.take_profit, sign),
            trail=None if rules.trailing is None else close * rules.trailing / 100,
            hold=rules.hold,
        )


def rule_class(rules: RuleSet, id_: str = "rules") -> type[RuleStrategy]:
    """Make the strategy of some rules; `id_` is what it is kept under."""
    named: dict[str, object] = {
        "id": id_,
        "title": rules.name,
        "summary": rules.note.strip() or " ".join(describe(rules)),
        "Parameters": parameters_of(rules),
        "rules": rules,
        "__doc__": " ".join(describe(rules)),
        "__module__": __name__,
    }
    return type("RuleStrategy", (RuleStrategy,), named)


def _comparisons(rules: RuleSet) -> Iterator[Compare]:
    for rule in rules.rules().values():
        for _, term in walk(rule):
            if isinstance(term, Compare):
                yield term


def _leaves(value: Operand) -> Iterator[Operand]:
    if isinstance(value, Combined):
        yield from _leaves(value.left)
        yield from _leaves(value.right)
    else:
        yield value


def _needed(term: Compare) -> int:
    """Return how many bars a comparison needs."""
    most = 1
    for each in (*_leaves(term.left), *_leaves(term.right)):
        if isinstance(each, Number | Combined):
            continue
        bars = needed(each.id, each.parameters) if isinstance(each, Indicator) else 1
        most = max(most, bars + each.ago)
    return most + (term.op in CROSSINGS)
