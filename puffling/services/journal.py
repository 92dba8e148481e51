"""The trading journal: entries about round trips and days, with a picture of the chart."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from puffling.core.errors import BadValueError
from puffling.core.events import JournalChanged
from puffling.core.files import file_errors, write_whole
from puffling.store.journal import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.book import Book
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.store.journal import JournalStore

__all__ = ["JournalEntry", "JournalService", "Words"]

LONGEST: Final = 20_000  # letters of one text
LONGEST_TITLE: Final = 200
MOST_TAGS: Final = 20
LONGEST_TAG: Final = 40
BEST: Final = 5
LARGEST_PICTURE: Final = 20 * 2**20
KINDS: Final = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote in an entry."""

    title: str = ""
    note: str = ""
    setup: str = ""
    emotions: str = ""
    mistakes: str = ""
    lessons: str = ""
    tags: tuple[str, ...] = ()
    rating: int | None = None
    trade_key: str = ""
    symbol: str = ""


class JournalService:
    """Writes, changes, finds and removes entries; stored first, announced then."""

    def __init__(  # noqa: PLR0913 - each is a part it works with
        self,
        store: JournalStore,
        folder: Path,
        book: Book,
        portfolio: PortfolioService,
        market: MarketService,
        *,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._book = book
        self._store = store
        self._folder = folder
        self._portfolio = portfolio
        self._market = market
        self._bus = bus
        self._clock = clock

    def add(
        self, words: Words, *, at: datetime | None = None, picture: Path | None = None
    ) -> JournalEntry:
        """Write an entry about a moment: when its trade began, or now, unless told otherwise.

        Raises:
            BadValueError: It says nothing, something is too long or no picture, or there is no
                such trade.
            StoreError: It could not be stored.
        """
        words = checked(words)
        if picture is None and words == Words(trade_key=words.trade_key, symbol=words.symbol):
            raise BadValueError("The entry says nothing.", hint="Write a title or a note.")
        now = self._clock.now()
        entry = JournalEntry(
            id=secrets.token_hex(6),
            account=self._portfolio.account.id,
            created_at=now,
            updated_at=now,
            at=at or self._begun(words.trade_key),
            title=words.title or title_of(words),
            picture="" if picture is None else self._keep(picture),
        )
        entry = _with(entry, words)
        self._store.save(entry)
        self._bus.publish(JournalChanged(entry.id))
        return entry

    def edit(
        self, id_: str, changed: Mapping[str, object], *, picture: Path | None = None
    ) -> JournalEntry:
        """Change some words of an entry, or its picture.

        Raises:
            BadValueError: There is no such entry, or a value does not fit.
            StoreError: It could not be stored.
        """
        entry = self.get(id_)
        known = {each.name: getattr(entry, each.name) for each in fields(Words)}
        words = checked(Words(**known | {name: changed[name] for name in changed if name in known}))
        entry = _with(replace(entry, updated_at=self._clock.now()), words)
        old = ""
        if picture is not None:
            old, entry = entry.picture, replace(entry, picture=self._keep(picture))
        self._store.save(entry)
        self._drop(old)
        self._bus.publish(JournalChanged(id_))
        return entry

    def remove_picture(self, id_: str) -> JournalEntry:
        """Take the picture away from an entry.

        Raises:
            BadValueError: There is no such entry.
        """
        entry = self.get(id_)
        bare = replace(entry, picture="", updated_at=self._clock.now())
        self._store.save(bare)
        self._drop(entry.picture)
        self._bus.publish(JournalChanged(id_))
        return bare

    def remove(self, id_: str) -> None:
        """Forget an entry and its picture.

        Raises:
            BadValueError: There is no such entry.
        """
        entry = self.get(id_)
        self._store.remove(id_)
        self._drop(entry.picture)
        self._bus.publish(JournalChanged(id_))

    def get(self, id_: str) -> JournalEntry:
        """Return an entry.

        Raises:
            BadValueError: There is no such entry.
        """
        found = self._store.get(id_)
        if found is None:
            raise BadValueError("There is no such journal entry.", hint="See journal.list.")
        return found

    def all(self, *, every_account: bool = False) -> list[JournalEntry]:
        """Return the entries of the account in use, or of all, the newest first."""
        return self._store.all(None if every_account else self._portfolio.account.id)

    def about(self, trade_key: str) -> list[JournalEntry]:
        """Return what was written about a round trip, the newest first."""
        return [each for each in self.all() if each.trade_key == trade_key]

    def find(self, text: str, *, every_account: bool = False) -> list[JournalEntry]:
        """Return the entries that have all the words somewhere; #tag asks for a tag."""
        wanted = text.casefold().split()
        return [
            each
            for each in self.all(every_account=every_account)
            if all(_has(each, word) for word in wanted)
        ]

    def picture(self, entry: JournalEntry) -> Path | None:
        """Return where an entry's picture lies; None without one, or if the file has gone."""
        path = self._folder / entry.picture
        inside = entry.picture and path.parent == self._folder
        return path if inside and path.is_file() else None

    def new_picture(self) -> Path:
        """Return a free place for a picture in the journal's folder."""
        with file_errors(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / f"{secrets.token_hex(8)}.png"

    def _begun(self, trade_key: str) -> datetime:
        """Return when a round trip began, now without one: its key is the fill that opened it."""
        if not trade_key:
            return self._market.now()
        fill = next((each for each in self._book.fills() if each.id == trade_key), None)
        if fill is None:
            raise BadValueError("There is no such trade.", hint="See performance.trades.")
        return fill.at

    def _keep(self, picture: Path) -> str:
        """Copy a picture into the journal's folder, unless it lies there; return its name."""
        picture = picture.expanduser()
        with file_errors(picture):
            if picture.is_file() and picture.stat().st_size > LARGEST_PICTURE:
                raise BadValueError("The picture is larger than 20 MB.")
            raw = picture.read_bytes()
        kind = next((each for start, each in KINDS.items() if raw.startswith(start)), "")
        if not kind:
            raise BadValueError(f"{picture.name} is no PNG or JPEG picture.")
        if picture.parent == self._folder:
            return picture.name
        place = self.new_picture().with_suffix(kind)
        write_whole(place, raw)
        return place.name

    def _drop(self, name: str) -> None:
        """Delete a picture that no entry shows any more."""
        if name and (self._folder / name).parent == self._folder:
            with file_errors(self._folder):
                (self._folder / name).unlink(missing_ok=True)


def checked(words: Words) -> Words:
    """Return the words trimmed.

    Raises:
        BadValueError: Something is too long, or the rating is not one to five.
    """
    texts = {
        each.name: getattr(words, each.name).strip()
        for each in fields(Words)
        if isinstance(getattr(words, each.name), str)
    }
    for name, text in texts.items():
        most = LONGEST_TITLE if name in {"title", "trade_key", "symbol"} else LONGEST
        if len(text) > most:
            raise BadValueError(f"The {name.replace('_', ' ')} is longer than {most:,} letters.")
    if words.rating is not None and not 1 <= words.rating <= BEST:
        raise BadValueError(f"A rating goes from 1 to {BEST}.")
    tags = dict.fromkeys(each.strip().lstrip("#").casefold() for each in words.tags)
    kept = tuple(each for each in tags if each)
    if len(kept) > MOST_TAGS or any(len(each) > LONGEST_TAG for each in kept):
        raise BadValueError(f"An entry has up to {MOST_TAGS} tags of {LONGEST_TAG} letters each.")
    return replace(words, **texts | {"symbol": texts["symbol"].upper()}, tags=kept)


def title_of(words: Words) -> str:
    """Return a title from what else was written."""
    first = next((each for each in (words.note, words.setup, words.lessons) if each), "")
    line = first.splitlines()[0][:60] if first else ""
    return line or (f"Note on {words.symbol}" if words.symbol else "Note")


def _with(entry: JournalEntry, words: Words) -> JournalEntry:
    values = {each.name: getattr(words, each.name) for each in fields(Words)}
    return replace(entry, **values | {"title": words.title or entry.title or title_of(words)})


def _has(entry: JournalEntry, word: str) -> bool:
    if word.startswith("#"):
        return any(each.startswith(word[1:]) for each in entry.tags)
    texts = (
        entry.title,
        entry.note,
        entry.setup,
        entry.emotions,
        entry.mistakes,
        entry.lessons,
        entry.symbol,
        *entry.tags,
    )
    return any(word in each.casefold() for each in texts)
