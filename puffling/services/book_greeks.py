"""What the options that are held do to the account when something moves."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from puffin.errors import ParameterError
from puffin.types import AssetClass, asset_of, multiplier_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from decimal import Decimal

    from puffin.data.sessions import Calendar
    from puffin.options.contract import OptionContract
    from puffin.types import Position, Quote

ASSUMED = (
    "Of the whole holding: times quantity and shares per contract. Volatility is implied by the "
    "mid of bid and ask, exercise possible any day; interest and dividends are left out."
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a holding gains: None where it is not known.

    Args:
        delta: In shares of the underlying.
        gamma: Change of delta for 1.00 more of the underlying.
        theta: Money for one calendar day that passes.
        vega: Money for one point more volatility.
        worth: Delta times the price of the underlying: the shares it moves like, in money.
    """

    delta: float | None = None
    gamma: float | None = None
    theta: float | None = None
    vega: float | None = None
    worth: float | None = None


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option that is held; `why` says what is missing where its effect is not known."""

    symbol: str
    title: str
    underlying: str
    quantity: Decimal
    days: float | None = None
    volatility: float | None = None
    effect: Effect = field(default_factory=Effect)
    why: str = ""


@dataclass(frozen=True, slots=True)
class UnderlyingRow:
    """All that is held on one underlying: its options, and its shares in delta and worth."""

    underlying: str
    shares: Decimal | None
    spot: Decimal | None
    effect: Effect
    why: str
    options: tuple[OptionRow, ...]


@dataclass(frozen=True, slots=True)
class BookGreeks:
    """Every underlying with options, and their sum where a sum means something.

    Deltas and gammas of different underlyings are shares of different things: they have no sum.
    """

    rows: tuple[UnderlyingRow, ...]
    total: Effect
    why: str


def greeks_of(
    positions: Iterable[Position],
    quote: Callable[[str], Quote | None],
    now: datetime,
    calendar: Calendar,
) -> BookGreeks:
    """Return the greeks of the options among `positions`. It takes time: not on the loop.

    An option without a quote, or whose mid no volatility explains, has none, and neither has the
    sum that it belongs to: nothing is shown at a volatility that was made up.
    """
    from puffin.options.contract import parse_occ

    held = list(positions)
    shares = {each.symbol: each.quantity for each in held}
    of: dict[str, list[OptionRow]] = defaultdict(list)
    for each in held:
        if asset_of(each.symbol) is AssetClass.OPTION:
            try:
                contract = parse_occ(each.symbol)
            except ParameterError as error:
                of[each.symbol].append(
                    OptionRow(each.symbol, each.symbol, each.symbol, each.quantity, why=str(error))
                )
                continue
            row = _option(each, contract, quote, now, calendar)
            of[contract.root].append(row)
    rows = tuple(_underlying(name, of[name], quote(name), shares.get(name)) for name in sorted(of))
    effects = [each.effect for each in rows]
    total = Effect(
        theta=_sum(each.theta for each in effects),
        vega=_sum(each.vega for each in effects),
        worth=_sum(each.worth for each in effects),
    )
    return BookGreeks(rows, total, next((each.why for each in rows if each.why), ""))


def _option(
    position: Position,
    contract: OptionContract,
    quote: Callable[[str], Quote | None],
    now: datetime,
    calendar: Calendar,
) -> OptionRow:
    from puffin.options.chain import years_to_expiry
    from puffin.options.implied import Style, implied_volatility, no_volatility
    from puffin.options.pricing import DAYS_IN_YEAR, Contracts

    seen, spot = quote(position.symbol), quote(contract.root)
    known: dict[str, Any] = {
        "symbol": position.symbol,
        "title": contract.title,
        "underlying": contract.root,
        "quantity": position.quantity,
    }
    if spot is None:
        return OptionRow(**known, why=f"There is no price of {contract.root}.")
    years = years_to_expiry(contract.expiry, now, calendar)
    known["days"] = years * DAYS_IN_YEAR
    if seen is None:
        return OptionRow(**known, why="There is no quote of it.")
    columns = Contracts.of(
        call=contract.is_call,
        spot=float(spot.last),
        strike=float(contract.strike),
        years=years,
        volatility=0.0,
    )
    mid = float(seen.bid + seen.ask) / 2
    volatility = implied_volatility(columns, mid, Style.AMERICAN)
    if not math.isfinite(volatility[0]):
        why = no_volatility(columns, mid, Style.AMERICAN) or "Its price is not understood."
        return OptionRow(**known, why=why)
    known["volatility"] = float(volatility[0])
    effect = _effect(columns.with_(volatility=volatility), position, float(spot.last))
    return OptionRow(**known, effect=effect)


def _effect(contracts: Any, position: Position, spot: float) -> Effect:  # noqa: ANN401 - numpy's
    from puffin.options import american

    found = american.greeks(contracts)
    size = float(position.quantity) * float(multiplier_of(position.symbol))
    delta = size * float(found.delta[0])
    return Effect(
        delta=delta,
        gamma=size * float(found.gamma[0]),
        theta=size * float(found.theta[0]),
        vega=size * float(found.vega[0]),
        worth=delta * spot,
    )


def _underlying(
    name: str, options: list[OptionRow], spot: Quote | None, shares: Decimal | None
) -> UnderlyingRow:
    effects: Mapping[str, float | None] = {
        each: _sum(getattr(row.effect, each) for row in options)
        for each in ("delta", "gamma", "theta", "vega", "worth")
    }
    effect = Effect(**effects)
    if shares is not None:
        price = None if spot is None else float(spot.last)
        effect = Effect(
            delta=None if effect.delta is None else effect.delta + float(shares),
            gamma=effect.gamma,
            theta=effect.theta,
            vega=effect.vega,
            worth=None
            if effect.worth is None or price is None
            else effect.worth + float(shares) * price,
        )
    why = next((f"{row.title}: {row.why}" for row in options if row.why), "")
    last = None if spot is None else spot.last
    ordered = tuple(sorted(options, key=lambda row: row.symbol))
    return UnderlyingRow(name, shares, last, effect, why, ordered)


def _sum(values: Iterable[float | None]) -> float | None:
    known = list(values)
    if None in known:
        return None
    return math.fsum(each for each in known if each is not None)
