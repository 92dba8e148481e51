"""A field for an exact number that may be empty and says what is wrong with what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from puffling.ui.widgets.numbers import grouped, read_decimal

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QWheelEvent
    from PySide6.QtWidgets import QWidget

    from puffling.ui.theme.theme import Theme

_WHEEL_NOTCH = 120
_BIG = 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number may be. `above` and `below` exclude their own value."""

    least: Decimal | None = None
    most: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    places: int | None = None

    def problem(self, value: Decimal) -> str:
        """Return what is wrong with `value`, in words; empty if nothing is."""
        checks = (
            (self.least is not None and value < self.least, f"At least {_words(self.least)}."),
            (self.above is not None and value <= self.above, f"More than {_words(self.above)}."),
            (self.most is not None and value > self.most, f"At most {_words(self.most)}."),
            (self.below is not None and value >= self.below, f"Less than {_words(self.below)}."),
            (self._too_fine(value), self._places_words()),
        )
        return next((words for wrong, words in checks if wrong), "")

    def clamped(self, value: Decimal) -> Decimal | None:
        """Return the nearest value that stepping may reach; None if it is out of bounds."""
        if self.least is not None:
            value = max(value, self.least)
        if self.most is not None:
            value = min(value, self.most)
        return None if self.problem(value) else value

    def _too_fine(self, value: Decimal) -> bool:
        exponent = value.normalize().as_tuple().exponent
        return self.places is not None and isinstance(exponent, int) and -exponent > self.places

    def _places_words(self) -> str:
        return "A whole number." if not self.places else f"At most {self.places} decimals."


class DecimalEdit(QLineEdit):
    """A line for a Decimal: Up and Down step, with Shift ten times as far.

    Nothing is clamped silently: a value out of bounds stays as typed, has no `value` and has a
    `problem`.

    Signals:
        value_changed: The number changed (Decimal or None).
        problem_changed: What is wrong changed (a sentence, or nothing).
    """

    value_changed = Signal(object)
    problem_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        *,
        step: Decimal = Decimal(1),
        bounds: Bounds | None = None,
        shown_places: int | None = None,
        shorthand: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.step, self.bounds = step, bounds or Bounds()
        self.shown_places, self.shorthand = shown_places, shorthand
        self._value: Decimal | None = None
        self._problem = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setMaxLength(48)
        self.textChanged.connect(self._read)
        self.editingFinished.connect(self._tidy)

    @property
    def value(self) -> Decimal | None:
        """The number; None when there is none or it does not fit."""
        return self._value

    @property
    def problem(self) -> str:
        """What is wrong with what was typed; empty if nothing is."""
        return self._problem

    def set_value(self, value: Decimal | None) -> None:
        """Show another number."""
        self.setText("" if value is None else grouped(value, self._places_for(value)))

    def set_bounds(self, bounds: Bounds) -> None:
        """Judge by other bounds from now on."""
        self.bounds = bounds
        self._read()

    def step_by(self, steps: int) -> None:
        """Move `steps` steps; an empty field starts at the smallest step."""
        start = self._value if self._value is not None else read_decimal(self.text())[0]
        target = self.bounds.clamped((start or Decimal(0)) + self.step * steps)
        if target is not None:
            self.set_value(target)
            self.selectAll()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if direction is None or event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        ):
            super().keyPressEvent(event)
            return
        big = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.step_by(direction * (_BIG if big else 1))
        event.accept()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():  # scrolling past a form must not change it
            event.ignore()
            return
        notches = event.angleDelta().y() // _WHEEL_NOTCH
        if notches:
            self.step_by(notches)
        event.accept()

    def _read(self) -> None:
        value, problem = read_decimal(self.text(), shorthand=self.shorthand)
        if value is not None:
            problem = self.bounds.problem(value)
        value = None if problem else value
        changed, self._value = value != self._value, value
        if problem != self._problem:
            self._problem = problem
            self.setToolTip(problem)
            self._theme.set_flag(self, "bad", on=bool(problem))
            self.problem_changed.emit(problem)
        if changed:
            self.value_changed.emit(value)

    def _tidy(self) -> None:
        if self._value is not None:
            self.set_value(self._value)

    def _places_for(self, value: Decimal) -> int | None:
        if self.shown_places is None:
            return None
        exponent = value.normalize().as_tuple().exponent
        finer = -exponent if isinstance(exponent, int) else 0
        return max(self.shown_places, finer)


def _words(value: Decimal | None) -> str:
    if value is None:
        return ""
    return "zero" if value == 0 else grouped(value)
