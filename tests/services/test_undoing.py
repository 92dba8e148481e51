from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import BadValueError
from puffling.core.settings_store import SettingsStore
from puffling.services.undoing import MOST, UndoService
from puffling.services.watchlists import WatchlistService
from puffling.store.opening import open_storage
from puffling.store.watchlists import WatchlistStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def settings(tmp_path, bus) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.json", bus)


@pytest.fixture
def watchlists(paths, clock, bus) -> Iterator[WatchlistService]:
    storage = open_storage(paths, clock)
    made = WatchlistService(WatchlistStore(storage.user), bus)
    made.start(("AAPL", "IBM"))
    yield made
    storage.close()


@pytest.fixture
def undo(settings, watchlists, bus) -> UndoService:
    return UndoService(settings, watchlists, bus)


def test_a_setting_is_taken_back_and_made_again(undo, settings):
    settings.change("appearance", theme="light", scale=120)
    assert undo.next_back == "Setting appearance: scale, theme"
    assert undo.undo() == "Setting appearance: scale, theme"
    assert (settings.current.appearance.theme, settings.current.appearance.scale) == ("dark", 100)
    assert undo.redo() == "Setting appearance: scale, theme"
    assert settings.current.appearance.scale == 120
    assert undo.next_again == ""


def test_limits_are_not_loosened_by_a_key(undo, settings):
    settings.change("trading", risk_tolerance=5)
    with pytest.raises(BadValueError, match="nothing to take back"):
        undo.undo()
    assert settings.current.trading.risk_tolerance == 5


def test_a_deleted_list_comes_back_with_its_symbols(undo, watchlists):
    watchlists.create("Banks", ("JPM", "BAC"))
    watchlists.delete("Banks")
    undo.undo()
    assert watchlists.get("Banks").symbols == ("JPM", "BAC")
    undo.undo()
    assert [each.name for each in watchlists.all()] == ["Starter"]
    undo.redo()
    undo.redo()
    assert [each.name for each in watchlists.all()] == ["Starter"]


def test_symbols_come_back_where_they_were(undo, watchlists):
    watchlists.move("Starter", "IBM", 0)
    watchlists.remove("Starter", "IBM")
    undo.undo()
    assert watchlists.get("Starter").symbols == ("IBM", "AAPL")
    undo.undo()
    assert watchlists.get("Starter").symbols == ("AAPL", "IBM")


def test_a_new_change_forgets_what_could_be_made_again(undo, settings, watchlists):
    settings.change("appearance", scale=120)
    undo.undo()
    watchlists.add("Starter", "MSFT")
    with pytest.raises(BadValueError, match="nothing to make again"):
        undo.redo()


def test_what_could_not_be_taken_back_stays_and_is_tried_again(undo):
    done: list[str] = []
    broken = [True]

    def back() -> None:
        if broken[0]:
            raise BadValueError("The disk is full.")
        done.append("back")

    undo.note("Something", back, lambda: done.append("again"))
    with pytest.raises(BadValueError, match="disk"):
        undo.undo()
    broken.clear()
    broken.append(False)
    assert undo.undo() == "Something"
    undo.redo()
    assert done == ["back", "again"]


def test_only_so_many_changes_are_remembered(undo):
    for place in range(MOST + 5):
        undo.note(str(place), list, list)
    for _ in range(MOST):
        undo.undo()
    with pytest.raises(BadValueError):
        undo.undo()


def test_what_does_not_stand_any_more_is_passed_over(undo, settings):
    stands = [True]
    settings.change("appearance", scale=120)
    undo.note("An order on the ticket", list, list, lambda: stands[0])
    assert undo.next_back == "An order on the ticket"
    stands[0] = False
    assert undo.undo() == "Setting appearance: scale"
    assert settings.current.appearance.scale == 100
