"""The list of strategies."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from puffin.errors import ParameterError
from puffin.strategies.breakout import Breakout
from puffin.strategies.buy_and_hold import BuyAndHold
from puffin.strategies.cross_sectional import CrossSectionalMomentum
from puffin.strategies.macd_trend import MacdTrend
from puffin.strategies.market_making import MarketMaking
from puffin.strategies.mean_reversion import MeanReversion
from puffin.strategies.momentum import Momentum
from puffin.strategies.pairs import Pairs
from puffin.strategies.rsi_reversal import RsiReversal
from puffin.strategies.squeeze import Squeeze
from puffin.strategies.universe import EqualWeight
from puffin.strategies.volume_breakout import VolumeBreakout

if TYPE_CHECKING:
    from puffin.strategies.base import EventStrategy, OrderStrategy, Strategy
    from puffin.strategies.universe import UniverseStrategy

Alone: TypeAlias = "type[Strategy | OrderStrategy | EventStrategy]"
AnyStrategy: TypeAlias = "type[Strategy | OrderStrategy | EventStrategy | UniverseStrategy]"

# Those that decide on one symbol.
ALONE: tuple[Alone, ...] = (
    Momentum,
    MeanReversion,
    Breakout,
    RsiReversal,
    MacdTrend,
    Squeeze,
    VolumeBreakout,
    MarketMaking,
    BuyAndHold,
)
# Those that share the money out between several.
TOGETHER: tuple[type[UniverseStrategy], ...] = (Pairs, CrossSectionalMomentum, EqualWeight)
STRATEGIES: tuple[AnyStrategy, ...] = (*ALONE, *TOGETHER)


def strategy(id_: str) -> AnyStrategy:
    """Return the strategy called `id_`.

    Raises:
        ParameterError: There is none; the hint has the nearest name, or all of them.
    """
    by_id = {each.id: each for each in STRATEGIES}
    if id_ in by_id:
        return by_id[id_]
    near = get_close_matches(id_.lower().replace(" ", "_"), by_id, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(by_id)}."
    raise ParameterError(f"There is no strategy called {id_!r}.", hint=hint)
