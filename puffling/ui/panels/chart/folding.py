"""Rows that stand beside each other where there is room, and else below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget


class FoldingRows(QBoxLayout):
    """Groups of widgets; `fold` puts them into as few lines as fit.

    With `apart`, the last group is at the right while all are in one line.
    """

    def __init__(
        self, groups: Sequence[Sequence[QWidget]], spacing: int, *, apart: bool = False
    ) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self._apart = apart
        self._parts: list[QHBoxLayout] = []
        for group in groups:
            part = QHBoxLayout()
            part.setSpacing(spacing)
            for each in group:
                part.addWidget(each)
            self._parts.append(part)
        self._lines: list[QHBoxLayout] = []
        self._counts: list[int] = []  # of groups in each line
        self.fold(0)

    def fold(self, room: int) -> None:
        """Use lines of this width at most; a group that is wider has one of its own."""
        folded: list[list[QHBoxLayout]] = []
        used = 0
        for part in self._parts:
            wide = part.sizeHint().width() + self.spacing()
            if folded and used + wide <= room:
                folded[-1].append(part)
                used += wide
            else:
                folded.append([part])
                used = wide
        counts = [len(each) for each in folded]
        if counts == self._counts:
            return
        self._counts = counts
        for line in self._lines:
            for part in self._parts:
                line.removeItem(part)
            self.removeItem(line)
        self._lines = []
        self.setDirection(QBoxLayout.Direction.TopToBottom)
        for parts in folded:
            line = QHBoxLayout()
            line.setSpacing(self.spacing())
            for part in parts:
                if self._apart and part is self._parts[-1] and len(folded) == 1:
                    line.addStretch(1)
                line.addLayout(part)
            if not self._apart or len(folded) > 1:
                line.addStretch(1)
            self.addLayout(line)
            self._lines.append(line)
