"""The toolbar: the symbol box, the layouts, and the commands that are marked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from puffling.ui.shell.builtin_layouts import BUILT_IN
from puffling.ui.widgets.symbol_edit import SymbolEdit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from puffling.ui.shell.actions import Actions
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.symbol_edit import Suggestion

_SYMBOL_WIDTH = 130
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
