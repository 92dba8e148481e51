"""Commands about connections: keys kept, tried out, forgotten. No key is ever a parameter."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core.errors import NotConfirmedError
from puffling.core.modes import AT_A_BROKER
from puffling.services.connections import NAMES, TITLES, Connection
from puffling.services.live_market import CONNECTIONS

Name = Annotated[str, Field(title="Connection", description=f"{' or '.join(NAMES)}.")]


@command(
    "connection.set_keys",
    "Set keys…",
    menu=Menu.DATA,
    effect=Effect.CHANGE,
    words="alpaca api key secret broker connect",
)
async def set_keys(context: Context, name: Name) -> dict[str, Any]:
    """Ask for a key and its secret, hidden while they are typed, and try them out.

    They go into the system's keyring and nowhere else.
    """
    title = TITLES.get(name, name)
    text = f"From the page of your {title}. They are kept in the system's keyring."
    typed = await context.desk.ask_keys(f"Keys of the {title}", text)
    if typed is None:
        raise NotConfirmedError("The keys stay as they were.")
    note = await context.connections.set_keys(name, *typed, context.actor)
    tried = await context.connections.test(name)
    if tried.works and CONNECTIONS.get(context.market.mode) == name:
        await context.modes.begin_again(context.actor)
    return {"connection": tried, **({"note": note} if note else {})}


@command("connection.test", "Test connection…", menu=Menu.DATA, effect=Effect.LOOK, words="alpaca")
async def try_keys(context: Context, name: Name) -> Connection:
    """Ask the broker whether the keys of a connection open an account."""
    return await context.connections.test(name)


@command(
    "connection.remove", "Remove keys…", menu=Menu.DATA, effect=Effect.CHANGE, words="forget delete"
)
async def remove(context: Context, name: Name) -> list[Connection]:
    """Forget the keys of a connection; its account and orders stay at the broker."""
    in_use = context.market.mode in AT_A_BROKER and CONNECTIONS[context.market.mode] == name
    if in_use:
        raise NotConfirmedError(
            f"{context.market.mode.upper()} uses these keys.", hint="Switch to another mode first."
        )
    await context.connections.remove(name, context.actor)
    return await context.connections.list()


@command(
    "connection.list", "Connections", menu=None, effect=Effect.LOOK, words="keys broker alpaca"
)
async def list_(context: Context) -> dict[str, Any]:
    """Show every connection: whether it has keys, and how they did when they were tried."""
    note = context.connections.note
    listed: dict[str, Any] = {
        "connections": await context.connections.list(),
        "models": await context.model_keys.list(),
    }
    return {**listed, "note": note} if note else listed


COMMANDS = (set_keys, try_keys, remove, list_)
