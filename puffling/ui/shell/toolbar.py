"""The toolbar: the symbol box, the layouts, and the commands that are marked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget
from typing_extensions import override

from puffling.ui.shell.builtin_layouts import BUILT_IN
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QAction, QResizeEvent

    from puffling.ui.shell.actions import Actions
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.symbol_edit import Suggestion

_SYMBOL_WIDTH = 130
_SLACK = 40  # margins and gaps between the buttons
_ROLES = {"trade.buy": "buy", "trade.sell": "sell", "risk.halt": "danger"}


class ToolBar(QToolBar):
    """The symbol box on the left, layouts beside it, trading on the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Toolbar")
        self._theme = theme
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.symbol: SymbolEdit | None = None
        self._layouts: dict[str, QToolButton] = {}
        self._spare: list[QAction] = []  # what goes first where there is no room for all

    def fill(
        self,
        actions: Actions,
        suggest: Callable[[str], Sequence[Suggestion]],
        choose: Callable[[str], None],
    ) -> None:
        """Add what needs the registry: once, after the first paint."""
        self.symbol = SymbolEdit(self._theme, suggest)
        self.symbol.setFixedWidth(self._theme.px(_SYMBOL_WIDTH))
        self.symbol.chosen.connect(choose)
        self.addWidget(self.symbol)
        self.addSeparator()
        for each in BUILT_IN:
            id_ = f"layout.{each.name.casefold()}"
            if id_ in actions:
                button = self._button(actions, id_)
                self._spare.append(self.actions()[-1])
                button.setText(each.name)
                button.setCheckable(True)
                self._layouts[each.name] = button
        self.addWidget(_stretch())
        for command in actions.registry:
            if command.toolbar and not command.id.startswith("layout."):
                button = self._button(actions, command.id)
                button.setText(command.title.rstrip("…"))
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
                if command.id in _ROLES:
                    self._theme.set_role(button, _ROLES[command.id])
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the layouts where there is no room for what trades and stops trading.

        They have their keys and their menu; the kill switch must be in sight.
        """
        needed = sum(self.widgetForAction(each).sizeHint().width() for each in self.actions())
        there_is_room = needed + self._theme.px(_SLACK) <= self.width()
        for each in self._spare:
            if each.isVisible() != there_is_room:
                each.setVisible(there_is_room)

    def show_symbol(self, symbol: str) -> None:
        """Show the linked symbol, unless somebody is typing one."""
        if self.symbol is None or (self.symbol.hasFocus() and self.symbol.isModified()):
            return
        self.symbol.set_symbol(symbol)
        if self.symbol.hasFocus():
            self.symbol.selectAll()  # what is typed next replaces it

    def show_layout(self, name: str) -> None:
        """Mark the layout in use."""
        for each, button in self._layouts.items():
            button.setChecked(each == name)

    def _button(self, actions: Actions, id_: str) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRaise(True)
        action = actions[id_]
        button.setObjectName(f"tool.{id_}")
        button.setIcon(action.icon())
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: button.setToolTip(action.toolTip()))
        self.addWidget(button)
        return button


def _stretch() -> QWidget:
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    QHBoxLayout(space)
    return space
