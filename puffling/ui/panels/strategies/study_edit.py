"""An indicator of the catalogue, its settings, and which of its lines is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from puffling.ui.forms.describe import describe
from puffling.ui.forms.fields import NumberEditor, editor
from puffling.ui.forms.schema import plain, typed
from puffling.ui.panels.strategies.flow import Flow
from puffling.ui.widgets.numbers import read_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffin.factors.base import Indicator
    from puffling.ui.forms.fields import Editor
    from puffling.ui.panels.strategies.draft import Document
    from puffling.ui.theme.theme import Theme
    from puffling.ui.widgets.decimal_edit import DecimalEdit

_ID = Qt.ItemDataRole.UserRole
_BOX, _SETTING = 190, 72


class StudyEdit(QWidget):
    """Type a few letters of an indicator's name, or choose it from the list.

    The catalogue must have been imported: that takes a tenth of a second.

    Signals:
        changed: The person changed something.
    """

    changed = Signal()

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme, self._title = theme, title
        self._settings: dict[str, Editor] = {}
        self._shown = ""
        self.box, self.output = QComboBox(), QComboBox()
        self.box.setAccessibleName(f"{title}: indicator")
        self.output.setAccessibleName(f"{title}: which line")
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setFixedWidth(theme.px(_BOX))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        first = Flow(theme)
        first.add(self.box)
        first.add(self.output)
        column.addWidget(first)
        self._column, self._row = column, QWidget()
        column.addWidget(self._row)
        self.box.activated.connect(self._take)
        line = self.box.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._take)
        self.output.activated.connect(self.changed)

    @property
    def settings(self) -> Mapping[str, Editor]:
        """The editors of its settings, by name."""
        return self._settings

    def value(self) -> Document:
        """Return what an operand holds of it."""
        values = {name: _value(each) for name, each in self._settings.items()}
        known = {name: each for name, each in values.items() if each is not None}
        found: Document = {"id": self._shown, "parameters": plain(known)}
        if self.output.count() > 1:
            found["output"] = self.output.currentData()
        return found

    def show_value(self, value: Mapping[str, Any]) -> None:
        """Show another indicator."""
        self._fill()
        self._show(str(value.get("id", "")), dict(value.get("parameters") or {}))
        place = self.output.findData(value.get("output") or "")
        self.output.setCurrentIndex(max(place, 0))  # nothing named is the main one

    # -- inside ------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Put the catalogue into the list, once it is needed."""
        if self.box.count():
            return
        from puffin.factors.base import Group
        from puffin.factors.catalogue import INDICATORS

        model = QStandardItemModel(self.box)
        groups, group = list(Group), None
        for each in sorted(INDICATORS, key=lambda each: groups.index(each.group)):
            if each.group != group:
                group = each.group
                heading = QStandardItem(str(group).capitalize())
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                model.appendRow(heading)
            item = QStandardItem(each.title)
            item.setData(each.id, _ID)
            model.appendRow(item)
        self.box.setModel(model)
        words = QCompleter([each.title for each in INDICATORS], self.box)
        words.setFilterMode(Qt.MatchFlag.MatchContains)
        words.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.box.setCompleter(words)

    def _take(self) -> None:
        """Take what was chosen or typed; what is not known is kept, and is an error."""
        text = self.box.currentText().strip()
        place = self.box.findText(text, Qt.MatchFlag.MatchFixedString)
        known = self.box.itemData(place, _ID) if place >= 0 else None
        id_ = str(known or text)
        if id_ == self._shown:
            return
        self._show(id_, {})
        self.changed.emit()

    def _show(self, id_: str, parameters: dict[str, Any]) -> None:
        found = _known(id_)
        self._shown = id_ if found is None else found.id
        self.box.setCurrentIndex(-1)
        if found is None:
            self.box.setEditText(id_)
        else:
            self.box.setCurrentIndex(self.box.findData(found.id, _ID))
        self.output.clear()
        for each in () if found is None else found.outputs:
            self.output.addItem(each.title, each.id)
        self.output.setVisible(self.output.count() > 1)
        self._build_settings(found, parameters)

    def _build_settings(self, found: Indicator | None, parameters: dict[str, Any]) -> None:
        self._settings = {}
        self._column.removeWidget(self._row)
        self._row.hide()
        self._row.deleteLater()
        row = Flow(self._theme)
        if found is not None:
            values = typed(found.Parameters, parameters)
            for field in describe(found.Parameters):
                label, edit = QLabel(field.title), editor(field, self._theme)
                label.setBuddy(edit)
                edit.show_value(parameters.get(field.name, values.get(field.name, field.default)))
                edit.setToolTip(f"{field.description} ({field.limits})".strip())
                edit.changed.connect(self._edited)
                proxy = edit.focusProxy()
                if proxy is not None:
                    proxy.setMaximumWidth(self._theme.px(_SETTING if field.least else _BOX))
                self._settings[field.name] = edit
                row.add(side_by_side(self._theme, label, edit))
        self._row = row
        self._column.addWidget(row)
        row.setVisible(bool(self._settings))

    def _edited(self) -> None:
        for each in self._settings.values():
            each.mark(bad=bool(each.problem))
        self.changed.emit()


def side_by_side(theme: Theme, *widgets: QWidget) -> QWidget:
    """Keep a field and its words together in one line."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.px(6))
    for each in widgets:
        if isinstance(each, QLabel):
            theme.set_role(each, "muted")
        row.addWidget(each)
    return box


def typed_number(edit: DecimalEdit) -> int | float | str | None:
    """Return what a field holds; also what does not fit, so that it is found to be wrong."""
    number = edit.value if edit.value is not None else read_decimal(edit.text())[0]
    if number is None:
        return edit.text().strip() or None
    return int(number) if number == int(number) else float(number)


def _value(edit: Editor) -> object:
    if not isinstance(edit, NumberEditor):
        return edit.value()
    number = typed_number(edit.number)
    return float(number) if isinstance(edit.value(), float) and number is not None else number


def _known(id_: str) -> Indicator | None:
    from puffin.factors.catalogue import INDICATORS

    return next((each for each in INDICATORS if each.id == id_), None)
