from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from puffling.store.goals import Foreign, Goal, GoalStore, Manner

GOAL = Goal(
    "core",
    datetime(2026, 1, 2, tzinfo=UTC),
    {"AAPL": Decimal("0.6"), "IBM": Decimal("0.333333")},
    Decimal("0.025"),
    Manner.PROPOSE,
    Foreign.SELL,
    whole=False,
    told=True,
)


@pytest.fixture
def goals(database):
    return GoalStore(database)


def test_a_goal_comes_back_as_it_was_kept(goals):
    goals.save(GOAL)
    assert goals.get("core") == GOAL


def test_the_last_one_of_a_name_stays(goals):
    goals.save(GOAL)
    later = replace(GOAL, manner=Manner.ALERT)
    goals.save(later)
    assert goals.all() == [later]


def test_one_that_is_forgotten_is_gone(goals):
    goals.save(GOAL)
    assert goals.remove("core")
    assert not goals.remove("core")
    assert goals.get("core") is None
