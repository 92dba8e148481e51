"""A comparison: two sides and what is asked between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from puffling.ui.panels.strategies.operand_edit import OperandEdit, choice, select
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffling.ui.panels.strategies.draft import Document, Path, Problem
    from puffling.ui.theme.theme import Theme

COMPARED = {
    ">": "is above",
    "<": "is below",
    ">=": "is at or above",
    "<=": "is at or below",
    "crosses above": "crosses above",
    "crosses below": "crosses below",
    "is": "is exactly (times only)",
}
_HINTS = {
    "weekday": "1 is Monday, 5 is Friday.",
    "hour": "0 to 23, New York.",
    "day": "1 to 31.",
    "month": "1 is January.",
}


class CompareForm(QWidget):
    """Edits a comparison of the draft.

    Signals:
        changed: The person changed something (the comparison as it is now).
    """

    changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.left, self.right = OperandEdit(theme, "Left side"), OperandEdit(theme, "Right side")
        self.op = choice(COMPARED, "What is asked")
        self.problem, self.hint = QLabel(), QLabel()
        for label, tone in ((self.problem, Tone.DANGER), (self.hint, Tone.MUTED)):
            label.setWordWrap(True)
            theme.set_role(label, "caption", tone)
            label.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        for widget in (self.left, self.op, self.right, self.hint, self.problem):
            column.addWidget(widget)
        self.op.setMaximumWidth(theme.px(190))
        self.left.changed.connect(self._edited_left)
        self.right.changed.connect(self._edited)
        self.op.activated.connect(self._edited)

    def value(self) -> Document:
        """Return the comparison."""
        return {
            "kind": "compare",
            "left": self.left.value(),
            "op": self.op.currentData(),
            "right": self.right.value(),
        }

    def show_value(self, term: Mapping[str, Any]) -> None:
        """Show another comparison."""
        self.left.show_value(term.get("left") or {})
        select(self.op, term.get("op"))
        self.right.show_value(term.get("right") or {})
        self._advise()

    def show_problems(self, problems: Iterable[tuple[Path, Problem]]) -> None:
        """Show what is wrong, given with the places inside this comparison."""
        inside: dict[str, list[tuple[Path, Problem]]] = {"left": [], "right": []}
        mine = []
        for path, each in problems:
            if path and path[0] in inside:
                inside[str(path[0])].append((path[1:], each))
            else:
                mine.append(each.sentence)
        self.left.show_problems(inside["left"])
        self.right.show_problems(inside["right"])
        self.problem.setText(" ".join(dict.fromkeys(mine)))
        self.problem.setVisible(bool(mine))

    def _edited_left(self) -> None:
        """A time can be compared with a number only: begin with the first one."""
        if self.left.value()["kind"] == "time" and self.right.value()["kind"] != "number":
            select(self.op, "is")
            self.right.show_value({"kind": "number", "value": 1})
        elif self.left.value()["kind"] != "time" and self.op.currentData() == "is":
            select(self.op, ">")
        self._edited()

    def _edited(self) -> None:
        self._advise()
        self.changed.emit(self.value())

    def _advise(self) -> None:
        left = self.left.value()
        hint = _HINTS.get(str(left.get("part")), "") if left["kind"] == "time" else ""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
