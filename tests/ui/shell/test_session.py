"""The whole desk in one process: real app, real window, offscreen."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from typing_extensions import override

from puffling.app import build
from puffling.core.events import Level
from puffling.core.lock import ProfileLock
from puffling.store.opening import backups
from puffling.ui.dialogs.base import Dialog
from puffling.ui.dialogs.crash import CrashDialog
from puffling.ui.dialogs.fill_in import FillIn
from puffling.ui.dialogs.symbol_search import SymbolSearch
from puffling.ui.shell import troubles
from puffling.ui.shell.answer import AnswerDialog
from puffling.ui.shell.collector import Collector
from puffling.ui.shell.launcher import ASKED_FOR
from puffling.ui.shell.palette import Entry, Palette
from puffling.ui.shell.question import Question
from puffling.ui.shell.session import AGAIN, Session
from puffling.ui.shell.start import make_application
from puffling.ui.shell.tray import TrayIcon
from tests.ui.shell.conftest import story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from puffling.commands.context import Context
    from puffling.core.paths import Paths
    from puffling.ui.shell.furniture import Furniture
    from puffling.ui.shell.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")
ROOT = Path(__file__).parents[3]


W = TypeVar("W", bound=QObject)


async def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - many things are looked at, few of them say so
            await asyncio.sleep(0.01)


def question() -> Question | None:
    found = (each for each in QApplication.allWidgets() if isinstance(each, Question))
    return next((each for each in found if each.isVisible()), None)


async def asked() -> Question:
    await until(lambda: question() is not None)
    found = question()
    assert found is not None
    return found


def child(window: MainWindow, kind: type[W]) -> W:
    found = window.findChild(kind)
    assert found is not None
    return found


class Desk:
    """A running session, driven by a test; it ends with the `async with`."""

    def __init__(self, profile: Paths, lines: Sequence[str] = ()) -> None:
        self.session = Session(make_application(), profile, build, lines)
        self.task = asyncio.create_task(self.session.run())

    async def __aenter__(self) -> Self:
        await self.opened()
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self.task.done():
            assert await self.end() == 0

    async def opened(self) -> None:
        def settled() -> bool:
            assert not self.task.done(), self.task
            furniture = self.session.furniture
            return furniture is not None and hasattr(furniture, "indicators")

        await until(settled)

    async def end(self) -> int:
        self.session.end()
        return await self.task

    @property
    def window(self) -> MainWindow:
        assert self.session.window is not None
        return self.session.window

    @property
    def furniture(self) -> Furniture:
        assert self.session.furniture is not None
        return self.session.furniture

    @property
    def context(self) -> Context:
        return self.furniture.parts.context


def lose_database(profile: Paths, content: bytes) -> None:
    for each in profile.root.glob("puffling.db*"):
        each.unlink()
    profile.database.write_bytes(content)


@contextmanager
def held(profile: Paths) -> Iterator[None]:
    lock = ProfileLock(profile.lock)
    assert lock.acquire()
    yield
    lock.release()


@story
async def test_the_desk_opens_and_ends_and_leaves_nothing(profile):
    async with Desk(profile) as desk:
        workspace = desk.window.workspace
        assert set(workspace.widgets()) == set(workspace.docks.shown)
        assert desk.window.windowTitle() == "Puffling · Trade · DEMO"
        await until(lambda: workspace.docks._docks["chart"].windowTitle() == "AAPL 1D")
        assert desk.furniture.links.symbol("blue") == "AAPL"
        assert await desk.end() == 0
    assert not ProfileLock(profile.lock).holder()


class Shown(QObject):
    """Which widgets were shown as windows."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[str] = set()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.kinds.add(type(watched).__name__)
        return False


@story
async def test_one_window_is_shown_while_the_desk_opens(profile, qapp):
    shown = Shown()
    qapp.installEventFilter(shown)
    try:
        async with Desk(profile) as desk:
            for name in ("quant", "monitor", "trade"):
                desk.context.desk.apply_layout(name)
                await asyncio.sleep(0.05)
    finally:
        qapp.removeEventFilter(shown)
    assert shown.kinds == {"MainWindow"}


