"""What strategies want to hold of symbols at the last close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)
from typing_extensions import override

from puffling.ui.panels.strategies.columns import SIGNALS
from puffling.ui.panels.strategies.flow import Flow
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import State, StateStack
from puffling.ui.widgets.symbols_edit import SymbolsEdit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from PySide6.QtGui import QShowEvent

    from puffling.services.signals import SignalRow
    from puffling.ui.panels.strategies.entries import Entry
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.suggestions import Suggestions

_LINKED, _TYPED = "linked", "typed"
_ID = Qt.ItemDataRole.UserRole
_LIST_WIDTH, _LIST_HEIGHT = 260, 280


class SignalsTab(QWidget):
    """Symbols times strategies, asked on demand.

    Signals:
        asked: The signals are to be read (the symbols, the ids; no ids ask all strategies).
        symbol_chosen: A row's symbol is to be shown.
        marks_asked: It is to be shown with the signals of the row's strategy (symbol and id).
    """

    asked = Signal(object, object)
    symbol_chosen = Signal(str)
    marks_asked = Signal(str, str)

    def __init__(self, theme: Theme, suggest: Suggestions) -> None:
        super().__init__()
        self._theme = theme
        self._linked = ""
        self._lists: dict[str, tuple[str, ...]] = {}
        self._unticked: set[str] = set()
        self.source, self.typed = QComboBox(), SymbolsEdit(theme, suggest)
        self.strategies_button, self.ask_button = QPushButton(), QPushButton("Ask")
        self.strategies = QListWidget()
        self.problem, self.said = QLabel(), QLabel()
        self.mark_button = QPushButton("Mark on the chart")
        self.model: RecordModel[SignalRow] = RecordModel(
            SIGNALS, lambda row: f"{row.symbol} {row.strategy}", self
        )
        self.view = RecordView(theme, self.model, name="Signals")
        self.states = StateStack(theme, self.view)
        self._lay_out()
        self._connect()
        self._show_sources()
        self.show_nothing()

    # -- what is asked -----------------------------------------------------------------------

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that are asked about; none if something in the line is not one."""
        chosen = str(self.source.currentData())
        if chosen == _LINKED:
            return (self._linked,) if self._linked else ()
        if chosen == _TYPED:
            return self.typed.symbols
        return self._lists.get(chosen, ())

    @property
    def ids(self) -> tuple[str, ...]:
        """The strategies that are asked; empty if it is all of them."""
        items = self._items()
        ticked = tuple(
            str(each.data(_ID)) for each in items if each.checkState() is Qt.CheckState.Checked
        )
        return () if len(ticked) == len(items) else ticked

    @property
    def place(self) -> QWidget:
        """Where the keyboard should go."""
        return self.view if len(self.model) else self.source

    def ask(self) -> None:
        """Ask, if it is clear what."""
        if self.ask_button.isEnabled():
            self.asked.emit(self.symbols, self.ids)
        elif str(self.source.currentData()) == _TYPED:
            self.typed.setFocus()

    # -- what is shown -----------------------------------------------------------------------

    def follow(self, symbol: str) -> None:
        """Take over the linked symbol."""
        self._linked = symbol
        self._show_sources()

    def show_lists(self, lists: Mapping[str, tuple[str, ...]]) -> None:
        """Offer these watchlists."""
        self._lists = dict(lists)
        self._show_sources()

    def show_strategies(self, entries: Iterable[Entry]) -> None:
        """Offer those that can be asked: they decide on one symbol, and work."""
        self.strategies.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.strategies.clear()
        for each in entries:
            if not each.can_be_used or each.needs != "one symbol":
                continue
            item = QListWidgetItem(each.title)
            item.setData(_ID, each.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = each.id not in self._unticked
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.strategies.addItem(item)
        self.strategies.setCurrentRow(0)
        self.strategies.blockSignals(False)  # noqa: FBT003 - Qt's own signature
        self._judge()

    def show_rows(self, rows: Sequence[SignalRow]) -> None:
        """Show what was answered."""
        self.model.reset(rows)
        if rows and self.view.current is None:
            self.view.setCurrentIndex(self.view.model().index(0, 0))
        refused = sum(bool(each.error) for each in rows)
        more = f", {refused} without one" if refused else ""
        answered = len(rows) - refused
        noun = "signal" if answered == 1 else "signals"
        self.said.setText(f"{answered} {noun}{more}" if rows else "")
        self._show_chosen()
        self.view.set_empty("Nothing was answered.")
        self.states.show_content()

    def show_nothing(self) -> None:
        """Go back to what was shown before, or say what this is for."""
        if len(self.model):
            self.states.show_content()
        else:
            self.states.show_empty(
                "Signals say what your strategies want to hold at the last close.",
                "Ask now" if self.symbols else "",
                "pulse",
            )

    def state(self) -> dict[str, Any]:
        """Return what a layout should remember."""
        return {
            "source": str(self.source.currentData()),
            "typed": self.typed.text(),
            "unticked": sorted(self._unticked),
            "columns": self.view.layout_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        if isinstance(state.get("typed"), str):
            self.typed.show_symbols([state["typed"]])
        place = self.source.findData(str(state.get("source", "")))
        if place >= 0:
            self.source.setCurrentIndex(place)
        if isinstance(state.get("columns"), dict):
            self.view.restore_layout(state["columns"])
        if isinstance(state.get("unticked"), list):
            self._unticked = {str(each) for each in state["unticked"]}
            for item in self._items():
                if item.data(_ID) in self._unticked:
                    item.setCheckState(Qt.CheckState.Unchecked)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._judge()

    # -- inside ------------------------------------------------------------------------------

    def _items(self) -> list[QListWidgetItem]:
        return [self.strategies.item(row) for row in range(self.strategies.count())]

    def _show_sources(self) -> None:
        chosen = self.source.currentData()
        self.source.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.source.clear()
        self.source.addItem(f"Linked symbol {self._linked}".strip(), _LINKED)
        for name, symbols in self._lists.items():
            self.source.addItem(f"{name} ({len(symbols)})", name)
        self.source.addItem("These symbols", _TYPED)
        self.source.setCurrentIndex(max(self.source.findData(chosen), 0))
        self.source.blockSignals(False)  # noqa: FBT003 - Qt's own signature
        self._judge()

    def _judge(self) -> None:
        typed = str(self.source.currentData()) == _TYPED
        self.typed.setVisible(typed)
        problem = self.typed.problem if typed else ""
        ticked = [each for each in self._items() if each.checkState() is Qt.CheckState.Checked]
        if not ticked and self.strategies.count():
            problem = problem or "Tick at least one strategy."
        self._theme.set_flag(self.typed, "bad", on=typed and bool(self.typed.problem))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        count = len(ticked)
        whole = count == self.strategies.count()
        self.strategies_button.setText(
            "All strategies" if whole else "1 strategy" if count == 1 else f"{count} strategies"
        )
        self.ask_button.setEnabled(bool(self.symbols) and bool(ticked))
        if self.states.state is State.EMPTY:
            self.show_nothing()

    def _tick(self, item: QListWidgetItem) -> None:
        id_ = str(item.data(_ID))
        if item.checkState() is Qt.CheckState.Checked:
            self._unticked.discard(id_)
        else:
            self._unticked.add(id_)
        self._judge()

    def _turn_all(self) -> None:
        """Tick all strategies, or none if all are ticked."""
        on = bool(self.ids) or bool(self._unticked)
        for item in self._items():
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _fill_menu(self, menu: QMenu, row: SignalRow | None) -> None:
        if row is None:
            return
        icon = self._theme.icon
        show = menu.addAction(icon("chart"), f"Show {row.symbol}")
        show.triggered.connect(lambda: self.symbol_chosen.emit(row.symbol))
        if _has_marks(row):
            words = f"Show {row.symbol} with the signals of {row.title}"
            show = menu.addAction(icon("pulse"), words)
            show.triggered.connect(lambda: self._open(row))
        show.setShortcut("Return")
        show.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    def _open(self, row: SignalRow) -> None:
        if _has_marks(row):
            self.marks_asked.emit(row.symbol, row.strategy)
        else:
            self.symbol_chosen.emit(row.symbol)

    def _mark(self) -> None:
        row = self.view.current
        if row is not None:
            self._open(row)

    def _show_chosen(self, *_: object) -> None:
        row = self.view.current
        self.mark_button.setEnabled(row is not None and _has_marks(row))

    def _connect(self) -> None:
        self.source.currentIndexChanged.connect(self._judge)
        self.typed.textChanged.connect(self._judge)
        self.typed.returnPressed.connect(self.ask)
        self.strategies.itemChanged.connect(self._tick)
        self.ask_button.clicked.connect(self.ask)
        self.states.acted.connect(self.ask)
        self.states.retried.connect(self.ask)
        self.view.opened.connect(self._open)
        self.view.chosen.connect(self._show_chosen)
        self.mark_button.clicked.connect(self._mark)
        self.view.filling_menu.connect(self._fill_menu)

    def _lay_out(self) -> None:
        theme = self._theme
        self.source.setAccessibleName("Symbols")
        self.typed.setPlaceholderText("AAPL, IBM, MSFT")
        self.mark_button.setToolTip("Return in the table")
        self.mark_button.setEnabled(False)
        self.ask_button.setToolTip("F5")
        theme.set_role(self.ask_button, "primary")
        theme.set_role(self.problem, "caption", Tone.DANGER)
        theme.set_role(self.said, "caption")
        self.problem.setWordWrap(True)
        self.strategies.setAccessibleName("Strategies that are asked")
        menu = QMenu(self.strategies_button)
        holder, action = QWidget(), QWidgetAction(menu)
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(*[theme.px(4)] * 4)
        everything = QPushButton("All or none")
        theme.set_role(everything, "flat")
        everything.clicked.connect(self._turn_all)
        self.strategies.setFixedSize(theme.px(_LIST_WIDTH), theme.px(_LIST_HEIGHT))
        inside.addWidget(self.strategies)
        inside.addWidget(everything)
        action.setDefaultWidget(holder)
        menu.addAction(action)
        menu.aboutToShow.connect(self.strategies.setFocus)
        self.strategies_button.setMenu(menu)
        top = Flow(theme)
        for each in (self.source, self.typed, self.strategies_button, self.ask_button):
            top.add(each)
        head = QVBoxLayout()
        head.setContentsMargins(*[theme.px(6)] * 4)
        head.setSpacing(theme.px(4))
        head.addWidget(top)
        head.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.px(8), theme.px(2), theme.px(8), theme.px(4))
        foot.addWidget(self.said, 1)
        foot.addWidget(self.mark_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.states, 1)
        column.addLayout(foot)


def _has_marks(row: SignalRow) -> bool:
    """Whether the strategy of a row could be asked, and so can say more."""
    return bool(row.strategy) and not row.error
