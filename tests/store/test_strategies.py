"""A strategy keeps every revision it ever had."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import BadValueError
from puffling.store.strategies import StrategyStore
from tests.store.samples import NOW

if TYPE_CHECKING:
    from puffling.store.database import Database

SPEC = {"kind": "builtin", "id": "momentum", "title": "Mine", "parameters": {}, "source": ""}


@pytest.fixture
def store(database: Database) -> StrategyStore:
    return StrategyStore(database)


def test_a_change_is_one_more_revision_and_the_old_one_stays(store: StrategyStore):
    id_ = store.add("Mine", SPEC, NOW, note="first")
    later = NOW + timedelta(hours=1)
    assert store.revise(id_, SPEC | {"parameters": {"short": 10}}, later, note="faster") == 2
    saved = store.get(id_)
    assert (saved.name, saved.revision, saved.created_at, saved.updated_at) == (
        "Mine",
        2,
        NOW,
        later,
    )
    assert saved.spec["parameters"] == {"short": 10}
    assert [(each.number, each.note) for each in store.revisions(id_)] == [
        (2, "faster"),
        (1, "first"),
    ]
    assert store.revisions(id_)[1].spec == SPEC


def test_they_are_listed_by_name_and_removed_with_their_revisions(
    store: StrategyStore, database: Database
):
    second, first = store.add("Zebra", SPEC, NOW), store.add("Ant", SPEC, NOW)
    assert [each.id for each in store.all()] == [first, second]
    assert store.remove(first)
    assert not store.remove(first)
    assert store.revisions(first) == []
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM strategy_revisions").scalar() == 1


def test_a_name_belongs_to_one(store: StrategyStore):
    first, second = store.add("Mine", SPEC, NOW), store.add("Yours", SPEC, NOW)
    with pytest.raises(BadValueError, match="is called 'Mine' already"):
        store.add("Mine", SPEC, NOW)
    with pytest.raises(BadValueError, match="is called 'Mine' already"):
        store.rename(second, "Mine")
    store.rename(first, "Mine")
    store.rename(first, "Other")
    assert [each.name for each in store.all()] == ["Other", "Yours"]


def test_one_that_is_not_there_is_said(store: StrategyStore):
    for ask in (
        lambda: store.get("x"),
        lambda: store.rename("x", "y"),
        lambda: store.revise("x", SPEC, NOW),
    ):
        with pytest.raises(BadValueError, match="no saved strategy with the id 'x'"):
            ask()
    assert store.all() == []
