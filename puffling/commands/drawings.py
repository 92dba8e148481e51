"""Commands about what is drawn on charts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from puffin.data.bars import Interval
from puffin.data.times import moment, nanoseconds
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol, Id
from puffling.core.drawing_kinds import COLORS, Dash, DrawingKind
from puffling.core.drawings import Anchor, Drawing, Span
from puffling.core.errors import BadValueError
from puffling.store.alerts import Alert

A_DAY = 10  # letters of a date


def _points(value: object) -> object:
    """Let people write "2012-03-01 540, 2012-05-01 610.5": a date is midnight, as of daily bars."""
    if isinstance(value, str):
        value = [each.rsplit(None, 1) for each in value.replace(";", ",").split(",")]
    if not isinstance(value, list | tuple):
        return value
    return [
        [_time(each[0]), *each[1:]] if isinstance(each, list | tuple) and each else each
        for each in value
    ]


def _time(value: object) -> object:
    if not isinstance(value, str):
        return value
    at = datetime.fromisoformat(value.strip())
    if at.tzinfo is not None:
        return at
    return at.replace(tzinfo=UTC) if len(value.strip()) == A_DAY else at.astimezone()


Points: TypeAlias = Annotated[
    tuple[tuple[datetime, float], ...],
    BeforeValidator(_points),
    Field(
        min_length=1,
        max_length=2_000,
        title="Points",
        description="A time and a price each, with commas: 2012-03-01 540, 2012-05-01 610.5.",
    ),
]
NewPoints: TypeAlias = Annotated[
    tuple[tuple[datetime, float], ...] | None,
    BeforeValidator(_points),
    Field(
        max_length=2_000,
        title="Points",
        description="Where it goes, as when it is drawn; empty leaves it where it is.",
    ),
]
Kind: TypeAlias = Annotated[
    DrawingKind, Field(title="Tool", description="Such as trend, ray, horizontal or channel.")
]
AnyKind: TypeAlias = Annotated[
    Literal[""] | DrawingKind,
    Field(title="Tool", description="Such as trend or horizontal; empty puts the tool away."),
]
Text: TypeAlias = Annotated[
    str, Field(max_length=400, title="Text", description="What is written at it.")
]
Color: TypeAlias = Annotated[
    str,
    Field(
        max_length=20, title="Colour", description=f"One of {', '.join(COLORS)}; empty keeps it."
    ),
]
Width: TypeAlias = Annotated[
    float | None, Field(ge=0.5, le=12, title="Width", description="In pixels; empty keeps it.")
]
Line: TypeAlias = Annotated[
    Dash | None, Field(title="Line", description="solid, dashed or dotted; empty keeps it.")
]
Shown: TypeAlias = Annotated[
    Span, Field(title="Show on", description="all intervals, this and shorter, or only this.")
]
DrawnOn: TypeAlias = Annotated[
    Interval, Field(title="Interval", description="Of the chart: 1d, 1h, 5m…")
]
Locked: TypeAlias = Annotated[
    bool | None,
    Field(title="Locked", description="Whether it cannot be moved by hand; empty keeps it."),
]
Hidden: TypeAlias = Annotated[
    bool | None, Field(title="Hidden", description="Whether it is not shown; empty keeps it.")
]
NewText: TypeAlias = Annotated[
    str | None, Field(max_length=400, title="Text", description="Empty keeps what is written.")
]


@command("drawing.add", "Draw at points…", menu=None, effect=Effect.CHANGE, words="line level")
async def add(  # noqa: PLR0913 - what a drawing is made of, each given by name
    context: Context,
    *,
    kind: Kind,
    points: Points,
    symbol: AnySymbol = "",
    text: Text = "",
    color: Color = "",
    interval: DrawnOn = Interval.D1,
    span: Shown = Span.ALL,
) -> Drawing:
    """Draw on the charts of a symbol; drawings stay where they are in time and price."""
    style = context.drawing_styles.usual(kind)
    drawing = Drawing(
        "",
        _symbol(context, symbol),
        kind,
        tuple(Anchor(nanoseconds(time), price) for time, price in points),
        replace(style, color=color) if color else style,
        text=text,
        span=span,
        interval=interval,
    )
    return context.drawings.add([drawing])[0]


@command("drawing.list", "Drawings", menu=None, effect=Effect.LOOK, words="lines levels drawn")
async def list_drawings(context: Context, symbol: AnySymbol = "") -> list[dict[str, Any]]:
    """List what is drawn on a symbol, the lowest first; empty for the symbol in view."""
    drawn = context.drawings.of(symbol or context.desk.symbol)
    return [_row(context, each) for each in drawn]


@command("drawing.change", "Change drawing…", menu=None, effect=Effect.CHANGE, words="style move")
async def change(  # noqa: PLR0913 - what can be changed, each given by name
    context: Context,
    *,
    id: Id,  # noqa: A002 - what the list calls it
    points: NewPoints = None,
    text: NewText = None,
    color: Color = "",
    width: Width = None,
    line: Line = None,
    locked: Locked = None,
    hidden: Hidden = None,
) -> Drawing:
    """Change where a drawing is, what is written at it, or how it looks."""
    drawing = context.drawings.get(id)
    style = drawing.style
    style = replace(
        style,
        color=color or style.color,
        width=style.width if width is None else width,
        dash=style.dash if line is None else line,
    )
    changed = replace(
        drawing,
        style=style,
        text=drawing.text if text is None else text,
        locked=drawing.locked if locked is None else locked,
        hidden=drawing.hidden if hidden is None else hidden,
    )
    if points is not None:
        changed = changed.moved_to([Anchor(nanoseconds(time), price) for time, price in points])
    context.drawings.change([changed])
    return changed


@command("drawing.remove", "Remove drawing…", menu=None, effect=Effect.CHANGE, words="delete line")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Take a drawing away; alerts on it are turned off."""
    context.drawings.remove([id])


