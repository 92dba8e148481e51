"""One of a few values from a drop-down list; letters and arrow keys choose."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QWheelEvent

E = TypeVar("E", bound=StrEnum)


class _Box(QComboBox):
    """A list that scrolling past does not change."""

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Choice(QObject, Generic[E]):
    """Chooses one value; which ones there are may change. A unit is as wide as its words.

    Signals:
        changed: Another value is chosen.
    """

    changed = Signal()

    def __init__(self, name: str, choices: Sequence[tuple[E, str]], *, unit: bool = False) -> None:
        self.box = _Box()
        super().__init__(self.box)
        self.box.setAccessibleName(name)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QComboBox.SizeAdjustPolicy
        self.box.setSizeAdjustPolicy(
            policy.AdjustToContents if unit else policy.AdjustToMinimumContentsLengthWithIcon
        )
        self._values: list[E] = []
        self.offer(choices)
        self.box.currentIndexChanged.connect(self._moved)

    @property
    def value(self) -> E:
        """What is chosen."""
        return self._values[max(self.box.currentIndex(), 0)]

    @property
    def values(self) -> tuple[E, ...]:
        """What there is to choose from."""
        return tuple(self._values)

    def choose(self, value: E) -> None:
        """Choose another value; one that is not offered is passed over."""
        if value in self._values:
            self.box.setCurrentIndex(self._values.index(value))

    def offer(self, choices: Sequence[tuple[E, str]]) -> None:
        """Offer other values; what was chosen stays chosen if it is still there."""
        values = [value for value, _ in choices]
        if values == self._values:
            return
        before = self.value if self._values else None
        blocked = self.box.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.box.clear()
        self._values = values
        self.box.addItems([title for _, title in choices])
        if before in values:
            self.box.setCurrentIndex(values.index(before))
        self.box.blockSignals(blocked)
        if before is not None and before not in values:
            self.changed.emit()

    def _moved(self, _place: int) -> None:
        self.changed.emit()
