from __future__ import annotations

import inspect

from puffling.core import events
from puffling.ui.bridge import EVENTS, Signals, signal_name


def test_every_event_has_its_signal():
    kinds = {
        each
        for _, each in inspect.getmembers(events, inspect.isclass)
        if issubclass(each, events.Event) and each is not events.Event
    }
    assert set(EVENTS) == kinds
    assert all(hasattr(Signals, signal_name(each)) for each in kinds)


def test_a_signal_carries_the_event(bus, signals, qtbot):
    event = events.QuotesChanged(frozenset({"AAPL"}))
    with qtbot.waitSignal(signals.quotes_changed) as heard:
        bus.publish(event)
    assert heard.args == [event]


def test_nothing_is_heard_after_it_was_disposed_of(bus, signals):
    heard = []
    signals.mode_changed.connect(heard.append)
    signals.dispose()
    bus.publish(events.ModeChanged("sim"))
    assert heard == []