@story
async def test_rubbish_is_the_windows_threads_and_slow_starts_come_later(profile):
    gc.enable()
    async with Desk(profile) as desk:
        assert not gc.isenabled()
        collectors = desk.window.findChildren(Collector)
        assert [each._timer.isActive() for each in collectors] == [True]
        assert desk.furniture._warm_up.isActive()
    assert not gc.isenabled()


async def test_every_command_has_an_action_and_every_menu_is_there(profile):
    async with Desk(profile) as desk:
        for command in desk.furniture.parts.registry:
            assert command.id in desk.furniture.actions
        titles = [each.text() for each in desk.window.menuBar().actions()]
        assert titles == ["&File", "&Edit", "&View", "&Data", "Trade", "Too&ls", "&Help"]


@story
async def test_the_symbol_in_view_is_kept_before_the_end(profile):
    async with Desk(profile) as desk:
        desk.furniture.links.choose("blue", "IBM")
        kept = desk.context.state
        await until(lambda: (kept.get("links") or {}).get("blue") == "IBM")


@story
async def test_what_was_linked_and_arranged_is_there_after_a_restart(profile):
    async with Desk(profile) as desk:
        desk.furniture.links.choose("blue", "IBM")
        desk.context.desk.apply_layout("quant")
    async with Desk(profile) as desk:
        assert desk.furniture.links.symbol("blue") == "IBM"
        assert desk.window.windowTitle() == "Puffling · Quant · DEMO"


@story
async def test_a_second_desk_on_the_same_profile_says_so_and_writes_nothing(profile):
    with held(profile):
        desk = Desk(profile)
        dialog = await asked()
        assert "already open" in dialog.windowTitle()
        dialog.reject()
        assert await desk.task == troubles.IN_USE
    assert not profile.database.exists()


@story
async def test_a_second_desk_brings_the_first_one_to_the_front(profile, theme):
    async with Desk(profile) as desk:
        desk.window.hide()
        second = asyncio.create_task(troubles.second_window(theme, profile))
        (await asked()).buttons[-1].click()
        assert await second == 0
        assert desk.window.isVisible()


@story
async def test_closing_the_window_ends_the_program(profile):
    async with Desk(profile) as desk:
        desk.window.close()
        assert await desk.task == 0


@story
async def test_closing_during_a_job_asks_and_keeps_working_if_told_to(profile):
    began = threading.Event()

    def work(progress: Callable[[float], None]) -> None:
        began.set()
        while True:
            progress(0.5)

    async with Desk(profile) as desk:
        running = asyncio.create_task(desk.context.jobs.run("Long arithmetic", work))
        await until(began.is_set)
        desk.window.close()
        dialog = await asked()
        assert "A job is still running" in dialog.windowTitle()
        dialog.reject()
        await asyncio.sleep(0.05)
        assert not desk.task.done()
        assert desk.context.jobs.running()
        desk.window.close()
        (await asked()).buttons[-1].click()
        assert await desk.task == 0
        await asyncio.gather(running, return_exceptions=True)


@story
async def test_where_a_tray_exists_the_first_close_asks_whether_to_stay_in_it(profile, monkeypatch):
    monkeypatch.setattr(TrayIcon, "available", property(lambda _: True))
    async with Desk(profile) as desk:
        desk.window.close()
        (await asked()).reject()
        await asyncio.sleep(0.05)
        assert desk.window.isVisible()
        desk.window.close()
        (await asked()).buttons[-1].click()
        await until(lambda: not desk.window.isVisible())
        assert desk.context.settings.current.general.close_to_tray
        desk.window.bring_to_front()
        desk.window.close()
        await until(lambda: not desk.window.isVisible())
        assert not desk.task.done()
        desk.furniture.actions["desk.quit"].trigger()
        assert await desk.task == 0


@story
async def test_who_quits_when_asked_about_the_tray_is_not_asked_again(profile, monkeypatch):
    monkeypatch.setattr(TrayIcon, "available", property(lambda _: True))
    for again in (False, True):
        async with Desk(profile) as desk:
            desk.window.close()
            if not again:
                (await asked()).buttons[1].click()
            assert await desk.task == 0


