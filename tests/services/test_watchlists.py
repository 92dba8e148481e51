from __future__ import annotations

import pytest

from puffling.core.errors import BadValueError
from puffling.core.events import WatchlistsChanged
from puffling.services.watchlists import MOST_SYMBOLS, WatchlistService
from puffling.store.opening import open_storage
from puffling.store.watchlists import WatchlistStore


@pytest.fixture
def lists(paths, clock, bus):
    storage = open_storage(paths, clock)
    service = WatchlistService(WatchlistStore(storage.user), bus)
    service.start(("AAPL", "IBM"))
    yield service
    storage.close()


def test_the_first_start_makes_a_starter_and_later_ones_leave_it(lists):
    lists.remove("Starter", "IBM")
    lists.start(("MSFT",))
    assert [(each.name, each.symbols) for each in lists.all()] == [("Starter", ("AAPL",))]


def test_a_list_is_made_filled_renamed_and_deleted(lists, bus):
    heard: list[WatchlistsChanged] = []
    bus.subscribe(WatchlistsChanged, heard.append)
    lists.create("Tech", ["MSFT"])
    lists.add("tech", "GOOG")
    lists.add("Tech", "GOOG")
    assert lists.rename("Tech", "Big").symbols == ("MSFT", "GOOG")
    lists.delete("Big")
    assert [each.name for each in lists.all()] == ["Starter"]
    assert len(heard) == 5


def test_symbols_move(lists):
    lists.add("", "MSFT")
    assert lists.move("", "MSFT", 0).symbols == ("MSFT", "AAPL", "IBM")
    assert lists.symbols() == ["MSFT", "AAPL", "IBM"]
    with pytest.raises(BadValueError, match="GOOG is not on the list"):
        lists.move("", "GOOG", 0)


def test_an_unknown_list_is_named_with_the_nearest(lists):
    with pytest.raises(BadValueError, match="no watchlist 'Stater'") as caught:
        lists.get("Stater")
    assert caught.value.hint == "Did you mean Starter?"


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "starter"])
def test_a_name_must_be_short_and_its_own(lists, name):
    with pytest.raises(BadValueError):
        lists.create(name)


def test_the_last_list_stays(lists):
    with pytest.raises(BadValueError, match="last watchlist"):
        lists.delete("Starter")


@pytest.mark.parametrize("symbol", ["", "aapl", "=cmd", "A" * 16])
def test_what_is_no_symbol_is_refused(lists, symbol):
    with pytest.raises(BadValueError, match="is not a symbol"):
        lists.add("Starter", symbol)


def test_a_list_has_an_end(lists):
    lists.create("Many", [f"S{each}" for each in range(MOST_SYMBOLS)])
    with pytest.raises(BadValueError, match="at most"):
        lists.add("Many", "ONE")


def test_a_symbol_that_is_not_there_cannot_be_removed(lists):
    with pytest.raises(BadValueError, match="MSFT is not on the list Starter"):
        lists.remove("", "MSFT")
