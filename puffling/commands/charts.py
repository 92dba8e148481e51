"""Commands about the focused chart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from puffin.data.bars import Interval
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command

Bars = Annotated[Interval, Field(title="Interval", description="Such as 1d, 1w or 1mo.")]
Kind = Annotated[
    Literal["sma", "ema"],
    Field(title="Average", description="sma: simple; ema: exponential."),
]
Window = Annotated[int, Field(ge=2, le=500, title="Bars", description="How many it averages.")]
Signalling = Annotated[
    str,
    Field(
        max_length=80,
        title="Strategy",
        description="Such as momentum, or one of yours; empty takes the marks away.",
    ),
]
On = Annotated[bool, Field(title="Mark", description="Off takes the marks away.")]
File = Annotated[
    Path,
    Field(title="File", description="A picture (.png), a drawing (.svg) or the numbers (.csv)."),
]
Type = Annotated[
    Literal["candles", "hollow", "heikin_ashi", "bars", "line", "area", "baseline", "renko"],
    Field(title="Type", description="How prices are drawn."),
]
Scale = Annotated[
    Literal["linear", "log", "percent", "indexed"],
    Field(title="Scale", description="percent and indexed count from the first bar in view."),
]
Day = Annotated[
    date | None, Field(title="Date", description="Such as 2008-09-15; empty to be asked for it.")
]
Charts = Annotated[Literal["1", "2", "4", "6", "9"], Field(title="Charts", description="How many.")]
Reach = Annotated[
    Literal["off", "colour", "all"],
    Field(title="Where", description="This chart only, charts of its link colour, or all."),
]
Same = Annotated[bool | None, Field(title="Share it", description="Empty leaves it as it is.")]
AlertPrice = Annotated[
    Decimal | None,
    Field(title="Price", gt=0, description="Empty for the crosshair's, or the last one."),
]


@command(
    "chart.new",
    "New chart",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+T",
    window_only=True,
    words="candles",
)
async def new(context: Context) -> None:
    """Open one more chart."""
    context.desk.new_chart()


@command(
    "chart.timeframe",
    "Timeframe…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="interval daily weekly monthly",
)
async def timeframe(context: Context, interval: Bars) -> None:
    """Show the focused chart in another interval; the keys 1 to 7 do it on the chart."""
    context.desk.chart_timeframe(interval)


@command(
    "chart.overlay",
    "Moving average…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="average sma ema",
)
async def overlay(context: Context, kind: Kind = "sma", window: Window = 20) -> None:
    """Draw a moving average on the focused chart, or take it away if it is there."""
    context.desk.chart_overlay(kind, window)


@command(
    "chart.fit",
    "Fit chart",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="zoom all reset",
)
async def fit(context: Context) -> None:
    """Show all of the focused chart's bars; Home does it on the chart."""
    context.desk.chart_fit()


@command(
    "chart.signals",
    "Signals on the chart…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="strategy entries exits mark long short",
)
async def signals(context: Context, *, strategy: Signalling = "", on: On = True) -> None:
    """Mark on the chart when a strategy went long, short or flat; they follow its symbol.

    What it wants is worked out anew for each symbol and length of bars, over all there is.
    """
    if strategy and on:
        strategy = context.strategies.askable(strategy).id
    context.desk.chart_signals(strategy if on else "")


@command(
    "chart.export",
    "Export chart…",
    menu=Menu.FILE,
    effect=Effect.LOOK,
    window_only=True,
    words="picture png save image",
)
async def export(context: Context, path: File) -> None:
    """Save the focused chart as a picture, a drawing or numbers, by the file's ending."""
    context.desk.chart_export(path.expanduser())


@command(
    "chart.type",
    "Type of series…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="candles hollow heikin ashi bars line area baseline renko",
)
async def type_(context: Context, type: Type) -> None:  # noqa: A002 - what the menu calls it
    """Draw the prices of the focused chart as candles, bars, a line or another type."""
    context.desk.charts.series(type)


@command(
    "chart.scale",
    "Price scale…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="logarithmic log linear percent indexed axis",
)
async def scale(context: Context, scale: Scale) -> None:
    """Show the prices of the focused chart on another scale; L turns logarithmic on and off."""
    context.desk.charts.scale(scale)


@command(
    "chart.goto",
    "Go to a date…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="jump time day history",
)
async def goto(context: Context, day: Day = None) -> None:
    """Bring a day into view on the focused chart; G asks for it there."""
    context.desk.charts.go_to(day)


@command(
    "chart.grid",
    "Charts side by side…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="grid several multiple split compare 2 4 6 9",
)
async def grid(context: Context, charts: Charts) -> None:
    """Lay 1, 2, 4, 6 or 9 charts side by side; new ones begin like the focused one."""
    context.desk.charts.grid(int(charts))


@command(
    "chart.crosshair",
    "Crosshair on other charts…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="link synchronise cursor",
)
async def crosshair(context: Context, reach: Reach = "colour") -> None:
    """Show the crosshair of a chart on other charts too, at the same time."""
    context.desk.charts.crosshair(reach)


@command(
    "chart.together",
    "Charts in step…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="synchronise sync same interval time scroll",
)
async def together(context: Context, *, interval: Same = None, time: Same = None) -> None:
    """Let charts of one link colour share their interval, or the stretch of time in view."""
    context.desk.charts.together(interval=interval, time=time)


@command(
    "chart.data",
    "Data window",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="numbers values crosshair readout",
)
async def data(context: Context) -> None:
    """Show every number of the bar under the crosshair beside the chart; W does it there."""
    context.desk.charts.data()


@command(
    "chart.alert",
    "Alert at a price of the chart…",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    shortcut="Ctrl+Alt+A",
    window_only=True,
    words="notify level crosshair",
)
async def alert(context: Context, price: AlertPrice = None) -> None:
    """Set an alert on the focused chart's symbol, at the crosshair or at the last price."""
    context.desk.charts.alert(price)


@command(
    "chart.replay",
    "Replay the past",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="bar playback practice simulate history",
)
async def replay(context: Context) -> None:
    """Show the focused chart's past bar by bar from its crosshair on; once more ends it.

    Without a crosshair the bar is asked for. Charts of the same link colour go along; orders
    given there are virtual.
    """
    context.desk.charts.replay()


@command(
    "chart.play",
    "Play or hold the replay",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="replay pause start stop",
)
async def play(context: Context) -> None:
    """Let the replay run, or hold it; Space does it on the chart."""
    context.desk.charts.play()


COMMANDS = (
    new,
    timeframe,
    type_,
    scale,
    overlay,
    fit,
    goto,
    grid,
    crosshair,
    together,
    data,
    alert,
    signals,
    replay,
    play,
    export,
)
