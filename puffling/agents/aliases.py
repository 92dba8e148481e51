"""Tools by the names that models know best: thin words for commands that are there anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

FARTHEST = date(1990, 1, 1)
MOST_BARS = 5_000

Symbol = Annotated[str, Field(min_length=1, max_length=15, description="Such as AAPL.")]
Symbols = Annotated[list[Symbol], Field(min_length=1, max_length=100)]
Start = Annotated[date | None, Field(description="First day; left out: as far as it goes.")]
End = Annotated[date | None, Field(description="Last day; left out: up to now.")]
Number = Annotated[Decimal | None, Field(description="In dollars.")]


class _Bar(Protocol):
    @property
    def time(self) -> datetime: ...


class Asked(BaseModel):
    """What an alias takes: nothing that it does not know."""

    model_config = ConfigDict(extra="forbid")


class MarketData(Asked):
    """Daily or shorter prices of a symbol."""

    symbol: Symbol
    start: Start = None
    end: End = None
    interval: Annotated[str, Field(description="Such as 1d, 1w or 1h.")] = "1d"


class BacktestAsked(Asked):
    """A strategy over history."""

    strategy_type: Annotated[str, Field(description="Such as momentum; see strategy_list.")]
    symbols: Symbols
    start: Start = None
    end: End = None
    params: Annotated[dict[str, Any], Field(description="The strategy's own parameters.")] = Field(
        default_factory=dict
    )


class Sentiment(Asked):
    """Words about a company."""

    text: Annotated[str, Field(min_length=1, max_length=8_000)]


class Factors(Asked):
    """A factor on several symbols."""

    symbols: Symbols
    start: Start = None
    end: End = None
    expression: Annotated[
        str, Field(description="Such as close / delay(close, 20) - 1, or an id of factor_list.")
    ] = "close / delay(close, 20) - 1"


class Portfolio(Asked):
    """A split of money."""

    symbols: Symbols
    start: Start = None
    end: End = None
    method: Annotated[
        str, Field(description="mean_variance, risk_parity, or one of portfolio_methods.")
    ] = "mean_variance"


class OrderAsked(Asked):
    """An order to be proposed."""

    symbol: Symbol
    side: Literal["buy", "sell"]
    qty: Annotated[Decimal, Field(gt=0)]
    order_type: Literal["market", "limit", "stop", "stop_limit"] = "market"
    limit_price: Number = None
    stop_price: Number = None
    time_in_force: Literal["DAY", "GTC", "IOC", "FOK"] = "DAY"
    asset_type: Annotated[
        Literal["STK", "OPT"], Field(description="Stock, or an option on the symbol.")
    ] = "STK"
    expiry: Annotated[str, Field(description="Of an option: YYYYMMDD.")] = ""
    strike: Number = None
    right: Annotated[Literal["", "C", "P"], Field(description="Of an option.")] = ""
    reason: Annotated[str, Field(max_length=400, description="Why, for the person.")] = ""


class RiskAsked(Asked):
    """A book, as weights in the order of its symbols; without any: what is held."""

    symbols: Annotated[list[Symbol], Field(max_length=100)] = Field(default_factory=list)
    weights: Annotated[list[float], Field(description="Shares: 0.6 is 60 %.")] = Field(
        default_factory=list
    )
    start: Start = None
    end: End = None


class Size(Asked):
    """A trade whose size is asked for."""

    symbol: Symbol
    method: Literal["fixed_fractional", "kelly", "volatility"] = "fixed_fractional"
    params: Annotated[
        dict[str, Any],
        Field(description="entry, stop, risk, atr, multiple, win_rate, payoff, equity, fraction."),
    ] = Field(default_factory=dict)


class Nothing(Asked):
    """No values at all."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a command: `values` turns what was asked into what the command takes.

    `narrow` takes away of the result what was not asked for; `reason` is of a proposal.
    """

    name: str
    command: str
    help: str
    params: type[Asked]
    values: Callable[[Any], dict[str, Any]]
    narrow: Callable[[Any, Any], object] = lambda _, result: result


def _said(**values: object) -> dict[str, Any]:
    """Return what was said; what was not keeps the command's own default."""
    return {name: each for name, each in values.items() if each is not None}


def _bars(asked: MarketData) -> dict[str, Any]:
    return {"symbol": asked.symbol, "interval": asked.interval, "last": MOST_BARS}


