from __future__ import annotations

from string import ascii_lowercase, digits
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.commands import all_commands
from puffling.commands.context import Context
from puffling.commands.keystrokes import LEADER, assign, groups, page
from puffling.commands.registry import Effect, Registry, command

if TYPE_CHECKING:
    from puffling.commands.registry import Command

NAMES = st.lists(st.text("abcdef_", min_size=1, max_size=8), unique=True, max_size=30)


@given(NAMES)
def test_every_name_has_a_key_of_its_own(names: list[str]):
    found = assign(names)
    assert sorted(found.values()) == sorted(names)
    assert all(len(each) == 1 for each in found)


def test_a_name_has_one_of_its_own_letters_as_long_as_one_is_free():
    assert assign(["close", "clear", "open", "ccc"]) == {
        "c": "close",
        "l": "clear",
        "o": "open",
        "a": "ccc",
    }
    with pytest.raises(ValueError, match="more than"):
        assign([str(each) for each in range(100)])


def test_every_command_is_reached_by_two_letters():
    registry = all_commands()
    reached = [id_ for group in groups(registry).values() for id_ in group.commands.values()]
    assert sorted(reached) == sorted(each.id for each in registry)


def test_the_smallest_nouns_share_a_key_when_there_are_more_than_keys():
    def made(id_: str) -> Command[[], None]:
        @command(id_, id_, menu=None, effect=Effect.LOOK)
        async def nothing(context: Context) -> None:
            """Do nothing that anybody could notice."""

        return nothing

    ids = [f"noun{place}.{verb}" for place in range(60) for verb in ("one", "two")]
    found = groups(Registry(map(made, ids)))
    assert sorted(id_ for group in found.values() for id_ in group.commands.values()) == sorted(ids)
    assert {"."} < found.keys() - set(ascii_lowercase + digits)


def test_the_table_has_every_command_and_flattening_takes_one_key():
    registry = all_commands()
    text = page(registry)
    assert text.count("\n| ") == len(registry) + 1
    assert f"`{LEADER} " in text
    flatten = registry["position.flatten"]
    assert flatten.shortcut is not None  # then it asks for a word
    assert "," not in flatten.shortcut


def test_the_leading_key_is_no_other_command_s():
    assert [each.id for each in all_commands() if each.shortcut == LEADER] == ["desk.leader"]
