"""Commands that draft strategies: from a strict document of rules, or from plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol
from puffling.core.errors import BadValueError
from puffling.services.draft_cards import Draft, Understood

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class _Strict:
    """Gives a parameter the schema of rules, so that a model knows their strict form."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema of rules in place of that of any object."""
        from puffin.strategies.rules import RuleSet

        del schema
        return handler(RuleSet.__pydantic_core_schema__)


Rules = Annotated[
    dict[str, Any],
    _Strict(),
    Field(title="Rules", description="Entry and exit rules, as strategy.templates shows them."),
]
Words = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        title="Description",
        description="Such as: buy when RSI 14 below 30 and close above SMA 200, sell when RSI "
        "above 55, stop 3 %",
    ),
]
DraftName = Annotated[
    str, Field(max_length=60, title="Name", description="Empty: it is made from the words.")
]
Other = Annotated[
    str,
    Field(
        max_length=80,
        title="Compare with",
        description="A saved strategy of rules, to see what is different; empty for none.",
    ),
]


@command("strategy.draft", "Draft strategy…", menu=None, effect=Effect.LOOK, words="rules try")
async def draft(
    context: Context,
    *,
    rules: Rules,
    symbol: AnySymbol = "",
    name: DraftName = "",
    compare_with: Other = "",
) -> Draft:
    """Check rules in their strict form, say what they do, and try them on the past at once.

    Nothing is saved, neither the rules nor the result: strategy.save does that after a look. With
    another strategy named it says what is different.
    """
    made = context.drafts.check(rules, name, compare_with)
    return await _tried(context, made, symbol)


@command(
    "strategy.from_words",
    "Strategy from words…",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    words="natural language describe draft",
)
async def from_words(
    context: Context,
    text: Words,
    symbol: AnySymbol = "",
    name: DraftName = "",
    compare_with: Other = "",
) -> Understood:
    """Turn a plain description into rules, say what was not understood, and try them at once.

    By a grammar, without a model: nothing is guessed and nothing is executed. A condition that is
    understood only in part makes no rule. Nothing is saved.
    """
    found = context.drafts.understand(text, name, compare_with)
    if found.draft is None:
        return found
    return replace(found, draft=await _tried(context, found.draft, symbol))


@command(
    "strategy.ask_model",
    "Ask a model for a strategy…",
    menu=None,
    effect=Effect.LOOK,
    words="llm natural language describe draft",
)
async def ask_model(
    context: Context, text: Words, symbol: AnySymbol = "", name: DraftName = ""
) -> Understood:
    """Ask the model of the settings for the rules of a description; it costs what models cost.

    What it answers is checked as strictly as rules written by hand, told in words and tried at
    once. Nothing is executed and nothing is saved.
    """
    if context.actor == "assistant":
        raise BadValueError("A model is asked here by a person alone.")
    from puffling.services.drafting import draft_from_words
    from puffling.services.model_asking import chosen_model

    chosen = await chosen_model(context.model_keys, context.model_usage, context.clock, "draft")
    found = await draft_from_words(chosen.provider, chosen.model, text, name)
    if found.draft is None:
        return found
    return replace(found, draft=await _tried(context, found.draft, symbol))


async def _tried(context: Context, made: Draft, symbol: str) -> Draft:
    chosen = symbol or context.desk.symbol or next(iter(context.watchlists.symbols()), "")
    if not chosen:
        raise BadValueError("Name a symbol to try it on.", hint="Such as symbol=AAPL")
    return await context.jobs.run(
        f"Try {made.name} on {chosen}",
        lambda progress: context.drafts.try_out(made, chosen, progress),
        panel="strategies",
    )


COMMANDS = (draft, from_words, ask_model)
