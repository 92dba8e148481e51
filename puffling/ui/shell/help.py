"""Help: the pages in resources/help, opened at the one for the focused panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QTextBrowser, QVBoxLayout
from typing_extensions import override

from puffling.core.paths import resources
from puffling.ui.dialogs.base import Dialog

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QUrl
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_FIRST = "start"
_REFERENCE = {"glossary", "commands", "keys", "settings"}


def pages(folder: Path | None = None) -> dict[str, str]:
    """Return every page's markdown by name; the first page first, the reference last."""
    where = folder or resources() / "help"
    found = {each.stem: each.read_text(encoding="utf-8") for each in sorted(where.glob("*.md"))}
    order = sorted(found, key=lambda name: (name != _FIRST, name in _REFERENCE, name))
    return {name: found[name] for name in order}


def title_of(text: str, name: str) -> str:
    """Return a page's heading, or its name if it has none."""
    first = text.lstrip().partition("\n")[0]
    return first.lstrip("# ").strip() if first.startswith("#") else name.capitalize()


class _Page(QTextBrowser):
    """Shows markdown; nothing is loaded from anywhere."""

    @override
    def loadResource(self, type: int, name: QUrl | str) -> object:
        return None


_LIST = 224  # the longest title beside the bar that scrolls


class HelpDialog(Dialog):
    """A list of pages with a line that searches them, and the page beside it."""

    topic = ""

    def __init__(self, theme: Theme, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Help", parent, width=820)
        self.setWindowModality(Qt.WindowModality.NonModal)
        self._pages = pages()
        self.line = QLineEdit()
        self.line.setPlaceholderText("Search the help")
        self.line.setAccessibleName("Search the help")
        self.line.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Pages")
        self.list.setMinimumWidth(theme.px(_LIST))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.set_role(self.list, "navigation")
        self.page = _Page()
        theme.set_role(self.page, "page")
        self.page.setOpenLinks(False)
        self.page.setAccessibleName("Page")
        self.page.setMinimumHeight(theme.px(460))
        left = QVBoxLayout()
        left.addWidget(self.line)
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        row.addLayout(left, 1)
        row.addWidget(self.page, 3)
        self.body.addLayout(row)
        close = self.add_button("Close", default=True)
        close.clicked.connect(self.accept)
        self.page.anchorClicked.connect(self._follow)
        self.line.textChanged.connect(self._fill)
        self.list.currentRowChanged.connect(self._show)
        self._names: list[str] = []
        self._fill("")
        self.open_page(topic)
        self.line.setFocus()

    def open_page(self, topic: str) -> None:
        """Turn to the page of a topic, or to the first one."""
        self.list.setCurrentRow(self._names.index(topic) if topic in self._names else 0)

    def _follow(self, link: QUrl) -> None:
        """Turn to another page; nothing outside is opened."""
        name = link.fileName().removesuffix(".md")
        if name in self._pages:
            self.line.clear()
            self.open_page(name)

    def _fill(self, wanted: str) -> None:
        words = wanted.casefold().split()
        self._names = [
            name
            for name, text in self._pages.items()
            if all(word in text.casefold() or word in name for word in words)
        ]
        # A page that is called so comes before those that only mention it.
        self._names.sort(key=lambda name: not self._is_called(name, words))
        self.list.clear()
        self.list.addItems([title_of(self._pages[name], name) for name in self._names])
        self.list.setCurrentRow(0)
        if not self._names:
            self.page.setPlainText("No page has these words. Try fewer.")

    def _is_called(self, name: str, words: list[str]) -> bool:
        title = title_of(self._pages[name], name).casefold()
        return bool(words) and all(word in title or word in name for word in words)

    def _show(self, row: int) -> None:
        if not 0 <= row < len(self._names):
            return
        self.page.document().setMarkdown(
            self._pages[self._names[row]],
            QTextDocument.MarkdownFeature.MarkdownDialectGitHub
            | QTextDocument.MarkdownFeature.MarkdownNoHTML,
        )
        self.page.moveCursor(QTextCursor.MoveOperation.Start)
        wanted = self.line.text().strip()
        if wanted:
            self.page.find(wanted)
