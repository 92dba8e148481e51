"""An independent little ledger, written from the definitions in exact fractions.

It keeps no lots. First-in-first-out is read off two running totals: the n-th unit that leaves is
the n-th that entered, so leaving q units of an episode costs what its first q units cost. Average
cost is one number for each unit. Splits are undone first: everything is told in last units.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from puffin.types import Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from puffin.broker.base import Activity
    from puffin.types import Fill, Split

OPTION = 100


@dataclass
class Episode:
    """From nothing held to nothing held, in last units."""

    key: str
    side: int
    entries: list[tuple[Fraction, Fraction]] = field(default_factory=list)  # quantity, price
    exits: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    fees: Fraction = Fraction(0)
    averaged: Fraction = Fraction(0)  # realised at average cost
    average: Fraction = Fraction(0)
    held: Fraction = Fraction(0)

    def cost_of_first(self, quantity: Fraction) -> Fraction:
        cost, left = Fraction(0), quantity
        for size, price in self.entries:
            part = min(size, left)
            cost, left = cost + part * price, left - part
        assert left == 0
        return cost

    def realised(self, *, fifo: bool) -> Fraction:
        if not fifo:
            return self.averaged
        gone = sum((size for size, _ in self.exits), Fraction(0))
        got = sum((size * price for size, price in self.exits), Fraction(0))
        return self.side * (got - self.cost_of_first(gone))

    def cost_of_held(self, *, fifo: bool) -> Fraction:
        if not fifo:
            return self.side * self.held * self.average
        gone = sum((size for size, _ in self.exits), Fraction(0))
        everything = sum((size for size, _ in self.entries), Fraction(0))
        return self.side * (self.cost_of_first(everything) - self.cost_of_first(gone))


@dataclass
class Truth:
    episodes: dict[str, list[Episode]]
    cash: Fraction
    dividends: Fraction
    interest: Fraction
    fees: Fraction
    transfers: Fraction
    commissions: Fraction

    def realised(self, *, fifo: bool) -> Fraction:
        return sum((each.realised(fifo=fifo) for each in self.all()), Fraction(0))

    def all(self) -> list[Episode]:
        return [each for found in self.episodes.values() for each in found]

    def held(self, symbol: str) -> Fraction:
        return sum((each.side * each.held for each in self.episodes[symbol]), Fraction(0))


def tell(
    fills: Sequence[Fill], splits: Sequence[Split] = (), activities: Iterable[Activity] = ()
) -> Truth:
    episodes: dict[str, list[Episode]] = defaultdict(list)
    cash = commissions = Fraction(0)
    for symbol in {each.symbol for each in fills}:
        times = OPTION if len(symbol) > 10 else 1
        own = sorted((each for each in fills if each.symbol == symbol), key=lambda each: each.at)
        for fill in own:
            later = Fraction(1)
            for split in splits:
                if split.symbol == symbol and split.date > fill.at:
                    later *= Fraction(split.ratio)
            quantity, price = Fraction(fill.quantity) * later, Fraction(fill.price) * times / later
            sign = 1 if fill.side is Side.BUY else -1
            fee = Fraction(fill.commission)
            cash -= sign * quantity * price + fee
            commissions += fee
            _book(episodes[symbol], fill.id, sign, quantity, price, fee)
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for each in activities:
        sums[each.kind] += Fraction(each.amount)
        cash += Fraction(each.amount)
    return Truth(
        episodes,
        cash,
        sums["dividend"],
        sums["interest"],
        -sums["fee"],
        sums["transfer"],
        commissions,
    )


def _book(
    found: list[Episode], key: str, sign: int, quantity: Fraction, price: Fraction, fee: Fraction
) -> None:
    last = found[-1] if found and found[-1].held else None
    leaving = min(quantity, last.held) if last is not None and last.side != sign else Fraction(0)
    if last is not None and leaving:
        last.exits.append((leaving, price))
        last.averaged += last.side * leaving * (price - last.average)
        last.held -= leaving
        last.fees += fee * leaving / quantity
    entering = quantity - leaving
    if not entering:
        return
    if last is None or leaving:
        last = Episode(key, sign)
        found.append(last)
    last.entries.append((entering, price))
    last.average = (last.average * last.held + entering * price) / (last.held + entering)
    last.held += entering
    last.fees += fee * entering / quantity
