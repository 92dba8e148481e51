from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from puffin.ai.base import ModelError, ModelInfo, Trouble
from puffling.commands import all_commands
from puffling.core.events import KeysChanged
from puffling.ui.dialogs.model_choice import ModelChoice, offer_models
from puffling.ui.dialogs.settings import SettingsDialog
from tests.fakes import until

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")
SMALL, LARGE = ModelInfo("model-small-1", "Small"), ModelInfo("model-large-2", "Large")


@dataclass
class FakeLister:
    """Satisfies Lister: lists what a test says, or cannot be reached."""

    has: Sequence[ModelInfo] = (SMALL, LARGE)
    known: Sequence[ModelInfo] = ()
    trouble: str = ""
    asked: list[str] = field(default_factory=list)

    def listed(self, name: str) -> Sequence[ModelInfo]:
        return self.known

    async def models(self, name: str = "") -> Sequence[ModelInfo]:
        self.asked.append(name)
        if self.trouble:
            raise ModelError(self.trouble, Trouble.KEYS, hint="Look at the network.")
        self.known = self.has
        return self.has


@pytest.fixture
def registry():
    return all_commands()


@pytest.fixture
def lister() -> FakeLister:
    return FakeLister()


@pytest.fixture
def dialog(theme, parts, qtbot, lister) -> SettingsDialog:
    made = SettingsDialog(theme, parts.context.settings, page="assistant")
    qtbot.addWidget(made)
    form = made.pages["assistant"].form
    offer_models(theme, form, lister, parts.runner.spawn, parts.signals.keys_changed)
    made.show()
    return made


@pytest.fixture
def choice(dialog) -> ModelChoice:
    found = dialog.pages["assistant"].form.editor("openai_model").findChild(ModelChoice)
    assert isinstance(found, ModelChoice)
    return found


def settle(loop, parts) -> None:
    loop.run_until_complete(until(lambda: not parts.runner.tasks))


def test_the_service_is_asked_for_its_models_and_one_is_chosen_by_keyboard(
    dialog, choice, lister, parts, loop, qtbot
):
    line = dialog.pages["assistant"].form.editor("openai_model").line
    assert lister.asked == []  # nobody is asked by looking
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_F4)
    assert "Asking OpenAI" in choice.words.text()
    settle(loop, parts)
    assert (lister.asked, choice.offers) == (["openai"], [SMALL.id, LARGE.id])
    popup = choice.completer.popup()
    assert popup.isVisible()
    assert not choice.words.isVisible()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert parts.context.settings.current.assistant.openai_model == LARGE.id


def test_without_a_list_it_says_why_and_the_name_can_be_typed(
    dialog, choice, lister, parts, loop, qtbot
):
    lister.trouble = "OpenAI cannot be reached."
    choice.button.click()
    settle(loop, parts)
    assert choice.words.text() == (
        "There is no list: OpenAI cannot be reached. Look at the network. The name can be typed."
    )
    assert choice.words.isVisible()
    qtbot.keyClicks(dialog.pages["assistant"].form.editor("openai_model").line, "my-own:7b")
    assert parts.context.settings.current.assistant.openai_model == "my-own:7b"


def test_a_test_of_the_key_fills_the_list_too(choice, lister, parts):
    lister.known = (LARGE,)
    parts.signals.keys_changed.emit(KeysChanged("anthropic"))
    assert choice.offers == []  # another service's
    parts.signals.keys_changed.emit(KeysChanged("openai"))
    assert choice.offers == [LARGE.id]


def test_a_list_that_comes_late_takes_the_keyboard_from_nobody(dialog, choice, parts, loop, qtbot):
    choice.button.click()
    dialog.list.setFocus()
    settle(loop, parts)
    assert choice.offers == [SMALL.id, LARGE.id]
    assert not choice.completer.popup().isVisible()
    assert dialog.list.hasFocus()
