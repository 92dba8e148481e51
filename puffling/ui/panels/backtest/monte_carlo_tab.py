"""The Monte Carlo tab: what else the shown result might have come to, and how often."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from puffin.backtest.fan import Fan
from puffling.core import formats
from puffling.ui.charts import loading
from puffling.ui.following import Following
from puffling.ui.forms.form import Form
from puffling.ui.forms.schema import plain, typed
from puffling.ui.panels.backtest.chance_form import Chance, Kind
from puffling.ui.panels.backtest.narrow import let_shrink
from puffling.ui.panels.backtest.side_by_side import SideBySide
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.empty_state import StateStack
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.charts.fan import FanChart
    from puffling.ui.following import Spawn
    from puffling.ui.panel import Parts
    from puffling.ui.panels.backtest.shown import Shown

COMMAND = "montecarlo.run"
_STRIP = (
    ("loss", "Ends with a loss"),
    ("ruin", "Ruin"),
    ("drawdown", "Deep drawdown"),
    ("low", "Worst twentieth ends below"),
    ("median", "Median ends at"),
    ("high", "Best twentieth ends above"),
)
_LIKELY, _RARE = 0.2, 0.05


class MonteCarloTab(QWidget):
    """Draws the shown result anew, many times."""

    def __init__(self, parts: Parts, spawn: Spawn, parent: QWidget) -> None:
        super().__init__(parent)
        self.parts, self._spawn = parts, spawn
        theme = parts.theme
        self._shown: Shown | None = None
        self._shown_id = ""
        self.fan: Fan | None = None
        self.what, self.words = QLabel(), QLabel()
        for each in (self.what, self.words):
            each.setWordWrap(True)
            each.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.what, "muted")
        theme.set_role(self.words, "caption")
        self.form = Form(Chance, theme=theme, only=("kind", "runs", "seed"), captions=False)
        self.block = Form(Chance, theme=theme, only=("block",), captions=False)
        self.noise = Form(Chance, theme=theme, only=("noise",), captions=False)
        self.asked = Form(Chance, theme=theme, only=("ruin", "drawdown"), captions=False)
        self.start_button = QPushButton("Draw runs")
        self.start_button.setToolTip("Draw them (F5)")
        theme.set_role(self.start_button, "primary")
        self.strip = KeyValueStrip(theme, _STRIP)
        self.chart: FanChart | None = None
        self._content = QWidget(self)
        self._found = QVBoxLayout(self._content)
        self.states = StateStack(theme, self._content)
        self.following = Following(parts, spawn, self)
        self._lay_out()
        self._connect()
        self.show_result("", None)

    def show_result(self, id_: str, shown: Shown | None) -> None:
        """Draw from this stored result from now on; empty if there is none."""
        if id_ and id_ == self._shown_id:
            return
        self._shown, self._shown_id, self.fan = shown, id_, None
        self.start_button.setEnabled(bool(id_) and not self.following.is_running)
        if not id_ or shown is None:
            self.what.setText("Draws from the result that the Run tab shows.")
            self.states.show_empty(
                "Run a backtest or open one from History: its trades and returns are drawn anew.",
                icon="flask",
            )
            return
        self.what.setText(f"Draws from {shown.title}.")
        self.states.show_empty(
            "How much of this result was the luck of the order? Draw it anew, many times.",
            "Draw runs",
            "flask",
        )

    def start(self) -> None:
        """Draw, unless that is under way."""
        forms = [each for each in self._forms() if not each.isHidden()]
        if self.following.is_running or not self._shown_id or self._shown is None:
            return
        if not all(each.check() for each in forms):
            return
        said: dict[str, Any] = {}
        for each in forms:
            said |= each.values()
        kind, saved = said["kind"], self._shown.saved
        words = {
            "id": self._shown_id,
            "kind": "trades" if kind is Kind.ORDER else str(kind),
            "replace": kind is Kind.TRADES,
            "runs": said["runs"],
            "seed": said["seed"],
            "block": said.get("block"),
            "noise": said.get("noise", 0.1),
        }
        title = f"Monte Carlo of {saved.strategy_id.replace('_', ' ')} on {saved.symbol}"
        self.following.begin(COMMAND, words, title)

    def state(self) -> dict[str, Any]:
        """Return what is filled in, as JSON would hold it."""
        return plain({name: each for form in self._forms() for name, each in form.values().items()})

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a remembered state; what does not fit is passed over."""
        fitting = typed(Chance, state)
        for each in self._forms():
            each.show_values(fitting)
        self._adapt()

    async def _show(self, fan: Mapping[str, Any]) -> None:
        await loading.load()
        self.show_fan(await asyncio.to_thread(Fan.from_dict, fan))

    def show_fan(self, fan: Fan) -> None:
        """Show what was drawn."""
        from puffling.ui.charts.fan import FanCurves

        self.fan = fan
        chart = self.chart or self._build()
        chart.show_curves(
            FanCurves(fan.curves, fan.original, steps=fan.unit, x=fan.rows.astype(float))
        )
        self.words.setText(fan.words)
        self._show_odds()
        self.states.show_content()

    def _show_odds(self) -> None:
        fan, asked = self.fan, self.asked.values()
        ruin, depth = asked.get("ruin"), asked.get("drawdown")
        if fan is None or not isinstance(ruin, float) or not isinstance(depth, float):
            return
        at, fell = formats.percent(ruin, places=0), formats.percent(depth, places=0)
        for key, value, meaning in (
            ("loss", fan.probability_of_loss(), "Share of the runs that end below the capital."),
            ("ruin", fan.probability_of_ruin(ruin), f"Equity falls to {at} of the capital."),
            (
                "drawdown",
                fan.probability_of_drawdown(depth),
                f"At some time {fell} or more below the highest equity so far.",
            ),
        ):
            tone = Tone.DANGER if value > _LIKELY else Tone.WARNING if value > _RARE else Tone.TEXT
            off = formats.percent(2 * fan.uncertainty(value), places=1)
            tip = f"{meaning} Give or take {off}, for {fan.runs:,} runs."
            self.strip.show_value(key, formats.percent(value, places=1), tone, tip)
        for key, percent in (("low", 5), ("median", 50), ("high", 95)):
            self.strip.show_value(key, formats.money(fan.quantile(percent), places=0))

    def _forms(self) -> tuple[Form, ...]:
        return (self.form, self.block, self.noise, self.asked)

    def _adapt(self) -> None:
        kind = self.form.values().get("kind")
        self.block.setVisible(kind is Kind.RETURNS)
        self.noise.setVisible(kind is Kind.PARAMETERS)

    def _after(self) -> None:
        if self.fan is not None:
            self.states.show_content()
        else:
            id_, self._shown_id = self._shown_id, ""
            self.show_result(id_, self._shown)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self.start)
        self.form.changed.connect(lambda _: self._adapt())
        self.asked.changed.connect(lambda _: self._show_odds())
        self.states.acted.connect(self.start)
        self.states.retried.connect(self.start)
        self.states.cancelled.connect(self.following.cancel)
        following = self.following
        following.moved.connect(self.states.show_loading)
        following.changed.connect(
            lambda on: self.start_button.setEnabled(not on and bool(self._shown_id))
        )
        following.finished.connect(lambda answer: self._spawn(self._show(answer["fan"])))
        following.failed.connect(
            lambda error: self.states.show_error(str(error), str(getattr(error, "hint", "")))
        )
        following.gone.connect(self._after)
        self._adapt()

    def _build(self) -> FanChart:
        from puffling.ui.charts.fan import FanChart

        self.chart = chart = FanChart(self.parts.theme)
        self._found.insertWidget(1, chart, 1)
        return chart

    def _lay_out(self) -> None:
        theme = self.parts.theme
        split = SideBySide(theme, self)
        left = QWidget(split)
        form = QVBoxLayout(left)
        form.setContentsMargins(*[theme.sizes.padding] * 4)
        form.setSpacing(theme.px(8))
        form.addWidget(self.what)
        for each in self._forms():
            let_shrink(each)
            form.addWidget(each)
        form.addStretch(1)
        form.addWidget(self.start_button)
        self._found.setContentsMargins(*[theme.px(8)] * 4)
        self._found.setSpacing(theme.px(8))
        self._found.addWidget(self.strip)
        self._found.addWidget(self.words)
        split.addWidget(self.states)
        split.settle()
