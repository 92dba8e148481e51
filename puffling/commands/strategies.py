"""Commands about strategies: the library, revisions, templates, files and signals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from puffling.commands.backtest_words import Parameters, StrategyId
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Id, Symbols
from puffling.core.errors import BadValueError
from puffling.core.files import file_errors, write_whole
from puffling.services.signals import SignalRow
from puffling.services.strategies import LARGEST, TEMPLATE
from puffling.services.strategy_cards import StrategyCard, in_short
from puffling.store.strategies import Revision, SavedStrategy

Name = Annotated[str, Field(max_length=60, title="Name", description="What it is called.")]
From = Annotated[
    str,
    Field(
        max_length=80,
        title="Made from",
        description="The strategy or template it begins as; empty with rules of its own.",
    ),
]
Rules = Annotated[
    dict[str, Any],
    Field(title="Rules", description="Entry and exit rules, as strategy.templates shows them."),
]
Note = Annotated[str, Field(max_length=200, title="Note", description="Why it was changed.")]
Number = Annotated[int, Field(ge=1, title="Revision", description="The first is 1.")]
File = Annotated[Path, Field(title="File", description="A JSON document.")]
Details = Annotated[
    bool,
    Field(title="Details", description="Everything that is known of each, with its schema."),
]
Again = Annotated[
    bool,
    Field(title="Look again", description="Look once more at files that failed."),
]
Ids = Annotated[
    tuple[str, ...],
    Field(max_length=50, title="Strategies", description="Their ids; empty asks all of them."),
]


@command("strategy.list", "Strategies", menu=None, effect=Effect.LOOK, words="momentum parameters")
async def strategies(
    context: Context, *, details: Details = False, again: Again = False
) -> list[StrategyCard] | list[dict[str, Any]]:
    """List the strategies: built in, saved, and files of your own, with their parameters."""
    cards = await context.jobs.run(
        "Look at strategies",
        lambda progress: context.strategies.refresh(progress, again=again),
        panel="strategies",
    )
    return cards if details else [in_short(each) for each in cards]


@command("strategy.save", "Save strategy…", menu=None, effect=Effect.CHANGE, words="new revise")
async def save(  # noqa: PLR0913 - what a strategy is made of, each given by name
    context: Context,
    *,
    name: Name,
    strategy: From = "",
    rules: Rules = {},  # noqa: B006 - validated into a new one at each call
    parameters: Parameters = {},  # noqa: B006 - the same
    id: Annotated[  # noqa: A002 - what the list calls it
        str, Field(max_length=64, title="Id", description="The saved one to change; empty for new.")
    ] = "",
    note: Note = "",
) -> SavedStrategy:
    """Save a strategy under a name: one with your parameters, or rules of your own.

    A strategy that is saved already gets one more revision; nothing is written over.
    """
    spec = context.strategies.draft(name, strategy, rules, parameters)
    return context.strategies.save(name, spec, id_=id, note=note)


@command("strategy.clone", "Clone strategy…", menu=None, effect=Effect.CHANGE, words="copy")
async def clone(context: Context, strategy: StrategyId, name: Name = "") -> SavedStrategy:
    """Save a copy of a strategy under another name."""
    return context.strategies.clone(strategy, name)


@command("strategy.remove", "Remove strategy…", menu=None, effect=Effect.CHANGE, words="delete")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Forget a saved strategy with its revisions; its backtests stay."""
    context.strategies.remove(id)


@command("strategy.revisions", "Revisions…", menu=None, effect=Effect.LOOK, words="history")
async def revisions(context: Context, id: Id) -> list[Revision]:  # noqa: A002 - what the list calls it
    """List the revisions of a saved strategy, newest first."""
    return context.strategies.revisions(id)


@command("strategy.diff", "Compare revisions…", menu=None, effect=Effect.LOOK, words="changes")
async def diff(context: Context, id: Id, first: Number, second: Number) -> list[str]:  # noqa: A002 - what the list calls it
    """Say what changed from one revision of a strategy to another."""
    return context.strategies.diff(id, first, second)


@command("strategy.restore", "Restore revision…", menu=None, effect=Effect.CHANGE, words="undo")
async def restore(context: Context, id: Id, number: Number) -> SavedStrategy:  # noqa: A002 - what the list calls it
    """Make an old revision the newest one again; nothing is lost."""
    return context.strategies.restore(id, number)


@command("strategy.export", "Export strategy…", menu=None, effect=Effect.CHANGE, words="save json")
async def export(context: Context, strategy: StrategyId, path: File) -> dict[str, Any]:
    """Write a strategy to a file that another Puffling imports."""
    path = path.expanduser()
    with file_errors(path):
        write_whole(path, context.strategies.export(strategy).encode())
    return {"path": path}


@command("strategy.import", "Import strategy…", menu=Menu.TOOLS, effect=Effect.CHANGE, words="json")
async def import_file(context: Context, path: File) -> SavedStrategy:
    """Save the strategy of an exported file; all of it fits, or nothing is saved."""
    path = path.expanduser()
    with file_errors(path):
        if path.stat().st_size > LARGEST:
            raise BadValueError(f"{path.name} is larger than {LARGEST // 1024} kB.")
        data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise BadValueError(f"{path.name} is not text in UTF-8.") from None
    return context.strategies.import_text(text)


@command("strategy.templates", "Templates", menu=None, effect=Effect.LOOK, words="examples rules")
async def templates(context: Context) -> list[dict[str, Any]]:
    """List rules that can be copied and changed, in words and as strategy.save takes them."""
    return [
        {
            "id": f"{TEMPLATE}{each.id}",
            "title": each.title,
            "words": context.strategies.describe(each.rules),
            "rules": each.rules.model_dump(mode="json", exclude_none=True),
        }
        for each in context.strategies.templates()
    ]


@command("strategy.check", "Check rules…", menu=None, effect=Effect.LOOK, words="draft validate")
async def check(context: Context, rules: Rules) -> list[str]:
    """Say in sentences what rules do, or what is wrong with them and where; nothing is saved."""
    return context.strategies.check_rules(rules)


@command("strategy.signals", "Signals…", menu=None, effect=Effect.LOOK, words="long short now")
async def signals(context: Context, symbols: Symbols, strategies: Ids = ()) -> list[SignalRow]:
    """Say what strategies want to hold of symbols at the last close, how strongly, since when."""
    return await context.jobs.run(
        "Signals",
        lambda progress: context.strategies.signals(symbols, strategies, progress),
        panel="strategies",
    )


@command("strategy.folder", "Strategy folder", menu=None, effect=Effect.CHANGE, words="files own")
async def folder(context: Context) -> dict[str, Any]:
    """Make the folder for strategy files of your own, if it is not there, and say where it is."""
    return {"folder": context.strategies.files.make_folder()}


COMMANDS = (
    strategies,
    save,
    clone,
    remove,
    revisions,
    diff,
    restore,
    export,
    import_file,
    templates,
    check,
    signals,
    folder,
)
