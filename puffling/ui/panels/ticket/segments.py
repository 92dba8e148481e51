"""A row of buttons of which one is chosen; the arrow keys move the choice."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from puffling.ui.theme.theme import Theme

E = TypeVar("E", bound=StrEnum)


class Segments(QObject, Generic[E]):
    """Chooses one of a few values, all of them in sight.

    Signals:
        changed: Another value was chosen.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: Sequence[tuple[E, str]],
        roles: Mapping[E, str] | None = None,
    ) -> None:
        self.row = QWidget()
        super().__init__(self.row)
        self.row.setAccessibleName(name)
        self._values = [value for value, _ in choices]
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self.row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(4))
        for place, (value, title) in enumerate(choices):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {title}")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            if roles:
                theme.set_role(button, roles[value])
            self._group.addButton(button, place)
            layout.addWidget(button)
        self.button(self._values[0]).setChecked(True)
        self._group.idToggled.connect(self._toggled)

    @property
    def value(self) -> E:
        """What is chosen."""
        return self._values[self._group.checkedId()]

    def choose(self, value: E) -> None:
        """Choose another value."""
        self.button(value).setChecked(True)

    def button(self, value: E) -> QPushButton:
        """Return the button of a value."""
        found = self._group.button(self._values.index(value))
        assert isinstance(found, QPushButton)  # noqa: S101 - only such are put in
        return found

    def _toggled(self, _place: int, on: bool) -> None:  # noqa: FBT001 - Qt's signature
        if on:
            self.changed.emit()
