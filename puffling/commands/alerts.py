"""Commands about price alerts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id, Limit, Price, Symbol
from puffling.store.alerts import Alert, AlertFiring

Kind = Annotated[
    Literal["above", "below"],
    Field(title="When", description="above or below: the side the price crosses to."),
]
Repeat = Annotated[
    Literal["once", "every", "daily"],
    Field(title="Repeat", description="once, every time (15 minutes apart), or daily."),
]
Note = Annotated[str, Field(max_length=200, title="Note", description="Shown when it fires.")]
Enabled = Annotated[bool, Field(title="Enabled", description="Whether it watches.")]


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


@command("alert.remove", "Remove alert…", menu=None, effect=Effect.CHANGE, words="delete")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Forget an alert; what it fired stays in the history."""
    context.alerts.remove(id)


@command("alert.enable", "Turn alert on or off…", menu=None, effect=Effect.CHANGE, words="mute")
async def enable(context: Context, *, id: Id, enabled: Enabled = True) -> Alert:  # noqa: A002
    """Turn an alert on or off; turned on, it waits for a fresh crossing."""
    return context.alerts.enable(id, enabled=enabled)


@command("alert.list", "Alerts", menu=None, effect=Effect.LOOK)
async def list_alerts(context: Context) -> list[Alert]:
    """List every alert."""
    return context.alerts.all()


@command("alert.history", "Alert history", menu=None, effect=Effect.LOOK, words="fired")
async def history(context: Context, limit: Limit = 50) -> list[AlertFiring]:
    """List what fired, newest first, also of alerts that are gone."""
    return context.alerts.history(limit)


COMMANDS = (add, remove, enable, list_alerts, history)
