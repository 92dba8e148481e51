"""A chain of contracts with its quotes: mids, implied volatilities and greeks at one moment."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from puffin.errors import NoDataError, ParameterError
from puffin.options import american, pricing
from puffin.options.contract import MULTIPLIER
from puffin.options.implied import Style, implied_volatility
from puffin.options.pricing import DAYS_IN_YEAR, Contracts, Greeks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

    from puffin.data.sessions import Calendar
    from puffin.options.contract import OptionContract

    Floats: TypeAlias = NDArray[np.float64]

SECONDS_IN_YEAR: Final = DAYS_IN_YEAR * 86_400
TWO: Final = Decimal(2)


@dataclass(frozen=True, slots=True)
class OptionQuote:
    """The market in one contract; what is not known is None."""

    contract: OptionContract
    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    volume: int | None = None
    open_interest: int | None = None

    @property
    def mid(self) -> Decimal | None:
        """Midpoint of bid and ask; None without an ask, or when they cross.

        A bid of nothing is a bid of 0: far options are offered, but not wanted.
        """
        if self.ask is None or self.ask <= 0:
            return None
        bid = self.bid or Decimal(0)
        return None if bid < 0 or bid > self.ask else (bid + self.ask) / TWO


@dataclass(frozen=True, slots=True)
class Chain:
    """The contracts on one underlying, and its price, at one moment."""

    underlying: str
    spot: Decimal
    at: datetime
    quotes: tuple[OptionQuote, ...]

    @property
    def expiries(self) -> tuple[date, ...]:
        """The days on which contracts expire, the nearest first."""
        return tuple(sorted({quote.contract.expiry for quote in self.quotes}))

    def of(self, expiry: date) -> Chain:
        """Return the part of the chain that expires on one day, by strike.

        Raises:
            NoDataError: Nothing expires then.
        """
        chosen = [quote for quote in self.quotes if quote.contract.expiry == expiry]
        if not chosen:
            raise NoDataError(f"No option on {self.underlying} expires on {expiry:%Y-%m-%d}.")
        chosen.sort(key=lambda quote: (quote.contract.strike, quote.contract.right))
        return Chain(self.underlying, self.spot, self.at, tuple(chosen))

    def nearest_strike(self) -> Decimal:
        """Return the strike next to the spot; of two at equal distance the lower one.

        Raises:
            NoDataError: The chain is empty.
        """
        strikes = {quote.contract.strike for quote in self.quotes}
        if not strikes:
            raise NoDataError(f"There are no options on {self.underlying}.")
        return min(strikes, key=lambda strike: (abs(strike - self.spot), strike))


@dataclass(frozen=True, slots=True, eq=False)
class ChainTable:
    """Columns that go with the quotes of a chain; what has no value is NaN."""

    quotes: tuple[OptionQuote, ...]
    years: Floats
    mid: Floats
    volatility: Floats
    greeks: Greeks
    intrinsic: Floats
    extrinsic: Floats

    def totals(self, quantities: Sequence[float]) -> dict[str, float | None]:
        """Return delta, gamma, theta, vega and rho of a holding of contracts, 100 shares each.

        None where one of the contracts held has no value.
        """
        held = np.asarray(quantities, np.float64) * MULTIPLIER
        if held.shape != self.mid.shape:
            raise ParameterError("One quantity is needed for each contract of the chain.")
        found: dict[str, float | None] = {}
        for name in ("delta", "gamma", "theta", "vega", "rho"):
            values: Floats = getattr(self.greeks, name)
            total = float((held[held != 0] * values[held != 0]).sum())
            found[name] = total if np.isfinite(total) else None
        return found


def years_to_expiry(expiry: date, now: datetime, calendar: Calendar) -> float:
    """Return the time to the close of the expiry's session, to the second, in years of 365 days.

    A contract that names a day without a session expires at the close of the one before. What
    has expired has 0 left.
    """
    session = calendar.session_on(expiry) or calendar.previous_session(expiry)
    return max((session.close - now).total_seconds(), 0.0) / SECONDS_IN_YEAR


def analyse(
    chain: Chain,
    calendar: Calendar,
    *,
    rate: float,
    dividend_yield: float = 0.0,
    style: Style = Style.AMERICAN,
) -> ChainTable:
    """Return implied volatility and greeks of every contract at its mid.

    A contract without a mid, or whose mid no volatility explains, has NaN in their place; greeks
    are never shown at a volatility that was made up.
    """
    contracts = [quote.contract for quote in chain.quotes]
    lasting = {each: years_to_expiry(each, chain.at, calendar) for each in chain.expiries}
    years = np.array([lasting[each.expiry] for each in contracts], np.float64)
    mids = [np.nan if quote.mid is None else float(quote.mid) for quote in chain.quotes]
    mid = np.array(mids, np.float64)
    blank = Contracts.of(
        call=[each.is_call for each in contracts],
        spot=float(chain.spot),
        strike=[float(each.strike) for each in contracts],
        years=years,
        volatility=0.0,
        rate=rate,
        dividend_yield=dividend_yield,
    )
    volatility = implied_volatility(blank, mid, style)
    known = np.flatnonzero(np.isfinite(volatility))
    priced = blank.with_(volatility=volatility).take(known)
    found = (american if style is Style.AMERICAN else pricing).greeks(priced)
    columns = []
    for each in fields(Greeks):
        column = np.full(len(contracts), np.nan)
        column[known] = getattr(found, each.name)
        columns.append(column)
    return ChainTable(
        quotes=chain.quotes,
        years=years,
        mid=mid,
        volatility=volatility,
        greeks=Greeks(*columns),
        intrinsic=blank.intrinsic,
        extrinsic=mid - blank.intrinsic,
    )


def expected_move(spot: float, volatility: float, years: float) -> float | None:
    """Return how far the underlying moves in one standard deviation: spot x v x sqrt(T).

    About two times in three it ends within this distance. None when an input makes no sense.
    """
    if not (spot > 0 and volatility >= 0 and years >= 0):
        return None
    return float(spot * volatility * np.sqrt(years))
