"""Commands about limits and the kill switch."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffling.commands import positions
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core.errors import NotConfirmedError
from puffling.services.risk import RESUME_WORD, tolerance_limits
from puffling.store.halts import Halt

Reason = Annotated[str, Field(max_length=200, title="Reason", description="For the record.")]
Flatten = Annotated[
    bool,
    Field(title="Close positions too", description="Asks for another word before it does."),
]
Word = Annotated[
    str, Field(title="Word", description=f"{RESUME_WORD}, typed; the window asks for it.")
]


@command(
    "risk.halt",
    "Kill switch",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    shortcut="Ctrl+Alt+K",
    toolbar=True,
    words="halt stop emergency panic",
)
async def halt(context: Context, reason: Reason = "", *, flatten: Flatten = False) -> Halt:
    """Stop trading at once: nothing new is sent, open orders are cancelled, automation pauses.

    Closing positions and cancelling orders stay possible. It holds through a restart, until
    somebody types RESUME. With `flatten` every position is closed too, after another word.
    """
    halted = await context.risk.halt(context.actor, reason)
    if flatten:
        await positions.flatten(context)
    return halted


@command("risk.resume", "Resume trading…", menu=Menu.TRADE, effect=Effect.CHANGE, words="unhalt")
async def resume(context: Context, word: Word = "") -> dict[str, Any]:
    """Allow trading again after the kill switch; asks for a word."""
    if context.risk.halted() is None:
        return {"halted": False}
    if not word:
        text = _what_restarts(context)
        if context.actor == "terminal":  # whoever asks there may be gone when the window is seen
            hint = f"Add word={RESUME_WORD} to the command."
            raise NotConfirmedError(f"Trading stays halted. {text}", hint=hint)
        if not await context.desk.ask_word("Resume trading", text, RESUME_WORD):
            raise NotConfirmedError("Trading stays halted.")
        word = RESUME_WORD
    context.risk.resume(context.actor, word)
    return {"halted": False}


@command("risk.limits", "Limits", menu=None, effect=Effect.LOOK, words="rules allowed halted")
async def limits(context: Context) -> dict[str, Any]:
    """Show every limit in force, how much of it is used, and whether trading is halted."""
    return {"halted": context.risk.halted(), "limits": context.risk.in_use()}


@command(
    "risk.adopt",
    "Adopt the limits of the risk tolerance",
    menu=Menu.TRADE,
    effect=Effect.CHANGE,
    words="conservative moderate aggressive",
)
async def adopt(context: Context) -> dict[str, Any]:
    """Set largest position and most positions to what the risk tolerance stands for."""
    tolerance = context.settings.current.trading.risk_tolerance
    name, values = tolerance_limits(tolerance)
    context.settings.change("trading", **values)
    context.audit.add(
        context.clock.now(), context.actor, "risk.adopt", name, {"tolerance": tolerance}
    )
    return {"tolerance": tolerance, "band": name, **values}


def _what_restarts(context: Context) -> str:
    """Say what goes on at once after the kill switch, and what waits for another word."""
    text = "Orders can be sent again. Nothing that was cancelled comes back."
    if not context.automation.paused:
        return text
    parts = [f"{each.title}: {each.text}" for each in context.automation.parts() if each.paused]
    what = f" ({'; '.join(parts)})" if parts else ""
    return f"{text} What acts by itself{what} stays paused until you resume automation."


COMMANDS = (halt, resume, limits, adopt)
