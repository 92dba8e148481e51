"""Ideas over your universe: found by rules, kept as they were shown, and judged as days pass.

What a panel shows is in `idea_cards`: a `Board` of `IdeaCard`s, each an `Idea` of the engine with
its `Fit`, and a `TrackRecord` of `Record`s. `board`, `card`, `history` and `track_record` are
quick; `look` and `past` block and are run as jobs by the commands idea.refresh and idea.outcomes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from puffin.data.bars import Interval
from puffin.errors import DataError
from puffin.ideas.base import LIFE, Idea, Method, NoIdea
from puffin.types import AssetClass, asset_of
from puffling.core.errors import BadValueError
from puffling.core.events import IdeasChanged
from puffling.services import idea_fit
from puffling.services.closed_days import closed_days
from puffling.services.idea_cards import Board, IdeaCard, Room, TrackRecord
from puffling.services.idea_words import facts, followed, lost, note_of, question
from puffling.store.ideas import KeptIdea

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from typing import Any

    from puffin.ideas.base import Outcome
    from puffin.types import Ticket
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.settings_store import SettingsStore
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.inbox import InboxService
    from puffling.services.market import MarketService
    from puffling.services.positions import PortfolioService
    from puffling.services.quotes import QuoteService
    from puffling.services.watchlists import WatchlistService
    from puffling.store.ideas import IdeaStore

    Tell = Callable[[float], None]

ONE_DAY: Final = timedelta(days=1)
STALE: Final = timedelta(days=7)  # that the last close may be old
PROPOSED_FOR: Final = timedelta(hours=4)
MOST: Final = 200  # symbols of one look
ALIVE: Final = 2 * len(Method) * MOST  # ideas that may count at a time: both sides of each
SOURCE: Final = "idea"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a look goes by; made on the loop's thread."""

    at: datetime
    today: date
    account: str
    symbols: tuple[str, ...]
    known: tuple[KeptIdea, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found; nothing of it is stored yet."""

    asked: Asked
    ideas: tuple[tuple[Idea, str], ...]  # with the source of their prices
    without: tuple[NoIdea, ...]
    became: dict[str, tuple[Outcome, ...]]


class IdeaService:
    """Finds ideas, keeps them and follows them. Lives on the loop's thread, but for what blocks."""

    def __init__(  # noqa: PLR0913 - each is a part it works with, most by name
        self,
        store: IdeaStore,
        bars: BarService,
        *,
        watchlists: WatchlistService,
        portfolio: PortfolioService,
        quotes: QuoteService,
        market: MarketService,
        inbox: InboxService,
        settings: SettingsStore,
        elsewhere: Elsewhere,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._bars = bars
        self._watchlists = watchlists
        self._portfolio = portfolio
        self._quotes = quotes
        self._market = market
        self._inbox = inbox
        self._settings = settings
        self._elsewhere = elsewhere
        self._bus = bus
        self._clock = clock
        self._seen: Seen | None = None

    # -- looking -----------------------------------------------------------------------------

    def universe(self) -> tuple[str, ...]:
        """Return the symbols that ideas are about: every watchlist and every position in shares."""
        held = (
            each.symbol
            for each in self._portfolio.positions()
            if asset_of(each.symbol) is AssetClass.STOCK
        )
        return tuple(dict.fromkeys((*self._watchlists.symbols(), *held)))[:MOST]

    def board(self) -> Board:
        """Return the ideas that still count, and where there are none.

        Those that can be traded stand first, the best score before the others.
        """
        seen = self._seen
        if seen is not None and seen.asked.account != self._portfolio.account.id:
            seen = None
        cards = [each for each in self.history(ALIVE) if not each.expired]
        cards.sort(key=lambda each: (each.fit.room is Room.NONE, -each.idea.score, each.id))
        return Board(
            None if seen is None else seen.asked.at,
            self.universe(),
            tuple(cards),
            () if seen is None else seen.without,
            note_of(None if seen is None else seen.asked.at),
        )

    def history(self, limit: int = 200) -> list[IdeaCard]:
        """Return the ideas that this account was shown, the newest day first."""
        now, book = self._market.now(), self._book()
        return [
            self._card(each, now, book)
            for each in self._store.of(self._portfolio.account.id, limit)
            if each.idea.day <= self._market.today()
        ]

    def card(self, id_: str) -> IdeaCard:
        """Return one idea.

        Raises:
            BadValueError: There is none with this id.
        """
        kept = self._store.get(id_)
        if kept is None:
            known = [each.id for each in self._store.of(self._portfolio.account.id)]
            near = get_close_matches(id_, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "idea.list shows them."
            raise BadValueError(f"There is no idea {id_[:20]!r}.", hint=hint)
        return self._card(kept, self._market.now(), self._book())

    def question(self, id_: str) -> str:
        """Return what to ask a model so that it explains an idea.

        Raises:
            BadValueError: There is none with this id.
        """
        return question(self.card(id_))

    def facts(self, id_: str) -> dict[str, Any]:
        """Return every number of an idea as plain values, for a model that explains it.

        Raises:
            BadValueError: There is none with this id.
        """
        return facts(self.card(id_))

    # -- refreshing --------------------------------------------------------------------------

    def ask(self) -> Asked:
        """Return what `look` goes by; on the loop's thread."""
        account = self._portfolio.account.id
        return Asked(
            self._market.now(),
            self._market.today(),
            account,
            self.universe(),
            tuple(self._store.followed(account)),
        )

    def look(self, asked: Asked, progress: Tell) -> Seen:
        """Ask every rule about every symbol, and see what became of earlier ideas; blocks."""
        from puffin.ideas.outcomes import outcomes
        from puffin.ideas.rules import ideas_of

        ideas, without = list[tuple[Idea, str]](), list[NoIdea]()
        became: dict[str, tuple[Outcome, ...]] = {}
        symbols = dict.fromkeys((*asked.symbols, *(each.idea.symbol for each in asked.known)))
        for done, symbol in enumerate(symbols):
            progress(done / len(symbols))
            mine = [each for each in asked.known if each.idea.symbol == symbol]
            try:
                raw = closed_days(
                    self._bars.history(symbol, Interval.D1, adjusted=False),
                    self._market.calendar,
                    asked.at,
                )
            except DataError as error:
                without += [NoIdea(symbol, each, str(error)) for each in Method]
                continue
            has_ended, adjusted = asked.today - raw.last.date() > STALE, raw.adjust()
            for each in mine:
                since = self._sessions_since(each.idea.day, asked) if has_ended else 0
                fresh = outcomes(each.idea, adjusted, since=since)
                became[each.id] = _kept_for_good(each.outcomes, fresh)
            if symbol not in asked.symbols:
                continue
            if has_ended:
                why = f"Its prices end on {raw.last:%Y-%m-%d}."
                without += [NoIdea(symbol, each, why) for each in Method]
                continue
            for found in ideas_of(raw):
                if isinstance(found, Idea):
                    ideas.append((found, raw.source or self._bars.source(symbol)))
                else:
                    without.append(found)
        progress(1.0)
        return Seen(asked, tuple(ideas), tuple(without), became)

    def keep(self, seen: Seen) -> Board:
        """Store what a look found and announce it; on the loop's thread.

        While an idea's entry may still fill, the same rule has no second one on that side.
        """
        asked, alive = seen.asked, set[tuple[str, Method, str]]()
        for each in asked.known:
            if each.expires_at > asked.at and each.idea.day <= asked.today:
                alive.add((each.idea.symbol, each.idea.method, each.idea.side.value))
        fresh = [
            self._kept(idea, source, asked.account)
            for idea, source in seen.ideas
            if (idea.symbol, idea.method, idea.side.value) not in alive
        ]
        self._store.add(each for each in fresh if each.expires_at > asked.at)
        self._store.set_outcomes(seen.became)
        self._seen = seen
        self._bus.publish(IdeasChanged())
        return self.board()

    # -- judging -----------------------------------------------------------------------------

    def track_record(self) -> TrackRecord:
        """Return what became of the ideas that this account was shown."""
        from puffin.ideas.records import records

        kept = self._store.became(self._portfolio.account.id, self._market.today())
        return TrackRecord(
            tuple(sorted({each.symbol for each in kept})),
            len(kept),
            None,
            kept[0].day if kept else None,
            kept[-1].day if kept else None,
            tuple(records((each, each.outcomes) for each in kept)),
            (*followed(), *lost(each.outcomes for each in kept)),
        )

    def past(self, symbols: Sequence[str], progress: Tell) -> TrackRecord:
        """Return what the rules would have had over all past prices of some symbols; blocks.

        Raises:
            BadValueError: No symbol is named.
        """
        if not symbols:
            raise BadValueError("There are no symbols.", hint="Put some on a watchlist.")
        from puffling.services.idea_past import past_record

        return past_record(self._bars, self._market, symbols, self._elsewhere, progress)

    # -- acting ------------------------------------------------------------------------------

    def ticket(self, id_: str) -> Ticket:
        """Return the order of an idea as it fits the book of now.

        Raises:
            BadValueError: There is no such idea, it has expired, or no quantity fits.
        """
        card = self.card(id_)
        if card.expired:
            raise BadValueError("This idea has expired.", hint="Look for new ones.")
        made = idea_fit.ticket(card.idea, card.fit)
        if made is None:
            raise BadValueError(f"There is no order for this idea. {card.fit.text}")
        return made

    def propose(self, id_: str) -> str:
        """Put the order of an idea into the inbox; return the proposal's id.

        Raises:
            BadValueError: There is no such idea, it has expired, or no quantity fits.
        """
        made, idea = self.ticket(id_), self.card(id_).idea
        reason = f"{idea.method.label}, score {idea.score:.1f} of 10: {idea.reason}"
        return self._inbox.post(SOURCE, [made], reason, expires=PROPOSED_FOR)

    # -- the parts ---------------------------------------------------------------------------

    def _kept(self, idea: Idea, source: str, account: str) -> KeptIdea:
        day = idea.day
        for _ in range(LIFE):
            day = self._market.calendar.next_session(day).date
        session = self._market.calendar.session_on(day)
        if session is None:
            raise BadValueError(f"The exchange is closed on {day}.")
        now = self._clock.now()
        return KeptIdea(secrets.token_hex(6), account, source, now, session.close, idea)

    def _sessions_since(self, day: date, asked: Asked) -> int:
        """Return how many sessions the exchange has had after a day and before today."""
        count = self._market.calendar.count
        return count(asked.today - ONE_DAY) - count(day)

    def _book(self) -> idea_fit.Book:
        return idea_fit.Book(
            self._portfolio.snapshot(), self._settings.current.trading, self._market.symbols
        )

    def _card(self, kept: KeptIdea, now: datetime, book: idea_fit.Book) -> IdeaCard:
        quote = self._quotes.last(kept.idea.symbol)
        price = None if quote is None else quote.last
        expired = kept.expires_at <= now or self._divided(kept.idea)
        return IdeaCard(kept, expired, price, idea_fit.fit(kept.idea, book, price))

    def _divided(self, idea: Idea) -> bool:
        """Whether a split has taken effect since: its prices are in shares of before."""
        today = self._market.today()
        return any(
            each.symbol == idea.symbol and idea.day < each.date.date() <= today
            for each in self._portfolio.splits()
        )


def _kept_for_good(known: tuple[Outcome, ...], fresh: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Return what is known by now; what is known for good is not judged anew."""
    settled = {each.days: each for each in known if each.passed}
    return tuple(settled.get(each.days, each) for each in fresh)
