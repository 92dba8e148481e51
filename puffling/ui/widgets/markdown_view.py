"""A page of Markdown that grows while it is written, with room for widgets between its words.

What is closed is put in once; only the open part is read again. Nothing is fetched, no HTML is
read, and a link is asked for, never followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QPainter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextBrowser
from typing_extensions import override

from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.markdown import (
    CODE,
    GROUND,
    NOTHING,
    PLACE,
    QUOTE,
    RULE,
    TURNS,
    Markdown,
    shrink,
)
from puffling.ui.widgets.markdown_blocks import closed
from puffling.ui.widgets.markdown_numbers import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QTextBlock
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.markdown_numbers import Mark

FIGURE = "figure:"  # links within the page: a number, and the call that said it
YOURS = "yours"  # the ground of what a person wrote
_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_RADIUS = 4


class MarkdownView(QTextBrowser):
    """Shows sections below one another; the last one may still be growing.

    Signals:
        link_asked: A link was pressed (its whole address).
        figure_asked: A number was pressed (the call that said it; empty if none did).
        resized: There is another width or height to write on.
    """

    link_asked = Signal(str)
    figure_asked = Signal(str)
    resized = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._markdown = Markdown(theme)
        self._open = -1  # where the part that may still change begins; -1 without one
        self._left = ""  # what stands in it
        theme.set_role(self, "page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
        )
        self.document().setDocumentMargin(theme.px(10))
        self.document().setIndentWidth(theme.px(22))
        self.anchorClicked.connect(self._pressed)
        self.wipe()

    # -- writing -----------------------------------------------------------------------------

    @property
    def end(self) -> int:
        """Where the page ends now; `cut_from` takes it."""
        return self.document().characterCount() - 1

    def wipe(self) -> None:
        """Take everything away."""
        self._open, self._left = -1, ""
        self.document().clear()
        shrink(QTextCursor(self.document()))

    def cut_from(self, position: int) -> None:
        """Take away what stands behind `position`."""
        self._open, self._left = -1, ""
        self._remove(position)

    def caption(self, text: str, tone: str = Tone.MUTED, ground: str = "") -> None:
        """Write a small line, as it is."""
        words = self._words(Kind.CAPTION, tone)
        self._block(ground, above=14, below=3).insertText(text, words)

    def plain(self, text: str, ground: str = "", tone: str = Tone.TEXT) -> None:
        """Write `text` as it is: nothing in it is read as Markdown."""
        lines = text.translate(TURNS).splitlines() or [""]
        words = self._words(Kind.TEXT, tone)
        for number, line in enumerate(lines):
            last = number == len(lines) - 1
            self._block(ground, below=12 if last else 0).insertText(line or " ", words)

    def write(self, source: str) -> tuple[int, int]:
        """Write Markdown that is whole; return where it begins and ends."""
        start, whole = self.end, self._whole()
        self._put(source)
        whole.endEditBlock()
        return start, self.end

    def begin(self) -> None:
        """Begin a part that grows."""
        self._open, self._left = self.end, ""

    def grow(self, more: str) -> None:
        """Write more of it: what is closed by that is put in for good."""
        if self._open < 0:
            self.begin()
        self._left += more
        whole = self._whole()
        self._remove(self._open)
        if cut := closed(self._left):
            self._put(self._left[:cut])
            self._left = self._left[cut:]
            self._open = self.end
        self._put(self._left)
        whole.endEditBlock()

    def finish(self) -> None:
        """End the part that grows; it stays as it is."""
        self._open, self._left = -1, ""

    # -- numbers -----------------------------------------------------------------------------

    def mark(self, span: tuple[int, int], marks: Sequence[Mark]) -> None:
        """Underline numbers that were said by a call, and flag those that nobody said."""
        document, at = self.document(), span[0]
        whole = self._whole()
        for each in marks:
            found = find(document, each, at, span[1])
            if found is None:
                continue
            at = found.selectionEnd()
            look = QTextCharFormat()
            look.setAnchor(True)
            look.setAnchorHref(f"{FIGURE}{each.source}")
            line = QTextCharFormat.UnderlineStyle
            look.setUnderlineStyle(line.DotLine if each.source else line.WaveUnderline)
            look.setUnderlineColor(self._theme.color(Tone.ACCENT if each.source else Tone.WARNING))
            look.setToolTip(
                "A tool said this: press to see which."
                if each.source
                else "No tool said this number: check it before you use it."
            )
            found.mergeCharFormat(look)
        whole.endEditBlock()

    # -- room for widgets --------------------------------------------------------------------

    def leave_room(self, key: str, height: int) -> int:
        """Leave `height` pixels for a widget; return the position that `room_at` takes."""
        form = QTextBlockFormat()
        form.setLineHeight(height, _FIXED)
        form.setBottomMargin(self._theme.px(8))
        form.setProperty(PLACE, key)
        cursor = self._end_cursor()
        cursor.insertBlock(form, QTextCharFormat())
        cursor.insertText(NOTHING)
        return cursor.block().position()

    def change_room(self, position: int, height: int) -> None:
        """Leave another height at `position`."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        form = cursor.blockFormat()
        form.setLineHeight(height, _FIXED)
        cursor.setBlockFormat(form)

    def room_at(self, position: int) -> QRectF:
        """Return where the room at `position` is, as the viewport counts."""
        block = self.document().findBlock(position)
        rect = self._rect(block)
        rect.translate(-self.aside, -self.verticalScrollBar().value())
        return rect

    @property
    def aside(self) -> int:
        """How far the page is moved aside, to read a wide table."""
        return self.horizontalScrollBar().value()

    # -- Qt ----------------------------------------------------------------------------------

    @override
    def loadResource(self, type: int, name: QUrl | str) -> Any:
        """Fetch nothing, from nowhere."""
        return None

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy words and Markdown; never the colours of the screen."""
        chosen = self.textCursor().selection()
        data = QMimeData()
        data.setText(_bare(chosen.toPlainText()))
        data.setData("text/markdown", _bare(chosen.toMarkdown()).encode())
        return data

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _ENTER and (href := self.textCursor().charFormat().anchorHref()):
            self._pressed(QUrl(href))
            event.accept()
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for ground, rect in self._grounds():
            self._lay_ground(painter, ground, rect)
        painter.end()
        super().paintEvent(event)

    # -- inside ------------------------------------------------------------------------------

    def _pressed(self, address: QUrl) -> None:
        href = address.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if href.startswith(FIGURE):
            self.figure_asked.emit(href.removeprefix(FIGURE))
        else:
            self.link_asked.emit(href)

    def _put(self, source: str) -> None:
        if not source.strip():
            return
        piece = self._markdown.piece(source)
        cursor = self._end_cursor()
        cursor.insertBlock(piece.first, QTextCharFormat())
        start = cursor.position()
        cursor.insertFragment(piece.fragment)
        if piece.stands_apart:
            cursor.setPosition(start)
            if cursor.block().text():
                return
            following = QTextCursor(cursor.block().next())
            if following.currentTable() is None:
                cursor.deleteChar()
            else:
                shrink(cursor)

    def _block(self, ground: str, *, above: int = 0, below: int = 0) -> QTextCursor:
        form = QTextBlockFormat()
        form.setTopMargin(self._theme.px(above))
        form.setBottomMargin(self._theme.px(below))
        if ground:
            form.setProperty(GROUND, ground)
            form.setLeftMargin(self._theme.px(8))
            form.setRightMargin(self._theme.px(8))
        cursor = self._end_cursor()
        cursor.insertBlock(form, QTextCharFormat())
        return cursor

    def _words(self, kind: Kind, tone: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setFont(self._theme.font(kind))
        made.setForeground(QBrush(self._theme.color(tone)))
        return made

    def _whole(self) -> QTextCursor:
        """Begin changes that are laid out once, at their `endEditBlock`: tables take a while."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        return cursor

    def _end_cursor(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def _remove(self, position: int) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _rect(self, block: QTextBlock) -> QRectF:
        return self.document().documentLayout().blockBoundingRect(block)

    def _grounds(self) -> list[tuple[str, QRectF]]:
        """Return what the words in view stand on; neighbours on the same ground share it."""
        found: list[tuple[str, QRectF]] = []
        block = self.cursorForPosition(QPoint(0, 0)).block()
        while block.previous().isValid() and block.previous().blockFormat().hasProperty(GROUND):
            block = block.previous()
        bottom = self.viewport().height() + self.verticalScrollBar().value()
        before = ""
        while block.isValid():
            rect = self._rect(block)
            if rect.top() > bottom:
                break
            ground = str(block.blockFormat().property(GROUND) or "")
            if ground and ground == before:
                found[-1] = (ground, found[-1][1].united(rect))
            elif ground:
                found.append((ground, rect))
            before = ground
            block = block.next()
        return found

    def _lay_ground(self, painter: QPainter, ground: str, rect: QRectF) -> None:
        theme = self._theme
        margin, pad = self.document().documentMargin(), theme.px(6)
        top = rect.top() - self.verticalScrollBar().value()
        width = self.viewport().width() - 2 * margin
        margin -= self.aside
        if ground == RULE:
            painter.setBrush(theme.color("line_strong"))
            painter.drawRect(QRectF(margin, top + rect.height() / 2, width, 1))
            return
        if ground == QUOTE:
            painter.setBrush(theme.color("line_strong"))
            painter.drawRect(QRectF(margin, top, theme.px(3), rect.height()))
            return
        painter.setBrush(theme.color("inset" if ground == CODE else "raised"))
        room = QRectF(margin, top - pad, width, rect.height() + 2 * pad)
        painter.drawRoundedRect(room, _RADIUS, _RADIUS)


def _bare(text: str) -> str:
    lines = [line.replace(NOTHING, "") for line in text.splitlines() if line != NOTHING]
    return "\n".join(lines).replace("\u2029", "\n").replace("\xa0", " ")
