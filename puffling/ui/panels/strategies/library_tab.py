"""The library: every strategy there is, the chosen one in full, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.panels.strategies.columns import LIBRARY
from puffling.ui.panels.strategies.details import Details
from puffling.ui.panels.strategies.entries import Group
from puffling.ui.panels.strategies.flow import Flow
from puffling.ui.panels.strategies.two_parts import TwoParts
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.widgets.ask_bar import AskBar
from puffling.ui.widgets.empty_state import StateStack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from PySide6.QtWidgets import (
        QAbstractButton,
    )

    from puffling.ui.panels.strategies.entries import Entry
    from puffling.ui.theme.theme import Theme

_ALL = "All strategies"


class LibraryTab(QWidget):
    """A table to choose from beside the details of what is chosen.

    Signals:
        acted: Something is to be done with the chosen strategy (its name: see `ACTIONS`).
        made: Something new is to be made (rules, file, import).
    """

    acted = Signal(str)
    made = Signal(str)

    ACTIONS = (
        ("flask", "Backtest", "Ctrl+B", "backtest"),
        ("search", "Optimise", "O", "optimise"),
        ("edit", "Edit rules", "E", "edit"),
        ("copy", "Clone…", "C", "clone"),
        ("save", "Save as a new one…", "S", "save"),
        ("export", "Export…", "X", "export"),
        ("trash", "Remove…", "Del", "remove"),
    )
    NEW = (
        ("edit", "Rules", "Ins", "rules"),
        ("folder", "Python file", "F", "file"),
        ("import", "Import…", "I", "import"),
        ("folder", "Files folder", "", "folder"),
    )

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: list[Entry] = []
        self._wanted = ""  # what is to be chosen once it is listed
        self.search, self.group = QLineEdit(), QComboBox()
        self.model: RecordModel[Entry] = RecordModel(LIBRARY, lambda entry: entry.id, self)
        self.view = RecordView(theme, self.model, name="Strategies")
        self.details = Details(theme)
        self.bar = AskBar(theme)
        self.new_button, self.more_button = QPushButton("New"), QToolButton()
        self.backtest_button = QPushButton("Backtest")
        self.optimise_button = QPushButton("Optimise")
        content = QWidget()
        self.states = StateStack(theme, content)
        self._lay_out(content)
        self._connect()
        self._judge(None)

    @property
    def current(self) -> Entry | None:
        """The chosen strategy."""
        found: Entry | None = self.view.current
        return found

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that there are, whatever the filter says."""
        return tuple(self._entries)

    def show_entries(self, entries: Iterable[Entry]) -> None:
        """Show these; what was chosen stays chosen."""
        self._entries = list(entries)
        self._filter()
        self.states.show_content()
        self.view.scrollTo(self.view.currentIndex())

    def choose(self, id_: str) -> None:
        """Choose a strategy, now or once it is listed."""
        self._wanted = id_
        if any(each.id == id_ for each in self._entries):
            if not self.view.choose(id_):
                self.search.clear()
                self.group.setCurrentIndex(0)
                self.view.choose(id_)
            self._wanted = ""

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember."""
        entry = self.current
        return {
            "chosen": "" if entry is None else entry.id,
            "group": self.group.currentText(),
            "columns": self.view.layout_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        place = self.group.findText(str(state.get("group", "")))
        if place >= 0:
            self.group.setCurrentIndex(place)
        if isinstance(state.get("columns"), dict):
            self.view.restore_layout(state["columns"])
        if isinstance(state.get("chosen"), str) and state["chosen"]:
            self.choose(state["chosen"])

    # -- inside ------------------------------------------------------------------------------

    def _filter(self) -> None:
        wanted = self.search.text().strip().casefold()
        group = self.group.currentText()
        before = self._wanted or ("" if self.current is None else self.current.id)
        shown = [
            each
            for each in self._entries
            if group in {_ALL, str(each.group)}
            and wanted in f"{each.title} {each.summary} {each.kind}".casefold()
        ]
        self.model.reset(shown)
        if before and self.view.choose(before):
            self._wanted = ""
        elif shown and not self._wanted:
            self.view.choose(shown[0].id)
        if group == Group.YOURS and not wanted:
            empty = "Nothing of yours yet. Save one of the others as a new one, or press Ins."
        elif group == Group.FILES and not wanted:
            empty = "No file of yours yet. Press F for one to begin with."
        else:
            empty = "No strategy has these words in its name or description."
        self.view.set_empty(empty)
        self._judge(self.current)

    def _judge(self, entry: Entry | None) -> None:
        self.details.show_entry(entry)
        self.backtest_button.setEnabled(self.allowed("backtest", entry))
        self.optimise_button.setEnabled(self.allowed("optimise", entry))
        self.more_button.setEnabled(entry is not None)

    def allowed(self, action: str, entry: Entry | None) -> bool:
        """Whether something can be done with a strategy."""
        if entry is None:
            return False
        if action == "edit":
            return bool(entry.document)
        if action == "remove":
            return entry.is_saved
        if action == "optimise":
            return entry.can_be_used and bool(entry.model.model_fields)
        if action == "clone":
            return entry.can_be_used or entry.is_template
        return entry.can_be_used

    def act(self, action: str) -> None:
        """Ask for something to be done with the chosen strategy, if it can be."""
        if self.allowed(action, self.current):
            self.acted.emit(action)

    def _fill_menu(self, menu: QMenu, entry: Entry | None) -> None:
        if entry is not None:
            self._fill(menu, self.ACTIONS, self.act)
            for action in menu.actions():
                action.setEnabled(self.allowed(str(action.data()), entry))
            menu.addSeparator()
        self._fill(menu, self.NEW, self.made.emit)

    def _fill(
        self, menu: QMenu, entries: Iterable[tuple[str, str, str, str]], do: Callable[[str], object]
    ) -> None:
        for icon, title, key, name in entries:
            words = f"New {title[:1].lower()}{title[1:]}" if name in {"rules", "file"} else title
            words = "New Python file" if name == "file" else words
            action = menu.addAction(self._theme.icon(icon), words)
            action.setData(name)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda *_, name=name: do(name))

    def _open_menu(self, button: QAbstractButton) -> None:
        menu = QMenu(button)
        menu.aboutToHide.connect(menu.deleteLater)
        if button is self.new_button:
            self._fill(menu, self.NEW, self.made.emit)
        else:
            self._fill_menu(menu, self.current)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.group.currentIndexChanged.connect(self._filter)
        self.view.chosen.connect(self._judge)
        self.view.opened.connect(lambda entry: self.act("edit" if entry.document else "backtest"))
        self.view.filling_menu.connect(self._fill_menu)
        self.backtest_button.clicked.connect(lambda: self.act("backtest"))
        self.optimise_button.clicked.connect(lambda: self.act("optimise"))
        menus: tuple[QAbstractButton, ...] = (self.new_button, self.more_button)
        for button in menus:
            button.clicked.connect(lambda *_, button=button: self._open_menu(button))
        self.details.edit_asked.connect(lambda: self.act("edit"))
        self.bar.closed.connect(self.view.setFocus)
        keys: dict[str, Callable[[], object]] = {
            key: partial(self.act, name) for _, _, key, name in self.ACTIONS
        }
        keys |= {key: partial(self.made.emit, name) for _, _, key, name in self.NEW if key}
        self._keys = TableKeys(self.view, keys)

    def _lay_out(self, content: QWidget) -> None:
        theme = self._theme
        self.search.setPlaceholderText("Find a strategy")
        self.search.setAccessibleName("Find a strategy")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.group.setAccessibleName("From")
        self.group.addItems([_ALL, *map(str, Group)])
        theme.set_role(self.backtest_button, "primary")
        self.backtest_button.setToolTip("Fill it into the Backtest panel (Ctrl+B)")
        self.optimise_button.setToolTip("Fill it into the Backtest panel's Optimise tab (O)")
        self.new_button.setIcon(theme.icon("chevron-down"))
        self.new_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.more_button.setIcon(theme.icon("more"))
        self.more_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.more_button.setFixedSize(theme.px(28), theme.sizes.control)
        self.more_button.setToolTip("What can be done with it")
        self.more_button.setAccessibleName("What can be done with it")
        first = QHBoxLayout()
        first.setSpacing(theme.px(6))
        first.addWidget(self.search, 1)
        first.addWidget(self.group)
        buttons = Flow(theme)
        for each in (
            self.new_button,
            self.backtest_button,
            self.optimise_button,
            self.more_button,
        ):
            buttons.add(each)
        top = QVBoxLayout()
        top.setContentsMargins(*[theme.px(6)] * 4)
        top.setSpacing(theme.px(6))
        top.addLayout(first)
        top.addWidget(buttons)
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(top)
        inside.addWidget(self.bar)
        inside.addWidget(TwoParts(theme, self.view, self.details), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
