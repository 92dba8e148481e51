"""What can be studied on a chart: every indicator of the catalogue, and what only a chart has."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, StringConstraints

from puffin.errors import ParameterError
from puffin.factors.base import Group, Pane, Parameters, Shape
from puffin.factors.catalogue import INDICATORS
from puffin.factors.profile import VALUE_AREA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.factors.base import Indicator, Output

COMPARE, PROFILE, PATTERNS = "compare", "volume_profile", "patterns"
FAR: Final = 9  # a study that has nothing of the words
# What traders call them; the others go by their titles.
SHORT: Final[Mapping[str, str]] = {
    "sma": "SMA",
    "ema": "EMA",
    "wma": "WMA",
    "dema": "DEMA",
    "tema": "TEMA",
    "trima": "TRIMA",
    "kama": "KAMA",
    "wilder": "RMA",
    "hull": "HMA",
    "zlema": "ZLEMA",
    "vwma": "VWMA",
    "t3": "T3",
    "mama": "MAMA",
    "bollinger": "BB",
    "donchian": "Donchian",
    "keltner": "Keltner",
    "ichimoku": "Ichimoku",
    "vwap": "VWAP",
    "anchored_vwap": "Anchored VWAP",
    "sar": "SAR",
    "adx": "ADX",
    "adxr": "ADXR",
    "dmi": "DMI",
    "dx": "DX",
    "rsi": "RSI",
    "cmo": "CMO",
    "roc": "ROC",
    "cci": "CCI",
    "williams": "%R",
    "stochastic": "Stoch",
    "fast_stochastic": "Fast stoch",
    "stochastic_rsi": "Stoch RSI",
    "apo": "APO",
    "ppo": "PPO",
    "bop": "BOP",
    "tsi": "TSI",
    "atr": "ATR",
    "natr": "ATR %",
    "money_flow": "MFI",
    "chaikin_flow": "CMF",
    "volume_average": "Vol MA",
    "obv": "OBV",
    "accumulation": "A/D",
    "realised_volatility": "Realised vol",
    "trendline": "Trendline",
}

Symbol = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True)]


class CompareParameters(Parameters):
    """Which symbol is drawn beside this one."""

    symbol: Symbol = Field(
        min_length=1, max_length=40, title="Symbol", description="Such as SPY or BTC/USD"
    )


class ProfileParameters(Parameters):
    """How volume by price is added up and how wide it is drawn."""

    over: Literal["view", "session"] = Field(
        default="view", title="Of", description="View: all bars on the screen; session: each day"
    )
    rows: int = Field(default=60, ge=10, le=300, title="Rows", json_schema_extra={"step": 10})
    share: float = Field(
        default=VALUE_AREA * 100,
        ge=10,
        le=100,
        title="Value area, %",
        description="The share of volume around the busiest price",
        json_schema_extra={"step": 5},
    )
    width: float = Field(
        default=25,
        ge=5,
        le=60,
        title="Width, %",
        description="Of the chart, or of the session",
        json_schema_extra={"step": 5},
    )


class PatternParameters(Parameters):
    """Which candle patterns are marked."""

    which: Literal["usual", "all"] = Field(
        default="usual", title="Patterns", description="The ones most traders know, or all 61"
    )
    names: bool = Field(default=True, title="Names", description="Written where there is room")


@dataclass(frozen=True, slots=True)
class Offer:
    """One study that a chart can draw.

    Attributes:
        id: Its name in layouts and commands.
        title: Its name in full.
        short: Its name in a legend.
        group: What it tells about, as a heading of a menu.
        Parameters: What can be set.
        outputs: The series it gives; none for what is drawn as a whole.
        on_price: Whether it belongs over the candles.
        guides: Levels worth a line.
        indicator: The catalogue's own; None for what only a chart has.
    """

    id: str
    title: str
    short: str
    group: str
    Parameters: type[Parameters]
    outputs: tuple[Output, ...] = ()
    on_price: bool = True
    guides: tuple[float, ...] = ()
    indicator: Indicator | None = None

    @property
    def is_movable(self) -> bool:
        """Whether it can be drawn in a pane of its own as well as on the price."""
        marks = bool(self.outputs) and all(each.shape is Shape.MARKS for each in self.outputs)
        return self.indicator is not None and not (marks and self.on_price)


def _of(each: Indicator) -> Offer:
    return Offer(
        each.id,
        each.title,
        SHORT.get(each.id, each.title),
        each.group.value.capitalize(),
        each.Parameters,
        each.outputs,
        each.pane is Pane.PRICE,
        each.guides,
        each,
    )


CHART = "Chart"
SPECIAL: Final = (
    Offer(PROFILE, "Volume profile", "Volume profile", CHART, ProfileParameters),
    Offer(PATTERNS, "Candle patterns", "Patterns", CHART, PatternParameters),
    Offer(COMPARE, "Compare with a symbol", "Compare", CHART, CompareParameters),
)
USUAL: Final = (
    "sma",
    "ema",
    "vwap",
    "bollinger",
    "donchian",
    "volume_average",
    "rsi",
    "macd",
    "stochastic",
    "adx",
    "atr",
    "obv",
    PROFILE,
    PATTERNS,
)


@cache
def offers() -> Mapping[str, Offer]:
    """Return every study by its id, what only a chart has first."""
    return {each.id: each for each in (*SPECIAL, *map(_of, INDICATORS))}


def offer(name: str) -> Offer:
    """Return the study of that id.

    Raises:
        ParameterError: There is none; the nearest is offered.
    """
    found = offers().get(name)
    if found is not None:
        return found
    near = get_close_matches(name, offers(), n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    raise ParameterError(f"There is no study called {name}.{meant}")


def groups() -> Mapping[str, tuple[Offer, ...]]:
    """Return the studies under the headings of a menu; candle patterns come last."""
    headings = dict.fromkeys((CHART, *(each.value.capitalize() for each in Group)))
    known = offers().values()
    return {name: tuple(each for each in known if each.group == name) for name in headings}


def find(words: str) -> list[Offer]:
    """Return the studies that a person may mean, the likeliest first."""
    wanted = words.casefold().split()
    scored = [
        (_score(each, wanted), each.id not in USUAL, place, each)
        for place, each in enumerate(offers().values())
    ]
    return [each for score, *_, each in sorted(scored, key=lambda one: one[:3]) if score < FAR]


def _score(each: Offer, wanted: list[str]) -> int:
    names = [each.id.replace("_", " "), each.short.casefold(), each.title.casefold()]
    text = " ".join((*names, each.group.casefold()))
    if not all(word in text for word in wanted):
        return FAR
    said, later = " ".join(wanted), each.group == Group.PATTERN.value.capitalize()
    if said in names:
        return 0 + later
    return (2 if any(name.startswith(said) for name in names) else 4) + later
