"""The bus keeps the order of events, and one bad subscriber harms nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.bus import EventBus
from puffling.core.events import BarsChanged, QuotesChanged

if TYPE_CHECKING:
    import pytest


def test_an_event_reaches_everyone_who_asked_for_its_kind_and_nobody_else():
    bus, heard = EventBus(), []
    bus.subscribe(BarsChanged, lambda event: heard.append(("first", event.symbol)))
    bus.subscribe(BarsChanged, lambda event: heard.append(("second", event.symbol)))
    bus.subscribe(QuotesChanged, lambda _event: heard.append(("quotes", "")))
    bus.publish(BarsChanged("AAPL"))
    assert heard == [("first", "AAPL"), ("second", "AAPL")]


def test_nothing_is_heard_after_stopping_and_stopping_twice_is_harmless():
    bus, heard = EventBus(), []
    stop = bus.subscribe(BarsChanged, heard.append)
    stop()
    stop()
    bus.publish(BarsChanged("AAPL"))
    assert heard == []


def test_an_event_published_during_another_waits_so_that_all_hear_the_same_order():
    bus, heard = EventBus(), []

    def answer(event: BarsChanged) -> None:
        if event.symbol == "AAPL":
            bus.publish(BarsChanged("IBM"))

    bus.subscribe(BarsChanged, answer)
    bus.subscribe(BarsChanged, lambda event: heard.append(event.symbol))
    bus.publish(BarsChanged("AAPL"))
    assert heard == ["AAPL", "IBM"]


def test_a_subscriber_that_fails_is_logged_and_the_rest_still_hear(
    caplog: pytest.LogCaptureFixture,
):
    bus, heard = EventBus(), []

    def fail(event: BarsChanged) -> None:
        raise RuntimeError("out of order")

    bus.subscribe(BarsChanged, fail)
    bus.subscribe(BarsChanged, heard.append)
    bus.publish(BarsChanged("AAPL"))
    bus.publish(BarsChanged("IBM"))
    assert [each.symbol for each in heard] == ["AAPL", "IBM"]
    assert "out of order" in caplog.text


def test_one_may_stop_listening_while_an_event_is_delivered():
    bus, heard = EventBus(), []

    def once(event: BarsChanged) -> None:
        heard.append(event)
        stop()

    stop = bus.subscribe(BarsChanged, once)
    bus.publish(BarsChanged("AAPL"))
    bus.publish(BarsChanged("AAPL"))
    assert len(heard) == 1
