"""Commands about alerts of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from puffin.monitor.watch import Manner, Quiet
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol, Id, Limit, Price, Symbol
from puffling.core.errors import BadValueError
from puffling.services.alert_snoozing import Snooze
from puffling.services.alert_studies import Rehearsal
from puffling.services.alerts import condition_of
from puffling.store.alerts import Alert, AlertFiring

Kind = Annotated[
    Literal["above", "below"],
    Field(title="When", description="above or below: the side the price crosses to."),
]
NewPrice = Annotated[
    Price | None, Field(title="Price", description="The level; empty for the last price.")
]
Repeat = Annotated[
    Literal["once", "every", "daily"],
    Field(title="Repeat", description="once, every time (with a rest between), or daily."),
]
Note = Annotated[str, Field(max_length=200, title="Note", description="Shown when it fires.")]
Enabled = Annotated[bool, Field(title="Enabled", description="Whether it watches.")]
Watched = Annotated[
    dict[str, Any],
    Field(
        title="Condition",
        description='Such as {"kind": "move", "percent": 3}; the help lists the kinds.',
    ),
]
Cooldown = Annotated[
    int,
    Field(ge=0, le=10_080, title="Rest", description="Minutes between two times of `every`."),
]
Hysteresis = Annotated[
    Decimal,
    Field(
        ge=0,
        le=50,
        title="Must go back",
        description="Percent of the level that it must go back before it can come true again.",
    ),
]
Expires = Annotated[
    datetime | None,
    Field(title="Until", description="When it stops watching; empty for never."),
]
QuietHours = Annotated[
    str,
    Field(
        pattern=r"^$|^\d\d:\d\d-\d\d:\d\d$",
        title="Quiet hours",
        description="Such as 22:00-07:00, New York; empty for none.",
    ),
]
Sound = Annotated[bool, Field(title="Beep", description="Whether it beeps too.")]
Days = Annotated[int, Field(ge=1, le=3_650, title="Days", description="How far to look back.")]


@command("alert.add", "Add alert…", menu=Menu.TOOLS, effect=Effect.CHANGE, words="notify price")
async def add(
    context: Context,
    symbol: Symbol,
    kind: Kind,
    price: Price,
    repeat: Repeat = "once",
    note: Note = "",
) -> Alert:
    """Tell me when a price crosses a level: a toast, the desktop and the history.

    A level the price is beyond already waits until the price comes back and crosses it.
    """
    return context.alerts.add(symbol, kind, price, repeat, note)


@command(
    "alert.new",
    "New alert…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="notify editor price",
)
async def new(context: Context, symbol: AnySymbol = "", price: NewPrice = None) -> None:
    """Open the editor of alerts with a symbol and a price written in; nothing watches yet."""
    context.desk.begin_alert(symbol, price)


@command("alert.create", "Add an alert of any kind…", menu=None, effect=Effect.CHANGE)
async def create(  # noqa: PLR0913 - what an alert is made of, each given by name
    context: Context,
    *,
    condition: Watched,
    symbol: AnySymbol = "",
    repeat: Repeat = "once",
    cooldown: Cooldown = 15,
    hysteresis: Hysteresis = Decimal(0),
    expires: Expires = None,
    quiet: QuietHours = "",
    sound: Sound = False,
    note: Note = "",
) -> Alert:
    """Tell me when something comes true.

    Kinds: price (when, price), move (when, percent), extreme (when, sessions), study (rule,
    interval), order (what), position (when, amount, unit), day loss (percent), drawdown (percent),
    drift (goal, points), silence (seconds), job (how, words).
    """
    manner = _manner(repeat, cooldown, hysteresis, expires, quiet)
    return context.alerts.create(condition_of(condition), symbol, manner, note=note, sound=sound)


@command("alert.edit", "Change alert…", menu=None, effect=Effect.CHANGE)
async def edit(  # noqa: PLR0913 - what an alert is made of, each given by name
    context: Context,
    *,
    id: Id,  # noqa: A002 - what the list calls it
    condition: Watched,
    symbol: AnySymbol = "",
    repeat: Repeat = "once",
    cooldown: Cooldown = 15,
    hysteresis: Hysteresis = Decimal(0),
    expires: Expires = None,
    quiet: QuietHours = "",
    sound: Sound = False,
    note: Note = "",
) -> Alert:
    """Put another alert in the place of one; it waits afresh and is turned on."""
    changed = replace(
        context.alerts.get(id),
        condition=condition_of(condition),
        symbol=symbol,
        manner=_manner(repeat, cooldown, hysteresis, expires, quiet),
        note=note,
        sound=sound,
    )
    return context.alerts.edit(changed)


@command("alert.copy", "Copy alert…", menu=None, effect=Effect.CHANGE, words="duplicate")
async def copy(context: Context, id: Id) -> Alert:  # noqa: A002 - what the list calls it
    """Add an alert like one that is there; it begins to watch at once."""
    like = context.alerts.get(id)
    return context.alerts.create(
        like.condition, like.symbol, like.manner, note=like.note, sound=like.sound
    )


@command("alert.rehearse", "Rehearse an alert…", menu=None, effect=Effect.LOOK, words="backtest")
async def rehearse(  # noqa: PLR0913 - what an alert is made of, each given by name
    context: Context,
    *,
    condition: Watched,
    symbol: Symbol,
    repeat: Repeat = "every",
    cooldown: Cooldown = 15,
    hysteresis: Hysteresis = Decimal(0),
    days: Days = 90,
) -> Rehearsal:
    """Tell when an alert would have spoken, from each past day's open, high, low and close."""
    manner = _manner(repeat, cooldown, hysteresis, None, "")
    return await context.studies.rehearse(condition_of(condition), symbol, manner, days)


