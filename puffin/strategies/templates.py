"""Rules to begin with. What they earn is for a backtest to say: no figure comes with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from puffin.strategies.rules import RuleSet
from puffin.strategies.terms import (
    All,
    Any,
    Combined,
    Compare,
    Indicator,
    Number,
    Price,
    Volume,
)

if TYPE_CHECKING:
    from puffin.strategies.parts import Setting
    from puffin.strategies.terms import Comparison, Operand, Sum, Term


@dataclass(frozen=True, slots=True)
class Template:
    """Rules that can be copied and changed; the original stays as it is."""

    id: str
    rules: RuleSet

    @property
    def title(self) -> str:
        """Its name on the screen."""
        return self.rules.name


def _study(name: str, output: str = "", *, ago: int = 0, **parameters: Setting) -> Indicator:
    return Indicator(id=name, parameters=parameters, output=output, ago=ago)


def _is(left: Operand, op: Comparison, right: Operand | float) -> Compare:
    other = Number(value=float(right)) if isinstance(right, int | float) else right
    return Compare(left=left, op=op, right=other)


def _all(*terms: Term) -> All:
    return All(terms=terms)


def _sum(left: Operand, sum_: Sum, right: Operand | float) -> Combined:
    other = Number(value=float(right)) if isinstance(right, int | float) else right
    return Combined(sum=sum_, left=left, right=other)


CLOSE: Final = Price()
RSI: Final = _study("rsi", window=14)
UPPER: Final = _study("bollinger", "upper", window=20, deviations=2.0)
MIDDLE: Final = _study("bollinger", "middle", window=20, deviations=2.0)
LOWER: Final = _study("bollinger", "lower", window=20, deviations=2.0)
WIDTH: Final = _sum(_sum(UPPER, "-", LOWER), "/", MIDDLE)
BEFORE: Final = _study("volume_average", window=20, ago=1)
MACD: Final = _study("macd", "value")
SIGNAL: Final = _study("macd", "signal")
HIGH_BEFORE: Final = _study("donchian", "upper", window=20, ago=1)


def _average(window: int) -> Indicator:
    return _study("sma", window=window)


TEMPLATES: Final[tuple[Template, ...]] = (
    Template(
        "rsi_oversold",
        RuleSet(
            name="RSI oversold",
            note="Buys after a sharp fall, and is soon out again, with a gain or a loss.",
            entry_long=_is(RSI, "<", 30),
            take_profit=5.0,
            stop_loss=2.0,
        ),
    ),
    Template(
        "rsi_overbought",
        RuleSet(
            name="RSI overbought, short",
            note="Sells short after a sharp rise. Needs short selling.",
            entry_short=_is(RSI, ">", 70),
            take_profit=5.0,
            stop_loss=2.0,
        ),
    ),
    Template(
        "sma_crossover",
        RuleSet(
            name="SMA 20 crossover",
            note="Holds while the price is above its average of a month.",
            entry_long=_is(CLOSE, "crosses above", _average(20)),
            exit_long=_is(CLOSE, "crosses below", _average(20)),
            take_profit=10.0,
            stop_loss=5.0,
            share=15.0,
        ),
    ),
    Template(
        "conservative_rsi",
        RuleSet(
            name="Conservative RSI",
            note="Buys only after a very sharp fall, a little, with a near stop.",
            entry_long=_is(RSI, "<", 25),
            take_profit=3.0,
            stop_loss=1.0,
            share=5.0,
        ),
    ),
    Template(
        "macd_trend",
        RuleSet(
            name="MACD trend",
            note="Follows a rise from the moment it gathers speed, with a stop that follows too.",
            entry_long=_is(MACD, "crosses above", SIGNAL),
            exit_long=_is(MACD, "crosses below", SIGNAL),
            take_profit=8.0,
            stop_loss=3.0,
            trailing=2.0,
            share=10.0,
        ),
    ),
    Template(
        "band_reversion",
        RuleSet(
            name="Bollinger and RSI reversion",
            note="Buys below the lower band when the index agrees, until it is overbought.",
            entry_long=_all(_is(CLOSE, "<", LOWER), _is(RSI, "<", 30)),
            exit_long=_is(RSI, ">", 70),
            take_profit=5.0,
            stop_loss=2.5,
            share=8.0,
        ),
    ),
    Template(
        "volume_breakout",
        RuleSet(
            name="Volume breakout",
            note="Buys a new high of a month on twice the usual volume.",
            entry_long=_all(
                _is(CLOSE, ">", HIGH_BEFORE),
                _is(Volume(), ">=", _sum(BEFORE, "*", 2)),
                _is(RSI, ">", 60),
            ),
            take_profit=12.0,
            stop_loss=5.0,
            share=15.0,
        ),
    ),
    Template(
        "atr_squeeze",
        RuleSet(
            name="ATR squeeze",
            note="Buys the move out of a calm: narrow bands, and ranges that begin to grow.",
            entry_long=_all(
                _is(WIDTH, "<", 0.03),
                _is(CLOSE, ">", UPPER),
                _is(_study("atr", window=14), ">", _study("atr", window=14, ago=5)),
            ),
            exit_long=_is(WIDTH, ">", 0.06),
            take_profit=10.0,
            stop_loss=4.0,
            share=12.0,
        ),
    ),
    Template(
        "momentum",
        RuleSet(
            name="Momentum with volume",
            note="Holds what is above two rising averages, bought on a busy day.",
            entry_long=_all(
                _is(CLOSE, ">", _average(20)),
                _is(_average(20), ">", _average(50)),
                _is(Volume(), ">=", _sum(BEFORE, "*", 1.5)),
            ),
            exit_long=_is(CLOSE, "<", _average(50)),
            stop_loss=8.0,
        ),
    ),
    Template(
        "reversal",
        RuleSet(
            name="Reversal above the long average",
            note="Buys weakness, but only where the trend of a year is up.",
            entry_long=_all(
                Any(terms=(_is(RSI, "<", 30), _is(CLOSE, "<", LOWER))),
                _is(CLOSE, ">", _average(200)),
            ),
            exit_long=_is(RSI, ">", 55),
            stop_loss=5.0,
            hold=20,
        ),
    ),
    Template(
        "golden_cross",
        RuleSet(
            name="Golden cross",
            note="Holds while the average of 50 bars is above that of 200.",
            entry_long=_is(_average(50), "crosses above", _average(200)),
            exit_long=_is(_average(50), "crosses below", _average(200)),
        ),
    ),
    Template(
        "gap_up",
        RuleSet(
            name="Gap up",
            note="Buys a day that opened 2 % higher and closed higher still; a week at most.",
            entry_long=_all(
                _is(_sum(Price(field="open"), "/", Price(ago=1)), ">", 1.02),
                _is(CLOSE, ">", Price(field="open")),
            ),
            stop_loss=4.0,
            hold=5,
        ),
    ),
)