@story
async def test_ctrl_q_ends_the_program(profile):
    async with Desk(profile) as desk:
        desk.furniture.actions["desk.quit"].trigger()
        assert await desk.task == 0


@story
async def test_a_folder_that_may_not_be_written_is_said_in_a_sentence_not_as_a_crash(profile):
    profile.lock.mkdir()  # refused like any file that may not be written, for root as well
    desk = Desk(profile)
    dialog = await asked()
    assert dialog.windowTitle() == "Puffling cannot start"
    dialog.reject()
    assert await desk.task == 1
    assert desk.session.crashes.count == 0


@story
async def test_the_symbol_box_shows_the_symbol_in_view_even_with_the_keyboard_in_it(profile):
    async with Desk(profile) as desk:
        box = desk.window.tools.symbol
        assert box is not None
        desk.window.activateWindow()
        box.setFocus()
        await until(box.hasFocus)
        desk.furniture.parts.links.choose("blue", "IBM")
        assert box.text() == "IBM"
        QTest.keyClicks(box, "MS")
        desk.furniture.parts.links.choose("blue", "GOOG")
        assert box.text() == "MS"  # somebody is typing


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100], ids=["empty", "garbage"])
@story
async def test_a_database_that_cannot_be_used_is_said_and_never_replaced(profile, content):
    async with Desk(profile):
        pass
    lose_database(profile, content)
    for each in profile.backups.glob("*.db"):
        each.unlink()
    desk = Desk(profile)
    dialog = await asked()
    assert dialog.windowTitle() == "Your data cannot be opened"
    assert [each.text() for each in dialog.buttons] == ["Quit", "Open folder", "Try again"]
    dialog.buttons[2].click()
    await until(lambda: question() not in {None, dialog})
    (await asked()).reject()
    assert await desk.task == 1
    assert profile.database.read_bytes() == content


@story
async def test_a_backup_is_restored_when_asked_and_the_damaged_file_is_kept(profile):
    async with Desk(profile) as desk:
        desk.context.watchlists.create("Kept")
        await asyncio.to_thread(desk.context.storage.backup_now)
    lose_database(profile, b"damaged " * 500)
    again = Desk(profile)
    dialog = await asked()
    dialog.buttons[-1].click()
    await until(lambda: question() not in {None, dialog})
    (await asked()).buttons[-1].click()
    async with again as desk:
        assert "Kept" in [each.name for each in desk.context.watchlists.all()]
    assert any(b"damaged" in each.read_bytes()[:20] for each in profile.root.glob("puffling*"))


@story
async def test_where_the_newest_backup_is_no_use_the_next_one_is_offered(profile):
    async with Desk(profile) as desk:
        desk.context.watchlists.create("Kept")
        await asyncio.to_thread(desk.context.storage.backup_now)
    lose_database(profile, b"damaged " * 500)
    (profile.backups / "puffling-29990101-000000-000000.db").write_bytes(b"rubbish")
    again = Desk(profile)
    dialog = await asked()
    dialog.buttons[-1].click()
    await until(lambda: question() not in {None, dialog})
    newest = await asked()
    newest.buttons[-1].click()
    await until(lambda: question() not in {None, newest})
    older = await asked()
    assert older.buttons[-1].text() == "Restore the next"
    older.buttons[-1].click()
    async with again as desk:
        assert "Kept" in [each.name for each in desk.context.watchlists.all()]


@story
async def test_a_restored_backup_is_there_when_the_desk_starts_again(profile):
    async with Desk(profile) as desk:
        await until(lambda: bool(backups(profile)) and not desk.context.jobs.running())
        desk.context.watchlists.create("Later")
        await desk.context.risk.halt("test", "a drill")
        name = backups(profile)[0].name
        desk.furniture.runner.command("backup.restore", name=name, word="restore")
        assert await desk.task == AGAIN
    async with Desk(profile) as desk:
        assert "Later" not in [each.name for each in desk.context.watchlists.all()]
        assert desk.context.risk.halted() is not None
        told = [each.title for each in desk.context.notifications.all()]
        assert any(each.startswith(f"{name} was restored.") for each in told)


