from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import BadValueError
from puffling.services.macros import MOST_LINES, MacroService
from puffling.store.opening import open_storage
from puffling.store.state import StateStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def state(paths, clock) -> Iterator[StateStore]:
    storage = open_storage(paths, clock)
    yield StateStore(storage.user)
    storage.close()


def test_a_macro_is_there_after_a_restart(state):
    MacroService(state).save("Morning", ["LAYOUT morning", "  ", " AAPL 5m "])
    again = MacroService(state)
    assert again.get("MORNING").lines == ("LAYOUT morning", "AAPL 5m")
    again.save("morning", ["RISK"])
    assert [(each.name, each.lines) for each in MacroService(state).all()] == [
        ("morning", ("RISK",))
    ]


def test_one_that_is_removed_is_gone_and_a_near_name_is_told(state):
    macros = MacroService(state)
    macros.save("Evening", ["RISK"])
    with pytest.raises(BadValueError) as caught:
        macros.get("evning")
    assert caught.value.hint == "Did you mean Evening?"
    macros.remove("evening")
    assert MacroService(state).all() == []


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("", ["RISK"]),
        ("x" * 41, ["RISK"]),
        ("A", []),
        ("A", [" "]),
        ("A", ["RISK"] * (MOST_LINES + 1)),
    ],
)
def test_what_cannot_be_kept_is_refused(state, name: str, lines: list[str]):
    with pytest.raises(BadValueError):
        MacroService(state).save(name, lines)


def test_what_is_not_a_macro_is_passed_over(state):
    state.put("macros", {"Good": ["RISK"], "Bad": "RISK", "Worse": [1]})
    assert [each.name for each in MacroService(state).all()] == ["Good"]
