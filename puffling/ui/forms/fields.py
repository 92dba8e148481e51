"""One editor for each kind of field; each reads and shows plain values and never raises."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from puffling.ui.forms.calendar import dress
from puffling.ui.forms.day_edit import DayEdit
from puffling.ui.forms.describe import Sort
from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit

if TYPE_CHECKING:
    from puffling.ui.forms.describe import Field
    from puffling.ui.theme.theme import Theme

_LONGEST = 4_000
_REAL_PLACES = 10
_NARROW, _WIDE = 130, 260


class Editor(QWidget):
    """Edits one field.

    Signals:
        changed: The person changed the value.
    """

    changed = Signal()

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.theme = field, theme
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        self.row = row

    def hold(self, widget: QWidget, width: int = _WIDE) -> None:
        """Put the real editor in place and give it the keyboard and a name."""
        widget.setAccessibleName(self.field.title)
        widget.setAccessibleDescription(self.field.description)
        widget.setMaximumWidth(self.theme.px(width))
        self.row.addWidget(widget, 1)
        self.row.addStretch(0)
        self.setFocusProxy(widget)

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; empty if nothing is known to be."""
        return ""

    @abstractmethod
    def value(self) -> object:
        """Return the value; None for none."""

    @abstractmethod
    def show_value(self, value: object) -> None:
        """Show another value; one that does not fit the kind is shown as none."""

    def mark(self, *, bad: bool) -> None:
        """Show or hide that something is wrong."""
        proxy = self.focusProxy()
        if proxy is not None:
            self.theme.set_flag(proxy, "bad", on=bad)


class TextEditor(Editor):
    """Words."""

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(field, theme, parent)
        self.line = QLineEdit()
        self.line.setMaxLength(field.longest or _LONGEST)
        self.line.textEdited.connect(self.changed)
        self.hold(self.line)

    @override
    def value(self) -> object:
        text = self.line.text().strip()
        return None if self.field.optional and not text else text

    @override
    def show_value(self, value: object) -> None:
        self.line.setText("" if value is None else str(value))
        self.line.setCursorPosition(0)  # a long text is read from its beginning


class WordsEditor(TextEditor):
    """Words parted by spaces or commas."""

    @override
    def value(self) -> object:
        return tuple(self.line.text().replace(",", " ").replace(";", " ").split())

    @override
    def show_value(self, value: object) -> None:
        words = value if isinstance(value, tuple | list) else ()
        self.line.setText(" ".join(str(each) for each in words))
        self.line.setCursorPosition(0)


