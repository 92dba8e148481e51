"""Finds a study by a few letters, sets it, adds it; and changes or removes those on the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffling.services.study_offers import USUAL, find, offer, offers
from puffling.ui.panels.chart.study_form import StudyForm
from puffling.ui.widgets.help_key import HelpKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor, QKeyEvent

    from puffling.services.study_offers import Offer
    from puffling.services.study_specs import StudySpec
    from puffling.ui.theme.theme import Theme

_ROLE = Qt.ItemDataRole.UserRole
_WIDE, _TALL, _LIST = 720, 460, 270
_MARGIN = 12
HINT = "Return adds or applies, Delete removes from the chart, Esc closes."


class StudyDialog(QDialog):
    """A list of studies, those on the chart first, and the settings of the chosen one.

    Signals:
        added: A study is to be drawn (a `StudySpec`).
        changed: One on the chart is to be another (its place, a `StudySpec`).
        removed: One on the chart is to go (its place).
    """

    added = Signal(object)
    changed = Signal(int, object)
    removed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        HelpKey(self, "chart")
        self._theme = theme
        self._there: tuple[StudySpec, ...] = ()
        self.form: StudyForm | None = None
        self._known: StudySpec | Offer | None = None  # whose form it is
        self.drawn: Callable[[int], Mapping[str, QColor]] = lambda _: {}  # colours on the chart
        self.setWindowTitle("Studies")
        self.resize(theme.px(_WIDE), theme.px(_TALL))
        self.search = QLineEdit()
        self.search.setPlaceholderText("Type a name, such as rsi")
        self.search.setAccessibleName("Search studies")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Studies")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title, self.about = QLabel(), QLabel()
        theme.set_role(self.title, "heading")
        theme.set_role(self.about, "muted")
        self._room = QScrollArea()
        self._room.setWidgetResizable(True)
        self._room.setFrameShape(QScrollArea.Shape.NoFrame)
        self.apply, self.remove = QPushButton("Add to the chart"), QPushButton("Remove")
        theme.set_role(self.apply, "primary")
        close = QPushButton("Close")
        for each in (self.apply, self.remove, close):
            each.setAutoDefault(False)
        self.hint = QLabel(HINT)
        theme.set_role(self.hint, "caption")
        self._lay_out(close)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.search.textChanged.connect(self._fill)
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.list.itemActivated.connect(lambda _: self._apply())
        self.apply.clicked.connect(self._apply)
        self.remove.clicked.connect(self._remove)
        close.clicked.connect(self.reject)

    def _lay_out(self, close: QPushButton) -> None:
        px = self._theme.px
        left, right, buttons = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        for each in (self.apply, self.remove):
            buttons.addWidget(each)
        buttons.addStretch(1)
        buttons.addWidget(close)
        right.addWidget(self.title)
        right.addWidget(self.about)
        right.addWidget(self._room, 1)
        right.addWidget(self.hint)
        right.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[px(_MARGIN)] * 4)
        row.setSpacing(px(_MARGIN))
        self.list.setFixedWidth(px(_LIST))
        self.search.setFixedWidth(px(_LIST))
        row.addLayout(left)
        row.addLayout(right, 1)

    # -- what is shown ---------------------------------------------------------------------------

    def show_studies(self, there: tuple[StudySpec, ...], place: int | None = None) -> None:
        """List what is on the chart, and choose one of them or keep the choice."""
        chosen = self._chosen() if place is None else place
        self._there = there
        self._fill()
        self._point(chosen)

    def open_at(self, place: int | None) -> None:
        """Open for a search, or with the settings of a study on the chart."""
        self.search.clear()
        self.show_studies(self._there, place)
        self.show()
        self.raise_()
        self.activateWindow()
        if place is not None and self.form is not None:
            self.form.first_editor().setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.list.setCurrentRow(-1)
            self._first()
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        words = self.search.text().strip()
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self.list.clear()
        there = [
            (place, each)
            for place, each in enumerate(self._there)
            if words.casefold() in f"{each.title} {each.offer.title}".casefold()
        ]
        if there:
            self._heading("On the chart")
            for place, spec in there:
                self._item(spec.title, place)
        found = find(words) if words else [offer(each) for each in USUAL]
        self._heading("Studies" if words else "Usual")
        for each in found:
            self._item(each.title, each.id)
        if not words:
            self._groups()
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's own signature
        self._first()

    def _groups(self) -> None:
        group = ""
        for each in sorted(offers().values(), key=lambda one: _order(one.group)):
            if each.group != group:
                group = each.group
                self._heading(group)
            self._item(each.title, each.id)

    def _heading(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setForeground(self._theme.color("muted"))
        self.list.addItem(item)

    def _item(self, words: str, key: int | str) -> None:
        item = QListWidgetItem(words)
        item.setData(_ROLE, key)
        self.list.addItem(item)

    def _first(self) -> None:
        """Choose the first that was searched for; nothing searched chooses the first usual one."""
        keys = [self.list.item(row).data(_ROLE) for row in range(self.list.count())]
        rows = [row for row, key in enumerate(keys) if isinstance(key, str)]
        self.list.setCurrentRow(rows[0] if rows else -1)
        self._choose()

    def _point(self, key: int | str | None) -> None:
        for row in range(self.list.count()):
            if key is not None and self.list.item(row).data(_ROLE) == key:
                self.list.setCurrentRow(row)
                return
        self._first()

    def _chosen(self) -> int | str | None:
        row = self.list.currentRow()
        found = None if row < 0 else self.list.item(row).data(_ROLE)
        return found if isinstance(found, int | str) else None

    def _choose(self) -> None:
        """Show the settings of the chosen study."""
        chosen = self._chosen()
        on_chart = isinstance(chosen, int)
        self.remove.setEnabled(on_chart)
        self.apply.setEnabled(chosen is not None)
        self.apply.setText("Apply" if on_chart else "Add to the chart")
        known: StudySpec | Offer | None = None
        if isinstance(chosen, int):
            known = self._there[chosen]
        elif chosen is not None:
            known = offer(chosen)
        if known == self._known:
            return  # what was typed there stays
        self._known = known
        drawn = self.drawn(chosen) if isinstance(chosen, int) else {}
        self.form = StudyForm(known, self._theme, drawn) if known is not None else None
        inside = self.form or QWidget()
        self._room.setWidget(inside)
        inside.setAutoFillBackground(False)  # the dialog's own ground shows through
        self._room.viewport().setAutoFillBackground(False)
        self.title.setText("" if self.form is None else self.form.offer.title)
        self.about.setText("" if self.form is None else self.form.offer.group)

    # -- what is done ----------------------------------------------------------------------------

    def _apply(self) -> None:
        chosen = self._chosen()
        spec = self.form.spec() if self.form is not None else None
        if chosen is None or spec is None:
            return
        if isinstance(chosen, int):
            self.changed.emit(chosen, spec)
        else:
            self.added.emit(spec)

    def _remove(self) -> None:
        chosen = self._chosen()
        if isinstance(chosen, int):
            self.removed.emit(chosen)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move through the list while a name is typed, and Delete remove."""
        if event.type() is not QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = Qt.Key(_key_of(event))
        if watched is self.search and key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._step(1 if key is Qt.Key.Key_Down else -1)
            return True
        if key == Qt.Key.Key_Delete and (watched is self.list or not self.search.text()):
            self._remove()
            return True
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return does what the main button says, wherever the cursor is."""
        if Qt.Key(event.key()) in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._apply()
        else:
            super().keyPressEvent(event)

    def _step(self, step: int) -> None:
        row = self.list.currentRow() + step
        while 0 <= row < self.list.count():
            if self.list.item(row).data(_ROLE) is not None:
                self.list.setCurrentRow(row)
                return
            row += step


def _order(group: str) -> int:
    names = list(dict.fromkeys(each.group for each in offers().values()))
    return names.index(group)


def _key_of(event: QEvent) -> int:
    key = getattr(event, "key", None)
    return int(key()) if callable(key) else 0
