"""The Jobs tab: long work, how far it is, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.core.events import JobState
from puffling.ui.tables.columns import Align, Column, Draw, number
from puffling.ui.tables.keys import TableKeys
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from puffling.core.events import JobChanged
    from puffling.store.jobs import JobRecord
    from puffling.ui.theme.theme import Theme

_TICK_MS = 500
_TONES = {
    JobState.RUNNING: Tone.INFO,
    JobState.CANCELLING: Tone.WARNING,
    JobState.DONE: Tone.SUCCESS,
    JobState.FAILED: Tone.DANGER,
    JobState.INTERRUPTED: Tone.WARNING,
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the table shows it; `now` lets a running one grow older."""

    id: str
    title: str
    state: JobState
    progress: float | None
    message: str
    started_at: datetime | None
    ended_at: datetime | None
    now: datetime

    @property
    def seconds(self) -> float | None:
        """How long it has run, or took."""
        if self.started_at is None:
            return None
        return ((self.ended_at or self.now) - self.started_at).total_seconds()


def _progress(row: JobRow) -> str:
    if row.progress is None:
        return formats.UNKNOWN if row.state.is_over else "…"
    return formats.percent(row.progress, places=0)


JOBS: tuple[Column[JobRow], ...] = (
    Column("title", "Job", lambda row: row.title, draw=Draw.STRONG, width=216),
    Column(
        "state",
        "State",
        lambda row: row.state.value,
        draw=Draw.CHIP,
        tone=lambda row: _TONES.get(row.state, Tone.MUTED),
        width=88,
    ),
    Column(
        "progress",
        "Progress",
        _progress,
        Align.RIGHT,
        draw=Draw.BAR,
        sort=lambda row: row.progress,
        amount=lambda row: row.progress if not row.state.is_over else None,
        width=88,
    ),
    number(
        "seconds",
        "Took",
        lambda row: formats.duration(row.seconds),
        lambda row: row.seconds,
        width=84,
    ),
    Column(
        "started",
        "Started",
        lambda row: formats.moment(row.started_at),
        sort=lambda row: row.started_at,
        width=168,
    ),
    Column(
        "message",
        "Message",
        lambda row: row.message,
        tone=lambda row: Tone.DANGER if row.state is JobState.FAILED else Tone.MUTED,
        tip=lambda row: row.message,
        stretch=True,
    ),
)


class JobsTab(QWidget):
    """Jobs, newest first.

    Signals:
        cancel: A running job is to be stopped (its id).
    """

    cancel = Signal(str)

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.model: RecordModel[JobRow] = RecordModel(JOBS, lambda row: row.id, self)
        self.view = RecordView(
            theme, self.model, name="Jobs", empty="Long work such as a backtest is listed here."
        )
        self.words = QLabel()
        theme.set_role(self.words, "caption")
        self.cancel_button = QPushButton("Cancel job")
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.timer = QTimer(self, interval=_TICK_MS)
        self.timer.timeout.connect(self._tick)
        self.cancel_button.clicked.connect(self.cancel_current)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self._keys = TableKeys(self.view, {"Del": self.cancel_current})
        self._judge()

    def show_jobs(self, jobs: Iterable[JobRecord]) -> None:
        """Show these jobs."""
        now = self._now()
        self.model.reset(
            JobRow(
                each.id,
                each.title,
                each.state,
                each.progress,
                each.message,
                each.started_at,
                each.ended_at,
                now,
            )
            for each in jobs
        )
        self._judge()

    def show_job(self, event: JobChanged) -> None:
        """Take in how a job gets on."""
        row = JobRow(
            event.id,
            event.title,
            event.state,
            event.progress,
            event.message,
            event.started_at,
            event.ended_at,
            self._now(),
        )
        if self.model.get(event.id) is None:
            self.model.reset([row, *self.model.records])
        else:
            self.model.put(row)
        self._judge()

    def cancel_current(self) -> None:
        """Stop the current job if it is running."""
        row: JobRow | None = self.view.current
        if row is not None and row.state is JobState.RUNNING:
            self.cancel.emit(row.id)

    def _running(self) -> list[JobRow]:
        return [row for row in self.model.records if not row.state.is_over]

    def _tick(self) -> None:
        now = self._now()
        self.model.put_many([replace(row, now=now) for row in self._running()])

    def _judge(self) -> None:
        running = self._running()
        row: JobRow | None = self.view.current
        self.cancel_button.setEnabled(row is not None and row.state is JobState.RUNNING)
        self.words.setText(f"{len(running)} running, {len(self.model)} in all")
        if not running:
            self.timer.stop()
        elif not self.timer.isActive():
            self.timer.start()
