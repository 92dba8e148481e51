"""What commands ask of charts reaches the focused one, or all that go with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from puffling.core.errors import BadValueError
from puffling.ui.panels.chart.linking import Reach
from puffling.ui.panels.chart.panel import ChartPanel
from puffling.ui.shell.desk_charts import DeskCharts
from tests.fakes import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import qasync

    from puffling.ui.panel import PanelWidget, Parts


class Places:
    """Where charts are, as far as their commands ask; a grid opens what is missing."""

    def __init__(self, make: Callable[[], ChartPanel]) -> None:
        self._make = make
        self.charts: dict[str, PanelWidget] = {"chart": make(), "chart#2": make()}

    def widgets(self) -> dict[str, PanelWidget]:
        return self.charts

    def arrange_grid(self, panel: str, count: int, *, alike: bool = False) -> list[str]:
        for number in range(len(self.charts) + 1, count + 1):
            made = self.charts[f"{panel}#{number}"] = self._make()
            if alike:
                made.restore(self.charts[panel].state())
        return list(self.charts)


@pytest.fixture
def places(parts: Parts, loop: qasync.QEventLoop) -> Iterator[Places]:
    made: list[ChartPanel] = []

    def make() -> ChartPanel:
        panel = ChartPanel(parts)
        made.append(panel)
        return panel

    yield Places(make)
    for panel in made:
        panel.shut()
        panel.close()
        panel.deleteLater()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))


def test_charts_are_drawn_moved_laid_out_and_kept_in_step(places, parts, loop, desk):
    first, second = places.charts["chart"], places.charts["chart#2"]
    second.set_link("green")
    loop.run_until_complete(until(lambda: first.chart is not None and first.chart.count))
    charts = DeskCharts(places, lambda: first)
    charts.series("line")
    charts.scale("log")
    charts.data()
    assert (first.series, first.scale, first.data.isHidden()) == ("line", "log", False)
    charts.go_to(date(2008, 9, 15))
    assert first.chart.time_text(first.chart.cursor) == "Mon 15 Sep 2008"
    charts.go_to(None)
    assert not first.goto_bar.isHidden()
    charts.grid(4)
    third = places.charts["chart#3"]
    assert (third.series, third.scale, second.series) == ("line", "log", "candles")
    charts.crosshair("all")
    charts.together(interval=True, time=None)
    assert {each.linking.crosshair for each in (first, third)} == {Reach.ALL}
    assert (third.linking.interval, second.linking.interval) == (True, False)
    assert second.linking.crosshair is Reach.COLOUR
    with pytest.raises(BadValueError, match="Nothing to share"):
        charts.together(interval=None, time=None)
    charts.alert(Decimal("600.00"))
    assert desk.done[-1] == ("begin_alert", "AAPL", Decimal("600.00"))
    with pytest.raises(BadValueError, match="No replay"):
        charts.play()
    charts.replay()
    loop.run_until_complete(until(lambda: parts.context.replay.place is not None))
    assert parts.context.replay.place.words == "15 Sep 2008"
    charts.replay()
    assert parts.context.replay.place is None
