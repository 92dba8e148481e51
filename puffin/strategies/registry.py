"""The list of strategies."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from puffin.errors import ParameterError
from puffin.strategies.mean_reversion import MeanReversion
from puffin.strategies.momentum import Momentum

if TYPE_CHECKING:
    from puffin.strategies.base import Strategy

STRATEGIES: tuple[type[Strategy], ...] = (Momentum, MeanReversion)


def strategy(id_: str) -> type[Strategy]:
    """Return the strategy called `id_`.

    Raises:
        ParameterError: There is none; the hint has the nearest name, or all of them.
    """
    by_id = {each.id: each for each in STRATEGIES}
    if id_ in by_id:
        return by_id[id_]
    near = get_close_matches(id_.lower().replace(" ", "_"), by_id, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {' and '.join(by_id)}."
    raise ParameterError(f"There is no strategy called {id_!r}.", hint=hint)
