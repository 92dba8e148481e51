"""F1 in a dialog opens the page of the help that is about it."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

import puffling.ui.dialogs
import puffling.ui.shell
from puffling.ui.dialogs.base import Dialog
from puffling.ui.shell.help import HelpDialog, pages
from puffling.ui.widgets.help_key import HelpKey


class Desk:
    """Notes which pages are asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def open(self, topic: str, _dialog: object) -> None:
        self.asked.append(topic)


def all_dialogs() -> list[type[Dialog]]:
    for package in (puffling.ui.dialogs, puffling.ui.shell):
        for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(each.name)
    return [each for each in Dialog.__subclasses__() if each.__module__.startswith("puffling.")]


@pytest.mark.parametrize("kind", all_dialogs())
def test_every_dialog_names_a_page_of_its_own_choice(kind):
    assert "topic" in vars(kind)
    assert kind is HelpDialog or kind.topic in pages()


def test_f1_opens_the_page_wherever_the_keyboard_is_in_the_dialog(theme, qtbot):
    desk = Desk()
    HelpKey.use(desk.open)
    dialog = Dialog(theme, "Question")
    qtbot.addWidget(dialog)
    line = QLineEdit()
    dialog.body.addWidget(line)
    dialog.show()
    QTest.keyClick(line, Qt.Key.Key_F1)
    QTest.keyClick(dialog, Qt.Key.Key_F1)
    assert desk.asked == ["start", "start"]
    del desk
    QTest.keyClick(line, Qt.Key.Key_F1)  # nobody is there any more; nothing happens
    assert dialog.isVisible()
