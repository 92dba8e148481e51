"""Commands about the journal: entries written, changed, found, and charts kept in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol
from puffling.core.errors import BadValueError
from puffling.services.journal import JournalEntry, Words


def _tags(value: object) -> object:
    """Let people write several tags with commas or spaces between."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


Id = Annotated[str, Field(min_length=1, max_length=40, title="Entry", description="Its id.")]
Title = Annotated[str, Field(max_length=200, title="Title", description="Empty: the first line.")]
Note = Annotated[str, Field(max_length=20_000, title="Note", description="What happened and why.")]
Setup = Annotated[str, Field(max_length=20_000, title="Setup", description="What you saw.")]
Emotions = Annotated[str, Field(max_length=20_000, title="Emotions", description="How you felt.")]
Mistakes = Annotated[
    str, Field(max_length=20_000, title="Mistakes", description="What went wrong.")
]
Lessons = Annotated[str, Field(max_length=20_000, title="Lessons", description="What to do next.")]
Tags = Annotated[
    tuple[str, ...],
    BeforeValidator(_tags),
    Field(max_length=20, title="Tags", description="Several, with commas: breakout,early."),
]
Rating = Annotated[
    int | None, Field(ge=1, le=5, title="Rating", description="How well it was traded, 1 to 5.")
]
TradeId = Annotated[
    str, Field(max_length=200, title="Trade", description="An id of performance.trades.")
]
Picture = Annotated[Path | None, Field(title="Picture", description="A PNG or JPEG; it is copied.")]
Query = Annotated[
    str, Field(min_length=1, max_length=200, title="Text", description="Words; #tag for a tag.")
]


# Of an entry that is there: what is not given stays as it was.
NewTitle = Annotated[str | None, Field(max_length=200, title="Title", description="Its name.")]
NewNote = Annotated[
    str | None, Field(max_length=20_000, title="Note", description="What happened and why.")
]
NewSetup = Annotated[
    str | None, Field(max_length=20_000, title="Setup", description="What you saw.")
]
NewEmotions = Annotated[
    str | None, Field(max_length=20_000, title="Emotions", description="How you felt.")
]
NewMistakes = Annotated[
    str | None, Field(max_length=20_000, title="Mistakes", description="What went wrong.")
]
NewLessons = Annotated[
    str | None, Field(max_length=20_000, title="Lessons", description="What to do next.")
]
NewSymbol = Annotated[str | None, Field(max_length=15, title="Symbol", description="Such as AAPL.")]
NewTags = Annotated[
    tuple[str, ...] | None,
    BeforeValidator(_tags),
    Field(max_length=20, title="Tags", description="All of them, with commas."),
]
NewTrade = Annotated[
    str | None, Field(max_length=200, title="Trade", description="An id of performance.trades.")
]


@command(
    "journal.add",
    "New journal entry…",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    words="note diary lesson",
)
async def add(  # noqa: PLR0913 - an entry has that many parts
    context: Context,
    *,
    title: Title = "",
    note: Note = "",
    symbol: AnySymbol = "",
    setup: Setup = "",
    emotions: Emotions = "",
    mistakes: Mistakes = "",
    lessons: Lessons = "",
    tags: Tags = (),
    rating: Rating = None,
    trade: TradeId = "",
    picture: Picture = None,
) -> JournalEntry:
    """Write an entry in the journal, about a trade if its id is given."""
    words = Words(title, note, setup, emotions, mistakes, lessons, tags, rating, trade, symbol)
    return context.journal.add(words, picture=picture)


@command("journal.edit", "Change journal entry…", menu=None, effect=Effect.CHANGE, words="note")
async def edit(  # noqa: PLR0913 - an entry has that many parts
    context: Context,
    *,
    id: Id,  # noqa: A002 - the word a person types
    title: NewTitle = None,
    note: NewNote = None,
    symbol: NewSymbol = None,
    setup: NewSetup = None,
    emotions: NewEmotions = None,
    mistakes: NewMistakes = None,
    lessons: NewLessons = None,
    tags: NewTags = None,
    rating: Rating = None,
    trade: NewTrade = None,
    picture: Picture = None,
) -> JournalEntry:
    """Change parts of an entry; what is not given stays as it was."""
    given = {
        "title": title,
        "note": note,
        "symbol": symbol,
        "setup": setup,
        "emotions": emotions,
        "mistakes": mistakes,
        "lessons": lessons,
        "tags": tags,
        "rating": rating,
        "trade_key": trade,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    if not changed and picture is None:
        raise BadValueError("Nothing is to be changed.", hint="Give at least one part of it.")
    return context.journal.edit(id, changed, picture=picture)


@command("journal.remove", "Remove journal entry…", menu=None, effect=Effect.CHANGE, words="delete")
async def remove(context: Context, id: Id) -> None:  # noqa: A002 - the word a person types
    """Forget an entry and its picture."""
    context.journal.remove(id)


@command("journal.list", "Journal entries", menu=None, effect=Effect.LOOK, words="notes diary")
async def list_(context: Context, symbol: AnySymbol = "") -> list[JournalEntry]:
    """List the account's entries, the newest first."""
    found = await asyncio.to_thread(context.journal.all)
    return [each for each in found if symbol in {"", each.symbol}]


@command("journal.find", "Find in journal…", menu=None, effect=Effect.LOOK, words="search notes")
async def find(context: Context, text: Query) -> list[JournalEntry]:
    """Find the entries that have all these words; #tag finds a tag."""
    return await asyncio.to_thread(context.journal.find, text)


@command(
    "journal.snapshot",
    "Snapshot to journal",
    menu=Menu.TOOLS,
    effect=Effect.CHANGE,
    shortcut="Ctrl+Shift+J",
    window_only=True,
    words="chart picture note keep",
)
async def snapshot(context: Context, note: Note = "") -> JournalEntry:
    """Keep a picture of the chart in view as a journal entry, and open it to be written on."""
    picture = context.journal.new_picture()
    symbol = context.desk.chart_picture(picture)
    words = Words(title=f"{symbol} chart".strip(), note=note, symbol=symbol)
    entry = context.journal.add(words, picture=picture)
    context.desk.show_journal(entry.id)
    return entry


COMMANDS = (add, edit, remove, list_, find, snapshot)