def _of_those_days(asked: MarketData, result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave the bars of the days that were asked for."""
    first, last = asked.start or FARTHEST, asked.end or date.max
    kept = [each for each in result["bars"] if first <= _day(each) <= last]
    if not kept:
        raise BadValueError(
            f"There are no bars of {asked.symbol} in those days.",
            hint=_there_are(result["bars"]),
        )
    return {**result, "bars": kept}


def _day(bar: _Bar) -> date:
    return bar.time.date()


def _there_are(bars: list[_Bar]) -> str:
    return f"There are some from {_day(bars[0])} to {_day(bars[-1])}." if bars else ""


def _backtest(asked: BacktestAsked) -> dict[str, Any]:
    return _said(
        strategy=asked.strategy_type,
        symbols=asked.symbols,
        parameters=asked.params,
        start=asked.start,
        end=asked.end,
    )


def _factors(asked: Factors) -> dict[str, Any]:
    return _said(
        expression=asked.expression, symbols=asked.symbols, start=asked.start, end=asked.end
    )


def _portfolio(asked: Portfolio) -> dict[str, Any]:
    method = {"mean_variance": "max_sharpe"}.get(asked.method, asked.method)
    return _said(symbols=asked.symbols, start=asked.start, end=asked.end, method=method)


def _order(asked: OrderAsked) -> dict[str, Any]:
    return _said(
        symbol=asked.symbol if asked.asset_type == "STK" else _option(asked),
        side=asked.side,
        quantity=asked.qty,
        type=asked.order_type.replace("_", " "),
        limit_price=asked.limit_price,
        stop_price=asked.stop_price,
        time_in_force=asked.time_in_force.lower(),
        reason=asked.reason or None,
    )


def _option(asked: OrderAsked) -> str:
    from puffin.options.contract import OptionContract, Right

    if not asked.right or asked.strike is None:
        raise BadValueError("An option needs its expiry, its strike and its right.")
    try:
        expiry = date.fromisoformat(asked.expiry)
    except ValueError:
        raise BadValueError("expiry: write it as YYYYMMDD.") from None
    right = Right.CALL if asked.right == "C" else Right.PUT
    return OptionContract(asked.symbol.upper(), expiry, right, asked.strike).occ


def _book(asked: RiskAsked) -> dict[str, Any]:
    if len(asked.symbols) != len(asked.weights):
        raise BadValueError("Give one weight for each symbol.")
    weights = dict(zip(asked.symbols, asked.weights, strict=True))
    return _said(weights=weights, start=asked.start, end=asked.end)


def _size(asked: Size) -> dict[str, Any]:
    method = {"fixed_fractional": "fixed"}.get(asked.method, asked.method)
    return {**asked.params, "symbol": asked.symbol, "method": method}


def _as_is(asked: Asked) -> dict[str, Any]:
    return asked.model_dump()


ALIASES: tuple[Alias, ...] = (
    Alias(
        "get_market_data",
        "data.bars",
        "Show prices of a symbol between two days, adjusted, and where they come from.",
        MarketData,
        _bars,
        _of_those_days,
    ),
    Alias(
        "run_backtest",
        "backtest.run",
        "Run a strategy over history and judge it; backtest_run has costs, sizes and more.",
        BacktestAsked,
        _backtest,
    ),
    Alias(
        "analyze_sentiment",
        "sentiment.score",
        "Say how good or bad words about a company are for it, and which words say so.",
        Sentiment,
        _as_is,
    ),
    Alias(
        "compute_factors",
        "factor.compute",
        "Compute a factor on symbols and sort them by it; without one, the 20-day return.",
        Factors,
        _factors,
    ),
    Alias(
        "optimize_portfolio",
        "portfolio.allocate",
        "Split money over symbols; mean_variance is the most return for its risk (max_sharpe).",
        Portfolio,
        _portfolio,
    ),
    Alias(
        "place_order",
        "order.place",
        "Propose an order: it waits in the inbox until a person confirms it. Nothing is sent.",
        OrderAsked,
        _order,
    ),
    Alias(
        "check_risk",
        "portfolio.risk",
        "Say what a book may lose; without symbols, what is held.",
        RiskAsked,
        _book,
    ),
    Alias(
        "get_position_size",
        "size.position",
        "Say how many shares to trade, and why not more; nothing is ordered.",
        Size,
        _size,
    ),
    Alias(
        "get_account_info",
        "account.show",
        "Show cash, equity, the day's profit, buying power and positions.",
        Nothing,
        _as_is,
    ),
)
