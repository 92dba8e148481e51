"""The Connections tab: where prices come from, where orders go, and how that is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from puffling.core import formats
from puffling.core.events import FeedState
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from puffling.ui.theme.theme import Theme

_TONES = {
    FeedState.LIVE: Tone.SUCCESS,
    FeedState.CONNECTING: Tone.INFO,
    FeedState.STALE: Tone.WARNING,
    FeedState.BROKEN: Tone.DANGER,
}


@dataclass(frozen=True, slots=True)
class Connection:
    """A source of prices or a broker. `age` is how long ago it was last heard, in seconds."""

    name: str
    title: str
    provider: str
    state: FeedState | None
    word: str
    text: str = ""
    age: float | None = None
    retry_at: datetime | None = None


def _age(row: Connection) -> str:
    return "" if row.age is None else formats.age(row.age)


CONNECTIONS: tuple[Column[Connection], ...] = (
    Column("title", "For", lambda row: row.title, draw=Draw.STRONG, width=110),
    Column("provider", "Who", lambda row: row.provider, width=170),
    Column(
        "state",
        "State",
        lambda row: row.word,
        draw=Draw.CHIP,
        tone=lambda row: Tone.MUTED if row.state is None else _TONES.get(row.state, Tone.MUTED),
        width=96,
    ),
    number("age", "Last heard", _age, lambda row: row.age, width=92),
    Column(
        "retry",
        "Next try",
        lambda row: "" if row.retry_at is None else formats.time_of_day(row.retry_at),
        width=76,
    ),
    Column(
        "text",
        "More",
        lambda row: row.text,
        tone=lambda row: Tone.DANGER if row.state is FeedState.BROKEN else Tone.MUTED,
        tip=lambda row: row.text,
        stretch=True,
    ),
)


class ConnectionsTab(QWidget):
    """Sources and the broker, a row each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model: RecordModel[Connection] = RecordModel(CONNECTIONS, lambda row: row.name, self)
        self.view = RecordView(theme, self.model, name="Connections", empty="Nothing is connected.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    def show_connections(self, connections: Iterable[Connection]) -> None:
        """Show these."""
        self.model.reset(connections)
