"""Every indicator there is: the one list that charts, rules, scanners and models share."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from puffin.errors import ParameterError
from puffin.factors.directions import DIRECTIONS, ICHIMOKU
from puffin.factors.keltner import KELTNER
from puffin.factors.oscillators import OSCILLATORS
from puffin.factors.overlays import OVERLAYS
from puffin.factors.patterns import PATTERNS
from puffin.factors.realised import REALISED
from puffin.factors.still import guarded
from puffin.factors.vwap import VWAPS

if TYPE_CHECKING:
    from puffin.factors.base import Indicator

INDICATORS: Final[tuple[Indicator, ...]] = (
    *map(guarded, OVERLAYS),
    KELTNER,
    ICHIMOKU,
    *VWAPS,
    *map(guarded, OSCILLATORS),
    guarded(DIRECTIONS),
    REALISED,
    *PATTERNS,
)
_BY_ID: Final = {each.id: each for each in INDICATORS}


def indicator(name: str) -> Indicator:
    """Return the indicator with this id.

    Raises:
        ParameterError: There is none; the nearest one is offered.
    """
    found = _BY_ID.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, _BY_ID, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise ParameterError(f"There is no indicator called {name}.{meant}")
