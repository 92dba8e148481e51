"""Market making: quote on both sides, and lean away from what has piled up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field
from typing_extensions import override

from puffin.strategies.base import Condition, EventStrategy, Parameters, Reading
from puffin.strategies.parts import before

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    from puffin.data.bars import Bars
    from puffin.strategies.base import ParametersType
    from puffin.strategies.orders import Context

    Floats: TypeAlias = NDArray[np.float64]

BASIS_POINT = 1e-4
WIDEST = 0.5  # half a spread that is more than half the price is no quote
SMALLEST = 1e-6  # share of the money below which an order is not worth placing


class MarketMakingParameters(Parameters):
    """What can be set of the market making strategy."""

    spread_bps: float = Field(
        default=10.0,
        ge=1,
        le=1_000,
        title="Spread",
        description="From bid to ask while prices do not move, in hundredths of a percent.",
        json_schema_extra={"step": 5},
    )
    widening: float = Field(
        default=0.25,
        ge=0,
        le=5,
        title="Widening",
        description="How many deviations of a bar's return each quote is further away.",
        json_schema_extra={"step": 0.25},
    )
    window: int = Field(
        default=20,
        ge=5,
        le=500,
        title="Window",
        description="Bars of that deviation.",
        json_schema_extra={"step": 5},
    )
    size: float = Field(
        default=0.1,
        ge=0.01,
        le=1,
        title="Size of a quote",
        description="Share of the money: 0.1 is a tenth.",
        json_schema_extra={"step": 0.05},
    )
    inventory: float = Field(
        default=0.3,
        ge=0.01,
        le=1,
        title="Largest inventory",
        description=(
            "Share of the money, long or short. More than one quote piles up only where a "
            "backtest allows several entries and entries that take their own size off."
        ),
        json_schema_extra={"step": 0.1},
    )
    lean: float = Field(
        default=1.0,
        ge=0,
        le=5,
        title="Lean",
        description="How many half spreads both quotes move away from a full inventory.",
        json_schema_extra={"step": 0.5},
    )


class MarketMaking(EventStrategy[MarketMakingParameters]):
    """Bid below and ask above the last close; both lean against the inventory, which is limited.

    Formula: half = spread / 2 + widening x deviation of log returns; q = inventory / its largest,
    -1 to 1; middle = C (1 - lean q half); bid = middle (1 - half), ask = middle (1 + half). Each
    quote is for `size`, or less where the inventory would grow too large, and lives for one bar.
    The lean is the reservation price of Avellaneda and Stoikov (High-frequency trading in a limit
    order book, 2008), with a fixed spread in the place of their model of arrivals.

    It earns the spread while prices go back and forth, and loses to those who know more while they
    go one way. Bars make it look better than it is; the cautions say why.
    """

    id: ClassVar[str] = "market_making"
    title: ClassVar[str] = "Market making"
    summary: ClassVar[str] = (
        "Quotes both sides of the last close; bars do not show the queue, so fills are a guess."
    )
    Parameters: ClassVar[ParametersType] = MarketMakingParameters
    grid: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "spread_bps": (5.0, 10.0, 20.0),
        "inventory": (0.1, 0.2, 0.4),
    }
    cautions: ClassVar[tuple[str, ...]] = (
        "A bar does not show the queue: a quote fills as soon as the bar touches its price.",
        "A bar does not show whether its high or its low came first.",
        "Quotes stand for a whole bar; a real market maker moves them all the time.",
    )

    @property
    @override
    def warm_up(self) -> int:
        return self.parameters.window + 1

    @override
    def start(self, bars: Bars) -> None:
        self._half = self._halves(bars)

    @override
    def on_bar(self, context: Context) -> None:
        chosen, half = self.parameters, float(self._half[context.row])
        close, equity = float(context.close[-1]), context.equity
        if equity <= 0:
            context.cancel()
            return
        share = context.held * close / equity
        filled = max(-1.0, min(1.0, share / chosen.inventory))
        middle = close * (1 - chosen.lean * filled * half)
        bid, ask = middle * (1 - half), middle * (1 + half)
        told = f"Quoted {bid:,.2f} / {ask:,.2f} with an inventory of {share:+.0%}"
        context.buy(self._size(share), limit=bid, life=1, reason=told)
        context.sell(self._size(-share), limit=ask, life=1, reason=told)

    @override
    def readings(self, bars: Bars) -> tuple[Reading, ...]:
        half = self._halves(bars)
        return (
            Reading("Bid without inventory", bars.close * (1 - half), "price"),
            Reading("Ask without inventory", bars.close * (1 + half), "price"),
            Reading("Half the spread in basis points", half / BASIS_POINT),
        )

    @override
    def conditions(self, bars: Bars) -> tuple[Condition, ...]:
        bid, ask = (before(each.values) for each in self.readings(bars)[:2])
        down, up = "Low touched the bid of the bar before", "High touched the ask of the bar before"
        return (
            Condition(f"{down}, without inventory", bars.low <= bid, "entry long"),
            Condition(f"{up}, without inventory", bars.high >= ask, "entry short"),
        )

    def _size(self, share: float) -> float:
        """Return the share to trade in the direction of an inventory: what has room, or nothing."""
        # Where an entry the other way first closes what is held, all of it is a new inventory.
        most = self.parameters.inventory
        room = min(self.parameters.size, most, most - share)
        return room if room > SMALLEST else 0.0

    def _halves(self, bars: Bars) -> Floats:
        """Return half the spread at each close, as a share of the price."""
        from puffin.factors.library import call

        chosen = self.parameters
        changes = np.full(len(bars), math.nan)
        changes[1:] = np.diff(np.log(bars.close))
        deviation = call("STDDEV", [changes], [chosen.window])[0]
        half = chosen.spread_bps / 2 * BASIS_POINT + chosen.widening * deviation
        return np.minimum(half, WIDEST)
