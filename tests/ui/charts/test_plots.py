"""Plots without a time axis: the fan of possible runs, and dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from puffling.ui.charts.fan import FanChart, FanCurves
from puffling.ui.charts.scatter import Dots, ScatterChart

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from puffling.ui.theme.theme import Theme

STEPS = 41


@pytest.fixture
def fan(qtbot: QtBot, theme: Theme) -> FanChart:
    made = FanChart(theme)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    along = np.arange(STEPS, dtype=float)
    bands = np.array([100_000 + along * each for each in (-500, 0, 500, 1000, 2000)])
    made.show_curves(FanCurves(bands, 100_000 + along * 700, steps="trades"))
    made.grab()
    return made


@pytest.fixture
def scatter(qtbot: QtBot, theme: Theme) -> ScatterChart:
    made = ScatterChart(theme, "Train against test")
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    dots = Dots(
        np.array([1.0, 0.2, 0.6]), np.array([0.5, -0.1, np.nan]), ["a", "b", "c"], diagonal=True
    )
    made.show_dots(dots, x="Sharpe in train", y="Sharpe in test")
    made.grab()
    return made


def said(plot: FanChart | ScatterChart) -> str:
    return " ".join(each.text for each in plot.words(plot.looked_at))


def test_a_fan_says_its_end_until_a_step_is_looked_at(fan):
    assert "After 40 trades" in said(fan)
    assert "Median 120,000" in said(fan)
    assert "9 in 10 between 80,000 and 180,000" in said(fan)
    at = QPoint(round(fan.frame.x(10.0)), 150)
    QTest.mouseMove(fan, at)
    assert "After 10 trades" in said(fan)
    assert "Half between 100,000 and 110,000" in said(fan)
    assert "The run itself 107,000" in said(fan)
    assert fan.accessibleDescription() == said(fan)


def test_keys_walk_along_a_fan(fan):
    fan.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_PageDown):
        QTest.keyClick(fan, key)
    assert fan.looked_at == 11
    QTest.keyClick(fan, Qt.Key.Key_End)
    QTest.keyClick(fan, Qt.Key.Key_Right)
    assert fan.looked_at == STEPS - 1
    QTest.keyClick(fan, Qt.Key.Key_Escape)
    assert fan.looked_at is None


def test_a_fan_without_curves_is_empty(fan):
    fan.show_curves(None)
    fan.grab()
    assert fan.count == 0
    assert not said(fan)


def test_dots_are_found_by_the_pointer_and_walked_by_their_place(scatter, qtbot):
    near = QPoint(round(scatter.frame.x(1.0)) + 3, round(scatter.frame.y(0.5)) - 3)
    QTest.mouseMove(scatter, near)
    assert said(scatter) == "a Sharpe in train 1.00 Sharpe in test 0.50"
    with qtbot.waitSignal(scatter.chosen) as chosen:
        QTest.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=near)
    assert chosen.args == [0]
    scatter.look_at(None)
    QTest.keyClick(scatter, Qt.Key.Key_Right)
    assert scatter.looked_at == 1  # the leftmost
    QTest.keyClick(scatter, Qt.Key.Key_Right)
    QTest.keyClick(scatter, Qt.Key.Key_Right)
    assert scatter.looked_at == 0


def test_a_diagonal_has_zero_in_view(scatter):
    left, right, low, high = scatter.bounds()
    assert left <= 0 <= right
    assert low <= 0 <= high
    assert "Dashed: the same in both" in said(scatter)


def test_dots_that_are_all_unknown_are_not_drawn(scatter):
    scatter.show_dots(Dots(np.array([1.0]), np.array([np.nan]), ["a"]))
    assert scatter.bounds() is None
    scatter.grab()


def test_the_best_so_far_is_a_stair(scatter, theme):
    tries = np.arange(1.0, 5.0)
    line = np.array([np.nan, 0.2, 0.2, 0.5])
    scatter.show_dots(
        Dots(tries, np.array([np.nan, 0.2, 0.1, 0.5]), list("abcd"), line, "Best so far 0.50"),
        x="Tries",
        y="Sharpe",
    )
    image = scatter.grab().toImage()
    accent = theme.color("accent").rgb()
    assert any(
        image.pixel(x, y) == accent for x in range(image.width()) for y in range(image.height())
    )
    assert "Best so far 0.50" in said(scatter)
