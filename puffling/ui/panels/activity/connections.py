"""The Connections tab: where prices come from, where orders go, the keys, and how that is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from puffling.core import formats
from puffling.core.events import FeedState
from puffling.ui.tables.columns import Column, Draw, number
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffin.meter import Reading
    from puffling.services.connections import Connection as Keys
    from puffling.ui.theme.theme import Theme

_TONES = {
    FeedState.LIVE: Tone.SUCCESS,
    FeedState.CONNECTING: Tone.INFO,
    FeedState.STALE: Tone.WARNING,
    FeedState.BROKEN: Tone.DANGER,
}


class Measured(TypedDict):
    """What a reading adds to a row."""

    latency: tuple[float, float] | None
    error: str
    error_age: float | None


_WORDS = {None: "not tried", True: "works", False: "refused"}


@dataclass(frozen=True, slots=True)
class Connection:
    """A source of prices, a broker, or keys.

    `age` is how long ago it was last heard, in seconds; `retry_in` in how many it is tried again;
    `symbols` how many are subscribed; `latency` the last and the middle one, in seconds. What
    `can_test` can be tried out.
    """

    name: str
    title: str
    provider: str
    state: FeedState | None
    word: str
    text: str = ""
    age: float | None = None
    retry_in: float | None = None
    symbols: int | None = None
    works: bool | None = None  # None where nobody tried
    can_test: bool = False
    latency: tuple[float, float] | None = None
    error: str = ""
    error_age: float | None = None


def of_readings(readings: Mapping[str, Reading]) -> list[Connection]:
    """Return a row for each host or source that answers questions, as far as it was asked."""
    return [
        Connection(
            f"asked {name}",
            "Requests",
            name,
            _state(each),
            _word(each),
            _asked(each),
            retry_in=each.pause or None,
            **known(each),
        )
        for name, each in readings.items()
    ]


def known(reading: Reading) -> Measured:
    """Return what a reading knows of latency and of the last error."""
    latency = None
    if reading.last is not None and reading.median is not None:
        latency = reading.last, reading.median
    return {"latency": latency, "error": reading.error, "error_age": reading.error_age}


def _state(reading: Reading) -> FeedState | None:
    if reading.pause:
        return FeedState.STALE
    if not reading.asked:
        return None
    return FeedState.BROKEN if reading.failing else FeedState.LIVE


def _word(reading: Reading) -> str:
    if reading.pause:
        return "paused"
    if not reading.asked:
        return "not asked"
    return "failing" if reading.failing else "answers"


def _asked(reading: Reading) -> str:
    if not reading.asked:
        return "Nothing was asked in this run."
    asked = "1 question" if reading.asked == 1 else f"{reading.asked:,} questions"
    return f"{asked} in this run, {reading.failed:,} of them in vain."


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
    return formats.UNKNOWN if row.symbols is None else f"{row.symbols:,}"


def _failed(row: Connection) -> bool:
    return row.state is FeedState.BROKEN or row.works is False


def _age(row: Connection) -> str:
    return formats.UNKNOWN if row.age is None else formats.age(row.age)


def _latency(row: Connection) -> str:
    return formats.UNKNOWN if row.latency is None else " / ".join(map(_span, row.latency))


def _span(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms" if seconds < 1 else formats.duration(seconds)


def _retry(row: Connection) -> str:
    return formats.UNKNOWN if row.retry_in is None else f"in {formats.duration(row.retry_in)}"


def _error(row: Connection) -> str:
    if not row.error:
        return formats.UNKNOWN
    ago = "" if row.error_age is None else f"{formats.age(row.error_age)}: "
    return f"{ago}{row.error}"


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
    number(
        "latency",
        "Latency",
        _latency,
        lambda row: None if row.latency is None else row.latency[1],
        help_="How long the last answer took, and the middle one of the latest fifty. For prices: "
        "how old a quote was when it came.",
        width=116,
    ),
    number(
        "symbols",
        "Symbols",
        _symbols,
        lambda row: row.symbols,
        help_="How many symbols are subscribed.",
        width=72,
    ),
    number(
        "retry",
        "Next try",
        _retry,
        lambda row: row.retry_in,
        help_="After failures it is left alone for a while; then it is tried again by itself.",
        width=76,
    ),
    Column(
        "error",
        "Last error",
        _error,
        tone=lambda row: Tone.DANGER if _failed(row) else Tone.MUTED,
        tip=lambda row: row.error,
        width=190,
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
