"""The Connections tab: where prices come from, where orders go, the keys, and how that is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.core.events import FeedState
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from puffling.services.connections import Connection as Keys
    from puffling.ui.theme.theme import Theme

_TONES = {
    FeedState.LIVE: Tone.SUCCESS,
    FeedState.CONNECTING: Tone.INFO,
    FeedState.STALE: Tone.WARNING,
    FeedState.BROKEN: Tone.DANGER,
}
_WORDS = {None: "not tried", True: "works", False: "refused"}


@dataclass(frozen=True, slots=True)
class Connection:
    """A source of prices, a broker, or keys.

    `age` is how long ago it was last heard, in seconds; `symbols` how many are asked for. What
    `can_test` can be tried out.
    """

    name: str
    title: str
    provider: str
    state: FeedState | None
    word: str
    text: str = ""
    age: float | None = None
    retry_at: datetime | None = None
    symbols: int | None = None
    works: bool | None = None  # None where nobody tried
    can_test: bool = False


def of_keys(kept: Iterable[Keys]) -> list[Connection]:
    """Return a row for each pair of keys."""
    return [
        Connection(
            each.name,
            "Keys",
            f"{each.title} {each.hint}".strip(),
            None,
            _WORDS[each.works] if each.has_keys else "no keys",
            each.text if each.has_keys else "Set them in the settings, at Connections.",
            works=each.works,
            can_test=each.has_keys,
        )
        for each in kept
    ]


def _tone(row: Connection) -> Tone:
    if row.works is not None:
        return Tone.SUCCESS if row.works else Tone.DANGER
    return Tone.MUTED if row.state is None else _TONES.get(row.state, Tone.MUTED)


def _symbols(row: Connection) -> str:
    return "" if row.symbols is None else f"{row.symbols:,}"


def _failed(row: Connection) -> bool:
    return row.state is FeedState.BROKEN or row.works is False


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
        tone=_tone,
        width=96,
    ),
    number("age", "Last heard", _age, lambda row: row.age, width=92),
    number("symbols", "Symbols", _symbols, lambda row: row.symbols, width=76),
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
        tone=lambda row: Tone.DANGER if _failed(row) else Tone.MUTED,
        tip=lambda row: row.text,
        stretch=True,
    ),
)


class ConnectionsTab(QWidget):
    """Sources, the broker and keys, a row each.

    Signals:
        test: Keys are to be tried out at the broker (the connection's name).
    """

    test = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.model: RecordModel[Connection] = RecordModel(CONNECTIONS, lambda row: row.name, self)
        self.view = RecordView(theme, self.model, name="Connections", empty="Nothing is connected.")
        self.words = QLabel("Choose keys to try them out.")
        theme.set_role(self.words, "caption")
        self.test_button = QPushButton("Test connection")
        foot = QHBoxLayout()
        foot.setContentsMargins(*[theme.px(6)] * 4)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.test_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.test_button.clicked.connect(self.test_current)
        self.view.selectionModel().selectionChanged.connect(self._judge)
        self._judge()

    def show_connections(self, connections: Iterable[Connection]) -> None:
        """Show these."""
        self.model.reset(connections)
        self._judge()

    def test_current(self) -> None:
        """Have the current row's keys tried out."""
        row: Connection | None = self.view.current
        if row is not None and row.can_test:
            self.test.emit(row.name)

    def _judge(self) -> None:
        row: Connection | None = self.view.current
        self.test_button.setEnabled(row is not None and row.can_test)
