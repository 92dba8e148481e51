"""What is varied: for each parameter a list of values, or start:stop:step."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLineEdit, QWidget

from puffin.errors import ParameterError
from puffling.ui.forms.describe import Sort, describe
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from puffling.ui.forms.describe import Field
    from puffling.ui.panels.backtest.choices import Choice
    from puffling.ui.theme.theme import Theme

_VARIED = {Sort.WHOLE, Sort.REAL, Sort.EXACT, Sort.FLAG, Sort.CHOICE}
_LONGEST = 2_000


def written(value: object) -> str:
    """Return one value as it can be typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:g}" if isinstance(value, float) else str(value)


class RangesForm(QWidget):
    """One row for each parameter: whether it is varied, and over what.

    A parameter that is not varied keeps the value of the Run tab.

    Signals:
        changed: Something else is to be tried.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: dict[str, _Row] = {}
        self._choice: Choice | None = None
        self._kept: dict[str, dict[str, Any]] = {}  # of the other strategies
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnMinimumWidth(0, theme.px(140))
        self._grid.setColumnStretch(1, 1)

    @property
    def varied(self) -> tuple[str, ...]:
        """The parameters that are varied."""
        return tuple(name for name, row in self._rows.items() if row.box.isChecked())

    @property
    def raw(self) -> int:
        """How many combinations the ranges have, possible or not; 0 if one cannot be read."""
        counts = [row.count for row in self._rows.values() if row.box.isChecked()]
        return math.prod(counts) if counts else 0

    def show_choice(self, choice: Choice) -> None:
        """Ask about this strategy's parameters; its own grid is filled in."""
        if self._choice is not None and self._choice == choice:
            return
        if self._choice is not None:
            self._kept[self._choice.id] = self.state()
        self._choice = choice
        for row in self._rows.values():
            row.remove(self._grid)
        self._rows = {}
        grid = choice.ranges()
        fields = [each for each in describe(choice.parameters) if each.sort in _VARIED]
        for place, field in enumerate(fields):
            row = _Row(self._theme, field, choice, grid.get(field.name, ()))
            row.place(self._grid, place)
            row.box.toggled.connect(lambda _: self.changed.emit())
            row.line.textEdited.connect(lambda _: self.changed.emit())
            self._rows[field.name] = row
        self.restore(self._kept.get(choice.id, {}))
        self.changed.emit()

    def show_fixed(self, values: Mapping[str, object]) -> None:
        """Say what the parameters that are not varied are set to."""
        for name, row in self._rows.items():
            row.show_fixed(values.get(name, row.field.default))

    def values(self) -> dict[str, str]:
        """Return the ranges as text, of what is varied."""
        return {name: self._rows[name].line.text().strip() for name in self.varied}

    def read(self) -> dict[str, tuple[Any, ...]]:
        """Return the values of each parameter that is varied and can be read."""
        return {name: self._rows[name].values for name in self.varied}

    def check(self) -> bool:
        """Show what is wrong, put the cursor there, and return whether all is right."""
        bad = [row for row in self._rows.values() if row.box.isChecked() and not row.judge()]
        if bad:
            bad[0].line.setFocus(Qt.FocusReason.OtherFocusReason)
        return not bad

    def editor(self, name: str) -> QLineEdit:
        """Return where a range is typed.

        Raises:
            KeyError: If there is no such parameter.
        """
        return self._rows[name].line

    def vary(self, name: str, *, on: bool) -> None:
        """Vary a parameter, or leave it as it is."""
        self._rows[name].box.setChecked(on)

    def state(self) -> dict[str, Any]:
        """Return what was typed, by parameter."""
        return {
            name: {"on": row.box.isChecked(), "text": row.line.text()}
            for name, row in self._rows.items()
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        for name, each in state.items():
            row = self._rows.get(name)
            if row is not None and isinstance(each, dict) and isinstance(each.get("text"), str):
                row.line.setText(each["text"])
                row.box.setChecked(each.get("on") is True)


class _Row:
    """Whether a parameter is varied, and over what."""

    def __init__(self, theme: Theme, field: Field, choice: Choice, usual: Sequence[object]) -> None:
        self._theme, self.field, self._choice = theme, field, choice
        self.values: tuple[Any, ...] = tuple(usual)
        self.box = QCheckBox(field.title)
        self.box.setToolTip(field.description)
        self.line = QLineEdit(", ".join(written(each) for each in usual))
        self.line.setMaxLength(_LONGEST)
        self.line.setPlaceholderText("5, 10, 20 or 5:50:5")
        self.line.setAccessibleName(f"Values of {field.title}")
        self.fixed = QLabel()
        theme.set_role(self.fixed, "faint")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        theme.set_role(self.problem, "caption", Tone.DANGER)
        self.problem.hide()
        self.box.setChecked(len(usual) > 1)
        self.box.toggled.connect(self._toggle)
        self.line.textChanged.connect(lambda _: self.judge())

    @property
    def count(self) -> int:
        """How many values are tried."""
        return len(self.values)

    def place(self, grid: QGridLayout, place: int) -> None:
        row = 2 * place
        grid.addWidget(self.box, row, 0)
        grid.addWidget(self.line, row, 1)
        grid.addWidget(self.fixed, row, 1)
        grid.addWidget(self.problem, row + 1, 0, 1, 2)
        # Not before: what has no parent yet would be shown as a window of its own.
        self._toggle(self.box.isChecked())

    def remove(self, grid: QGridLayout) -> None:
        for each in (self.box, self.line, self.fixed, self.problem):
            grid.removeWidget(each)
            each.hide()
            each.deleteLater()

    def show_fixed(self, value: object) -> None:
        self.fixed.setText(f"stays {written(value)}")

    def judge(self) -> bool:
        """Read what was typed, say what is wrong with it, and return whether nothing is."""
        problem, on = "", self.box.isChecked()
        if on:
            try:
                self.values = self._choice.range_of(self.field.name, self.line.text())
            except ParameterError as error:
                problem, self.values = str(error), ()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self._theme.set_flag(self.line, "bad", on=bool(problem))
        many = "1 value" if self.count == 1 else f"{self.count:,} values"
        self.line.setToolTip(problem or f"{many}; write 5, 10, 20 or 5:50:5")
        return not problem

    def _toggle(self, on: bool) -> None:  # noqa: FBT001 - Qt's own signature
        self.line.setVisible(on)
        self.fixed.setVisible(not on)
        self.judge()
