"""The rules of a draft as a tree: four rules, and what protects a position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem
from typing_extensions import override

from puffling.ui.panels.strategies import words
from puffling.ui.panels.strategies.draft import GROUPS, PROTECTION, RULES
from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PySide6.QtGui import QFocusEvent, QResizeEvent

    from puffling.ui.panels.strategies.draft import Document, Draft, Path, Problem
    from puffling.ui.theme.theme import Theme

PROTECTED: Path = ("protection",)  # the line of stops and size, which is no place of its own
_PATH = Qt.ItemDataRole.UserRole
_ROOM = 40  # beside the words: an icon, and the bold ones are wider


class RuleTree(QTreeWidget):
    """One line for each term; lines in red are not right yet.

    Signals:
        chosen: Another line was chosen (its path).
        acted: Something is to be done with the chosen line (its name: see `ACTIONS`).
    """

    chosen = Signal(object)
    acted = Signal(str)

    ACTIONS = (
        ("plus", "Add comparison", "Ins", "compare"),
        ("plus", "Add “all of these”", "A", "all"),
        ("plus", "Add “any of these”", "O", "any"),
        ("minus", "Turn into its opposite", "N", "not"),
        ("copy", "Duplicate", "D", "copy"),
        ("arrow-up", "Move up", "Ctrl+Up", "up"),
        ("arrow-down", "Move down", "Ctrl+Down", "down"),
        ("trash", "Delete", "Del", "delete"),
    )

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setHeaderHidden(True)
        self.setAccessibleName("Rules")
        self.setColumnCount(1)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setUniformRowHeights(True)
        self.setIndentation(theme.px(16))
        self.setExpandsOnDoubleClick(False)
        theme.set_role(self, "tree")
        self.currentItemChanged.connect(self._announce)
        theme.changed.connect(self._restyle)
        self._drawn: tuple[Document, tuple[Problem, ...]] = ({}, ())

    @property
    def path(self) -> Path:
        """The chosen line's place in the draft."""
        item = self.currentItem()
        return () if item is None else tuple(item.data(0, _PATH))

    def show_draft(self, draft: Draft, problems: Iterable[Problem], chosen: Path) -> None:
        """Show the draft as it is now, with the line of `chosen` as the current one."""
        self._drawn = (draft.document, tuple(problems))
        self.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.clear()
        for name in RULES:
            term = draft.at((name,))
            item = self._line((name,), f"{words.TITLES[name]}: {words.NOTHING}")
            self.addTopLevelItem(item)
            item.setFont(0, self._theme.font(Kind.STRONG if term else Kind.TEXT))
            if term:
                item.setText(0, f"{words.TITLES[name]}")
                item.addChild(self._term((name,), term))
            else:
                item.setForeground(0, self._theme.color("muted"))
        said = words.protection(draft.document)
        text = f"{words.PROTECTION}: {said}" if said else words.PROTECTION
        last = self._line(PROTECTED, text)
        self.addTopLevelItem(last)
        self.expandAll()
        self._mark()
        self._select(chosen)
        self.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def choose(self, path: Path) -> None:
        """Make the line of `path`, or the nearest one around it, the current one."""
        self._select(path)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill(menu)
        place = event.globalPos()
        item = self.currentItem()
        if event.reason() is QContextMenuEvent.Reason.Keyboard and item is not None:
            below = self.visualItemRect(item).bottomLeft()
            place = self.viewport().mapToGlobal(below)
        menu.popup(place)

    def fill(self, menu: QMenu) -> None:
        """Add what can be done with the chosen line."""
        for icon, title, key, name in self.ACTIONS:
            action = menu.addAction(self._theme.icon(icon), title)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setEnabled(self.allowed(name))
            action.triggered.connect(lambda *_, name=name: self.acted.emit(name))

    def allowed(self, name: str) -> bool:
        """Whether something can be done with the chosen line."""
        path = self.path
        if not path or path == PROTECTED:
            return False
        item = self.currentItem()
        filled = len(path) > 1 or (item is not None and item.childCount() > 0)
        if name in {"up", "down"}:
            return isinstance(path[-1], int)
        return filled or name in {"compare", *GROUPS}

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the chosen line reach across the whole width."""
        super().resizeEvent(event)
        self.header().setMinimumSectionSize(self.viewport().width())

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.currentItem() is None:
            self._select((RULES[0],))

    # -- inside ------------------------------------------------------------------------------

    def _term(self, path: Path, term: Document) -> QTreeWidgetItem:
        kind = term.get("kind")
        if kind == "compare":
            return self._line(path, words.comparison(term))
        item = self._line(path, words.GROUPS.get(str(kind), str(kind)))
        if kind == "not":
            item.addChild(self._term((*path, "term"), term.get("term") or {}))
        for number, each in enumerate(term.get("terms", ())):
            item.addChild(self._term((*path, "terms", number), each))
        return item

    def _line(self, path: Path, text: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([text])
        item.setData(0, _PATH, list(path))
        item.setSizeHint(
            0, QSize(self.fontMetrics().horizontalAdvance(text), self._theme.row_height)
        )
        return item

    def _lines(self) -> Iterator[QTreeWidgetItem]:
        waiting = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        while waiting:
            item = waiting.pop()
            if item is None:
                continue
            yield item
            waiting += [item.child(row) for row in range(item.childCount())]

    def _mark(self) -> None:
        """Show at each line what is wrong there."""
        _, problems = self._drawn
        wrong: dict[Path, list[str]] = {}
        for each in problems:
            path = PROTECTED if each.path and each.path[0] in PROTECTION else each.path
            item = self._nearest(path)
            if item is not None:
                wrong.setdefault(tuple(item.data(0, _PATH)), []).append(each.sentence)
        for item in self._lines():
            said = wrong.get(tuple(item.data(0, _PATH)))
            if said and (item.parent() is not None or not item.childCount()):
                item.setIcon(0, self._theme.icon("error", Tone.DANGER))
                item.setForeground(0, self._theme.color("danger"))
                item.setToolTip(0, " ".join(said))
                item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, " ".join(said))

    def _nearest(self, path: Path) -> QTreeWidgetItem | None:
        """Return the innermost line that `path` leads through."""
        best: QTreeWidgetItem | None = None
        length = 0
        for item in self._lines():
            mine = tuple(item.data(0, _PATH))
            if path[: len(mine)] == mine and len(mine) >= length:
                if best is not None and len(mine) == length and item.parent() is None:
                    continue  # the term itself, not the rule that it is
                best, length = item, len(mine)
        return best

    def _select(self, path: Path) -> None:
        item = self._nearest(path)
        if item is None:
            item = self.topLevelItem(0)
        if item is not None:
            self.setCurrentItem(item)

    def _announce(self) -> None:
        self.chosen.emit(self.path)

    def _restyle(self) -> None:
        """Colours are held by the lines: paint them anew."""
        for item in self._lines():
            path = tuple(item.data(0, _PATH))
            empty = len(path) == 1 and path != PROTECTED and not item.childCount()
            item.setForeground(0, self._theme.color("muted" if empty else "text"))
        self._mark()
