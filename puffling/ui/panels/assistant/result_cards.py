"""Cards of what a tool found: words, a table, a small chart, the result of a backtest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from puffling.core import formats
from puffling.ui.panels.assistant.card import Card
from puffling.ui.panels.assistant.mini_chart import MiniChart
from puffling.ui.tables.columns import Align, Column
from puffling.ui.tables.model import RecordModel
from puffling.ui.tables.view import RecordView
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from puffling.ui.panels.assistant.deeds import Deeds
    from puffling.ui.theme.theme import Theme

_ROWS = 8  # of a table in view; the rest is scrolled to
_HEAD = 26
_LEAST_POINTS = 2
GRADES = {
    "green": ("holds up", Tone.SUCCESS),
    "amber": ("doubtful", Tone.WARNING),
    "red": ("do not believe", Tone.DANGER),
    "grey": ("not judged", Tone.MUTED),
}
_CHECKS = {"amber": ("!", Tone.WARNING), "red": ("✗", Tone.DANGER)}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table, as the tool said it."""

    at: int
    cells: tuple[str | None, ...]

    def cell(self, at: int) -> str:
        """Return what stands in a column; a dash where nothing is known."""
        value = self.cells[at] if at < len(self.cells) else None
        return formats.UNKNOWN if value is None else str(value)

    def value(self, at: int) -> float | None:
        """Return the same as a number to sort by."""
        said = self.cell(at).split(" ")[0].replace(",", "").replace(formats.MINUS, "-")
        try:
            return float(said.rstrip("%"))
        except ValueError:
            return None


class TextCard(Card):
    """Words."""

    def __init__(self, theme: Theme, data: Mapping[str, Any], _deeds: Deeds) -> None:
        super().__init__(theme, str(data.get("title") or "Result"))
        self.add_text(str(data.get("text") or formats.UNKNOWN))
        self.add_source(data)


class TableCard(Card):
    """Rows and columns; sorted and copied like every table of the desk."""

    def __init__(self, theme: Theme, data: Mapping[str, Any], _deeds: Deeds) -> None:
        title = str(data.get("title") or "Table")
        super().__init__(theme, title)
        names = [str(each) for each in data.get("columns") or []]
        numeric = list(data.get("numeric") or [])
        rows = [_Row(at, tuple(each)) for at, each in enumerate(data.get("rows") or [])]
        columns = [
            _column(at, name, is_number=at < len(numeric) and bool(numeric[at]))
            for at, name in enumerate(names)
        ]
        self.model: RecordModel[_Row] = RecordModel(columns, lambda row: str(row.at), self)
        self.model.reset(rows)
        self.view = RecordView(theme, self.model, name=title, empty="No rows.")
        shown = max(min(len(rows), _ROWS), 1)
        self.view.setFixedHeight(shown * theme.row_height + theme.px(_HEAD) + 4)
        self.column.addWidget(self.view)
        self.stops.append(self.view)
        count = int(data.get("count") or len(rows))
        if count > len(rows):
            self.add_text(f"{len(rows)} of {count:,} rows. Ask for more of them.", "caption")
        self.add_source(data)


def _column(at: int, name: str, *, is_number: bool) -> Column[_Row]:
    def text(row: _Row) -> str:
        return row.cell(at)

    def value(row: _Row) -> float | None:
        return row.value(at)

    align = Align.RIGHT if is_number else Align.LEFT
    return Column(str(at), name, text, align, sort=value if is_number else None)


class ChartCard(Card):
    """A line of closes, and the way to the whole chart."""

    def __init__(self, theme: Theme, data: Mapping[str, Any], deeds: Deeds) -> None:
        symbol = str(data.get("symbol") or "")
        change = _number(data.get("change"))
        said = formats.percent(change, sign=True)
        super().__init__(theme, str(data.get("title") or symbol), (said, theme.sign_tone(change)))
        closes = list(map(_number, data.get("closes") or []))
        labels = [_day(each) for each in data.get("times") or []]
        spoken = f"Closes of {symbol} from {data.get('first')} to {data.get('last')}, {said}"
        self.column.addWidget(
            MiniChart(
                theme, [float("nan") if x is None else x for x in closes], labels, name=spoken
            )
        )
        self.add_source(data)
        if symbol:
            self.add_button("Open the chart", partial(deeds.show_chart, symbol))


class BacktestCard(Card):
    """What a backtest came to, and whether to believe it."""

    def __init__(self, theme: Theme, data: Mapping[str, Any], deeds: Deeds) -> None:
        verdict: Mapping[str, Any] = data.get("verdict") or {}
        grade = str(verdict.get("grade") or "")
        name = str(data.get("title") or data.get("name") or "Backtest")
        judged = GRADES.get(grade.casefold(), (grade, Tone.MUTED))
        super().__init__(theme, name, judged)
        symbols = ", ".join(map(str, data.get("symbols") or []))
        period = str(data.get("period") or "")
        self.add_text(" · ".join(filter(None, (symbols, period))), "caption")
        add_result(self, data, name)
        if words := str(verdict.get("words") or ""):
            self.add_text(words)
        self._add_checks(verdict.get("checks") or [])
        self.add_source(data)
        if data.get("id"):
            self.add_button("Open the result", partial(deeds.show_backtest, str(data["id"])))

    def _add_checks(self, checks: Sequence[Sequence[Any]]) -> None:
        """Say what speaks against it; what speaks for it is counted."""
        passed = 0
        for name, state, said, *_ in ((*map(str, each), "", "") for each in checks):
            if state in _CHECKS:
                sign, tone = _CHECKS[state]
                self.add_text(
                    f"{sign} {name}: {said}" if said else f"{sign} {name}", "caption", tone
                )
            passed += state == "green"
        if passed:
            words = "1 check speaks" if passed == 1 else f"{passed} checks speak"
            self.add_text(f"✓ {words} for it", "caption", Tone.SUCCESS)


def add_result(card: Card, data: Mapping[str, Any], name: str) -> None:
    """Add the curve of a backtest, if it is long enough, and its figures."""
    curve = [x for x in map(_number, data.get("curve") or []) if x is not None]
    if len(curve) >= _LEAST_POINTS:
        spoken = f"Equity of {name}, from {curve[0]:,.2f} to {curve[-1]:,.2f}"
        card.column.addWidget(MiniChart(card.theme, curve, name=spoken))
    metrics = [(str(metric), value) for metric, value in data.get("metrics") or []]
    strip = KeyValueStrip(card.theme, [(metric, metric) for metric, _ in metrics])
    for metric, value in metrics:
        strip.show_value(metric, formats.UNKNOWN if value is None else str(value))
    card.column.addWidget(strip)


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _day(value: object) -> str:
    try:
        return formats.day(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)
