"""What a price chart says of a bar: in its legends, and to those who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from puffling.core.formats import UNKNOWN, percent
from puffling.ui.charts.crosshair import Said
from puffling.ui.charts.scales import price_text, quoted
from puffling.ui.charts.ticks import compact, price_decimals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from puffling.ui.charts.pane import Pane
    from puffling.ui.charts.pyramid import BarPyramid
    from puffling.ui.theme.charts import ChartColors

    # Titles and whole columns of values, one for each bar.
    ColumnSource: TypeAlias = Callable[[], Iterable[tuple[str, NDArray[np.float64]]]]
    # Says lines of the legends of panes about the bar of an index.
    Voice: TypeAlias = Callable[[int], Iterable[tuple[Pane, list[Said]]]]

_PRICES = ("O", "H", "L", "C")


def change_of(bars: BarPyramid, at: int) -> float | None:
    """By how much a bar closed over the one before it; None for the first."""
    return float(bars.close[at] - bars.close[at - 1]) if at else None


def price_words(bars: BarPyramid, at: int, colors: ChartColors) -> list[Said]:
    """The prices of a bar, how they changed, and what was traded."""
    close, change = float(bars.close[at]), change_of(bars, at)
    tone = colors.axis_text
    if change:
        tone = colors.up if change > 0 else colors.down
    places = price_decimals(abs(close))
    columns = (bars.open, bars.high, bars.low, bars.close)
    prices = "  ".join(
        f"{name} {price_text(float(column[at]), places)}"
        for name, column in zip(_PRICES, columns, strict=True)
    )
    said = f"Vol {compact(float(bars.volume[at]))}"
    return [Said(f"{prices}  {_change(bars, at)}", tone), Said(said, colors.axis_text)]


def described(name: str, bars: BarPyramid, at: int, time: str) -> str:
    """A bar in a sentence for a screen reader."""
    if not len(bars):
        return f"{name}: no bars." if name else "No bars."
    said = ", ".join(
        f"{word} {quoted(float(column[at]))}"
        for word, column in (
            ("open", bars.open),
            ("high", bars.high),
            ("low", bars.low),
            ("close", bars.close),
        )
    )
    which = "Last bar" if at == len(bars) - 1 else "Bar"
    volume = compact(float(bars.volume[at]))
    return f"{name}. {which}, {time}: {said}, change {_change(bars, at)}, volume {volume}."


def _change(bars: BarPyramid, at: int) -> str:
    change = change_of(bars, at)
    before = float(bars.close[at - 1]) if at else 0.0
    if change is None or not before:
        return UNKNOWN
    places = price_decimals(abs(float(bars.close[at])))
    sign = "+" if change > 0 else ""
    return f"{sign}{price_text(change, places)} ({percent(change / before, sign=True)})"
