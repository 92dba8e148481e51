"""Sliders for parameters: drag one, and the equity curve follows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from puffin import measures
from puffin.backtest.ranges import step_of
from puffin.errors import PuffinError
from puffling.core.errors import PufflingError
from puffling.ui.charts import loading
from puffling.ui.forms.describe import Sort, describe
from puffling.ui.panels.backtest.metrics import METRICS, tone_of
from puffling.ui.panels.backtest.ranges_form import written
from puffling.ui.theme.tokens import Tone
from puffling.ui.widgets.headline import KeyValueStrip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.measures import Floats, Times
    from puffling.services.plans import Plan
    from puffling.ui.charts.equity import EquityChart
    from puffling.ui.following import Spawn
    from puffling.ui.forms.describe import Field
    from puffling.ui.panels.backtest.choices import Choice
    from puffling.ui.theme.theme import Theme

    Preview = Callable[[Plan], tuple[Times, Floats]]

_SLID = {Sort.WHOLE, Sort.REAL, Sort.EXACT}
_MOST_STEPS = 1_000
_FEWEST = 2


def stops(choice: Choice, field: Field, usual: object, tried: tuple[Any, ...]) -> list[Any]:
    """Return the values that a slider of a number stops at.

    They go by the parameter's step, over what an optimiser tries of it and a little beyond,
    within its bounds; the value it has is one of them.
    """
    about = choice.parameters.model_fields[field.name]
    step = step_of(about) or Decimal(1)
    numbers = [Decimal(str(each)) for each in (*tried, usual) if isinstance(each, int | float)]
    if not numbers:
        return []
    spread = max(max(numbers) - min(numbers), 10 * step)
    low, high = min(numbers) - spread / 2, max(numbers) + spread / 2
    if isinstance(field.least, Decimal):
        low = max(low, field.least)
    if isinstance(field.most, Decimal):
        high = min(high, field.most)
    if field.above is not None:
        low = max(low, field.above + step)
    if field.below is not None:
        high = min(high, field.below - step)
    anchor = Decimal(str(usual)) if isinstance(usual, int | float) else low
    first = anchor - step * int((anchor - low) / step)
    count = min(int((high - first) / step) + 1, _MOST_STEPS)
    made = (first + place * step for place in range(count))
    return [int(each) if field.sort is Sort.WHOLE else float(each) for each in made]


class Sliders(QWidget):
    """Shows the equity of a run that is not kept, for the parameters the sliders stand at.

    Drags come faster than runs: while one is computed only the latest wish is remembered.

    Signals:
        use_asked: These parameters are to be used (a dict).
    """

    use_asked = Signal(object)

    def __init__(self, theme: Theme, spawn: Spawn, preview: Preview) -> None:
        super().__init__()
        self._theme, self._spawn, self._preview = theme, spawn, preview
        self._plan: Plan | None = None
        self._values: dict[str, Any] = {}
        self._wanted: Plan | None = None
        self._going = False
        self._fresh = True
        self.drawn = 0  # curves drawn since it was made
        self._rows: dict[str, tuple[QSlider, QLabel, list[Any]]] = {}
        self.chart: EquityChart | None = None
        self.words = QLabel("Sliders follow the set-up of the Run tab.")
        self.words.setWordWrap(True)
        theme.set_role(self.words, "caption")
        self.strip = KeyValueStrip(
            theme, [(each, METRICS[each].title) for each in ("total_return", "max_drawdown")]
        )
        self.use_button = QPushButton("Use parameters")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(4))
        self._grid.setColumnStretch(1, 1)
        head = QHBoxLayout()
        head.addWidget(self.strip, 1)
        head.addWidget(self.use_button, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*[theme.px(8)] * 4)
        self._column.setSpacing(theme.px(6))
        self._column.addLayout(self._grid)
        self._column.addLayout(head)
        self._column.addWidget(self.words)
        self.use_button.clicked.connect(lambda: self.use_asked.emit(dict(self._values)))

    def show_plan(
        self, plan: Plan, choice: Choice, tried: Mapping[str, tuple[Any, ...]], why_not: str = ""
    ) -> None:
        """Offer a slider for each number of a strategy; `why_not` says why there are none."""
        self._plan, self._fresh = plan, True
        self._values = dict(plan.parameters)
        for slider, label, _ in self._rows.values():
            slider.hide()
            slider.deleteLater()
            label.deleteLater()
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = {}
        for field in [] if why_not else describe(choice.parameters):
            if field.sort in _SLID:
                self._add(field, choice, tried.get(field.name, ()))
        self.use_button.setEnabled(bool(self._rows))
        self.strip.setVisible(bool(self._rows))
        if self._rows:
            self.ask()
        else:
            self._say(why_not or f"{choice.title} has no numbers to slide.")

    def slider(self, name: str) -> QSlider:
        """Return the slider of a parameter.

        Raises:
            KeyError: If there is none.
        """
        return self._rows[name][0]

    @property
    def values(self) -> dict[str, Any]:
        """The parameters the sliders stand at."""
        return dict(self._values)

    def ask(self) -> None:
        """Draw what the sliders stand at, as soon as what is being drawn is done."""
        if self._plan is None:
            return
        spec = replace(self._plan.spec, parameters=dict(self._values))
        self._wanted = replace(self._plan, spec=spec)
        if not self._going:
            self._going = True
            self._spawn(self._draw())

    async def _draw(self) -> None:
        try:
            await loading.load()
            while self._wanted is not None:
                plan, self._wanted = self._wanted, None
                try:
                    time, equity, drawdown = await asyncio.to_thread(self._compute, plan)
                except (PuffinError, PufflingError) as error:
                    self._say(" ".join([str(error), error.hint]).strip(), Tone.WARNING)
                else:
                    self._show(time, equity, drawdown)
        finally:
            self._going = False

    def _compute(self, plan: Plan) -> tuple[Times, Floats, Floats]:
        time, equity = self._preview(plan)
        return time, equity, measures.drawdown(equity)

    def _show(self, time: Times, equity: Floats, drawdown: Floats) -> None:
        chart = self.chart or self._build()
        chart.set_result(time, equity, drawdown, fit=self._fresh)
        self._fresh = False
        self.drawn += 1
        self._say("")
        figures = {
            "total_return": measures.total_return(equity),
            "max_drawdown": measures.deepest(drawdown),
        }
        for name, value in figures.items():
            self.strip.show_value(name, METRICS[name].write(value), tone_of(METRICS[name], value))

    def _add(self, field: Field, choice: Choice, tried: tuple[Any, ...]) -> None:
        usual = self._values.get(field.name, field.default)
        values = stops(choice, field, usual, tried)
        if len(values) < _FEWEST:
            return
        title, said = QLabel(field.title), QLabel(written(usual))
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, len(values) - 1)
        slider.setValue(min(range(len(values)), key=lambda at: abs(values[at] - usual)))
        slider.setAccessibleName(field.title)
        slider.setToolTip(field.description)
        slider.setMinimumWidth(self._theme.px(120))
        title.setBuddy(slider)
        self._theme.set_role(title, "muted")
        said.setMinimumWidth(self._theme.px(48))
        said.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = self._grid.rowCount()
        for place, widget in enumerate((title, slider, said)):
            self._grid.addWidget(widget, row, place)
        self._rows[field.name] = (slider, said, values)
        slider.valueChanged.connect(lambda at, name=field.name: self._move(name, at))

    def _move(self, name: str, at: int) -> None:
        _, said, values = self._rows[name]
        self._values[name] = values[at]
        said.setText(written(values[at]))
        self.ask()

    def _say(self, sentence: str, tone: str = "") -> None:
        self.words.setText(sentence)
        self.words.setVisible(bool(sentence))
        self._theme.set_tone(self.words, tone)

    def _build(self) -> EquityChart:
        from puffling.ui.charts.equity import EquityChart

        self.chart = chart = EquityChart(self._theme)
        self._column.addWidget(chart, 1)
        return chart
