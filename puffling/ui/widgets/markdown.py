"""Markdown as the desk shows it: tables, code, quotes and lists in the colours of the theme.

Nothing in it is HTML, and nothing is fetched: a picture is named and not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import (
    QBrush,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from typing_extensions import override

from puffling.ui.theme.theme import Kind
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QTextBlock, QTextFragment

    from puffling.ui.theme.theme import Theme

FEATURES = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
_USER = QTextFormat.Property.UserProperty.value
GROUND = _USER + 1  # what a block stands on: one of the words below
PLACE = _USER + 2  # whose widget stands over a block
CODE, QUOTE, RULE = "code", "quote", "rule"
NOTHING = "\u2060"  # fills blocks that hold no words
# What turns the letters after it round; numbers and addresses are read as they are.
TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_FENCE = QTextFormat.Property.BlockCodeFence
_LANGUAGE = QTextFormat.Property.BlockCodeLanguage
_QUOTED = QTextFormat.Property.BlockQuoteLevel
_RULE = QTextFormat.Property.BlockTrailingHorizontalRulerWidth
_ALT = QTextFormat.Property.ImageAltText
_LINE_HEIGHT = 135  # per cent; answers are read, not glanced at
_LARGE_HEADINGS = 2
_UNBROKEN_HEAD, _UNBROKEN = 24, 16  # letters of a table's cell that stay on one line


class _Sheet(QTextDocument):
    """A document that fetches nothing, from nowhere."""

    @override
    def loadResource(self, type: int, name: object) -> Any:
        return None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a document, and what Qt forgets of its first block when it is put in."""

    fragment: QTextDocumentFragment
    first: QTextBlockFormat
    stands_apart: bool  # it begins with a list or a table, and leaves an empty block before it


