"""The whole desk speaks another language, and finds its layout again in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffling.core.bus import EventBus
from puffling.core.settings import Language
from puffling.core.settings_store import SettingsStore
from puffling.ui.shell.layout_shapes import outline
from tests.ui.cutting import cut, outside
from tests.ui.shell.conftest import story
from tests.ui.shell.test_access import DIALOGS, dialog_of
from tests.ui.shell.test_session import Desk, until
from tests.ui.speaking import untranslated
from tests.ui.walking import faces

if TYPE_CHECKING:
    from puffling.core.paths import Paths

pytestmark = [
    pytest.mark.slow,  # a whole desk, and each of its dialogs
    pytest.mark.qt_log_ignore("This plugin does not support .*"),
]


def speak(profile: Paths, language: Language) -> None:
    """Let the next start of the desk speak a language."""
    profile.make()
    settings = SettingsStore(profile.settings, EventBus())
    settings.change("general", language=language)


@story
async def test_every_dialog_and_menu_speaks_another_language_and_cuts_nothing(profile):
    speak(profile, Language.PSEUDO)
    wrong = set()
    async with Desk(profile) as desk:
        wrong |= {f"plain {each}" for each in untranslated(desk.window.statusBar())}
        for what in DIALOGS:
            desk.furniture.popups.show(what)
            await until(lambda: dialog_of(desk.window) is not None)
            dialog = dialog_of(desk.window)
            assert dialog is not None
            for face in faces(dialog):
                wrong |= {f"{what} {face}: cut {each}" for each in cut(dialog)}
                wrong |= {f"{what} {face}: plain {each}" for each in untranslated(dialog)}
            dialog.reject()
            await until(lambda: dialog_of(desk.window) is None)
    assert not wrong, "\n".join(sorted(wrong))


@story
async def test_what_commands_ask_and_pop_ups_speak_it_too(profile):
    speak(profile, Language.PSEUDO)
    wrong = set()
    async with Desk(profile) as desk:
        await until(lambda: desk.context.quotes.last("AAPL") is not None)
        run = desk.furniture.launcher.run_id
        order = {"symbol": "AAPL", "side": "buy", "quantity": "3"}
        ways = {
            "order": lambda: desk.furniture.runner.command("order.place", **order),
            "fill in": lambda: run("data.quote"),
            "palette": desk.furniture.popups.palette,
            "wheel": desk.furniture.popups.wheel,
            "leader": desk.furniture.popups.leader,
        }
        for what, way in ways.items():
            way()
            await until(lambda: dialog_of(desk.window) is not None)
            dialog = dialog_of(desk.window)
            assert dialog is not None
            wrong |= {f"{what}: cut {each}" for each in cut(dialog) + outside(dialog)}
            wrong |= {f"{what}: plain {each}" for each in untranslated(dialog)}
            dialog.reject()
            await until(lambda: dialog_of(desk.window) is None)
    assert not wrong, "\n".join(sorted(wrong))


@story
async def test_a_layout_comes_back_when_the_language_changes(profile):
    async with Desk(profile) as desk:
        desk.context.desk.apply_layout("Review")
        kept = outline(desk.furniture._layouts.read().root)
    for language in (Language.PSEUDO, Language.ENGLISH):
        speak(profile, language)
        async with Desk(profile) as desk:
            assert desk.furniture._layouts.name == "Review"
            assert outline(desk.furniture._layouts.read().root) == kept
