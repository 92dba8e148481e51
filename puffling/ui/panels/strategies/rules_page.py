"""Where the widgets of the rules' editor stand, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from puffling.ui.panels.strategies.compare_form import CompareForm
from puffling.ui.panels.strategies.flow import Flow
from puffling.ui.panels.strategies.protection_form import ProtectionForm
from puffling.ui.panels.strategies.rule_tree import RuleTree
from puffling.ui.panels.strategies.two_parts import TwoParts
from puffling.ui.widgets.ask_bar import AskBar

if TYPE_CHECKING:
    from puffling.ui.theme.theme import Theme

LONGEST_NAME = 60
LONGEST_NOTE = 200


class RulesPage(QWidget):
    """The widgets of the rules' editor, named and in their places; what they do is `RulesTab`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.name, self.note = QLineEdit(), QLineEdit()
        self.save_button = QPushButton("Save")
        self.save_as_button = QPushButton("Save as a new one")
        self.backtest_button = QPushButton("Backtest")
        self.undo_button, self.redo_button = QPushButton("Undo"), QPushButton("Redo")
        self.add_button = QPushButton("Compare")
        self.all_button, self.any_button = QPushButton("All of"), QPushButton("Any of")
        self.not_button, self.delete_button = QPushButton("Not"), QPushButton("Delete")
        self.bar = AskBar(theme)
        self.tree = RuleTree(theme)
        self.comparison = CompareForm(theme)
        self.protection = ProtectionForm(theme)
        self.about = QLabel()
        self.place, self.said_title, self.said = QLabel(), QLabel(), QLabel()
        self._page = QScrollArea()
        lay_out(self, theme, self._page)


def lay_out(tab: RulesPage, theme: Theme, page: QScrollArea) -> None:
    """Name, set and place the widgets of the editor; `page` scrolls its right half."""
    tab.name.setPlaceholderText("Name of the strategy")
    tab.name.setAccessibleName("Name of the strategy")
    tab.name.setMaxLength(LONGEST_NAME)
    tab.note.setPlaceholderText("Note on the change")
    tab.note.setAccessibleName("Why it is changed")
    tab.note.setMaxLength(LONGEST_NOTE)
    theme.set_role(tab.save_button, "primary")
    tab.save_button.setToolTip("Ctrl+Return")
    tab.backtest_button.setToolTip("Save, and fill it into the Backtest panel (Ctrl+B)")
    tab.undo_button.setToolTip("Ctrl+Z in the tree")
    tab.redo_button.setToolTip("Ctrl+Shift+Z in the tree")
    theme.set_role(tab.place, "strong")
    theme.set_role(tab.about, "muted")
    for label in (tab.about, tab.said):
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
    tab.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    tab.add_button.setToolTip("Add a comparison (Ins in the tree)")
    names = QHBoxLayout()
    names.setSpacing(theme.px(6))
    names.addWidget(tab.name, 2)
    names.addWidget(tab.note, 3)
    saves, tools = Flow(theme), Flow(theme, gap=0)
    for each in (
        tab.save_button,
        tab.save_as_button,
        tab.backtest_button,
        tab.undo_button,
        tab.redo_button,
    ):
        saves.add(each)
    for each in (
        tab.add_button,
        tab.all_button,
        tab.any_button,
        tab.not_button,
        tab.delete_button,
    ):
        theme.set_role(each, "flat")
        tools.add(each)
    top = QVBoxLayout()
    top.setContentsMargins(*[theme.px(6)] * 4)
    top.setSpacing(theme.px(6))
    top.addLayout(names)
    top.addWidget(saves)
    column = QVBoxLayout(tab)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(top)
    column.addWidget(tab.bar)
    column.addWidget(TwoParts(theme, _left(tab, theme, tools), _right(tab, theme, page)), 1)


def _left(tab: RulesPage, theme: Theme, tools: Flow) -> QWidget:
    left = QWidget()
    column = QVBoxLayout(left)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.px(4))
    column.addWidget(tools)
    column.addWidget(tab.tree, 1)
    return left


def _right(tab: RulesPage, theme: Theme, page: QScrollArea) -> QWidget:
    inner = QWidget()
    inside = QVBoxLayout(inner)
    inside.setContentsMargins(*[theme.px(10)] * 4)
    inside.setSpacing(theme.px(8))
    theme.set_role(tab.said_title, "strong")
    for each in (
        tab.place,
        tab.about,
        tab.comparison,
        tab.protection,
        tab.said_title,
        tab.said,
    ):
        inside.addWidget(each)
    inside.addStretch(1)
    page.setWidgetResizable(True)
    page.setFrameShape(QFrame.Shape.NoFrame)
    page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setWidget(inner)
    for area in (page.viewport(), inner):
        area.setAutoFillBackground(False)  # the panel's own ground shows through
    return page
