"""The dialogs and pop-ups that commands open, each by its name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from shiboken6 import isValid

from puffling.core.errors import BadValueError, PufflingError
from puffling.core.events import Level, NoticePosted
from puffling.ui.shell import shortcuts
from puffling.ui.shell.builtin_layouts import BUILT_IN
from puffling.ui.shell.focus import FocusKeeper
from puffling.ui.shell.layout_document import panel_of
from puffling.ui.shell.lines import KIND as LINE
from puffling.ui.shell.lines import Lines
from puffling.ui.shell.palette import Entry, Grammar, Palette
from puffling.ui.widgets.help_key import HelpKey
from puffling.ui.widgets.suggestions import Suggestions
from puffling.ui.widgets.symbol_edit import Suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from puffling.ui.dialogs.base import Dialog
    from puffling.ui.dialogs.symbol_search import SymbolSearch
    from puffling.ui.panel import Parts
    from puffling.ui.shell.actions import Actions
    from puffling.ui.shell.help import HelpDialog
    from puffling.ui.shell.launcher import Launcher
    from puffling.ui.shell.layouts import Layouts
    from puffling.ui.shell.window import MainWindow

PAUSE = 0.35  # seconds without a key before a provider is asked
_KINDS = {"panel": "Panel", "layout": "Layout"}
_PURPOSES = {
    "Morning": "Your list, a chart, what waits for you",
    "Trade": "Watchlist, chart, ticket, portfolio",
    "Research": "Find symbols, compare charts",
    "Quant": "Strategies and backtests",
    "Review": "Performance and risk",
    "Monitor": "What runs by itself",
}


class Popups(QObject):
    """Opens them; what a person decides in them goes through commands and settings."""

    def __init__(
        self,
        window: MainWindow,
        parts: Parts,
        *,
        actions: Actions,
        layouts: Layouts,
        launcher: Launcher,
        choose_symbol: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._parts = window, parts
        self._actions, self._layouts, self._launcher = actions, layouts, launcher
        self._choose_symbol = choose_symbol
        self._help: HelpDialog | None = None
        HelpKey.use(self.help_over)
        self.suggestions = Suggestions()
        self.lines = Lines(parts, layouts, self.suggestions, self)
        launcher.ran.connect(self.lines.note)
        self._open = {
            "palette": self.palette,
            "wheel": self.wheel,
            "leader": self.leader,
            "symbols": self.symbols,
            "settings": self.settings,
            "shortcuts": self.shortcuts,
            "welcome": self.welcome,
            "about": self.about,
            "help": self.help,
            "layouts": self.layouts,
        }
        parts.signals.bars_changed.connect(lambda _event: self.load_symbols())
        self.load_symbols()

    def show(self, what: str) -> None:
        """Open the one called `what`.

        Raises:
            BadValueError: Nothing is called that.
        """
        if what not in self._open:
            raise BadValueError(f"There is nothing called {what!r} to open.")
        self._open[what]()

    def add(self, what: str, open_: Callable[[], None]) -> None:
        """Let something that others built be opened by a name, too."""
        self._open[what] = open_

    def load_symbols(self) -> None:
        """Ask again which symbols there are, off this thread."""
        self._parts.runner.spawn(self._load_symbols(), self, name="symbols")

    # Pop-ups

    def palette(self) -> None:
        """Open the command palette."""
        lines = self.lines
        grammar = Grammar(lines.reader(), lines.completer(), lines.history)
        palette = Palette(self._parts.theme, self._entries(), self._symbols, self._window, grammar)
        palette.chosen.connect(self._use)
        FocusKeeper(palette)
        palette.open_over(self._window)

    def wheel(self) -> None:
        """Open the workflow wheel."""
        from puffling.ui.shell.wheel import Wheel

        wheel = Wheel(self._parts.theme, self._parts.context.market.describe, self._window)
        wheel.chosen.connect(self._open_stage)
        FocusKeeper(wheel)
        wheel.open_over(self._window)

    def leader(self) -> None:
        """Show which letters lead to which command."""
        from puffling.commands.keystrokes import groups
        from puffling.ui.shell.leader import Leader

        registry = self._parts.registry
        leader = Leader(self._parts.theme, registry, groups(registry), self._window)
        leader.chosen.connect(self._launcher.run_id)
        FocusKeeper(leader)
        leader.open_over(self._window)

    def symbols(self) -> None:
        """Open the symbol search."""
        from puffling.ui.dialogs.symbol_search import SymbolSearch

        search = SymbolSearch(self._parts.theme, self.suggestions(""), self._window)
        search.chosen.connect(self._take_symbol)
        search.asked.connect(lambda text: self._ask_provider(search, text))
        FocusKeeper(search)
        search.open_over(self._window)

    # Dialogs

    def settings(self, page: str = "") -> None:
        """Open the settings."""
        from puffling.ui.dialogs.model_choice import offer_models
        from puffling.ui.dialogs.settings import SettingsDialog

        parts = self._parts
        dialog = SettingsDialog(
            parts.theme,
            parts.context.settings,
            changed=parts.signals.settings_changed,
            page=page,
            extras={"connections": self._connections(), "assistant": self._models()},
            parent=self._window,
        )
        form, keys = dialog.pages["assistant"].form, parts.context.model_keys
        offer_models(parts.theme, form, keys, parts.runner.spawn, parts.signals.keys_changed)
        self._present(dialog)

    def shortcuts(self) -> None:
        """Open the table of keys."""
        from puffling.ui.dialogs.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(
            self._parts.theme,
            self._parts.registry,
            keys=lambda: self._actions.keys,
            change=self._change_key,
            parent=self._window,
        )
        self._present(dialog)

    def layouts(self) -> None:
        """Open the list of layouts."""
        from puffling.ui.dialogs.layouts import LayoutsDialog
        from puffling.ui.shell.layout_keys import LayoutKeys
        from puffling.ui.shell.layout_shelf import LayoutShelf

        shelf = LayoutShelf(
            self._layouts,
            LayoutKeys(self._layouts),
            self._parts.context.desk.apply_layout,
            self._actions.keys,
        )
        self._present(LayoutsDialog(self._parts.theme, shelf, self._window))

    def about(self) -> None:
        """Say who made what."""
        from puffling.ui.dialogs.about import AboutDialog

        self._present(AboutDialog(self._parts.theme, self._window))

    def help(self) -> None:
        """Open the help at the focused panel."""
        from puffling.ui.shell.help import HelpDialog

        topic = panel_of(self._window.workspace.docks.current)
        # No search for it in the window: see widgets/reach.py.
        if self._help is not None and isValid(self._help):
            self._help.open_page(topic)
            self._help.activateWindow()
        else:
            self._help = HelpDialog(self._parts.theme, topic, self._window)
            self._present(self._help)

    def help_over(self, topic: str, dialog: QWidget) -> None:
        """Open the help at a topic over a dialog; a pop-up gives way to it."""
        from puffling.ui.shell.help import HelpDialog

        is_popup = dialog.windowType() is Qt.WindowType.Popup
        if is_popup:
            dialog.close()
        self._present(HelpDialog(self._parts.theme, topic, self._window if is_popup else dialog))

    def welcome(self) -> None:
        """Show the welcome pages."""
        self._parts.runner.spawn(self._welcome(), self, name="welcome")

    def details(self, notice: NoticePosted) -> None:
        """Show what lies behind a notice."""
        from puffling.ui.dialogs.crash import CrashDialog

        dialog = CrashDialog(
            self._parts.theme,
            notice.details,
            title=notice.title,
            text=notice.text or "What led to it:",
            parent=self._window,
        )
        self._present(dialog)

    # Inside

    @staticmethod
    def _present(dialog: Dialog) -> None:
        """Open a dialog that nobody waits for; it goes when it is closed."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _connections(self) -> QWidget:
        """Return what keeps and tries the keys of a broker."""
        from puffling.ui.dialogs.connections import ConnectionsBox

        parts = self._parts
        return ConnectionsBox(
            parts.theme, parts.runner, parts.context.connections, parts.signals.keys_changed
        )

    def _models(self) -> QWidget:
        """Return what keeps and tries the keys of models."""
        from puffling.services.model_keys import TITLES
        from puffling.ui.dialogs.connections import ConnectionsBox, Kind

        parts, asking = self._parts, "Asking for its models…"
        buttons = ("assistant.set_key", "assistant.test", "assistant.remove_key")
        kind = Kind(TITLES, *buttons, words="Set key…", asking=asking)
        changed = parts.signals.keys_changed
        return ConnectionsBox(parts.theme, parts.runner, parts.context.model_keys, changed, kind)

    def _entries(self) -> list[Entry]:
        registry, keys = self._parts.registry, self._actions.keys
        entries = {
            each.id: Entry(
                _KINDS.get(each.id.partition(".")[0], "Command")
                if each.window_only and not each.title.endswith("…")
                else "Command",
                each.id,
                each.title,
                keys.get(each.id, ""),
                f"{each.words} {each.id}",
            )
            for each in registry
        }
        recent = [entries.pop(each) for each in self._launcher.recent if each in entries]
        saved = [Entry("Layout", f"saved:{name}", name) for name in self._layouts.names]
        saved += [
            Entry("Macro", f"macro:{each.name}", each.name, words="; ".join(each.lines))
            for each in self._parts.context.macros.all()
        ]
        order = {"Panel": 0, "Layout": 1}
        rest = sorted([*entries.values(), *saved], key=lambda each: order.get(each.kind, 2))
        return [*recent, *rest]

    def _symbols(self, text: str) -> Sequence[Entry]:
        if not text:
            return []
        return [
            Entry("Symbol", each.symbol, f"{each.symbol}  {each.name}".rstrip())
            for each in self.suggestions(text)
        ]

    def _use(self, entry: Entry) -> None:
        if entry.kind == LINE:
            self.lines.run(entry.id)
        elif entry.kind == "Symbol":
            self._take_symbol(entry.id)
        elif entry.kind == "Macro":
            self._run_noted("macro.run", entry.id.removeprefix("macro:"))
        elif entry.id.startswith("saved:"):
            self._run_noted("layout.open", entry.id.removeprefix("saved:"))
        else:
            self._launcher.remember(entry.id)
            self._launcher.run_id(entry.id)

    def _take_symbol(self, symbol: str) -> None:
        self._choose_symbol(symbol)
        self.lines.note("desk.symbol", {"symbol": symbol})

    def _run_noted(self, id_: str, name: str) -> None:
        self._parts.runner.command(id_, name=name)
        self.lines.note(id_, {"name": name})

    def _open_stage(self, place: int) -> None:
        self._parts.runner.spawn(self._go_to_stage(place), self, name="stage")

    async def _go_to_stage(self, place: int) -> None:
        from puffling.ui.shell.stages import STAGES

        stage = STAGES[place]
        for id_ in stage.commands:
            await self._parts.registry[id_].run_with(self._parts.context, {})
        if stage.missing:
            told = NoticePosted(Level.INFO, stage.title, stage.about, panel="")
            self._parts.context.bus.publish(told)

    def _change_key(self, id_: str, keys: str | None) -> None:
        own = dict(self._parts.context.settings.current.shortcuts.keys)
        if keys is None:
            own.pop(id_, None)
            shortcuts.check(self._parts.registry, own, id_, self._usual(id_))
        else:
            own[id_] = shortcuts.check(self._parts.registry, own, id_, keys)
        self._parts.context.settings.change("shortcuts", keys=own)

    def _usual(self, id_: str) -> str:
        return self._parts.registry[id_].shortcut or ""

    async def _load_symbols(self) -> None:
        bars = self._parts.context.bars
        self.suggestions.load(await asyncio.to_thread(bars.instruments))

    def _ask_provider(self, search: SymbolSearch, text: str) -> None:
        """Ask for what was typed last, once the person pauses; earlier questions are dropped."""
        self._parts.runner.cancel(search)
        self._parts.runner.spawn(self._look_up(search.add, text), search)

    async def _look_up(self, add: Callable[[Iterable[Suggestion]], None], text: str) -> None:
        await asyncio.sleep(PAUSE)
        found = await self._parts.context.bars.lookup(text)
        add([Suggestion(each.symbol, each.name) for each in found])

    async def _welcome(self) -> None:
        from puffling.ui.dialogs.welcome import WelcomeDialog, ground_of

        settings = self._parts.context.settings
        chosen = await WelcomeDialog(
            self._parts.theme,
            settings=settings.current,
            ground=ground_of(self._parts, self._connections()),
            layouts=[(each.name, _PURPOSES[each.name]) for each in BUILT_IN],
            layout=self._layouts.name,
            parent=self._window,
        ).ask()
        settings.change("general", welcomed=True)
        await self._parts.context.modes.switch(chosen.mode, "desk")
        if chosen.trading:
            settings.change("trading", **chosen.trading)
        if chosen.cash is not None:
            settings.change("demo", cash=chosen.cash)
            settings.change("paper", cash=chosen.cash)
        if chosen.look:
            settings.change("appearance", **chosen.look)
        if chosen.layout is not None:
            self._layouts.apply(chosen.layout)
        if chosen.watchlist is not None:
            await self._follow(chosen.watchlist)
        if chosen.tour:
            self.show("tour")

    async def _follow(self, symbols: Sequence[str]) -> None:
        """Add the chosen symbols to the first list; one that fails is said and passed over."""
        context = self._parts.context
        context.settings.change("watchlist", starter=tuple(symbols))
        lists = context.watchlists.all()
        for symbol in symbols:
            if lists and symbol not in lists[0].symbols:
                try:
                    context.watchlists.add(lists[0].name, symbol)
                except PufflingError as error:
                    context.bus.publish(NoticePosted(Level.WARNING, str(error), error.hint))
