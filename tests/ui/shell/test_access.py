"""Every dialog and the window's own bars can be used without a mouse and without eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from puffling.ui.shell.help import HelpDialog
from tests.ui.shell.conftest import story
from tests.ui.shell.test_session import Desk, until
from tests.ui.walking import faces, faults

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

pytestmark = [
    pytest.mark.slow,  # a whole desk, and each of its dialogs
    pytest.mark.qt_log_ignore("This plugin does not support .*"),
]
DIALOGS = ("settings", "shortcuts", "layouts", "about", "help", "welcome")


def dialog_of(window: QWidget) -> QDialog | None:
    """The dialog that is open; None if there is none."""
    return next((each for each in window.findChildren(QDialog) if each.isVisible()), None)


@story
async def test_every_dialog_names_its_controls_and_tab_goes_round(profile):
    wrong = []
    async with Desk(profile) as desk:
        for what in DIALOGS:
            desk.furniture.popups.show(what)
            await until(lambda: dialog_of(desk.window) is not None)
            dialog = dialog_of(desk.window)
            assert dialog is not None
            dialog.activateWindow()
            await until(dialog.isActiveWindow)
            for face in faces(dialog):
                wrong += [f"{what} {face}: {each}" for each in faults(dialog)]
            dialog.reject()
            await until(lambda: dialog_of(desk.window) is None)
    assert not wrong, "\n".join(wrong)


@story
async def test_f1_shows_the_help_over_a_dialog_that_stays_as_it_is(profile):
    async with Desk(profile) as desk:
        desk.furniture.popups.show("settings")
        await until(lambda: dialog_of(desk.window) is not None)
        settings = dialog_of(desk.window)
        assert settings is not None
        QTest.keyClick(settings, Qt.Key.Key_F1)
        await until(lambda: settings.findChild(HelpDialog) is not None)
        page = settings.findChild(HelpDialog)
        assert page is not None
        assert page.list.currentItem().text() == "Settings"
        page.accept()
        assert settings.isVisible()
        settings.reject()