@story
async def test_broken_settings_and_a_broken_layout_open_the_desk_with_a_word_about_it(profile):
    profile.settings.write_text("{")
    (profile.layouts / "current.json").write_text("[]")
    async with Desk(profile) as desk:
        kept = desk.context.notifications.all()
        words = " ".join(f"{each.title} {each.text}" for each in kept)
        assert "settings.json" in words
        assert "current.json" in words
        assert {each.level for each in kept} == {Level.WARNING}


@story
async def test_a_crash_is_shown_once_and_the_desk_goes_on(profile):
    async def fail() -> None:
        raise ZeroDivisionError("a mistake of ours")

    async with Desk(profile) as desk:
        for _ in range(3):
            desk.furniture.parts.runner.spawn(fail())
        await until(lambda: desk.session.crashes.count == 3)
        shown = desk.window.findChildren(CrashDialog)
        assert len(shown) == 1
        assert "a mistake of ours" in shown[0].report.toPlainText()
        shown[0].accept()
        desk.context.desk.open_panel("backtest")
        assert "backtest" in desk.window.workspace.docks.shown


@story
async def test_the_kill_switch_is_seen_everywhere_and_after_a_restart(profile):
    async with Desk(profile) as desk:
        await desk.context.risk.halt("test", "a drill")
        assert desk.window.windowTitle().startswith("HALTED · ")
        assert desk.window.banner.isVisible()
        assert desk.furniture.tray.state == "halted"
    async with Desk(profile) as desk:
        assert desk.window.banner.isVisible()
        desk.context.risk.resume("test", "RESUME")
        assert not desk.window.banner.isVisible()
        assert desk.window.windowTitle() == "Puffling · Trade · DEMO"


@story
async def test_a_symbol_is_chosen_in_the_search_and_the_keyboard_goes_back(profile, qtbot):
    async with Desk(profile) as desk:
        window = desk.window
        await until(lambda: bool(desk.furniture.popups.suggestions("GOOG")))
        window.workspace.focus("watchlist")
        before = QApplication.focusWidget()
        desk.furniture.actions["desk.symbol"].trigger()
        await until(lambda: window.findChild(SymbolSearch) is not None)
        search = child(window, SymbolSearch)
        qtbot.keyClicks(search.line, "goog")
        qtbot.keyClick(search.line, Qt.Key.Key_Return)
        assert desk.furniture.links.symbol("blue") == "GOOG"
        symbol = window.tools.symbol
        assert symbol is not None
        assert symbol.text() == "GOOG"
        assert QApplication.focusWidget() is before


@story
async def test_appearance_and_keys_follow_the_settings_at_once(profile):
    async with Desk(profile) as desk:
        settings = desk.context.settings
        settings.change("appearance", theme="light")
        assert not desk.window.theme.is_dark
        settings.change("shortcuts", keys={"desk.palette": "Ctrl+J"})
        assert desk.furniture.actions["desk.palette"].shortcut().toString() == "Ctrl+J"
        settings.change("appearance", theme="dark")


@story
async def test_the_palette_runs_commands_and_remembers_them(profile, qtbot):
    async with Desk(profile) as desk:
        desk.furniture.actions["desk.palette"].trigger()
        await until(lambda: desk.window.findChild(Palette) is not None)
        palette = child(desk.window, Palette)
        qtbot.keyClicks(palette.findChild(QLineEdit), "backtest")
        qtbot.keyClick(palette.findChild(QLineEdit), Qt.Key.Key_Return)
        await until(lambda: desk.window.workspace.docks.current == "backtest")
    async with Desk(profile) as desk:
        assert desk.furniture.launcher.recent[0] == "panel.backtest"


@story
async def test_a_form_begins_with_the_symbol_in_view_only_where_one_is_needed(profile):
    async with Desk(profile) as desk:
        for id_, symbol in (("alert.add", "AAPL"), ("data.import_csv", "")):
            desk.furniture.actions[id_].trigger()
            await until(lambda: desk.window.findChild(FillIn) is not None)
            dialog = child(desk.window, FillIn)
            assert dialog.form.editor("symbol").value() == symbol
            dialog.reject()
            await until(lambda: desk.window.findChild(FillIn) is None)


