from __future__ import annotations

import re
from pathlib import Path

import pytest

import puffling.ui
from puffling.core.errors import BadValueError
from puffling.ui.shell.shortcuts import check, keys_of, portable


def test_no_two_commands_share_a_key(qapp, registry):
    keys = keys_of(registry, {})
    assert len(set(keys.values())) == len(keys)
    declared = {each.id for each in registry if each.shortcut}
    assert set(keys) == declared


def test_a_changed_key_is_used_and_an_emptied_one_is_gone(qapp, registry):
    keys = keys_of(registry, {"desk.palette": "Ctrl+J", "trade.buy": ""})
    assert keys["desk.palette"] == "Ctrl+J"
    assert "trade.buy" not in keys


def test_a_changed_key_takes_precedence_over_a_declared_one(qapp, registry):
    keys = keys_of(registry, {"desk.help": "Ctrl+K"})
    assert keys["desk.help"] == "Ctrl+K"
    assert "desk.palette" not in keys


def test_no_panel_has_a_key_of_its_own_that_belongs_to_the_desk(qapp, registry):
    ours = {keys: id_ for id_, keys in keys_of(registry, {}).items()}
    theirs = {
        portable(found): path.name
        for path in (Path(puffling.ui.__file__).parent).rglob("*.py")
        for found in re.findall(r'QShortcut\(\s*QKeySequence\("([^"]+)"\)', path.read_text())
    }
    assert not {key: (ours[key], where) for key, where in theirs.items() if key in ours}
    assert "Ctrl+B" in theirs


def test_every_key_of_the_desks_panels_says_where_it_goes_and_moves_with_shift(qapp, registry):
    for way, arrow in (("left", "Left"), ("right", "Right"), ("up", "Up"), ("down", "Down")):
        assert registry[f"dock.focus_{way}"].shortcut == f"Alt+{arrow}"
        assert registry[f"dock.move_{way}"].shortcut == f"Ctrl+Alt+Shift+{arrow}"


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("Ctrl+K", "already belongs to"),
        ("B", "needed for typing"),
        ("Shift+B", "needed for typing"),
        ("Alt+F", "opens a menu"),
        ("Alt+L", "opens a menu"),
        ("F10", "opens the menu bar"),
        ("Esc", "closes what is in front"),
        ("Ctrl+K, Ctrl+L", "one key"),
        ("not a key at all", "is not a key"),
    ],
)
def test_a_key_that_cannot_be_had_is_refused_with_a_sentence(qapp, registry, keys, says):
    with pytest.raises(BadValueError, match=says):
        check(registry, {}, "desk.about", keys)


@pytest.mark.parametrize("keys", ["F6", "Shift+F6", "Ctrl+Alt+J", "Alt+Q", ""])
def test_a_free_key_is_given(qapp, registry, keys):
    assert check(registry, {}, "desk.about", keys) == portable(keys)


def test_a_command_may_keep_its_own_key(qapp, registry):
    assert check(registry, {}, "desk.palette", "Ctrl+K") == "Ctrl+K"


def test_a_settings_file_with_one_key_twice_gives_it_to_the_first(qapp, registry):
    keys = keys_of(registry, {"desk.about": "Ctrl+J", "desk.welcome": "Ctrl+J", "desk.help": "x"})
    assert [id_ for id_, key in keys.items() if key == "Ctrl+J"] == ["desk.welcome"]
    assert "desk.help" not in keys
