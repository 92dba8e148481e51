"""Equity and drawdown: one time axis, one read-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from puffin.data.bars import Interval
from puffling.core.settings import Appearance
from puffling.core.settings import Theme as Scheme
from puffling.ui.charts.equity import EquityChart
from tests.ui.charts.samples import is_color, make_bars, pixels

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from puffling.ui.theme.theme import Theme


@pytest.fixture
def equity(qtbot: QtBot, theme: Theme) -> EquityChart:
    made = EquityChart(theme)
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    return made


def run(count: int = 500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bars = make_bars(count, Interval.D1)
    value = 100_000 * bars.close / bars.close[0]
    return bars.time, value, value / np.maximum.accumulate(value) - 1


def test_a_run_is_shown_whole_with_its_drawdown_below(equity):
    time, value, drawdown = run()
    equity.set_result(time, value, drawdown)
    upper, lower = equity.panes
    assert equity.view_range[0] < 0
    assert equity.view_range[1] > 499
    assert upper.frame.y0 < value.min() <= value.max() < upper.frame.y1
    assert lower.frame.y0 < drawdown.min() * 100
    assert lower.frame.y1 >= 0
    assert lower.frame.bottom <= equity.time_axis.top
    assert (lower.frame.left, lower.frame.width) == (upper.frame.left, upper.frame.width)
    assert is_color(pixels(equity), equity.surface.colors.drawdown).any()


def test_both_panes_are_read_out_together(equity):
    time, value, drawdown = run()
    equity.set_result(time, value, drawdown, benchmark=("Buy and hold", value * 0.9))
    frame = equity.panes[1].frame
    QTest.mouseMove(equity.viewport(), QPoint(int(frame.x(250.0)), int(frame.top + 20)))
    words = equity._legend.text
    assert f"Equity {value[250]:,.2f}" in words
    assert f"Buy and hold {value[250] * 0.9:,.2f}" in words
    assert f"Drawdown {drawdown[250] * 100:.2f} %".replace("-", "−") in words
    assert equity.panes[0].axis.cursor is None
    assert equity.panes[1].axis.cursor is not None


def test_a_run_without_a_loss_has_an_empty_drawdown(equity):
    time, value, _ = run()
    equity.set_result(time, np.sort(value), np.zeros(len(value)))
    assert equity.panes[1].frame.y0 < 0 <= equity.panes[1].frame.y1


def test_clearing_leaves_nothing(equity):
    equity.set_result(*run())
    equity.clear()
    assert equity.count == 0
    assert equity._legend.text == ""
    assert not is_color(pixels(equity), equity.surface.colors.equity).any()


def test_the_theme_recolours_it(equity, theme, qapp):
    equity.set_result(*run())
    theme.apply(qapp, Appearance(theme=Scheme.LIGHT))
    assert is_color(pixels(equity), theme.color("accent")).any()
    theme.apply(qapp, Appearance())


def test_words_that_do_not_fit_go_on_in_the_next_line(equity):
    time, value, drawdown = run()
    equity.set_result(time, value, drawdown, benchmark=("Buy and hold", value * 0.9))
    equity.resize(800, 400)
    one = equity._legend.area.height()
    equity.resize(320, 400)
    frame = equity.panes[0].frame
    assert equity._legend.area.height() > one
    assert equity._legend.area.right() <= frame.right
    assert all(x + 20 < frame.width for x, _, _ in equity._legend._placed)


def test_a_click_chooses_a_bar_and_a_drag_does_not(equity, qtbot):
    equity.set_result(*run())
    frame = equity.panes[0].frame
    at = QPoint(int(frame.x(250.0)), int(frame.top + 80))
    with qtbot.waitSignal(equity.bar_chosen) as chosen:
        QTest.mouseMove(equity.viewport(), at)
        QTest.mouseClick(equity.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert abs(chosen.args[0] - 250) <= 1
    with qtbot.assertNotEmitted(equity.bar_chosen):
        QTest.mousePress(equity.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseMove(equity.viewport(), at + QPoint(60, 0))
        QTest.mouseRelease(equity.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(60, 0))


def test_return_chooses_the_crosshairs_bar(equity, qtbot):
    equity.set_result(*run())
    equity.setFocus()
    with qtbot.assertNotEmitted(equity.bar_chosen):
        QTest.keyClick(equity, Qt.Key.Key_Return)
    equity.set_cursor_bar(77)
    with qtbot.waitSignal(equity.bar_chosen) as chosen:
        QTest.keyClick(equity, Qt.Key.Key_Return)
    assert chosen.args == [77]


def test_another_curve_of_the_same_bars_keeps_the_view(equity):
    time, value, drawdown = run()
    equity.set_result(time, value, drawdown)
    equity.show_range(100, 200)
    equity.set_result(time, value * 2, drawdown, fit=False)
    assert equity.view_range == (100, 200)
    equity.set_result(time[:300], value[:300], drawdown[:300], fit=False)
    assert equity.view_range != (100, 200)


def test_the_bar_that_is_spoken_of_has_a_line(equity):
    equity.set_result(*run())
    before = pixels(equity).copy()
    equity.point_at(250)
    assert (pixels(equity) != before).any()
    equity.point_at(None)
    assert (pixels(equity) == before).all()
