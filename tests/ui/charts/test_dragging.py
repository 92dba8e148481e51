"""Price lines that can be dragged: what is held, where it goes, and that it goes back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from puffling.ui.charts.marks import PriceLine
from tests.ui.charts.samples import make_bars

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def middle(chart) -> float:
    chart.set_bars(make_bars(500))
    frame = chart.pane.frame
    price = float((frame.y0 + frame.y1) / 2)
    chart.set_price_lines([PriceLine(price, "Buy 10 limit", "up", "order limit_price")])
    return price


@pytest.fixture
def dropped(chart) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    chart.line_dropped.connect(lambda key, price: found.append((key, price)))
    return found


def place(chart, price: float) -> QPoint:
    return QPoint(200, round(chart.pane.frame.y(price)))


def drag(chart, start: QPoint, step: int) -> None:
    QTest.mousePress(chart.viewport(), LEFT, pos=start)
    QTest.mouseMove(chart.viewport(), start + QPoint(0, step))


def test_a_line_that_is_dragged_says_where_it_was_dropped_and_goes_back(chart, middle, dropped):
    start, view = place(chart, middle), chart.view_range
    drag(chart, start, 30)
    assert chart._lines.layer.lines[0][0].price < middle
    QTest.mouseRelease(chart.viewport(), LEFT, pos=start + QPoint(0, 30))
    assert dropped == [
        ("order limit_price", pytest.approx(chart.pane.frame.value_at(start.y() + 30)))
    ]
    assert chart._lines.layer.lines[0][0].price == middle
    assert chart.view_range == view


def test_escape_puts_a_line_back_and_asks_for_nothing(chart, middle, dropped):
    start = place(chart, middle)
    drag(chart, start, 30)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    QTest.mouseRelease(chart.viewport(), LEFT, pos=start + QPoint(0, 30))
    assert dropped == []
    assert chart._lines.layer.lines[0][0].price == middle


def test_news_of_an_order_does_not_take_its_line_out_of_the_hand(chart, middle, dropped):
    start = place(chart, middle)
    drag(chart, start, 30)
    held = chart._lines.layer.lines[0][0].price
    chart.set_price_lines([PriceLine(middle, "Buy 8 limit", "up", "order limit_price")])
    assert chart._lines.layer.lines[0][0].price == held
    QTest.mouseRelease(chart.viewport(), LEFT, pos=start + QPoint(0, 30))
    assert len(dropped) == 1


def test_a_line_without_a_key_is_not_taken_hold_of(chart, middle, dropped):
    chart.set_price_lines([PriceLine(middle, "Average cost", "muted")])
    start, first = place(chart, middle), chart.view_range[0]
    QTest.mousePress(chart.viewport(), LEFT, pos=start)
    QTest.mouseMove(chart.viewport(), start + QPoint(60, 30))
    QTest.mouseRelease(chart.viewport(), LEFT, pos=start + QPoint(60, 30))
    assert dropped == []
    assert chart.view_range[0] != first


def test_the_pointer_says_what_can_be_dragged(chart, middle):
    start = place(chart, middle)
    QTest.mouseMove(chart.viewport(), start)
    assert chart.viewport().cursor().shape() is Qt.CursorShape.SizeVerCursor
    QTest.mouseMove(chart.viewport(), start + QPoint(0, 40))
    assert chart.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor
