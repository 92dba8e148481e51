from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from puffling.core.errors import BadValueError
from puffling.ui.dialogs.shortcuts import ShortcutsDialog

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def keys():
    return {"order.place": "F9", "desk.palette": "Ctrl+K"}


@pytest.fixture
def dialog(theme, registry, keys, qtbot):
    usual = dict(keys)

    def change(id_: str, wanted: str | None) -> None:
        if wanted is None:
            wanted = usual.get(id_, "")
        if wanted and any(theirs == wanted and other != id_ for other, theirs in keys.items()):
            raise BadValueError(
                f"{wanted} already belongs to another command.", hint="Take it away there first."
            )
        keys[id_] = wanted

    dialog = ShortcutsDialog(theme, registry, keys=lambda: keys, change=change)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def shown(dialog: ShortcutsDialog) -> list[str]:
    return [each.id for each in dialog.model.records]


def choose(dialog: ShortcutsDialog, id_: str, qtbot) -> None:
    dialog.table.choose(id_)
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("pal", ["desk.palette"]),
        ("f9", ["order.place"]),
        ("view k", ["desk.palette"]),
        ("zzz", []),
        ("", ["order.place", "desk.palette", "data.sources"]),
    ],
)
def test_commands_are_found_by_name_menu_or_key(dialog, qtbot, words, found):
    qtbot.keyClicks(dialog.filter, words)
    assert shown(dialog) == found


def test_new_keys_are_pressed_not_spelled(dialog, keys, qtbot):
    choose(dialog, "desk.palette", qtbot)
    assert dialog.catcher.isVisible()
    qtbot.keyClick(dialog.catcher, Qt.Key.Key_P, CONTROL)
    assert keys["desk.palette"] == "Ctrl+P"
    assert not dialog.catcher.isVisible()
    assert dialog.table.current.keys == "Ctrl+P"
    assert dialog.table.current.changed
    assert "Ctrl+P" in dialog.message.text()


def test_keys_that_do_something_elsewhere_are_caught_and_not_run(dialog, keys, qtbot):
    run = []
    QShortcut(QKeySequence("Ctrl+P"), dialog).activated.connect(lambda: run.append(True))
    qtbot.keyClick(dialog.table, Qt.Key.Key_P, CONTROL)
    assert run == [True]
    choose(dialog, "desk.palette", qtbot)
    qtbot.keyClick(dialog.catcher, Qt.Key.Key_P, CONTROL)
    assert run == [True]
    assert keys["desk.palette"] == "Ctrl+P"


def test_a_conflict_is_refused_with_a_sentence_and_another_key_may_follow(dialog, keys, qtbot):
    choose(dialog, "desk.palette", qtbot)
    qtbot.keyClick(dialog.catcher, Qt.Key.Key_F9)
    assert keys["desk.palette"] == "Ctrl+K"
    assert (
        dialog.message.text() == "F9 already belongs to another command. Take it away there first."
    )
    assert dialog.catcher.isVisible()
    qtbot.keyClick(dialog.catcher, Qt.Key.Key_F7)
    assert keys["desk.palette"] == "F7"


def test_backspace_takes_the_key_away_and_delete_brings_it_back(dialog, keys, qtbot):
    choose(dialog, "desk.palette", qtbot)
    qtbot.keyClick(dialog.catcher, Qt.Key.Key_Backspace)
    assert keys["desk.palette"] == ""
    dialog.table.setFocus()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert keys["desk.palette"] == "Ctrl+K"


def test_escape_leaves_the_recording_and_not_the_dialog(dialog, keys, qtbot):
    choose(dialog, "desk.palette", qtbot)
    qtbot.keyClick(dialog.catcher, Qt.Key.Key_Escape)
    assert not dialog.catcher.isVisible()
    assert dialog.isVisible()
    assert keys["desk.palette"] == "Ctrl+K"


@pytest.mark.parametrize("key", [Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt])
def test_a_modifier_alone_is_not_a_key_yet(dialog, qtbot, key):
    choose(dialog, "desk.palette", qtbot)
    qtbot.keyClick(dialog.catcher, key)
    assert dialog.catcher.isVisible()


def test_tab_can_be_part_of_a_key(dialog, keys, qtbot):
    choose(dialog, "data.sources", qtbot)
    qtbot.keyClick(dialog.catcher, Qt.Key.Key_Tab, CONTROL)
    assert keys["data.sources"] == "Ctrl+Tab"


def test_all_keys_are_brought_back(dialog, keys, qtbot):
    for id_, key in (("desk.palette", Qt.Key.Key_F7), ("data.sources", Qt.Key.Key_F8)):
        choose(dialog, id_, qtbot)
        qtbot.keyClick(dialog.catcher, key)
    dialog.all_usual.click()
    assert keys == {"order.place": "F9", "desk.palette": "Ctrl+K", "data.sources": ""}


def test_down_from_the_search_reaches_the_table(dialog, qtbot):
    qtbot.keyClicks(dialog.filter, "pal")
    qtbot.keyClick(dialog.filter, Qt.Key.Key_Down)
    assert dialog.table.hasFocus()
    assert dialog.table.current.id == "desk.palette"


def test_nothing_is_recorded_without_a_command(dialog):
    dialog.rebind.click()
    assert not dialog.catcher.isVisible()
    assert dialog.message.text() == "Choose a command first."
