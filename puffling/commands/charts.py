"""Commands about the focused chart."""

from __future__ import annotations

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
File = Annotated[Path, Field(title="File", description="A .png to write.")]


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
    """Show the focused chart in another interval; 1, 2 and 3 do it on the chart."""
    context.desk.chart_timeframe(interval)


@command(
    "chart.overlay",
    "Moving average…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+I",
    window_only=True,
    words="indicator study sma ema",
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
    """Save the focused chart as a picture."""
    context.desk.chart_export(path.expanduser())


COMMANDS = (new, timeframe, overlay, fit, signals, export)
