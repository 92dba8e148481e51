"""The Notifications tab: everything the desk has told, read or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.core.events import Level
from puffling.ui.tables.columns import Column, Draw
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puffling.store.notifications import Notification
    from puffling.ui.theme.theme import Theme

_TONES = {
    Level.SUCCESS: Tone.SUCCESS,
    Level.INFO: Tone.INFO,
    Level.WARNING: Tone.WARNING,
    Level.ERROR: Tone.DANGER,
}


def _tip(notice: Notification) -> str:
    return "\n".join(each for each in (notice.title, notice.text, notice.details) if each)


NOTICES: tuple[Column[Notification], ...] = (
    Column(
        "read",
        "",
        lambda _: "",
        draw=Draw.DOT,
        tone=lambda notice: "line_strong" if notice.read else Tone.ACCENT,
        sort=lambda notice: notice.read,
        tip=lambda notice: "Read" if notice.read else "Not read yet",
        copied=lambda notice: "" if notice.read else "unread",
        help="Whether it was read",
        width=30,
    ),
    Column(
        "at",
        "Time",
        lambda notice: formats.moment(notice.at),
        sort=lambda notice: notice.id,
        width=168,
    ),
    Column(
        "level",
        "Level",
        lambda notice: notice.level.value,
        draw=Draw.CHIP,
        tone=lambda notice: _TONES[notice.level],
        width=80,
    ),
    Column("title", "What", lambda notice: notice.title, draw=Draw.STRONG, tip=_tip, width=300),
    Column(
        "text",
        "More",
        lambda notice: notice.text,
        tone=lambda _: Tone.MUTED,
        tip=_tip,
        stretch=True,
    ),
)


class NotificationsTab(QWidget):
    """The notification centre.

    Signals:
        read: Notices were looked at (list of ids).
        read_all: All of them count as read.
        open_panel: A notice's panel is to be opened (its id).
    """

    read = Signal(object)
    read_all = Signal()
    open_panel = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model: RecordModel[Notification] = RecordModel(
            NOTICES, lambda notice: str(notice.id), self
        )
        self.view = RecordView(
            theme, self.model, name="Notifications", empty="Nothing has happened yet."
        )
        self.details = QLabel()
        self.details.setWordWrap(True)
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.read_button = QPushButton("Mark all as read")
        self.open_button = QPushButton("Open panel")
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.setSpacing(theme.px(6))
        foot.addWidget(self.details, 1)
        foot.addWidget(self.read_button, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.read_button.clicked.connect(self.read_all)
        self.open_button.clicked.connect(self.open_current)
        self.view.opened.connect(lambda _: self.open_current())
        self.view.chosen.connect(self._describe)
        self._judge()

    @property
    def unread(self) -> int:
        """How many of those in view were not read."""
        return sum(not each.read for each in self.model.records)

    def show_notices(self, notices: Iterable[Notification]) -> None:
        """Show these notices."""
        current: Notification | None = self.view.current
        self.model.reset(notices)
        if current is not None:
            self.view.choose(str(current.id))
        self._judge()

    def open_current(self) -> None:
        """Open the current notice's panel; it counts as read."""
        notice: Notification | None = self.view.current
        if notice is None:
            return
        if not notice.read:
            self.read.emit([notice.id])
        if notice.panel:
            self.open_panel.emit(notice.panel)

    def _describe(self, notice: Notification | None) -> None:
        words = "" if notice is None else "\n".join(filter(None, (notice.text, notice.details)))
        self.details.setText(words[:600])
        self._judge()

    def _judge(self) -> None:
        notice: Notification | None = self.view.current
        self.read_button.setEnabled(self.unread > 0)
        self.open_button.setEnabled(notice is not None and bool(notice.panel))
