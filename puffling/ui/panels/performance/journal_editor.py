"""The editor of one journal entry: words, tags, rating, the trade it is about, and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffling.services.journal import Words
from puffling.ui.panels.performance.journal_columns import BEST, stars

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from puffling.store.journal import JournalEntry
    from puffling.ui.theme.theme import Theme

_TEXTS = (
    ("note", "Note", "What happened, and why", 96),
    ("setup", "Setup", "What you saw before you entered", 54),
    ("emotions", "Emotions", "How you felt before, during and after", 54),
    ("mistakes", "Mistakes", "What you would not do again", 54),
    ("lessons", "Lessons", "What you will do next time", 54),
)
_PICTURE = 220


class JournalEditor(QWidget):
    """Edits one entry; it keeps nothing by itself.

    Signals:
        changed: The person changed something.
        picture_asked: Another picture is wanted.
        picture_removed: The picture is to be taken away.
    """

    changed = Signal()
    picture_asked = Signal()
    picture_removed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._quiet = False
        self.title, self.symbol, self.tags = QLineEdit(), QLineEdit(), QLineEdit()
        self.symbol.setMaxLength(15)
        self.title.setMaxLength(200)
        self.tags.setPlaceholderText("breakout, early")
        self.rating, self.trade = QComboBox(), QComboBox()
        self.rating.addItem("Not rated", None)
        for rating in range(1, BEST + 1):
            self.rating.addItem(stars(rating), rating)
        self.trade.addItem("No trade", "")
        self.trade.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.trade.setMinimumContentsLength(12)
        self.texts: dict[str, QPlainTextEdit] = {}
        self.picture = _Picture(theme)
        self.add_picture = QPushButton(theme.icon("import"), "Add…")
        self.drop_picture = QPushButton(theme.icon("trash"), "Remove")
        for button, does in ((self.add_picture, "Add"), (self.drop_picture, "Remove")):
            theme.set_role(button, "flat")
            button.setAccessibleName(f"{does} picture")
        self._lay_out(theme)
        for line in (self.title, self.symbol, self.tags):
            line.textEdited.connect(lambda _: self._tell())
        for box in (self.rating, self.trade):
            box.activated.connect(lambda _: self._tell())
        for edit in self.texts.values():
            edit.textChanged.connect(self._tell)
        self.add_picture.clicked.connect(self.picture_asked)
        self.drop_picture.clicked.connect(self.picture_removed)
        self.show_picture(None)

    def show_trades(self, trades: Iterable[tuple[str, str]]) -> None:
        """Offer these round trips: each its key and its words."""
        chosen = self.trade.currentData()
        self._quiet = True
        self.trade.clear()
        self.trade.addItem("No trade", "")
        for key, words in trades:
            self.trade.addItem(words, key)
        self._choose_trade(str(chosen or ""))
        self._quiet = False

    def show_words(self, words: Words) -> None:
        """Show these words."""
        self._quiet = True
        self.title.setText(words.title)
        self.symbol.setText(words.symbol)
        self.tags.setText(", ".join(words.tags))
        self.rating.setCurrentIndex(words.rating or 0)
        self._choose_trade(words.trade_key)
        for name, edit in self.texts.items():
            edit.setPlainText(getattr(words, name))
        self._quiet = False

    def show_entry(self, entry: JournalEntry, picture: Path | None) -> None:
        """Show an entry and its picture."""
        self.show_words(
            Words(
                entry.title,
                entry.note,
                entry.setup,
                entry.emotions,
                entry.mistakes,
                entry.lessons,
                entry.tags,
                entry.rating,
                entry.trade_key,
                entry.symbol,
            )
        )
        self.show_picture(picture)

    def show_picture(self, path: Path | None) -> None:
        """Show a picture; None shows none."""
        self.picture.show_file(path)
        self.drop_picture.setVisible(path is not None)
        self.add_picture.setText("Another…" if path is not None else "Add…")

    def words(self) -> Words:
        """Return what is written."""
        texts = {name: edit.toPlainText() for name, edit in self.texts.items()}
        return Words(
            title=self.title.text(),
            tags=tuple(self.tags.text().replace(",", " ").split()),
            rating=self.rating.currentData(),
            trade_key=str(self.trade.currentData() or ""),
            symbol=self.symbol.text().strip().upper(),
            **texts,
        )

    # -- inside ------------------------------------------------------------------------------

    def _choose_trade(self, key: str) -> None:
        place = self.trade.findData(key)
        if place < 0 and key:
            self.trade.addItem("A trade outside the period", key)
            place = self.trade.count() - 1
        self.trade.setCurrentIndex(max(place, 0))

    def _tell(self) -> None:
        if not self._quiet:
            self.changed.emit()

    def _lay_out(self, theme: Theme) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setHorizontalSpacing(theme.px(10))
        form.setVerticalSpacing(theme.px(6))
        short = QHBoxLayout()
        short.setSpacing(theme.px(6))
        self.symbol.setMaximumWidth(theme.px(80))
        for widget, name in ((self.symbol, "Symbol"), (self.rating, "Rating"), (self.tags, "Tags")):
            widget.setAccessibleName(name)
            short.addWidget(widget, 1 if widget is self.tags else 0)
        self.symbol.setPlaceholderText("Symbol")
        self._row(theme, form, "Title", self.title)
        self._row(theme, form, "Trade", self.trade)
        form.addRow(_label(theme, "About"), short)
        for name, title, hint, height in _TEXTS:
            edit = QPlainTextEdit()
            edit.setPlaceholderText(hint)
            edit.setTabChangesFocus(True)
            edit.setFixedHeight(theme.px(height))
            self.texts[name] = edit
            self._row(theme, form, title, edit)
            if name == "note":
                form.addRow(_label(theme, "Picture"), self._picture_box())
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(8))
        column.setSpacing(theme.px(6))
        column.addLayout(form)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _picture_box(self) -> QVBoxLayout:
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_picture)
        buttons.addWidget(self.drop_picture)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.addWidget(self.picture)
        column.addLayout(buttons)
        return column

    @staticmethod
    def _row(theme: Theme, form: QFormLayout, title: str, widget: QWidget) -> None:
        widget.setAccessibleName(title)
        form.addRow(_label(theme, title), widget)


def _label(theme: Theme, text: str) -> QLabel:
    label = QLabel(text)
    theme.set_role(label, "muted")
    return label


class _Picture(QLabel):
    """A picture as wide as there is room, never larger than it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._full = QPixmap()
        self._most = theme.px(_PICTURE)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Picture")
        self.hide()

    def show_file(self, path: Path | None) -> None:
        self._full = QPixmap() if path is None else QPixmap(str(path))
        self.setVisible(not self._full.isNull())
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._full.isNull():
            self.clear()
            return
        ratio = self.devicePixelRatioF()
        size = QSize(
            min(round(max(self.width(), 1) * ratio), self._full.width()),
            min(round(self._most * ratio), self._full.height()),
        )
        fitted = self._full.scaled(
            size,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(fitted)
