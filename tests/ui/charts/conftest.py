"""A chart on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from puffling.ui.charts.chart import PriceChart

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from puffling.ui.theme.theme import Theme


@pytest.fixture
def chart(qtbot: QtBot, theme: Theme) -> PriceChart:
    made = PriceChart(theme)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made
