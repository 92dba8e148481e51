"""One side of a comparison: a number, a price, the volume, an indicator, a time, or a sum."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QVBoxLayout, QWidget

from puffling.ui.panels.strategies.flow import Flow
from puffling.ui.panels.strategies.study_edit import StudyEdit, side_by_side, typed_number
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.decimal_edit import Bounds, DecimalEdit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffling.ui.panels.strategies.draft import Document, Path, Problem
    from puffling.ui.theme.theme import Theme

KINDS: Final = {
    "indicator": "Indicator",
    "price": "Price",
    "volume": "Volume",
    "number": "Number",
    "time": "Time",
    "combined": "Sum of two",
}
FRESH: Final[dict[str, Document]] = {
    "indicator": {"kind": "indicator", "id": "sma", "parameters": {"window": 20}},
    "price": {"kind": "price"},
    "volume": {"kind": "volume"},
    "number": {"kind": "number", "value": 0},
    "time": {"kind": "time", "part": "weekday"},
}
_TIMES = {"weekday": "Weekday", "hour": "Hour", "day": "Day of month", "month": "Month"}
_SUMS = {"+": "plus", "-": "less", "*": "times", "/": "divided by"}
_MOST_AGO = 500
_NUMBER, _AGO = 96, 44


class OperandEdit(QFrame):
    """Edits one operand, of whatever kind; a sum holds two more of these.

    Signals:
        changed: The person changed something.
    """

    changed = Signal()

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme, self._title = theme, title
        self._quiet = False
        self._body: dict[str, Any] = {}
        self.kind = choice(KINDS, f"{title}: what it is")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        theme.set_role(self.problem, "caption", Tone.DANGER)
        self.number = DecimalEdit(theme, step=Decimal(1))
        self.number.setAccessibleName(f"{title}: number")
        self.number.setFixedWidth(theme.px(_NUMBER))
        self.field = choice(
            {each: each.capitalize() for each in ("close", "open", "high", "low")},
            f"{title}: which price",
        )
        self.part = choice(_TIMES, f"{title}: which time")
        self.ago = DecimalEdit(
            theme, bounds=Bounds(least=Decimal(0), most=Decimal(_MOST_AGO), places=0)
        )
        self.ago.setFixedWidth(theme.px(_AGO))
        self.ago.setAccessibleName(f"{title}: bars ago")
        self.ago_box = side_by_side(theme, self.ago, QLabel("bars ago"))
        self.study = StudyEdit(theme, title)
        self.sum: QComboBox | None = None
        self.left: OperandEdit | None = None
        self.right: OperandEdit | None = None
        self._column = QVBoxLayout(self)
        self._lay_out()
        self._connect()
        self._show_parts()

    # -- values ------------------------------------------------------------------------------

    def value(self) -> Document:
        """Return the operand; what is missing in it is left out."""
        kind = str(self.kind.currentData())
        found: Document = {"kind": kind}
        if kind == "number":
            number = typed_number(self.number)
            if number is not None:
                found["value"] = number
        elif kind == "price":
            found["field"] = self.field.currentData()
        elif kind == "time":
            found["part"] = self.part.currentData()
        elif kind == "indicator":
            found |= self.study.value()
        elif kind == "combined" and self.left and self.right and self.sum:
            found["sum"] = self.sum.currentData()
            found["left"], found["right"] = self.left.value(), self.right.value()
        if kind not in {"number", "combined"} and (ago := typed_number(self.ago)):
            found["ago"] = ago
        return found

    def show_value(self, value: Mapping[str, Any]) -> None:
        """Show another operand, unless it is the one that is shown."""
        if dict(value) == self.value():
            return
        self._quiet = True
        kind = str(value.get("kind", "number"))
        select(self.kind, kind if kind in KINDS else "number")
        number = value.get("value")
        known = isinstance(number, int | float)
        self.number.set_value(Decimal(f"{number:.10g}") if known else None)
        select(self.field, value.get("field", "close"))
        select(self.part, value.get("part", "weekday"))
        ago = value.get("ago", 0)
        self.ago.set_value(Decimal(ago) if isinstance(ago, int) else None)
        if kind == "indicator":
            self.study.show_value(value)
        if kind == "combined":
            self._need_sum()
            if self.left and self.right and self.sum:
                select(self.sum, value.get("sum", "*"))
                self.left.show_value(value.get("left", {}))
                self.right.show_value(value.get("right", {}))
        self._show_parts()
        self._quiet = False

    def show_problems(self, problems: Iterable[tuple[Path, Problem]]) -> None:
        """Show what is wrong, given with the places inside this operand."""
        inside: dict[str, list[tuple[Path, Problem]]] = {"left": [], "right": []}
        mine = []
        for path, each in problems:
            if path and path[0] in inside and self.left is not None:
                inside[str(path[0])].append((path[1:], each))
            else:
                mine.append(each.sentence)
        self.problem.setText(" ".join(dict.fromkeys(mine)))
        self.problem.setVisible(bool(mine))
        for name, edit in (("left", self.left), ("right", self.right)):
            if edit is not None:
                edit.show_problems(inside[name])

    # -- inside ------------------------------------------------------------------------------

    def _choose_kind(self) -> None:
        kind = str(self.kind.currentData())
        before = self._body
        if kind == "combined":
            left = before if before.get("kind") not in {None, "combined"} else FRESH["price"]
            fresh = {
                "kind": kind,
                "sum": "*",
                "left": left,
                "right": {"kind": "number", "value": 2},
            }
        else:
            fresh = FRESH[kind]
        self.kind.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        select(self.kind, "number" if kind != "number" else "price")
        self.kind.blockSignals(False)  # noqa: FBT003 - Qt's own signature
        self.show_value(fresh)
        self._edited()

    def _edited(self) -> None:
        if not self._quiet:
            self._body = self.value()
            self.changed.emit()

    def _need_sum(self) -> None:
        """Make the two sides of a sum, once one is wanted."""
        if self.sum is not None:
            return
        self.sum = choice(_SUMS, f"{self._title}: how the two are joined")
        self.left = OperandEdit(self._theme, f"{self._title}, first")
        self.right = OperandEdit(self._theme, f"{self._title}, second")
        self.sum.activated.connect(self._edited)
        for each in (self.left, self.sum, self.right):
            self._inside.addWidget(each)
        for edit in (self.left, self.right):
            edit.changed.connect(self._edited)

    def _show_parts(self) -> None:
        kind = str(self.kind.currentData())
        self.number.setVisible(kind == "number")
        self.field.setVisible(kind == "price")
        self.part.setVisible(kind == "time")
        self.study.setVisible(kind == "indicator")
        self._sum_box.setVisible(kind == "combined")
        self.ago_box.setVisible(kind not in {"number", "combined"})
        self._body = self.value()

    def _connect(self) -> None:
        self.kind.activated.connect(self._choose_kind)
        for box in (self.field, self.part):
            box.activated.connect(self._edited)
        for edit in (self.number, self.ago):
            edit.textChanged.connect(self._edited)
        self.study.changed.connect(self._edited)

    def _lay_out(self) -> None:
        theme = self._theme
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(6))
        first = Flow(theme)
        for each in (self.kind, self.number, self.field, self.part, self.ago_box):
            first.add(each)
        self._sum_box = QWidget()
        self._inside = QVBoxLayout(self._sum_box)
        self._inside.setContentsMargins(theme.px(14), 0, 0, 0)
        self._inside.setSpacing(theme.px(6))
        self._column.addWidget(first)
        self._column.addWidget(self.study)
        self._column.addWidget(self._sum_box)
        self._column.addWidget(self.problem)
        self.problem.hide()
        self.setFocusProxy(self.kind)


def choice(entries: Mapping[str, str], name: str) -> QComboBox:
    """Make a box that offers these, by value and words."""
    box = QComboBox()
    box.setAccessibleName(name)
    for value, words in entries.items():
        box.addItem(words, value)
    return box


def select(box: QComboBox, value: object) -> None:
    """Show the entry of this value, if there is one."""
    place = box.findData(value)
    if place >= 0:
        box.setCurrentIndex(place)
