from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from puffin.types import Split
from puffling.core.errors import BadValueError
from puffling.core.events import AlertFired, AlertsChanged, NoticePosted
from puffling.services.alerts import COOLDOWN, AlertService
from puffling.services.quotes import QuoteService
from puffling.store.alerts import AlertStore
from puffling.store.opening import open_storage
from tests.fakes import OPEN, quote


@pytest.fixture
def store(paths, clock):
    storage = open_storage(paths, clock)
    yield AlertStore(storage.user)
    storage.close()


@pytest.fixture
def quotes(bus, clock):
    return QuoteService(bus, clock)


@pytest.fixture
def alerts(store, quotes, bus, clock):
    return AlertService(store, quotes, bus, clock)


@pytest.fixture
def again(store, quotes, bus, clock):
    """Read the stored alerts anew, as a restart does."""
    return lambda: AlertService(store, quotes, bus, clock)


@pytest.fixture
def fired(bus):
    fired: list[AlertFired] = []
    bus.subscribe(AlertFired, fired.append)
    return fired


@pytest.fixture
def tick(quotes, alerts):
    """Let AAPL trade at a price, so many minutes after the open."""

    def trade(last, minutes=0):
        found = quote("AAPL", str(last), at=OPEN + timedelta(minutes=minutes))
        assert quotes.accept(found)
        alerts.take_quote(found)

    return trade


def test_it_fires_when_the_price_crosses_its_level(alerts, fired, tick, bus):
    notices: list[NoticePosted] = []
    bus.subscribe(NoticePosted, notices.append)
    tick(99)
    alerts.add("AAPL", "above", Decimal(100), note="sell?")
    tick(99.5, 1)
    assert fired == []
    tick(100, 2)
    assert fired[0].message == "AAPL went above 100.00: it is at 100.00"
    assert fired[0].at == OPEN + timedelta(minutes=2)
    assert (notices[0].desktop, notices[0].panel, notices[0].text) == (True, "automation", "sell?")


def test_below_works_the_other_way(alerts, fired, tick):
    tick(101)
    alerts.add("AAPL", "below", Decimal(100))
    tick(100.01, 1)
    assert fired == []
    tick(99, 2)
    assert len(fired) == 1


def test_one_that_is_beyond_its_level_waits_for_a_crossing(alerts, fired, tick):
    tick(105)
    assert not alerts.add("AAPL", "above", Decimal(100)).armed
    tick(106, 1)
    assert fired == []
    tick(99, 2)
    tick(101, 3)
    assert len(fired) == 1


def test_one_that_was_added_without_a_price_waits_for_the_near_side(alerts, fired, tick):
    alerts.add("AAPL", "above", Decimal(100))
    tick(105)
    assert fired == []


def test_once_fires_once_and_turns_itself_off(alerts, fired, tick):
    tick(99)
    alert = alerts.add("AAPL", "above", Decimal(100))
    for minute, price in enumerate((101, 99, 101, 99), 1):
        tick(price, minute)
    assert len(fired) == 1
    assert not alerts.get(alert.id).enabled


def test_every_rests_for_a_quarter_of_an_hour_of_market_time(alerts, fired, tick):
    tick(99)
    alerts.add("AAPL", "above", Decimal(100), "every")
    tick(101, 1)
    tick(99, 2)
    tick(101, 10)
    assert len(fired) == 1
    tick(99, 11)
    tick(101, 1 + COOLDOWN.total_seconds() / 60)
    assert len(fired) == 2


def test_daily_fires_once_a_day_on_the_exchange(alerts, fired, tick):
    day = 24 * 60
    tick(99)
    alerts.add("AAPL", "above", Decimal(100), "daily")
    tick(101, 1)
    tick(99, 100)
    tick(101, 200)
    assert len(fired) == 1
    tick(99, day)
    tick(101, day + 1)
    assert len(fired) == 2


def test_it_goes_on_after_a_restart_where_it_was(again, alerts, fired, tick):
    tick(99)
    alert = alerts.add("AAPL", "above", Decimal(100), "every")
    tick(101, 1)
    again = again()
    assert again.get(alert.id) == alerts.get(alert.id)
    again.take_quote(quote("AAPL", "102", at=OPEN + timedelta(minutes=30)))
    assert len(fired) == 1
    again.take_quote(quote("AAPL", "99", at=OPEN + timedelta(minutes=31)))
    again.take_quote(quote("AAPL", "102", at=OPEN + timedelta(minutes=32)))
    assert len(fired) == 2


def test_history_survives_the_alert(alerts, tick, bus):
    changed: list[AlertsChanged] = []
    bus.subscribe(AlertsChanged, changed.append)
    tick(99)
    alert = alerts.add("AAPL", "above", Decimal(100))
    tick(101, 1)
    alerts.remove(alert.id)
    assert alerts.all() == []
    assert [each.alert_id for each in alerts.history()] == [alert.id]
    assert alerts.history()[0].market_time == OPEN + timedelta(minutes=1)
    assert len(changed) == 3


def test_one_that_is_off_hears_nothing_and_waits_afresh_when_turned_on(alerts, fired, tick):
    tick(99)
    alert = alerts.add("AAPL", "above", Decimal(100))
    alerts.enable(alert.id, enabled=False)
    tick(105, 1)
    assert fired == []
    assert not alerts.enable(alert.id, enabled=True).armed
    tick(106, 2)
    assert fired == []


def test_a_split_is_not_taken_for_a_fall(alerts, fired, tick):
    tick(100)
    alert = alerts.add("AAPL", "below", Decimal(90))
    alerts.split(Split("AAPL", OPEN, Decimal(2)), "AAPL 2 for 1")
    alerts.split(Split("IBM", OPEN, Decimal(2)), "IBM 2 for 1")
    assert alerts.get(alert.id).price == 45
    tick(50, 1)
    assert fired == []


@pytest.mark.parametrize(
    ("symbol", "price"), [("aapl", "1"), ("=1+1", "1"), ("AAPL", "0"), ("AAPL", "NaN")]
)
def test_a_senseless_alert_is_refused(alerts, symbol, price):
    with pytest.raises(BadValueError):
        alerts.add(symbol, "above", Decimal(price))
    assert alerts.all() == []


def test_an_unknown_alert_has_a_hint(alerts):
    with pytest.raises(BadValueError, match="no alert 'x'"):
        alerts.get("x")