@story
async def test_what_is_asked_for_is_asked_for_and_what_was_found_is_shown(profile):
    async with Desk(profile) as desk:
        desk.furniture.actions["watchlist.create"].trigger()
        await until(lambda: desk.window.findChild(FillIn) is not None)
        child(desk.window, FillIn).reject()
        desk.furniture.actions["risk.limits"].trigger()
        await until(lambda: desk.window.findChild(AnswerDialog) is not None)
        answer = child(desk.window, AnswerDialog)
        assert answer.page.toPlainText()
        answer.accept()


@story
async def test_a_refused_form_comes_back_with_what_was_typed_and_says_why(profile):
    async with Desk(profile) as desk:
        desk.furniture.launcher.run_id("backtest.remove")
        await until(lambda: desk.window.findChild(FillIn) is not None)
        first = child(desk.window, FillIn)
        first.form.editor("id").show_value("yesterday")
        first.go.click()
        await until(lambda: desk.window.findChild(FillIn) not in {None, first})
        again = child(desk.window, FillIn)
        assert again.form.values() == {"id": "yesterday"}
        assert "There is no backtest 'yesterday'." in again.form._general.text()
        again.reject()
        await until(lambda: desk.window.findChild(FillIn) is None)
        assert not desk.context.notifications.all()


@story
async def test_every_dialog_opens_and_closes(profile):
    async with Desk(profile) as desk:
        for what in ("settings", "shortcuts", "about", "help", "welcome"):
            before = set(desk.window.findChildren(Dialog))
            desk.context.desk.show(what)
            await until(lambda: bool(set(desk.window.findChildren(Dialog)) - before))  # noqa: B023
            (opened,) = set(desk.window.findChildren(Dialog)) - before
            opened.reject()
            await asyncio.sleep(0.02)


def test_only_commands_that_exist_are_asked_for(registry):
    assert all(each in registry for each in ASKED_FOR)


PAINT = """
import sys, tempfile, pathlib
from puffling.ui.shell.start import make_application
from puffling.ui.shell.session import Session
from puffling.ui.shell.start import make_application
from puffling.ui.shell.window import MainWindow
from puffling.ui.shell.layouts import Layouts
from puffling.store.layouts import LayoutStore
from puffling.ui.theme.theme import Theme
app = make_application()
theme = Theme()
theme.apply(app, theme.appearance)
window = MainWindow(theme)
layouts = Layouts(window, window.workspace, LayoutStore(pathlib.Path(tempfile.mkdtemp())))
layouts.begin()
seen = []
window.painted.connect(lambda: seen.append(True))
window.show()
app.processEvents()
assert seen
print(*{name.partition(".")[0] for name in sys.modules})
"""