class Markdown:
    """Turns Markdown into pieces of a document; make them anew when the theme changes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def piece(self, source: str) -> Piece:
        """Return `source` as it is to be shown."""
        sheet = _Sheet()
        sheet.setUndoRedoEnabled(False)
        sheet.setDefaultFont(self._theme.font(Kind.TEXT))
        sheet.setMarkdown(source.translate(TURNS), FEATURES)
        cursor = QTextCursor(sheet)
        block = sheet.begin()
        while block.isValid():
            self._dress(cursor, block)
            block = block.next()
        for each in sheet.rootFrame().childFrames():
            if isinstance(each, QTextTable):
                self._dress_table(each)
        first = sheet.begin()
        apart = first.textList() is not None or QTextCursor(first).currentTable() is not None
        return Piece(QTextDocumentFragment(sheet), first.blockFormat(), apart)

    # -- blocks ------------------------------------------------------------------------------

    def _dress(self, cursor: QTextCursor, block: QTextBlock) -> None:
        theme, was = self._theme, block.blockFormat()
        cursor.setPosition(block.position())
        if _only_beside(block) and cursor.currentTable() is None:
            shrink(cursor)
            return
        made = QTextBlockFormat(was)
        code = _is_code(block)
        quoted = was.intProperty(_QUOTED)
        listed = block.textList() is not None
        made.setTopMargin(0)
        made.setBottomMargin(theme.px(3 if listed else 8))
        if was.headingLevel():
            made.setTopMargin(theme.px(6))
            made.setBottomMargin(theme.px(4))
        if not code:
            made.setLineHeight(
                _LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
            )
        if code:
            made.setProperty(GROUND, CODE)
            made.setLeftMargin(theme.px(8))
            made.setRightMargin(theme.px(8))
            made.setNonBreakableLines(False)
            last = not _is_code(block.next())
            made.setTopMargin(0 if _is_code(block.previous()) else theme.px(6))
            made.setBottomMargin(theme.px(14) if last else 0)
        elif was.hasProperty(_RULE):
            made.clearProperty(_RULE)
            made.setProperty(GROUND, RULE)
        elif quoted:
            made.setProperty(GROUND, QUOTE)
            made.setLeftMargin(theme.px(14 * quoted))
        cursor.setBlockFormat(made)
        self._dress_words(cursor, block, code=code, quoted=bool(quoted))

    def _dress_words(
        self, cursor: QTextCursor, block: QTextBlock, *, code: bool, quoted: bool
    ) -> None:
        level = block.blockFormat().headingLevel()
        for start, length, was in spans(block):
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            if was.isImageFormat():
                said = str(was.property(_ALT) or "").strip()
                cursor.insertText(
                    f"[picture: {said}]" if said else "[picture]", self._plain(Tone.MUTED)
                )
                continue
            cursor.setCharFormat(self._words(was, code=code, quoted=quoted, level=level))

    def _words(
        self, was: QTextCharFormat, *, code: bool, quoted: bool, level: int
    ) -> QTextCharFormat:
        theme = self._theme
        made = self._plain(Tone.MUTED if quoted else Tone.TEXT)
        font = theme.font(Kind.TEXT)
        if code or was.fontFixedPitch():
            font = theme.font(Kind.MONO)
            if not code:
                made.setBackground(QBrush(theme.color("inset")))
        if level:
            font = theme.font(Kind.STRONG)
            if level <= _LARGE_HEADINGS:
                font.setPixelSize(round(theme.sizes.text * (1.3 if level == 1 else 1.15)))
        elif was.fontWeight() > QFont.Weight.Normal:
            font.setWeight(QFont.Weight.DemiBold)
        font.setItalic(was.fontItalic())
        font.setStrikeOut(was.fontStrikeOut())
        made.setFont(font)
        if was.isAnchor() and plain_link(was.anchorHref()):
            made.setAnchor(True)
            made.setAnchorHref(was.anchorHref())
            made.setForeground(QBrush(theme.color(Tone.ACCENT)))
            made.setFontUnderline(True)
        return made

    def _plain(self, tone: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setFont(self._theme.font(Kind.TEXT))
        made.setForeground(QBrush(self._theme.color(tone)))
        return made

    # -- tables ------------------------------------------------------------------------------

    def _dress_table(self, table: QTextTable) -> None:
        theme = self._theme
        form = QTextTableFormat(table.format().toTableFormat())
        form.setBorderCollapse(True)
        form.setBorder(1)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderBrush(QBrush(theme.color("line")))
        form.setCellSpacing(0)
        form.setCellPadding(theme.px(4))
        form.setTopMargin(theme.px(2))
        form.setBottomMargin(theme.px(10))
        form.setWidth(QTextLength())
        table.setFormat(form)
        heads = QBrush(theme.color("raised"))
        for row in range(table.rows()):
            for column in range(table.columns()):
                cell = table.cellAt(row, column)
                if row == 0:
                    look = cell.format()
                    look.setBackground(heads)
                    cell.setFormat(look)
                cursor = cell.firstCursorPosition()
                if (
                    cursor.block() != cell.lastCursorPosition().block()
                    and not cursor.block().text()
                ):
                    cursor.deleteChar()  # Qt leaves one in the first cell below code
                block = QTextBlockFormat(cursor.blockFormat())
                block.setTopMargin(0)
                block.setBottomMargin(0)
                most = _UNBROKEN_HEAD if row == 0 else _UNBROKEN
                block.setNonBreakableLines(len(cursor.block().text()) <= most)
                cursor.setBlockFormat(block)


def spans(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Return where the words of a block change their look, from the last to the first."""
    return [
        (each.position(), each.length(), each.charFormat())
        for each in reversed(list(_parts(block)))
    ]


def _parts(block: QTextBlock) -> Iterator[QTextFragment]:
    at = block.begin()
    while not at.atEnd():
        yield at.fragment()
        at += 1


def shrink(cursor: QTextCursor) -> None:
    """Make the empty block at `cursor` one that takes no room and keeps its format."""
    made = QTextBlockFormat()
    made.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    cursor.setBlockFormat(made)
    small = QTextCharFormat()
    small.setFontPointSize(1)
    cursor.insertText(NOTHING, small)


def code_of(form: QTextBlockFormat) -> bool:
    """Whether a block with this format is code."""
    return form.hasProperty(_FENCE) or form.hasProperty(_LANGUAGE)


def _only_beside(block: QTextBlock) -> bool:
    """Whether a block holds nothing and only stands beside a table."""
    if block.text() or block.blockFormat().hasProperty(_RULE):
        return False
    return not (_is_code(block) and _is_code(block.previous()) and _is_code(block.next()))


def _is_code(block: QTextBlock) -> bool:
    """Whether a block is code; the cells of a table below code only look like it to Qt."""
    if not block.isValid() or QTextCursor(block).currentTable() is not None:
        return False
    return code_of(block.blockFormat())


def plain_link(address: str) -> bool:
    """Whether an address leads to a page of the web, the only thing that is ever opened."""
    return address.startswith(("https://", "http://"))
