"""What all cards share: a frame with a heading, lines of facts, and buttons."""

from __future__ import annotations

import time
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from puffin.data.sessions import EXCHANGE
from puffling.core import formats
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.badge import Badge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtGui import QMoveEvent, QShowEvent

    from puffling.ui.theme.theme import Theme


_LONG = 26  # letters of a name that may take several lines


class Card(QFrame):
    """A raised frame in a conversation. `stops` are its controls, in the order of Tab.

    A careful one passes over what is pressed right after it appeared or moved: that was meant for
    what stood there before.
    """

    CALM = 0.5  # seconds
    careful = False

    def __init__(self, theme: Theme, title: str, badge: tuple[str, str] = ("", "")) -> None:
        super().__init__()
        self.theme = theme
        self.stops: list[QWidget] = []
        self._still_since = time.monotonic()
        theme.set_role(self, "card")
        self.setAccessibleName(title)
        self.badge = Badge(theme, badge[0], badge[1] or Tone.MUTED)
        self.title = label(theme, title, "strong")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(*[theme.px(10)] * 4)
        self.column.setSpacing(theme.px(6))
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.title, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(head)
        self.badge.setVisible(bool(badge[0]))  # only now: without a parent it would be a window
        self._foot = QHBoxLayout()
        self._foot.setSpacing(theme.px(6))
        self._has_foot = False

    def show_badge(self, text: str, tone: str) -> None:
        """Say another word in the corner; none takes it away."""
        self.badge.show_text(text, tone)
        self.badge.setVisible(bool(text))

    def add_text(self, text: str, role: str = "", tone: str = "") -> QLabel:
        """Add a sentence."""
        made = label(self.theme, text, role, tone)
        self.column.addWidget(made)
        return made

    def add_pairs(self, pairs: Sequence[Sequence[Any]]) -> None:
        """Add names and values, one pair a line."""
        if pairs:
            self.column.addWidget(Pairs(self.theme, pairs))

    def add_button(
        self, text: str, do: Callable[[], object], role: str = "", tip: str = ""
    ) -> QPushButton:
        """Add a button to the foot."""
        button = QPushButton(text)
        if role:
            self.theme.set_role(button, role)
        button.setToolTip(tip)
        button.clicked.connect(partial(self._press, do))
        if not self._has_foot:
            self._has_foot = True
            self._foot.addStretch(1)
            self.column.addLayout(self._foot)
        self._foot.insertWidget(self._foot.count() - 1, button)
        self.stops.append(button)
        return button

    def add_source(self, data: Mapping[str, Any]) -> None:
        """Say when the prices were read, and where they came from, if the card knows."""
        said = source_words(data)
        if said:
            self.add_text(said, "caption")

    @override
    def moveEvent(self, event: QMoveEvent) -> None:
        self.unsettle()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self.unsettle()

    def settle(self) -> None:
        """Bring what may have changed elsewhere up to date."""

    def unsettle(self) -> None:
        """It appeared, or stands somewhere else now."""
        self._still_since = time.monotonic()

    def _press(self, do: Callable[[], object], _on: bool = False) -> None:  # noqa: FBT001, FBT002 - a signal's own argument
        if not self.careful or time.monotonic() - self._still_since >= self.CALM:
            do()


class Pairs(QWidget):
    """Names on the left, values on the right; a long value takes several lines."""

    def __init__(self, theme: Theme, pairs: Sequence[Sequence[Any]]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(3))
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(pairs):
            said = formats.UNKNOWN if value in {None, ""} else str(value)
            left, right = label(theme, str(name), "muted"), label(theme, said)
            left.setWordWrap(len(str(name)) > _LONG)
            right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            right.setAccessibleName(f"{name}: {said}")
            grid.addWidget(left, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(right, row, 1)


class Changes(QWidget):
    """What changes: its name, as it is, and as it would be."""

    def __init__(self, theme: Theme, lines: Sequence[Sequence[Any]]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        row = 0
        for name, before, after in lines:
            was, new = (str(each or "").strip() or formats.UNKNOWN for each in (before, after))
            parts = (
                label(theme, was, "", Tone.MUTED),
                label(theme, "→", "faint"),
                label(theme, new, "strong"),
            )
            parts[1].setWordWrap(False)
            parts[2].setAccessibleName(f"{name}: {was}, becomes {new}")
            named, top = label(theme, str(name), "muted"), Qt.AlignmentFlag.AlignTop
            if len(was) + len(new) > _LONG:  # two columns of half the width, below their name
                grid.addWidget(named, row, 0, 1, 4, top)
                row += 1
                grid.addWidget(parts[0], row, 0, 1, 2, top)
            else:
                named.setWordWrap(False)
                grid.addWidget(named, row, 0, top)
                grid.addWidget(parts[0], row, 1, top)
            grid.addWidget(parts[1], row, 2, top)
            grid.addWidget(parts[2], row, 3, top)
            row += 1


def label(theme: Theme, text: str, role: str = "", tone: str = "") -> QLabel:
    """Return words that wrap, can be selected, and are read as they are."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    theme.set_role(made, role, tone)
    return made


def source_words(data: Mapping[str, Any]) -> str:
    """Return "As of 1 Jun 2012 10:05:09 in New York, demo"; empty where none were read."""
    at, source = data.get("as_of"), data.get("source")
    if not at:
        return str(source or "")
    try:
        said = f"{formats.moment(datetime.fromisoformat(str(at)), zone=EXCHANGE)} in New York"
    except ValueError:
        said = str(at)
    return f"As of {said}, {source}" if source else f"As of {said}"