class PathEditor(TextEditor):
    """A file, typed or looked for."""

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(field, theme, parent)
        browse = QToolButton()
        browse.setIcon(theme.icon("folder"))
        browse.setToolTip("Choose a file")
        browse.setAccessibleName(f"Choose a file for {field.title}")
        browse.clicked.connect(self._browse)
        self.row.insertWidget(1, browse)

    @override
    def value(self) -> object:
        text = self.line.text().strip()
        return Path(text) if text else None

    def _browse(self) -> None:
        extra = dict(self.field.extra)
        dialog = QFileDialog(self, self.field.title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if extra.get("save"):
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if extra.get("files"):
            dialog.setNameFilter(str(extra["files"]))
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self.line.setText(path)
        self.changed.emit()


class NumberEditor(Editor):
    """A number: whole, exact or real."""

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(field, theme, parent)
        places = {Sort.WHOLE: 0, Sort.REAL: _REAL_PLACES}.get(field.sort)
        bounds = Bounds(
            least=field.least if isinstance(field.least, Decimal) else None,
            most=field.most if isinstance(field.most, Decimal) else None,
            above=field.above,
            below=field.below,
            places=places,
        )
        step = field.step or self._usual_step()
        exponent = step.normalize().as_tuple().exponent
        shown = max(-exponent, 0) if isinstance(exponent, int) else 0
        self.number = DecimalEdit(theme, step=step, bounds=bounds, shown_places=shown)
        self._quiet = False
        # Not textEdited: it comes before the number has read what was typed.
        self.number.textChanged.connect(self._edited)
        self.hold(self.number, _NARROW)

    @property
    @override
    def problem(self) -> str:
        if self.number.problem:
            return self.number.problem
        if self.number.value is None and not self.field.optional:
            return "A number is needed."
        return ""

    @override
    def value(self) -> object:
        value = self.number.value
        if value is None:
            return None
        if self.field.sort is Sort.WHOLE:
            return int(value)
        return float(value) if self.field.sort is Sort.REAL else value

    @override
    def show_value(self, value: object) -> None:
        self._quiet = True
        known = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        number = Decimal(str(value)) if known else None
        self.number.set_value(number if number is not None and number.is_finite() else None)
        self._quiet = False

    def _edited(self) -> None:
        if not self._quiet:
            self.changed.emit()

    def _usual_step(self) -> Decimal:
        """A step that suits the range: hundredths where the range is small."""
        high = self.field.most or self.field.below
        low = self.field.least or self.field.above or Decimal(0)
        small = isinstance(high, Decimal) and isinstance(low, Decimal) and high - low <= 1
        return Decimal("0.01") if small and self.field.sort is not Sort.WHOLE else Decimal(1)


class FlagEditor(Editor):
    """Yes or no; with no given as a third answer where None is allowed."""

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(field, theme, parent)
        self.box = QCheckBox()
        self.box.setTristate(field.optional)
        self.box.clicked.connect(self.changed)
        self.hold(self.box)

    @override
    def value(self) -> object:
        if self.box.checkState() is Qt.CheckState.PartiallyChecked:
            return None
        return self.box.isChecked()

    @override
    def show_value(self, value: object) -> None:
        if value is None and self.field.optional:
            self.box.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.box.setChecked(value is True)


class ChoiceEditor(Editor):
    """One of a few."""

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(field, theme, parent)
        self.box = QComboBox()
        self._values = [each for _, each in field.choices]
        if field.optional:
            self._values.insert(0, None)
            self.box.addItem("Any")
        self.box.addItems([words for words, _ in field.choices])
        self.box.setPlaceholderText("Choose…")
        self.box.activated.connect(self.changed)
        self.hold(self.box)

    @property
    @override
    def problem(self) -> str:
        return "Choose one." if self.box.currentIndex() < 0 else ""

    @override
    def value(self) -> object:
        at = self.box.currentIndex()
        return self._values[at] if 0 <= at < len(self._values) else None

    @override
    def show_value(self, value: object) -> None:
        at = next((at for at, each in enumerate(self._values) if each == value), -1)
        self.box.setCurrentIndex(at)


class DayEditor(Editor):
    """A date; with a box to leave it open where None is allowed."""

    def __init__(self, field: Field, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(field, theme, parent)
        self._given = QCheckBox()
        self._given.setAccessibleName(f"{field.title} is given")
        self._given.setChecked(not field.optional)
        self._given.toggled.connect(self._toggle)
        self.row.addWidget(self._given)
        self._given.setVisible(field.optional)  # in its row by now: alone it would be a window
        self.day = DayEdit()
        self.day.setCalendarPopup(True)
        self.day.setEnabled(not field.optional)
        # The range is judged when the value is read: Qt would move a date into it in silence.
        self.day.userDateChanged.connect(self._edited)
        self._quiet = False
        self._dress()
        theme.changed.connect(self._dress)
        self.hold(self.day, _NARROW)

    @property
    @override
    def problem(self) -> str:
        value = self.value()
        if value is None:
            return "" if self.field.optional else "A date is needed."
        if (
            isinstance(value, date)
            and isinstance(self.field.least, date)
            and value < self.field.least
        ):
            return f"Not before {self.field.least.isoformat()}."
        if (
            isinstance(value, date)
            and isinstance(self.field.most, date)
            and value > self.field.most
        ):
            return f"Not after {self.field.most.isoformat()}."
        return ""

    @override
    def value(self) -> object:
        if not self._given.isChecked():
            return None
        shown = self.day.date()
        return date(shown.year(), shown.month(), shown.day())

    @override
    def show_value(self, value: object) -> None:
        self._quiet = True
        if isinstance(value, date):
            self.day.setDate(QDate(value.year, value.month, value.day))
        if self.field.optional:
            self._given.setChecked(isinstance(value, date))
        self._quiet = False

    def propose(self, value: date) -> None:
        """Begin with `value` once the person gives a date; it is not given by this."""
        if not self._given.isChecked():
            self._quiet = True
            self.day.setDate(QDate(value.year, value.month, value.day))
            self._quiet = False

    def _dress(self) -> None:
        dress(self.day.calendarWidget(), self.theme)

    def _toggle(self, on: bool) -> None:  # noqa: FBT001 - Qt's own signature
        self.day.setEnabled(on)
        self._edited()

    def _edited(self) -> None:
        if not self._quiet:
            self.changed.emit()


_EDITORS: dict[Sort, type[Editor]] = {
    Sort.TEXT: TextEditor,
    Sort.WORDS: WordsEditor,
    Sort.PATH: PathEditor,
    Sort.WHOLE: NumberEditor,
    Sort.EXACT: NumberEditor,
    Sort.REAL: NumberEditor,
    Sort.FLAG: FlagEditor,
    Sort.CHOICE: ChoiceEditor,
    Sort.DAY: DayEditor,
}


def editor(field: Field, theme: Theme) -> Editor:
    """Return the editor for a field."""
    return _EDITORS[field.sort](field, theme)
