"""Ideas are kept as they were shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from puffin.ideas.base import End, Grade, Idea, Input, Method, Outcome, Point
from puffin.types import Side
from puffling.core.errors import StoreDamagedError
from puffling.store.ideas import IdeaStore, KeptIdea
from tests.store.samples import NOW

IDEA = Idea(
    "AAPL",
    Side.BUY,
    Method.SIGNALS,
    date(2012, 6, 1),
    close=Decimal("560.99"),
    entry=Decimal("559.87"),
    stop=Decimal("545.1"),
    target=Decimal(590),
    confidence=72.5,
    score=5.4,
    formula="4.35 + …",
    risk=Grade.MEDIUM,
    volatility=Grade.HIGH,
    reason="The signs come to +3.6.",
    inputs=(Input("rsi", "RSI 14", 41.5, "41.5"), Input("macd", "MACD", None, "not known")),
    points=(Point("RSI 14", 0.0, "RSI 41.5"),),
)
KEPT = KeptIdea("a1", "demo-1", "Demo market", NOW, datetime(2012, 6, 8, 20, tzinfo=UTC), IDEA)
DONE = Outcome(
    5,
    End.STOPPED,
    date(2012, 6, 4),
    date(2012, 6, 6),
    price=545.1,
    ratio=-0.027,
    gross=-0.026,
    multiple=-1.01,
    text="The stop was reached.",
)


@pytest.fixture
def store(database):
    return IdeaStore(database)


def test_an_idea_comes_back_to_the_last_digit(store):
    store.add([KEPT])
    assert store.of("demo-1") == [KEPT]
    assert store.get("a1") == KEPT
    assert store.get("other") is None
    assert store.of("another") == []


def test_the_same_idea_of_the_same_day_is_never_written_over(store):
    store.add([KEPT])
    store.add([replace(KEPT, id="b2", idea=replace(IDEA, entry=Decimal(1)))])
    assert store.of("demo-1") == [KEPT]
    later = replace(KEPT, id="c3", idea=replace(IDEA, day=date(2012, 6, 4)))
    store.add([later])
    assert [each.id for each in store.of("demo-1")] == ["c3", "a1"]


def test_outcomes_are_added_to_what_was_said(store):
    store.add([KEPT])
    store.set_outcomes({"a1": [DONE]})
    found = store.get("a1")
    assert found.outcomes == (DONE,)
    assert found.idea == IDEA


def test_a_record_that_cannot_be_read_is_said(store, database):
    store.add([KEPT])
    with database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE ideas SET document = replace(document, '\"buy\"', '\"hold\"')"
        )
    with pytest.raises(StoreDamagedError, match="idea cannot be read"):
        store.get("a1")


def test_every_idea_is_followed_until_it_is_over_however_many_there_are(store):
    days = [date(2012, 6, 1) + timedelta(days=each) for each in range(4)]
    store.add(
        [replace(KEPT, id=f"k{at}", idea=replace(IDEA, day=day)) for at, day in enumerate(days)]
    )
    waits = replace(DONE, passed=False)
    store.set_outcomes({"k0": [DONE, DONE], "k1": [DONE, waits], "k2": [waits]})
    assert [each.id for each in store.followed("demo-1")] == ["k3", "k2", "k1"]
    assert len(store.of("demo-1", 1)) == 1
    told = store.became("demo-1", date(2012, 6, 3))
    assert [each.day for each in told] == days[:3]
    assert told[1].outcomes == (DONE, waits)
    assert (told[0].symbol, told[0].method, told[0].side) == ("AAPL", Method.SIGNALS, Side.BUY)
    assert store.followed("another") == []
    assert store.became("another", date(2012, 6, 3)) == []
