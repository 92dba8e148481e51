from __future__ import annotations

import pytest

from puffling.core.events import ConnectionChanged, FeedState, ModeChanged, NoticePosted
from puffling.services.alert_outages import Outages


@pytest.fixture
def outages(bus, clock):
    return Outages(bus, clock)


@pytest.fixture
def said(bus):
    said: list[str] = []
    bus.subscribe(NoticePosted, lambda each: said.append(f"{each.title}|{each.text}"))
    return said


@pytest.fixture
def change(bus):
    def now(state, name="data", text="The line is dead."):
        bus.publish(ConnectionChanged(name, "Alpaca", state, text))

    return now


def test_a_minute_without_a_connection_is_told_once_and_its_return_too(
    outages, said, change, clock
):
    change(FeedState.LIVE)
    change(FeedState.BROKEN)
    clock.pass_(40)
    change(FeedState.CONNECTING)
    change(FeedState.BROKEN)
    outages.look()
    assert said == []
    clock.pass_(21)
    outages.look()
    outages.look()
    assert said == ["No prices for a minute|The line is dead."]
    change(FeedState.LIVE)
    assert said[1:] == ["Prices are back|"]


def test_a_short_outage_is_not_worth_a_word(outages, said, change, clock):
    change(FeedState.BROKEN, "broker")
    clock.pass_(59)
    outages.look()
    change(FeedState.LIVE, "broker")
    clock.pass_(600)
    outages.look()
    assert said == []


def test_what_was_away_in_another_mode_is_no_news(outages, said, change, clock, bus):
    change(FeedState.BROKEN, "broker")
    bus.publish(ModeChanged("demo"))
    clock.pass_(61)
    outages.look()
    assert said == []