@command("alert.remove", "Remove alert…", menu=None, effect=Effect.CHANGE, words="delete")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Forget an alert; what it fired stays in the history."""
    context.alerts.remove(id)


@command("alert.enable", "Turn alert on or off…", menu=None, effect=Effect.CHANGE, words="mute")
async def enable(context: Context, *, id: Id, enabled: Enabled = True) -> Alert:  # noqa: A002
    """Turn an alert on or off; turned on, it waits for a fresh crossing."""
    return context.alerts.enable(id, enabled=enabled)


@command("alert.test", "Test alert…", menu=None, effect=Effect.LOOK, words="try sound")
async def test(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Say what an alert would say, to see and hear it; it is not in the history."""
    context.alerts.try_out(id)


@command("alert.snooze", "Snooze alerts…", menu=Menu.TOOLS, effect=Effect.CHANGE, words="quiet")
async def snooze(
    context: Context,
    span: Annotated[Snooze, Field(title="How long", description="today is New York's.")] = "1 hour",
) -> datetime:
    """Keep alerts off the desktop and silent for a while; the history has them all the same."""
    return context.alerts.snooze(span)


@command("alert.wake", "End the snooze of alerts", menu=None, effect=Effect.CHANGE)
async def wake(context: Context) -> None:
    """Let alerts reach the desktop again."""
    context.alerts.wake()


@command("alert.list", "Alerts", menu=None, effect=Effect.LOOK)
async def list_alerts(context: Context) -> list[Alert]:
    """List every alert."""
    return context.alerts.all()


@command("alert.history", "Alert history", menu=None, effect=Effect.LOOK, words="fired")
async def history(context: Context, limit: Limit = 50) -> list[AlertFiring]:
    """List what fired, newest first, also of alerts that are gone."""
    return context.alerts.history(limit)


def _manner(
    repeat: Literal["once", "every", "daily"],
    cooldown: int,
    hysteresis: Decimal,
    expires: datetime | None,
    quiet: str,
) -> Manner:
    if expires is not None and expires.tzinfo is None:
        expires = expires.astimezone()  # a time without a zone is this computer's
    return Manner(
        repeat=repeat,
        cooldown=timedelta(minutes=cooldown),
        hysteresis=hysteresis / 100,
        expires_at=expires,
        quiet=_quiet(quiet),
    )


def _quiet(text: str) -> Quiet | None:
    if not text:
        return None
    start, _, end = text.partition("-")
    try:
        return Quiet(time.fromisoformat(start), time.fromisoformat(end))
    except ValueError:
        raise BadValueError(
            f"{text} are no hours of a day.", hint="Write them as 22:00-07:00."
        ) from None


COMMANDS = (
    add,
    new,
    create,
    edit,
    copy,
    rehearse,
    remove,
    enable,
    test,
    snooze,
    wake,
    list_alerts,
    history,
)
