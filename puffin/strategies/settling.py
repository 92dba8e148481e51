"""How many bars an indicator needs before it has forgotten where the history began.

An average that never ends, such as an exponential one or Wilder's, starts from its first bars and
so says something else in a shorter history. TA-Lib calls these bars its unstable period, and leaves
them to whoever asks. Here they are the bars after which the start weighs less than a thousandth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from puffin.strategies.parts import settling, settling_exponential, settling_wilder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.strategies.parts import Setting

    Settings: TypeAlias = Mapping[str, Setting]
    Lasting: TypeAlias = Callable[[Settings], int]

ADAPTIVE: Final = 0.03  # what Kaufman's average takes in of a bar on an ordinary day
HILBERT: Final = 150  # bars of Ehlers' filters, which feed back in several places
PARABOLIC: Final = 100  # bars in which a parabolic stop has been hit and begun anew
CUMULATIVE: Final = frozenset({"obv", "accumulation"})  # count from the first bar on: never


def _window(name: str, times: float = 1.0, *, wilder: bool = False) -> Lasting:
    kind = settling_wilder if wilder else settling_exponential

    def bars(settings: Settings) -> int:
        return round(times * kind(int(settings[name])))

    return bars


def _keltner(settings: Settings) -> int:
    window, ranges = int(settings["window"]), int(settings["range_window"])
    return max(settling_exponential(window), settling_wilder(ranges))


def _macd(settings: Settings) -> int:
    return settling_exponential(max(int(settings["slow"]), int(settings["signal"])))


def _mama(settings: Settings) -> int:
    return settling(float(settings["slow_limit"])) + HILBERT


def _always(bars: int) -> Lasting:
    def same(settings: Settings) -> int:
        del settings
        return bars

    return same


EXPONENTIAL: Final = _window("window")
WILDER: Final = _window("window", wilder=True)
WILDER_TWICE: Final = _window("window", 1.5, wilder=True)

LASTING: Final[Mapping[str, Lasting]] = {
    "ema": EXPONENTIAL,
    "zlema": EXPONENTIAL,
    "dema": EXPONENTIAL,
    "tema": EXPONENTIAL,
    "trix": EXPONENTIAL,
    "t3": EXPONENTIAL,
    "tsi": _window("long"),
    "apo": _window("slow"),
    "ppo": _window("slow"),
    "macd": _macd,
    "chaikin": _window("slow"),
    "keltner": _keltner,
    "kama": _always(settling(ADAPTIVE)),
    "wilder": WILDER,
    "rsi": WILDER,
    "cmo": WILDER,
    "stochastic_rsi": WILDER,
    "atr": WILDER,
    "natr": WILDER,
    "dx": WILDER,
    "plus_di": WILDER,
    "minus_di": WILDER,
    "plus_dm": WILDER,
    "minus_dm": WILDER,
    "adx": WILDER_TWICE,
    "dmi": WILDER_TWICE,
    "adxr": WILDER_TWICE,
    "supertrend": WILDER_TWICE,
    "sar": _always(PARABOLIC),
    "heikin_ashi": _always(settling(0.5)),
    "mama": _mama,
    "trendline": _always(HILBERT),
    "cycle_period": _always(HILBERT),
    "cycle_phase": _always(HILBERT),
    "cycle_sine": _always(HILBERT),
    "cycle_phasor": _always(HILBERT),
    "cycle_mode": _always(HILBERT),
}


def needed(name: str, settings: Settings) -> int:
    """Return how many bars an indicator needs for a value that does not depend on the first one.

    Args:
        name: Its id in the catalogue.
        settings: All its parameters, or those that differ from their defaults.
    """
    from puffin.factors.catalogue import indicator

    found = indicator(name)
    parameters = found.parameters(settings)
    lasting = LASTING.get(name)
    more = 0 if lasting is None else lasting(parameters.model_dump(mode="json"))
    return found.warm_up(parameters) + 1 + more
