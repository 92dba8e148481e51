"""The strategies panel: what there is, rules of your own, and what they say now."""

from __future__ import annotations

import asyncio
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QVBoxLayout
from typing_extensions import override

from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.following import Following
from puffling.ui.panel import PanelWidget
from puffling.ui.panels.strategies.entries import UNREAD, read_library
from puffling.ui.panels.strategies.library_tab import LibraryTab
from puffling.ui.panels.strategies.own_files import write_example
from puffling.ui.panels.strategies.rules_tab import RulesTab
from puffling.ui.panels.strategies.signals_tab import SignalsTab
from puffling.ui.widgets.file_dialog import ask_file
from puffling.ui.widgets.reading import Reading
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.tab_keys import turn_with_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from puffling.core.events import JobChanged
    from puffling.ui.panel import Parts
    from puffling.ui.panels.strategies.entries import Entry

_JSON = "Strategies (*.json)"
_TABS = ("library", "rules", "signals")


class StrategiesPanel(PanelWidget):
    """Three tabs: the library, the editor of rules, and the signals."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        theme = parts.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        column.addWidget(self.tabs)
        self._suggest = Suggestions()
        self.library, self.signals = LibraryTab(theme), SignalsTab(theme, self._suggest)
        self.rules = RulesTab(theme)
        for page, title in (
            (self.library, "Library"),
            (self.rules, "Rules"),
            (self.signals, "Signals"),
        ):
            self.tabs.addTab(page, title)
        self.open_folder: Callable[[Path], bool] = _open_folder
        self._revisions_of = ""
        self._looked_at: set[str] = set()
        self._looking = Following(parts, self.spawn, self, lasts=False)
        self._asking = Following(parts, self.spawn, self, lasts=False)
        self._read = Reading(self.spawn, self._read_library, self._show_library, self._fail)
        self._connect()
        self.library.states.show_loading("Reading the library…", cancellable=False)
        self.signals.follow(self.symbol)
        self._show_lists()
        self.spawn(self._begin())

    # -- the habits of panels ----------------------------------------------------------------

    @override
    def on_symbol(self, symbol: str) -> None:
        self.signals.follow(symbol)

    @override
    def run_focused(self) -> None:
        if self.tabs.currentWidget() is self.signals:
            self.signals.ask()
        else:
            self._look(again=True)

    @override
    def apply_focused(self) -> None:
        page = self.tabs.currentWidget()
        if page is self.rules:
            self.rules.save()
        elif page is self.signals:
            self.signals.ask()
        elif self.library.details.save_button.isEnabled():
            self._save_parameters(revise=True)

    @override
    def primary_focus(self) -> QWidget:
        page = self.tabs.currentWidget()
        if page is self.rules:
            return self.rules.tree
        return self.signals.place if page is self.signals else self.library.view

    @override
    def state(self) -> dict[str, Any]:
        return super().state() | {
            "tab": _TABS[self.tabs.currentIndex()],
            "library": self.library.state(),
            "rules": self.rules.state(),
            "signals": self.signals.state(),
        }

    @override
    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        for name, take in (
            ("library", self.library.restore),
            ("rules", self.rules.restore),
            ("signals", self.signals.restore),
        ):
            if isinstance(state.get(name), dict):
                take(state[name])
        if state.get("tab") in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(str(state["tab"])))

    # -- reading -----------------------------------------------------------------------------

    async def _begin(self) -> None:
        """Import the catalogue of indicators off the loop's thread, then read and look."""
        await asyncio.to_thread(import_module, "puffin.strategies.tuning")
        self._read.ask()
        await self._read_instruments()

    async def _read_instruments(self) -> None:
        self._suggest.load(await asyncio.to_thread(self.parts.context.bars.instruments))

    def _read_library(self) -> list[Entry]:
        return read_library(self.parts.context)

    def _show_library(self, entries: list[Entry]) -> None:
        self.library.show_entries(entries)
        self.signals.show_strategies(entries)
        self._show_revisions(again=True)
        unread = {each.id for each in entries if each.state == UNREAD}
        if unread - self._looked_at:  # each once: one that cannot be read is not asked for ever
            self._looked_at |= unread
            self._look()

    def _looked(self, _cards: object) -> None:
        """Files may have come, gone or changed: everybody who lists strategies should know."""
        files = {each.id: each.state for each in self.library.entries if each.path is not None}
        now = {each.id: str(each.state) for each in self.parts.context.strategies.files.cards()}
        if files != now:
            self.parts.context.strategies.announce()
        else:
            self._read.ask()

    def _show_lists(self) -> None:
        lists = self.parts.context.watchlists.all()
        self.signals.show_lists({each.name: tuple(each.symbols) for each in lists})

    def _fail(self, error: Exception) -> None:
        self.library.states.show_error(str(error), str(getattr(error, "hint", "")))

    def _show_revisions(self, *_: object, again: bool = False) -> None:
        entry = self.library.current
        id_ = entry.id if entry is not None and entry.is_saved else ""
        if id_ and (again or id_ != self._revisions_of):
            self.spawn(self._read_revisions(id_))
        self._revisions_of = id_

    async def _read_revisions(self, id_: str) -> None:
        found = await asyncio.to_thread(self.parts.context.strategies.revisions, id_)
        if id_ == self._revisions_of:
            self.library.details.revisions.show_revisions(found)

    def _compare(self, first: int, second: int) -> None:
        self.spawn(self._read_differences(self._revisions_of, first, second))

    async def _read_differences(self, id_: str, first: int, second: int) -> None:
        service = self.parts.context.strategies
        said = await asyncio.to_thread(service.diff, id_, first, second)
        if id_ == self._revisions_of:
            self.library.details.revisions.show_differences(first, second, said)

    # -- doing -------------------------------------------------------------------------------

    def act(self, name: str) -> None:
        """Do something with the chosen strategy."""
        entry = self.library.current
        if entry is None:
            return
        if name in {"backtest", "optimise"}:
            self._try(entry, optimise=name == "optimise")
        elif name == "edit":
            self._edit(entry)
        elif name == "clone":
            self.library.bar.ask_name(
                f"Save a copy of {entry.title} as",
                self._free_name(entry.title),
                "Clone",
                lambda given: self._clone(entry, given),
            )
        elif name == "save":
            self._save_parameters(revise=False)
        elif name == "export":
            ask_file(
                self,
                f"Export {entry.title}",
                lambda path: self._export(entry.id, path),
                kinds=_JSON,
                save_as=f"{re.sub(r'[^a-z0-9]+', '_', entry.title.lower()).strip('_')}.json",
            )
        elif name == "remove":
            count = f"its {entry.revision} revisions" if entry.revision > 1 else "its revision"
            self.library.bar.ask_yes(
                f"Remove {entry.title} with {count}? Its backtests stay.",
                "Remove",
                lambda: self.parts.runner.command("strategy.remove", id=entry.id),
            )

    def make(self, name: str) -> None:
        """Make something new: rules, a file, or what was exported elsewhere."""
        if name == "rules":
            self.tabs.setCurrentWidget(self.rules)
            self.rules.begin()
        elif name == "file":
            self.spawn(self._make_file())
        elif name == "import":
            ask_file(
                self,
                "Import a strategy",
                lambda path: self._saving("strategy.import", path=path),
                kinds=_JSON,
            )
        else:
            self.spawn(self._show_folder())

    def backtest(self) -> None:
        """Try what is chosen, or what is edited, in the backtest panel."""
        if self.tabs.currentWidget() is self.rules:
            self.rules.backtest()
        else:
            self.library.act("backtest")

    def _try(self, entry: Entry, *, optimise: bool) -> None:
        details = self.library.details
        if not details.check():
            return
        self._hand_over(entry.id, details.parameters, optimise=optimise)

    def _hand_over(
        self, id_: str, parameters: Mapping[str, Any], *, optimise: bool = False
    ) -> None:
        try:
            self.parts.context.desk.try_strategy(id_, parameters, optimise=optimise)
        except (PuffinError, PufflingError) as error:
            self.parts.runner.report(error)

    def _edit(self, entry: Entry) -> None:
        self.tabs.setCurrentWidget(self.rules)
        document = dict(entry.document)
        if entry.is_template:
            document["name"] = self._free_name(entry.title)
        self.rules.begin(document, entry.id if entry.is_saved else "")

    def _clone(self, entry: Entry, name: str) -> None:
        if entry.is_template:
            self._saving("strategy.save", name=name, strategy=entry.id)
        else:
            self._saving("strategy.clone", strategy=entry.id, name=name)

    def _save_parameters(self, *, revise: bool) -> None:
        entry, details = self.library.current, self.library.details
        if entry is None or not entry.can_be_used or not details.check():
            return
        values = {"strategy": entry.id, "parameters": details.parameters}
        if revise:
            self._saving("strategy.save", name=entry.title, id=entry.id, **values)
            return
        self.library.bar.ask_name(
            f"Save {entry.title} with these parameters as",
            self._free_name(entry.title),
            "Save",
            lambda name: self._saving("strategy.save", name=name, **values),
        )

    def _save_rules(
        self,
        name: str,
        document: dict[str, Any],
        id_: str,
        note: str,
        backtest: bool,  # noqa: FBT001 - as Qt's signal hands it on
    ) -> None:
        values = {"name": name, "rules": document, "id": id_, "note": note}
        self.spawn(self._keep_rules(values, backtest=backtest))

    async def _keep_rules(self, values: dict[str, Any], *, backtest: bool) -> None:
        command = self.parts.registry["strategy.save"]
        saved = await command.run_with(self.parts.context, values)
        self.rules.note_saved(saved.id, saved.name)
        self.library.choose(saved.id)
        if backtest:
            self._hand_over(saved.id, {})

    def _saving(self, command: str, **values: object) -> None:
        """Run a command that saves a strategy, and choose what came of it."""
        self.spawn(self._save_with(command, values))

    async def _save_with(self, command: str, values: dict[str, object]) -> None:
        saved = await self.parts.registry[command].run_with(self.parts.context, values)
        self.library.choose(saved.id)

    def _export(self, id_: str, path: str) -> None:
        self.parts.runner.command("strategy.export", strategy=id_, path=path)

    def _look(self, **values: object) -> None:
        self._looking.begin("strategy.list", values, "Look at strategies")

    async def _make_file(self) -> None:
        folder = self.parts.context.strategies.files.make_folder()
        path = await asyncio.to_thread(write_example, folder)
        self.library.choose(f"file:{path.stem}")
        self._look()
        self._open(folder)

    async def _show_folder(self) -> None:
        self._open(self.parts.context.strategies.files.make_folder())

    def _open(self, folder: Path) -> None:
        """Show the folder in the desktop's own file manager, or say where it is."""
        if not self.open_folder(folder):
            sentence = "This desktop opens no folders for Puffling."
            self.parts.runner.report(PufflingError(sentence, hint=f"The files lie in {folder}."))

    def _show_marks(self, symbol: str, strategy: str) -> None:
        """Show a symbol here and on its chart, with the signals of a strategy."""
        self.set_symbol(symbol)
        self.parts.runner.command("chart.signals", strategy=strategy)

    def _free_name(self, title: str) -> str:
        taken = {each.title for each in self.library.entries if not each.is_template}
        name, number = title, 1
        while name in taken:
            number += 1
            name = f"{title} {number}"
        return name

    # -- building ----------------------------------------------------------------------------

    def _connect(self) -> None:
        library, details = self.library, self.library.details
        library.acted.connect(self.act)
        library.made.connect(self.make)
        library.view.chosen.connect(self._show_revisions)
        library.states.retried.connect(self._read.ask)
        details.save_asked.connect(lambda revise: self._save_parameters(revise=revise))
        details.revisions.compare_asked.connect(self._compare)
        details.revisions.restore_asked.connect(self._restore)
        self.rules.save_asked.connect(self._save_rules)
        self.rules.backtest_asked.connect(lambda id_: self._hand_over(id_, {}))
        self.signals.asked.connect(
            lambda symbols, ids: self._asking.begin(
                "strategy.signals", {"symbols": symbols, "strategies": ids}, "Signals"
            )
        )
        self.signals.symbol_chosen.connect(self.set_symbol)
        self.signals.marks_asked.connect(self._show_marks)
        states = self.signals.states
        states.cancelled.connect(self._asking.cancel)
        self._asking.moved.connect(states.show_loading)
        self._asking.finished.connect(self.signals.show_rows)
        self._asking.failed.connect(
            lambda error: states.show_error(str(error), str(getattr(error, "hint", "")))
        )
        self._asking.gone.connect(self.signals.show_nothing)
        self._looking.finished.connect(self._looked)
        self._looking.failed.connect(self._fail)
        signals = self.parts.signals
        self.listen(signals.job_changed, self._on_job)
        self.listen(signals.strategies_changed, self._read.ask)
        self.listen(signals.backtest_done, self._read.ask)
        self.listen(signals.bars_changed, lambda _: self.spawn(self._read_instruments()))
        self.listen(signals.watchlists_changed, lambda _: self._show_lists())
        self._keys = turn_with_keys(self, self.tabs, self.primary_focus)
        self._shortcut = QShortcut(QKeySequence("Ctrl+B"), self, self.backtest)
        self._shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _on_job(self, event: JobChanged) -> None:
        self._looking.on_job(event)
        self._asking.on_job(event)

    def _restore(self, number: int) -> None:
        self.parts.runner.command("strategy.restore", id=self._revisions_of, number=number)


def _open_folder(folder: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
