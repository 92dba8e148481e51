"""Commands about the mode: which market, which broker, and whose money."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core.errors import NotConfirmedError
from puffling.core.formats import money, percent
from puffling.core.modes import LIVE_WORD, WORDS
from puffling.core.settings import Mode

Which = Annotated[Mode, Field(title="Mode", description="demo, sim, paper or live.")]
Word = Annotated[
    str, Field(title="Word", description=f"{LIVE_WORD}, typed; the window asks for it.")
]


@command(
    "mode.switch",
    "Switch mode…",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    words="demo sim paper live account broker connect",
)
async def switch(context: Context, mode: Which) -> dict[str, Any]:
    """Trade in another mode: DEMO, SIM, PAPER or LIVE.

    What waits for a yes is withdrawn; open orders stay at their broker. LIVE must be unlocked
    first, once in each run.
    """
    if mode is Mode.LIVE and not context.modes.unlocked:
        await _unlock(context, "")
    await context.modes.switch(mode, context.actor)
    return _shown(context)


@command(
    "mode.unlock",
    "Unlock live trading…",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    words="real money arm",
)
async def unlock(context: Context, word: Word = "") -> dict[str, Any]:
    """Allow LIVE until Puffling closes; shows the limits in force and asks for a word."""
    await _unlock(context, word)
    return {"unlocked": context.modes.unlocked}


@command("mode.show", "Modes", menu=None, effect=Effect.LOOK, words="account broker status")
async def show(context: Context) -> dict[str, Any]:
    """Show the mode in use, its account, and which modes could be switched to."""
    return {**_shown(context), "modes": await context.modes.offers()}


@command(
    "mode.reset_sim",
    "Reset the simulation…",
    menu=Menu.DATA,
    effect=Effect.CHANGE,
    words="paper account cash new start over",
)
async def reset_sim(context: Context) -> dict[str, Any]:
    """Begin a new SIM account with the cash of the settings; the old one stays stored."""
    account = await context.live.reset()
    context.audit.add(context.clock.now(), context.actor, "mode.reset_sim", account.id, {})
    return _shown(context)


async def _unlock(context: Context, word: str) -> None:
    if context.modes.unlocked:
        return
    if not word:
        if not await context.desk.ask_unlock(limits_in_force(context)):
            raise NotConfirmedError("LIVE stays locked.")
        word = LIVE_WORD
    context.modes.unlock(word, context.actor)


def limits_in_force(context: Context) -> list[tuple[str, str]]:
    """Return the limits that hold when money is real, as names and values."""
    trading = context.settings.current.trading
    return [
        ("Largest position", f"{percent(trading.largest_position, places=0)} of equity"),
        ("Most positions", str(trading.most_positions)),
        ("Largest order", money(trading.largest_order)),
        ("Daily loss", f"{percent(trading.daily_loss, places=1)} of equity, then only closing"),
        ("Price collar", f"{percent(trading.price_collar, places=0)} through the quote"),
        ("Automated fills", f"{trading.automated_fills} a day"),
        ("Short selling", "allowed" if trading.allow_short else "not allowed"),
    ]


def _shown(context: Context) -> dict[str, Any]:
    mode, account = context.market.mode, context.portfolio.account
    return {
        "mode": mode,
        "about": WORDS[mode].about,
        "account": account.number or account.id,
        "prices": context.market.source,
        "market": context.market.describe(),
        "ready": context.orders.why_not or "Orders can be sent.",
    }


COMMANDS = (switch, unlock, show, reset_sim)