@command("drawing.clear", "Remove all drawings…", menu=None, effect=Effect.CHANGE, words="delete")
async def clear(
    context: Context,
    *,
    symbol: AnySymbol = "",
    locked: Annotated[
        bool, Field(title="Locked too", description="Whether those that are locked go too.")
    ] = False,
) -> dict[str, int]:
    """Take away everything drawn on a symbol, except what is locked."""
    return {"removed": context.drawings.clear(_symbol(context, symbol), locked=locked)}


@command("drawing.hide", "Hide or show drawings…", menu=None, effect=Effect.CHANGE, words="eye")
async def hide(
    context: Context,
    *,
    symbol: AnySymbol = "",
    hidden: Annotated[
        bool, Field(title="Hidden", description="Whether they are hidden or shown.")
    ] = True,
) -> None:
    """Hide everything drawn on a symbol, or show it again."""
    context.drawings.hide_all(_symbol(context, symbol), hidden=hidden)


@command("drawing.undo", "Undo drawing", menu=None, effect=Effect.CHANGE, words="take back")
async def undo(context: Context, symbol: AnySymbol = "") -> dict[str, str]:
    """Take back the last change of what is drawn on a symbol; Ctrl+Z does it on the chart."""
    return {"undone": context.drawings.undo(_symbol(context, symbol))}


@command("drawing.redo", "Redo drawing", menu=None, effect=Effect.CHANGE, words="again")
async def redo(context: Context, symbol: AnySymbol = "") -> dict[str, str]:
    """Do again what was undone last; Ctrl+Shift+Z does it on the chart."""
    return {"redone": context.drawings.redo(_symbol(context, symbol))}


@command("drawing.alert", "Alert on drawing…", menu=None, effect=Effect.CHANGE, words="cross line")
async def alert(  # noqa: PLR0913 - what an alert on a line is made of, each given by name
    context: Context,
    *,
    id: Id,  # noqa: A002 - what the list calls it
    line: Annotated[
        str, Field(max_length=40, title="Line", description="upper, lower, 0.5… if it has several.")
    ] = "",
    when: Annotated[
        Literal["above", "below"] | None,
        Field(title="When", description="The side the price crosses to; empty: the other one."),
    ] = None,
    interval: Annotated[
        Interval | None,
        Field(title="Interval", description="Of the chart it is seen on; empty: it was drawn on."),
    ] = None,
    log: Annotated[
        bool, Field(title="Logarithmic", description="Whether that chart is logarithmic.")
    ] = False,
    repeat: Annotated[
        Literal["once", "every", "daily"],
        Field(title="Repeat", description="once, every time (with a rest between), or daily."),
    ] = "once",
) -> Alert:
    """Tell me when a price crosses a line that was drawn; the alert follows the line.

    Trend lines that go on, rays, level lines, edges of channels, Fibonacci levels and positions
    have such lines. The alert is turned off when its drawing is removed.
    """
    return context.drawing_alerts.add(
        id, line=line, when=when, interval=interval, log=log, repeat=repeat
    )


@command(
    "drawing.tool",
    "Draw…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="trend line ray channel rectangle fibonacci pitchfork measure brush text position",
)
async def tool(context: Context, kind: AnyKind = "") -> None:
    """Take a tool into the hand on the focused chart; D lists them there, Esc puts it away."""
    context.desk.chart_draw(kind)


def _symbol(context: Context, symbol: str) -> str:
    """Return the symbol, or the one in view.

    Raises:
        BadValueError: There is none.
    """
    found = symbol or context.desk.symbol
    if not found:
        raise BadValueError("No symbol is in view.", hint="Name one: symbol=AAPL")
    return found


def _row(context: Context, drawing: Drawing) -> dict[str, Any]:
    return {
        "id": drawing.id,
        "kind": drawing.kind,
        "text": drawing.text,
        "points": [[moment(each.time), each.price] for each in drawing.anchors],
        "color": drawing.style.color,
        "span": drawing.span,
        "interval": drawing.interval,
        "locked": drawing.locked,
        "hidden": drawing.hidden,
        "alerts": [each.id for each in context.drawing_alerts.on(drawing.id)],
    }


COMMANDS = (
    add,
    list_drawings,
    change,
    remove,
    clear,
    hide,
    undo,
    redo,
    alert,
    tool,
)
