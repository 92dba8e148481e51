"""What a report of performance holds, and what is worked out of session ends alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from puffin.data.sessions import exchange_date
from puffin.types import ZERO
from puffling.core.errors import BadValueError
from puffling.services.spans import Reach, Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from puffin.measures import Floats, Times
    from puffin.monitor.excursions import Excursion
    from puffin.monitor.pnl import Statement
    from puffin.monitor.returns import Snapshot
    from puffin.monitor.tearsheet import Sheet
    from puffin.monitor.trips import RoundTrip
    from puffin.types import Fill, Split
    from puffling.core.settings import Mode
    from puffling.store.accounts import Account

MOST_GAPS: Final = 3  # named one by one


@dataclass(frozen=True, slots=True)
class Moment:
    """What a report needs to know of now; taken on the loop, so that the rest may run beside."""

    account: Account
    mode: Mode
    today: date
    fills: tuple[Fill, ...]
    splits: tuple[Split, ...]
    prices: Mapping[str, Decimal]
    equity: Decimal | None
    day_profit: Decimal | None
    day_ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class Trade:
    """A round trip with what is known around it.

    Args:
        trip: What was traded.
        source: Who asked for the order that opened it.
        excursion: How far the price went either way; None where bars cannot tell.
        unrealised: What the open part would bring now; None without a price, or when closed.
        notes: How many journal entries are about it.
    """

    trip: RoundTrip
    source: str
    excursion: Excursion | None
    unrealised: Decimal | None
    notes: int


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The account at the end of each session of the period, the base first.

    Args:
        time: The sessions, in nanoseconds since 1970.
        equity: What it was worth.
        growth: What the first value became without money from outside.
        profit: What each session made, in dollars; the base has none.
        benchmark: A name, and what it would have made of the same money; None without one.
    """

    time: Times
    equity: Floats
    growth: Floats
    profit: Floats
    benchmark: tuple[str, Floats] | None


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything the performance panel shows of a period.

    Args:
        moment: What was known of now.
        span: The period.
        sessions: Session ends of the account that are kept, of all time.
        first: The first session that counts; None before there is one.
        last: The last.
        curve: The account's curve; None while there are too few session ends, see `why`.
        why: Why there is no curve, in words; empty when there is one.
        sheet: Its tearsheet; None without a curve.
        time_weighted: The return of the period whatever came from outside; None if not known.
        money_weighted: The yearly rate of the owner's money.
        money_weighted_period: The same for the period.
        profit: What the period made, in dollars; None if not known.
        exposure: The share of session ends at which something was held.
        statement: What the account did, of all time.
        trades: The round trips that ended in the period, and those that are open.
        notes: What a reader should know, in sentences.
    """

    moment: Moment
    span: Span
    sessions: int
    first: date | None
    last: date | None
    curve: Curve | None
    why: str
    sheet: Sheet | None
    time_weighted: float | None
    money_weighted: float | None
    money_weighted_period: float | None
    profit: Decimal | None
    exposure: float | None
    statement: Statement
    trades: tuple[Trade, ...]
    notes: tuple[str, ...]

    @property
    def closed(self) -> tuple[RoundTrip, ...]:
        """The round trips that ended in the period, by their end."""
        ended = [each.trip for each in self.trades if not each.trip.is_open]
        return tuple(sorted(ended, key=lambda trip: (trip.closed_at, trip.opened_at)))

    @property
    def sources(self) -> dict[str, str]:
        """Who asked for what opened each round trip, by the order's id."""
        return {each.trip.orders[0]: each.source for each in self.trades if each.trip.orders}


def within(every: Sequence[Snapshot], span: Span) -> list[Snapshot]:
    """Return the session ends of a period, with the one before it as the base."""
    if not every:
        return []
    first, last = span.days(every[-1].session)
    kept = [each for each in every if last is None or each.session <= last]
    if first is not None:
        before = [each for each in kept if each.session <= first]
        kept = [*before[-1:], *(each for each in kept if each.session > first)]
    return kept


def inside_of(at: datetime, first: date | None, last: date | None) -> bool:
    """Whether a moment lies in a period; of the first day only its end does."""
    day = exchange_date(at)
    return (first is None or day > first) and (last is None or day <= last)


def unrealised_of(
    trip: RoundTrip, statement: Statement, prices: Mapping[str, Decimal]
) -> Decimal | None:
    """Return what an open trip would bring now: it has all that is held of its symbol."""
    if not trip.is_open or trip.symbol not in prices:
        return None
    own = (each for each in statement.lots if each.symbol == trip.symbol)
    return sum((each.unrealised(prices[trip.symbol]) for each in own), ZERO)


def profit_of(kept: Sequence[Snapshot]) -> Decimal | None:
    """Return what a period made in dollars; None without a beginning and an end."""
    if len(kept) < 2:  # noqa: PLR2004 - a beginning and an end
        return None
    flows = sum((each.flow for each in kept[1:]), ZERO)
    return kept[-1].equity - kept[0].equity - flows


def exposure_of(kept: Sequence[Snapshot]) -> float | None:
    """Return the share of session ends at which something was held; None without any."""
    return sum(each.invested != 0 for each in kept) / len(kept) if kept else None


def missed_words(missed: Sequence[date]) -> list[str]:
    """Say which sessions have no end on record; nothing when all have."""
    if not missed:
        return []
    named = ", ".join(f"{each.day} {each:%b %Y}" for each in missed[:MOST_GAPS])
    more = f" and {len(missed) - MOST_GAPS} more" if len(missed) > MOST_GAPS else ""
    several = "" if len(missed) == 1 else "s"
    return [
        (
            f"Puffling was closed at the end of {len(missed)} session{several} ({named}{more}). "
            "Nothing is made up for them: the change up to the next one counts as one session's."
        )
    ]


def span_of(reach: str, start: date | None = None, end: date | None = None) -> Span:
    """Return a period from the words of a command: days make it a custom one.

    Raises:
        BadValueError: The reach is not known.
    """
    if start is not None or end is not None:
        return Span(Reach.CUSTOM, start, end)
    try:
        return Span(Reach(reach.lower()))
    except ValueError:
        known = ", ".join(each.value for each in Reach)
        raise BadValueError(f"{reach!r} is not a period; there are {known}.") from None
