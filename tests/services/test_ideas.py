"""Ideas of the desk: found, kept as they were, fitted to the book, and judged as days pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from puffin.data.bars import Interval
from puffin.ideas.base import End, Method, Outcome
from puffin.types import OrderType, Side, Ticket
from puffling.core.errors import BadValueError
from puffling.core.events import IdeasChanged
from puffling.services.idea_cards import Room
from puffling.services.idea_fit import Book, fit, ticket
from puffling.store.ideas import IdeaStore
from tests.ideas import BUY, keep_idea


@pytest.fixture
def context(puffling):
    return puffling.context


@pytest.fixture
def ideas(context):
    return context.ideas


@pytest.fixture
def keep(context):
    return partial(keep_idea, context)


@pytest.fixture
def buy(context, gate):
    async def go(symbol, quantity):
        proposal = context.orders.propose(Ticket(symbol, Side.BUY, Decimal(quantity)), "test")
        await context.orders.submit(proposal, gate.yes(proposal))

    return go


def look(ideas):
    return ideas.keep(ideas.look(ideas.ask(), lambda _: None))


def test_before_the_first_look_there_are_none_and_it_is_said(ideas):
    board = ideas.board()
    assert board.at is None
    assert board.cards == ()
    assert "Nobody has looked" in board.note
    assert set(board.symbols) == {"AAPL", "FB", "GOOG", "IBM", "MSFT"}


def test_a_look_keeps_ideas_and_says_where_there_are_none_and_why(ideas, context):
    told = []
    context.bus.subscribe(IdeasChanged, told.append)
    board = look(ideas)
    assert board.at == context.market.now()
    assert board.cards
    assert {each.symbol for each in board.without} >= {"FB"}
    assert all(each.reason for each in board.without)
    assert "FB has 9 days" in next(e.reason for e in board.without if e.symbol == "FB")
    assert len(told) == 1
    for each in board.cards:
        assert each.idea.day == date(2012, 5, 31)  # the last close, never the day that is on
        assert each.idea.reward_to_risk >= 1
        assert each.kept.expires_at == datetime(2012, 6, 7, 20, tzinfo=UTC)
        assert each.kept.source == "Demo market"


def test_looking_again_changes_nothing_that_was_shown(ideas):
    first, second = look(ideas), look(ideas)
    shown = [[replace(each.kept, outcomes=()) for each in one.cards] for one in (first, second)]
    assert shown[0] == shown[1]


async def test_what_is_held_is_looked_at_though_no_watchlist_has_it(ideas, context, buy):
    for symbol in context.watchlists.symbols():
        context.watchlists.remove("", symbol)
    assert ideas.universe() == ()
    with pytest.raises(BadValueError, match="no symbols"):
        ideas.past((), lambda _: None)
    await buy("IBM", 1)
    assert ideas.universe() == ("IBM",)


async def test_an_idea_fits_by_the_tightest_of_the_limits(ideas, keep, context):
    card = ideas.card(keep(BUY))
    equity = context.portfolio.snapshot().equity
    assert equity == 100_000
    # A loss of 1 % of 100,000 at 10 a share is 100 shares; a position of 10 % is 52.
    assert card.fit.quantity == 52
    assert "largest position" in card.fit.text
    assert card.fit.at_risk == 520
    assert card.fit.room is Room.FITS
    context.settings.change("trading", largest_position="1", largest_order="1000000")
    again = ideas.card("a1").fit
    assert again.quantity == 100
    assert "losing 1% of the equity" in again.text
    assert again.share_after == Decimal("0.19")
    assert again.room is Room.TOO_LARGE


def test_where_not_one_share_fits_it_is_not_said_to_fit(context):
    dear = replace(BUY, entry=Decimal(600_000), stop=Decimal(570_000), target=Decimal(660_000))
    found = fit(dear, Book(context.portfolio.snapshot(), context.settings.current.trading, ()))
    assert found.room is Room.NONE
    assert found.quantity is None
    assert found.text.startswith("Not one share fits: 0 shares, by ")
    assert ticket(dear, found) is None


def test_an_idea_whose_stop_the_price_has_passed_is_no_order(ideas, keep):
    """As after a bad night, or a split that nobody was told of: it would be stopped at once."""
    passed = replace(BUY, entry=Decimal(300), stop=Decimal(250), target=Decimal(400))
    card = ideas.card(keep(passed))
    assert card.price is not None
    assert card.price < 250
    assert card.fit.room is Room.NONE
    assert "gone through the stop" in card.fit.text
    with pytest.raises(BadValueError, match="gone through the stop"):
        ideas.propose("a1")


async def test_an_idea_to_sell_what_is_held_sells_that_and_needs_no_stop(ideas, keep, buy):
    sell = replace(BUY, side=Side.SELL, entry=Decimal(195), stop=Decimal(205), target=Decimal(175))
    keep(sell)
    assert ideas.card("a1").fit.room is Room.NONE
    assert "short selling is off" in ideas.card("a1").fit.text
    with pytest.raises(BadValueError, match="no order for this idea"):
        ideas.ticket("a1")
    await buy("IBM", 7)
    made = ideas.ticket("a1")
    assert (made.side, made.quantity, made.limit_price) == (Side.SELL, 7, Decimal(195))
    assert made.stop_loss is None
    assert made.take_profit is None


def test_an_order_that_opens_brings_its_stop_and_its_target(ideas, keep):
    made = ideas.ticket(keep(BUY))
    assert made.type is OrderType.LIMIT
    assert (made.limit_price, made.stop_loss, made.take_profit) == (190, 180, 210)


def test_what_may_not_be_opened_is_no_order(ideas, keep, context):
    context.settings.change("trading", denied=("IBM",))
    assert ideas.card(keep(BUY)).fit.room is Room.NONE
    context.settings.change("trading", denied=(), allowed=("AAPL",))
    assert "not on your list" in ideas.card("a1").fit.text


def test_a_book_that_cannot_be_valued_gives_no_size(context):
    book = context.portfolio.snapshot()
    unpriced = replace(book, equity=None, unpriced=("GOOG",))
    found = fit(BUY, Book(unpriced, context.settings.current.trading, ()))
    assert found.room is Room.UNKNOWN
    assert found.quantity is None
    assert "GOOG" in found.text
    assert ticket(BUY, found) is None


def test_an_idea_that_has_expired_is_no_order(ideas, keep, context):
    keep(BUY, expires=context.market.now())
    assert ideas.card("a1").expired
    assert ideas.board().cards == ()
    with pytest.raises(BadValueError, match="has expired"):
        ideas.ticket("a1")


def test_a_proposal_names_its_source_and_waits_for_a_person(ideas, keep, context):
    item = context.inbox.get(ideas.propose(keep(BUY)))
    assert item.source == "idea"
    assert item.tickets == (ideas.ticket("a1"),)
    assert "Momentum" in item.reason
    assert context.portfolio.positions() == []


def test_what_became_of_an_idea_is_looked_up_and_kept(ideas, keep):
    keep(replace(BUY, day=date(2012, 4, 2), close=Decimal("209.47"), entry=Decimal(209)), "old")
    assert ideas.track_record().ideas == 1
    look(ideas)
    (card,) = [each for each in ideas.history() if each.id == "old"]
    assert [each.days for each in card.kept.outcomes] == [1, 5, 20]
    assert all(each.passed for each in card.kept.outcomes)
    assert card.kept.outcomes[2].end is not End.WAITING
    lines = {(each.method, each.days): each for each in ideas.track_record().records}
    assert lines[Method.MOMENTUM, 20].ideas == 1
    assert "too few to say" in lines[Method.MOMENTUM, 20].text
    kept = card.kept.outcomes
    look(ideas)
    assert next(each for each in ideas.history() if each.id == "old").kept.outcomes == kept


def test_what_is_known_for_good_is_not_judged_anew_when_prices_are_lost(ideas, keep, context):
    keep(replace(BUY, day=date(2012, 4, 2), close=Decimal("209.47"), entry=Decimal(209)), "old")
    lost = tuple(Outcome(each, End.UNKNOWN, text="Gone.", passed=False) for each in (1, 5, 20))
    known = Outcome(1, End.OPEN, ratio=0.25, multiple=1.0, text="Known.")
    IdeaStore(context.storage.user).set_outcomes({"old": (known, *lost[1:])})
    look(ideas)
    (card,) = [each for each in ideas.history() if each.id == "old"]
    assert card.kept.outcomes[0] == known
    assert card.kept.outcomes[2].end is not End.UNKNOWN


def test_what_is_over_is_not_followed_any_more_and_still_counted(ideas, keep):
    keep(replace(BUY, day=date(2012, 4, 2), close=Decimal("209.47"), entry=Decimal(209)), "old")
    keep(BUY, "new")
    look(ideas)
    known = {each.id for each in ideas.ask().known}
    assert "new" in known
    assert "old" not in known
    assert ideas.track_record().ideas == len(ideas.history())
    assert ideas.track_record().first == date(2012, 4, 2)


def test_a_day_that_is_not_over_is_no_close_to_decide_by(ideas, context, monkeypatch):
    """Prices from outside bring the day that is on; its price of now is no close."""
    whole = context.bars.history("IBM", Interval.D1, adjusted=False)
    today = replace(whole.bar(-1), time=whole.last + timedelta(days=1), close=1.0, low=1.0)
    fetched = whole.with_last(today)
    moment = context.market.now()
    monkeypatch.setattr(context.bars, "history", lambda *_, **__: replace(fetched, as_of=moment))
    found = ideas.look(replace(ideas.ask(), symbols=("IBM",)), lambda _: None)
    days = {idea.day for idea, _ in found.ideas}
    assert days <= {date(2012, 5, 31)}
    assert all("not known" not in each.reason for each in found.without)
    closes = [one.value for each in found.without for one in each.inputs if one.id == "close"]
    assert 1.0 not in closes
    analysis = context.analysis.symbol(context.analysis.ask_symbol("IBM"))
    (close,) = [f.value for c in analysis.chapters for f in c.facts if f.id == "close"]
    assert close == whole.close[-1]


def test_an_idea_whose_symbol_is_no_longer_traded_does_not_wait_for_ever(ideas, keep, monkeypatch):
    keep(replace(BUY, day=date(2012, 4, 2), close=Decimal("209.47"), entry=Decimal(209)), "old")
    whole = ideas._bars.history("IBM", Interval.D1, adjusted=False)
    ended = whole.head(whole.row_at(datetime(2012, 4, 4, tzinfo=UTC)) + 1)
    monkeypatch.setattr(ideas._bars, "history", lambda *_, **__: ended)
    look(ideas)
    (card,) = [each for each in ideas.history() if each.id == "old"]
    assert [each.end for each in card.kept.outcomes[1:]] == [End.UNKNOWN] * 2
    assert "prices end on 2012-04-04" in card.kept.outcomes[2].text
    assert any("1 idea is not counted in full" in each for each in ideas.track_record().notes)


def test_an_idea_of_a_later_day_is_not_shown_to_an_earlier_one(ideas, keep):
    keep(replace(BUY, day=date(2012, 9, 3)))
    assert ideas.history() == []
    assert ideas.track_record().ideas == 0


def test_what_a_model_is_given_has_every_number_and_none_of_its_own(ideas, keep):
    facts = ideas.facts(keep(BUY))
    assert facts["entry"] == 190.0
    assert facts["reward_to_risk"] == 2.0
    assert "a1" in ideas.question("a1")


def test_an_id_that_nobody_has_is_said_with_the_nearest(ideas, keep):
    keep(BUY, "abc123")
    with pytest.raises(BadValueError) as error:
        ideas.card("abc124")
    assert "abc123" in error.value.hint


def test_the_past_is_counted_with_what_any_buyer_had(ideas, monkeypatch, context):
    class Here:
        """Works where it is."""

        def call(self, function, *arguments, progress):
            return function(*arguments, progress=progress)

    monkeypatch.setattr(ideas, "_elsewhere", Here())
    found = ideas.past(("FB", "GOOG"), lambda _: None)
    assert found.symbols == ("GOOG",)
    assert found.days > 1_500
    assert found.ideas > 100
    assert any("FB is left out" in each for each in found.notes)
    assert any("Bought at any close" in each for each in found.notes)
    assert found.last <= context.market.today()
