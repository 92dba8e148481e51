"""Every command explains itself, can be reached, and collides with no other."""

from __future__ import annotations

import re

import pytest

from puffling.commands import all_commands
from puffling.commands.desk import PANEL_KEYS
from puffling.commands.layouts import BUILT_IN
from puffling.commands.registry import Effect, Menu
from puffling.commands.rooms import ROOMS

COMMANDS = list(all_commands())
NAMES = {"Puffling", "Carlo"}
ORDER = ("Ctrl", "Alt", "Shift", "Meta")
ALIASES = {"Return": "Enter", "Del": "Delete", "Control": "Ctrl", "Esc": "Escape"}

by_id = pytest.mark.parametrize("command", COMMANDS, ids=[each.id for each in COMMANDS])


def normal(keys: str) -> str:
    """Return a shortcut in one spelling: modifiers in order, names without aliases."""
    *modifiers, key = re.split(r"\+(?!$)", keys)
    named = [ALIASES.get(each, each) for each in modifiers]
    assert set(named) <= set(ORDER)
    return "+".join([*sorted(named, key=ORDER.index), ALIASES.get(key, key).upper()])


@by_id
def test_it_says_what_it_does(command):
    first = command.help.splitlines()[0]
    assert len(first) > 15
    assert first[0].isupper()
    assert first.rstrip().endswith((".", ":"))


@by_id
def test_its_title_is_a_verb_or_noun_in_sentence_case(command):
    words = command.title.rstrip("…").split()
    assert words[0][0].isupper()
    assert not any(each.istitle() and len(each) > 3 for each in words[1:] if each not in NAMES)


@by_id
def test_every_value_it_asks_for_is_explained(command):
    for name, field in command.params.model_fields.items():
        assert field.title, f"{name} has no title"
        assert field.description, f"{name} has no description"


@by_id
def test_a_dialog_is_announced_by_an_ellipsis(command):
    if command.needs_values:
        assert command.title.endswith("…") or command.menu is None


@by_id
def test_its_values_are_known_by_the_names_that_are_checked(command):
    assert command.parameters.names == tuple(command.params.model_fields)


@by_id
def test_its_values_have_a_schema_a_form_and_a_model_can_read(command):
    assert command.params.model_json_schema()["type"] == "object"


@by_id
def test_it_can_be_found_by_its_place(command):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", command.id)
    assert command.tool_name == command.id.replace(".", "_")


@by_id
def test_whatever_sends_an_order_says_that_it_trades(command):
    trades = {
        "order.place",
        "order.replace",
        "order.cancel",
        "order.cancel_all",
        "position.close",
        "position.reverse",
        "position.flatten",
        "basket.resume",
        "inbox.approve",
    }
    assert (command.effect is Effect.TRADE) == (command.id in trades)


def test_no_two_commands_share_a_shortcut():
    keys = [normal(each.shortcut) for each in COMMANDS if each.shortcut]
    assert sorted(keys) == sorted(set(keys))


def test_shortcuts_are_compared_in_one_spelling():
    assert normal("Shift+Ctrl+Del") == normal("Ctrl+Shift+Delete") == "Ctrl+Shift+DELETE"
    assert normal("Ctrl+,") == "Ctrl+,"


def test_the_menu_bars_letters_do_not_take_the_panels():
    letters = {f"Alt+{found[1].upper()}" for menu in Menu if (found := re.search("&(.)", menu))}
    keys = {normal(each.shortcut) for each in COMMANDS if each.shortcut}
    assert len(letters) == len(Menu) - 1
    assert not letters & keys


def test_every_room_of_commands_is_in_the_registry():
    declared = {each.id for room in ROOMS for each in room.COMMANDS}
    assert declared == {each.id for each in COMMANDS}
    assert len(COMMANDS) > 70


def test_every_panel_and_layout_has_its_command():
    ids = {each.id: each for each in COMMANDS}
    for panel, (title, key) in PANEL_KEYS.items():
        assert (ids[f"panel.{panel}"].title, ids[f"panel.{panel}"].shortcut) == (title, key)
    for number, layout in enumerate(BUILT_IN, 1):
        assert ids[f"layout.{layout}"].shortcut == f"Ctrl+{number}"


def test_the_toolbar_has_what_must_be_near():
    near = {each.id for each in COMMANDS if each.toolbar}
    assert {"trade.buy", "trade.sell", "risk.halt"} <= near
