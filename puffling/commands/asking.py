"""Commands that open the assistant: on a new conversation, or about what is in view."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol

Position = Annotated[str, Field(max_length=15, title="Position", description="Its symbol.")]
Order = Annotated[str, Field(max_length=64, title="Order", description="Its id.")]
Backtest = Annotated[str, Field(max_length=64, title="Backtest", description="Its id.")]
Question = Annotated[
    str, Field(max_length=2_000, title="Question", description="What to begin the line with.")
]


@command(
    "assistant.begin",
    "New conversation",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    shortcut="Ctrl+Shift+A",
    window_only=True,
    words="chat thread ask",
)
async def begin(context: Context) -> None:
    """Open the assistant on a new conversation; the ones before it stay in its list."""
    context.desk.show_conversation("")


@command(
    "assistant.about",
    "Ask about this…",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    shortcut="Ctrl+Alt+Q",
    window_only=True,
    words="chat explain question",
)
async def about(
    context: Context,
    *,
    symbol: AnySymbol = "",
    position: Position = "",
    order: Order = "",
    backtest: Backtest = "",
    question: Question = "",
) -> None:
    """Open the assistant with its line about a position, an order, a backtest or a symbol.

    Without any of them it is about the symbol in view.
    """
    named = {"symbol": symbol, "position": position, "order": order, "backtest": backtest}
    given = {name: value for name, value in named.items() if value}
    if not given and context.desk.symbol:
        given = {"symbol": context.desk.symbol}
    context.desk.ask_about(given, question)


COMMANDS = (begin, about)