def test_the_first_paint_needs_neither_the_database_nor_the_charts():
    done = subprocess.run(
        [sys.executable, "-c", PAINT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert not loaded & {"sqlalchemy", "pyqtgraph", "numpy", "keyring", "jeepney"}


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_in_good_order(profile, ending):
    command = [sys.executable, "-m", "puffling", "--data-dir", str(profile.root)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    log = profile.logs / "puffling.log"
    try:
        for _ in range(4500):
            if log.exists() and "Panels in place" in log.read_text():
                break
            threading.Event().wait(0.02)
        process.send_signal(ending)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert "Crash" not in log.read_text()
    assert not ProfileLock(profile.lock).holder()


def test_a_thousand_qt_calls_keep_every_reference_to_none(qapp):
    """PySide6 6.12.0 lost one with each call on Python 3.11, and aborted after five thousand."""
    owner = QObject()
    before = sys.getrefcount(None)
    for number in range(1000):
        owner.setObjectName(str(number))
    assert sys.getrefcount(None) - before > -10


@story
async def test_a_macro_is_recorded_kept_and_run(profile, qtbot):
    async with Desk(profile) as desk:
        registry, context = desk.furniture.parts.registry, desk.context
        context.desk.record_lines()
        lines = desk.furniture.popups.lines
        lines.run("LAYOUT quant")
        await until(lambda: desk.furniture._layouts.name == "Quant")
        desk.furniture.launcher.run_id("panel.risk")
        await until(lambda: lines._recorded is not None and len(lines._recorded) == 2)
        await registry["macro.keep"].run_with(context, {"name": "Evening"})
        assert context.macros.get("Evening").lines == ("LAYOUT quant", "panel.risk")
        lines.run("LAYOUT trade")
        await until(lambda: desk.furniture._layouts.name == "Trade")
        await registry["macro.run"].run_with(context, {"name": "Evening"})
        await until(lambda: desk.window.workspace.docks.current == "risk")
        assert desk.furniture._layouts.name == "Quant"


@story
async def test_a_line_that_fails_ends_a_macro_with_a_word(profile, qtbot):
    async with Desk(profile) as desk:
        context = desk.context
        context.macros.save("Broken", ["B 1", "LAYOUT quant"])
        context.desk.run_lines(context.macros.get("Broken").lines)
        await until(
            lambda: any("Which symbol" in each.title for each in context.notifications.all(5))
        )
        assert desk.furniture._layouts.name != "Quant"


@story
async def test_a_macro_that_comes_back_to_itself_is_refused_before_anything_is_done(profile, qtbot):
    async with Desk(profile) as desk:
        context = desk.context
        context.macros.save("First", ["LAYOUT quant", 'macro.run name="Second"'])
        context.macros.save("Second", ["LAYOUT review", "macro.run name=first"])
        context.desk.run_lines(context.macros.get("First").lines)
        await until(
            lambda: any(
                "comes back to itself" in each.title for each in context.notifications.all(5)
            )
        )
        assert desk.furniture._layouts.name == "Trade"


@story
async def test_a_macro_in_a_macro_is_done_in_its_place(profile, qtbot):
    async with Desk(profile) as desk:
        context = desk.context
        context.macros.save("Inner", ["LAYOUT quant", "settings.theme theme=light"])
        context.macros.save("Outer", ['macro.run name="Inner"', "LAYOUT review"])
        context.desk.run_lines(context.macros.get("Outer").lines)
        await until(lambda: desk.furniture._layouts.name == "Review")
        assert context.settings.current.appearance.theme == "light"


@story
async def test_a_symbol_and_a_saved_layout_chosen_while_a_macro_is_recorded_are_in_it(
    profile, qtbot
):
    async with Desk(profile) as desk:
        context, popups = desk.context, desk.furniture.popups
        context.desk.save_layout("My desk")
        context.desk.record_lines()
        popups._use(Entry("Symbol", "IBM", "IBM"))
        popups._use(Entry("Layout", "saved:My desk", "My desk"))
        popups.lines.note("watchlist.create", {"name": 'The "best"'})
        assert context.desk.recorded_lines() == [
            'desk.symbol symbol="IBM"',
            'layout.open name="My desk"',
            "watchlist.create name=\"The 'best'\"",
        ]


@story
async def test_the_latency_display_measures_quotes_and_panels_and_goes_again(profile, qtbot):
    async with Desk(profile) as desk:
        context, hud = desk.context, desk.furniture.hud
        context.desk.show("hud")
        await until(lambda: context.watchdog.flight.latency(60).count > 2)
        await until(lambda: "Price chart" in hud.text() and "p50" in hud.text())
        assert hud.isVisible()
        context.desk.show("hud")
        assert not hud.isVisible()


@story
async def test_a_file_of_layouts_that_is_opened_is_kept_and_used(profile, tmp_path):
    file = tmp_path / "my desk.puffling-layout"
    async with Desk(profile) as desk:
        registry, context = desk.furniture.parts.registry, desk.context
        context.desk.apply_layout("quant")
        context.desk.save_layout("Evening")
        await registry["layout.export"].run_with(context, {"path": file, "name": "Evening"})
        context.desk.apply_layout("trade")
        await registry["layout.delete"].run_with(context, {"name": "Evening"})
    async with Desk(profile, [f'layout.import path="{file}" use=true']) as desk:
        await until(lambda: desk.furniture._layouts.name == "Evening")
        assert "backtest" in desk.window.workspace.docks.shown
