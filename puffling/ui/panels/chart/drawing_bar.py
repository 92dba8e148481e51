"""The tools to draw with, in a slim column beside a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from puffling.core.drawing_kinds import FACTS, GROUPS

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from puffling.core.drawing_kinds import DrawingKind
    from puffling.ui.theme.theme import Theme

ICON = "draw-{}"


class ToolMenu(QMenu):
    """Every tool, or those of a group; the letter beside one chooses it.

    Signals:
        chosen: A tool was chosen (its kind).
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, group: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._by_letter: dict[str, DrawingKind] = {}
        for name in GROUPS:
            if group and name != group:
                continue
            if not group:
                self.addSection(name)
            for kind, facts in FACTS.items():
                if facts.group == name:
                    action = self.addAction(
                        theme.icon(ICON.format(kind.value)), f"{facts.label}\t{facts.letter}"
                    )
                    action.triggered.connect(lambda _=False, each=kind: self.chosen.emit(each))
                    self._by_letter[facts.letter] = kind

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by a letter."""
        kind = self._by_letter.get(event.text().upper())
        if kind is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        self.close()
        self.chosen.emit(kind)


class DrawingBar(QWidget):
    """One button for each group with the tool used last, then magnet, eye and bin.

    Signals:
        tool_chosen: A tool was chosen (its kind), or None for the pointer.
        magnet_chosen: Points are to be drawn to prices, or not.
        hide_chosen: All drawings are to be hidden, or shown.
        clear_chosen: All drawings are to be removed.
        undo_chosen: The last change is to be taken back (False) or done again (True).
    """

    tool_chosen = Signal(object)
    magnet_chosen = Signal(bool)
    hide_chosen = Signal(bool)
    clear_chosen = Signal()
    undo_chosen = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tools: dict[str, QToolButton] = {}
        self._kinds: dict[str, DrawingKind] = {}
        self._armed = ""  # the group of the tool in the hand
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        column = self._column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumHeight(1)  # a low chart has the first buttons; D has every tool
        column.setContentsMargins(*[theme.px(2)] * 4)
        column.setSpacing(theme.px(1))
        self.pointer = self._button("cursor", "Choose and move drawings (Esc)", checkable=True)
        self.pointer.clicked.connect(lambda: self.tool_chosen.emit(None))
        column.addWidget(self.pointer)
        for group in GROUPS:
            first = next(kind for kind, facts in FACTS.items() if facts.group == group)
            button = self._group(group, first)
            column.addWidget(button)
        column.addSpacing(theme.px(6))
        self.magnet = self._button("magnet", "Draw points to prices (Ctrl inverts)", checkable=True)
        self.hide_all = self._button("eye", "Hide all drawings", checkable=True)
        self.undo = self._button("undo", "Undo (Ctrl+Z)")
        self.redo = self._button("redo", "Redo (Ctrl+Shift+Z)")
        self.clear = self._button("trash", "Remove all drawings but the locked ones")
        for each in (self.magnet, self.hide_all, self.undo, self.redo, self.clear):
            column.addWidget(each)
        column.addStretch(1)
        self.setFixedWidth(column.sizeHint().width())
        self.magnet.clicked.connect(self.magnet_chosen)
        self.hide_all.clicked.connect(self.hide_chosen)
        self.clear.clicked.connect(self.clear_chosen)
        self.undo.clicked.connect(lambda: self.undo_chosen.emit(False))  # noqa: FBT003 - the signal's
        self.redo.clicked.connect(lambda: self.undo_chosen.emit(True))  # noqa: FBT003 - the same
        self.show_tool(None)

    @override
    def resizeEvent(self, event: object) -> None:
        """Show the buttons there is room for."""
        margins = self._column.contentsMargins()
        room = self.height() - margins.top() - margins.bottom()
        for place in range(self._column.count()):
            item = self._column.itemAt(place)
            button = None if item is None else item.widget()
            if item is not None:
                room -= item.sizeHint().height() + self._column.spacing()
            if button is not None:
                room -= 0 if button.isVisibleTo(self) else button.sizeHint().height()
                button.setVisible(room >= 0)

    def show_tool(self, kind: DrawingKind | None) -> None:
        """Press the button of the tool in the hand."""
        self.pointer.setChecked(kind is None)
        self._armed = "" if kind is None else kind.facts.group
        for group, button in self._tools.items():
            in_hand = kind is not None and kind.facts.group == group
            if in_hand and kind is not None:
                self._take(group, kind)
            button.setChecked(in_hand)

    def show_state(self, *, count: int, hidden: bool, undo: str, redo: str) -> None:
        """Show what can be done with what is drawn."""
        self.hide_all.setChecked(hidden)
        self.hide_all.setEnabled(count > 0)
        self._say(self.hide_all, "Show all drawings" if hidden else "Hide all drawings")
        self.clear.setEnabled(count > 0)
        self.undo.setEnabled(bool(undo))
        self.redo.setEnabled(bool(redo))
        self._say(self.undo, f"Undo: {undo} (Ctrl+Z)" if undo else "Nothing to undo")
        self._say(self.redo, f"Redo: {redo} (Ctrl+Shift+Z)" if redo else "Nothing to redo")

    def _group(self, group: str, first: DrawingKind) -> QToolButton:
        button = self._button(ICON.format(first.value), group, checkable=True)
        menu = ToolMenu(self._theme, group, button)
        menu.chosen.connect(self.tool_chosen)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.DelayedPopup)
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        button.customContextMenuRequested.connect(
            lambda _: menu.popup(button.mapToGlobal(button.rect().topRight()))
        )
        button.clicked.connect(lambda: self._choose(group))
        self._tools[group] = button
        self._take(group, first)
        return button

    def _take(self, group: str, kind: DrawingKind) -> None:
        button = self._tools[group]
        self._kinds[group] = kind
        button.setIcon(self._theme.icon(ICON.format(kind.value)))
        self._say(button, f"{kind.label} (D {kind.facts.letter}); again for more")

    def _choose(self, group: str) -> None:
        """Take the group's tool into the hand; pressed again, list the others."""
        button = self._tools[group]
        button.setChecked(group == self._armed)
        menu = button.menu()
        if group == self._armed and menu is not None:
            menu.popup(button.mapToGlobal(button.rect().topRight()))
        else:
            self.tool_chosen.emit(self._kinds[group])

    def _button(self, icon: str, words: str, *, checkable: bool = False) -> QToolButton:
        button = QToolButton()
        button.setIcon(self._theme.icon(icon))
        side = self._theme.px(16)
        button.setIconSize(QSize(side, side))
        button.setAutoRaise(True)
        button.setCheckable(checkable)
        self._say(button, words)
        return button

    @staticmethod
    def _say(button: QToolButton, words: str) -> None:
        button.setToolTip(words)
        button.setAccessibleName(words)
