"""Weights are kept under a name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from puffling.store.allocations import AllocationStore
from tests.store.samples import NOW

if TYPE_CHECKING:
    from puffling.store.database import Database


def test_the_newest_of_a_name_counts(database: Database):
    store = AllocationStore(database)
    store.save("core", {"weights": {"AAPL": 1.0}}, NOW)
    store.save("core", {"weights": {"AAPL": 0.5, "IBM": 0.5}}, NOW + timedelta(hours=1))
    store.save("all", {"weights": {"GOOG": 1.0}}, NOW)
    assert [each.name for each in store.all()] == ["all", "core"]
    found = store.get("core")
    assert found is not None
    assert (found.weights, found.created_at) == (
        {"AAPL": 0.5, "IBM": 0.5},
        NOW + timedelta(hours=1),
    )
    assert store.get("none") is None
    assert store.remove("core")
    assert not store.remove("core")
