"""Charts on the screen, with their bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.ui.panels.chart.panel import ChartPanel


@pytest.fixture
def open_chart(room) -> Callable[..., ChartPanel]:
    """Open one more chart and wait for its bars."""

    def open_(**size: int) -> ChartPanel:
        made: ChartPanel = room.open("chart", **size)
        room.until(lambda: made.chart is not None and made.chart.count)
        room.settle()
        return made

    return open_


@pytest.fixture
def panel(open_chart) -> ChartPanel:
    made: ChartPanel = open_chart()
    return made
