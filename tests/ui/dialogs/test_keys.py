from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from puffling.commands import all_commands
from puffling.services.model_keys import TITLES
from puffling.ui.dialogs.connections import ConnectionsBox, Kind
from puffling.ui.dialogs.keys import KeysDialog
from puffling.ui.dialogs.settings import SettingsDialog
from puffling.ui.dialogs.unlock import UnlockDialog
from puffling.ui.theme.tokens import Tone
from tests.fakes import until
from tests.outside import KEY

FACTS = [("Largest order", "25,000.00"), ("Most positions", "5")]


@pytest.fixture
def registry():
    return all_commands()


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def shown(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel)]


def test_live_is_unlocked_by_the_word_in_capitals_only(theme, window, qtbot):
    dialog = UnlockDialog(theme, FACTS, window)
    dialog.open()
    assert {"Largest order", "25,000.00", "Most positions", "5"} <= set(shown(dialog))
    qtbot.keyClicks(dialog.line, "live")
    assert not dialog.go.isEnabled()
    assert dialog.cancel.isDefault()
    dialog.line.clear()
    qtbot.keyClicks(dialog.line, "LIVE")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.line, Qt.Key.Key_Return)


def test_return_without_the_word_leaves_live_locked(theme, window, qtbot):
    dialog = UnlockDialog(theme, FACTS, window)
    dialog.open()
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.line, Qt.Key.Key_Return)


def test_keys_are_never_shown_and_are_wiped_when_the_dialog_goes(theme, window, qtbot, loop):
    dialog = KeysDialog(theme, "Keys", "From their page.", window)
    for line in (dialog.key, dialog.secret):
        assert line.echoMode() is QLineEdit.EchoMode.Password
    asked = loop.create_task(dialog.keys())
    loop.run_until_complete(until(dialog.isVisible))
    assert not dialog.save.isEnabled()
    qtbot.keyClicks(dialog.key, "PKEY")
    assert not dialog.save.isEnabled()
    qtbot.keyClicks(dialog.secret, "SECRET")
    dialog.save.click()
    assert (dialog.key.text(), dialog.secret.text()) == ("", "")
    assert loop.run_until_complete(asked) == ("PKEY", "SECRET")


def test_no_keys_is_an_answer_too(theme, window, loop):
    dialog = KeysDialog(theme, "Keys", "From their page.", window)
    asked = loop.create_task(dialog.keys())
    loop.run_until_complete(until(dialog.isVisible))
    dialog.cancel.click()
    assert loop.run_until_complete(asked) is None


@pytest.fixture
def box(parts, theme, qtbot, loop):
    context = parts.context
    box = ConnectionsBox(theme, parts.runner, context.connections, parts.signals.keys_changed)
    qtbot.addWidget(box)
    box.show()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    return box


def test_a_connection_without_keys_can_only_be_given_some(box):
    row = box.rows["alpaca paper"]
    assert row.words.text() == "No keys."
    assert (row.test.isEnabled(), row.remove.isEnabled()) == (False, False)
    assert row.set_keys.accessibleName() == "Set keys: Alpaca paper account"


def test_keys_are_tried_from_the_settings_and_how_it_went_is_shown(box, keyring, loop, parts, desk):
    row = box.rows["alpaca paper"]
    desk.keys = (KEY, "secretsecretsecret")
    row.set_keys.click()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert row.words.text().startswith("Key …1234. The keys open account ••••1234")
    assert row.dot.accessibleName().startswith("The keys open")
    row.remove.click()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert row.words.text() == "No keys."


def test_refused_keys_are_red_and_say_why(box, keyring, world, loop, parts):
    keyring.give("alpaca live", key="AKSOMETHINGELSE1")
    row = box.rows["alpaca live"]
    row.test.setEnabled(True)
    row.test.click()
    assert row.words.text() == "Asking the broker…"
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert "refuses these keys" in row.words.text()
    assert row.dot._tone == Tone.DANGER


def test_what_the_keyring_says_stands_below(box, keyring, loop, parts):
    assert not box.note.isVisible()
    keyring.note = "Keys are kept for this run only."
    box._read()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert box.note.isVisible()
    assert box.note.text() == keyring.note


def test_the_settings_show_the_keys_above_the_page(theme, parts, qtbot, loop):
    context = parts.context
    box = ConnectionsBox(theme, parts.runner, context.connections, parts.signals.keys_changed)
    dialog = SettingsDialog(
        theme, context.settings, page="connections", extras={"connections": box}
    )
    qtbot.addWidget(dialog)
    dialog.show()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert box.isVisible()
    assert dialog.list.currentItem().text() == "Connections"


def test_keys_of_models_have_no_secret_and_stand_in_the_settings_too(
    theme, parts, qtbot, loop, keyring, desk
):
    kind = Kind(TITLES, "assistant.set_key", "assistant.test", "assistant.remove_key")
    keys, changed = parts.context.model_keys, parts.signals.keys_changed
    box = ConnectionsBox(theme, parts.runner, keys, changed, kind)
    qtbot.addWidget(box)
    box.show()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    row = box.rows["anthropic"]
    assert (row.words.text(), row.test.isEnabled()) == ("No key.", False)
    keyring.kept["anthropic"] = "sk-ant-canary-0123456789"
    box._read()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert row.words.text() == "Key 6789. Not tried out yet."
    row.remove.click()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert (keyring.kept, row.words.text()) == ({}, "No key.")


def test_a_key_without_a_secret_is_typed_into_one_field(theme, window, loop, qtbot):
    dialog = KeysDialog(theme, "Key", "From its page.", window, has_secret=False)
    asked = loop.create_task(dialog.keys())
    loop.run_until_complete(until(dialog.isVisible))
    assert not dialog.secret.isVisible()
    assert not dialog.save.isEnabled()
    qtbot.keyClicks(dialog.key, "sk-something")
    dialog.save.click()
    assert loop.run_until_complete(asked) == ("sk-something", "")
