"""The heat map: colours that can be read, and words for every cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from puffling.core.formats import number
from puffling.core.settings import Appearance
from puffling.core.settings import Theme as Scheme
from puffling.ui.charts.heatmap import Grid, HeatMap, contrast

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from puffling.ui.theme.theme import Theme

VALUES = np.array([[-0.5, 0.2, np.nan], [0.1, 0.9, 0.4]])


def grid(values: np.ndarray = VALUES) -> Grid:
    return Grid("Short", "Long", ("5", "10", "20"), ("50", "100"), values, "Sharpe", number)


@pytest.fixture
def heat(qtbot: QtBot, theme: Theme) -> HeatMap:
    made = HeatMap(theme)
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    made.show_grid(grid())
    made.grab()
    return made


def middle(heat: HeatMap, column: int, row: int) -> QPoint:
    assert heat.grid is not None
    return heat._cell(heat.grid, column, row).center().toPoint()


def test_the_best_cell_is_spoken_of_until_one_is_looked_at(heat):
    assert heat.words() == "Short 10, Long 100: Sharpe 0.90 (best)"
    QTest.mouseMove(heat, middle(heat, 0, 0))
    assert heat.words() == "Short 5, Long 50: Sharpe −0.50"
    assert heat.accessibleDescription() == heat.words()
    heat.look_at((2, 0))
    assert heat.words() == "Short 20, Long 50: Sharpe not tried"


def test_the_lowest_row_is_at_the_bottom(heat):
    assert middle(heat, 0, 0).y() > middle(heat, 0, 1).y()
    assert heat.cell_at(middle(heat, 2, 1).toPointF()) == (2, 1)
    assert heat.cell_at(QPoint(0, 0).toPointF()) is None


def test_arrows_walk_and_stop_at_the_edges_and_return_chooses(heat, qtbot):
    heat.setFocus()
    QTest.keyClick(heat, Qt.Key.Key_Up)  # begins at the best cell
    assert heat.looked_at == (1, 1)
    QTest.keyClick(heat, Qt.Key.Key_Left)
    QTest.keyClick(heat, Qt.Key.Key_Left)
    QTest.keyClick(heat, Qt.Key.Key_Down)
    assert heat.looked_at == (0, 0)
    with qtbot.waitSignal(heat.chosen) as chosen:
        QTest.keyClick(heat, Qt.Key.Key_Return)
    assert chosen.args == [0, 0]
    QTest.keyClick(heat, Qt.Key.Key_Escape)
    assert heat.looked_at is None


def test_a_click_chooses_a_cell(heat, qtbot):
    with qtbot.waitSignal(heat.chosen) as chosen:
        QTest.mouseClick(heat, Qt.MouseButton.LeftButton, pos=middle(heat, 2, 1))
    assert chosen.args == [2, 1]


@pytest.mark.parametrize("scheme", list(Scheme))
def test_words_can_be_read_on_every_colour(heat, theme, qapp, scheme):
    if scheme is Scheme.LIGHT:
        theme.apply(qapp, Appearance(theme=scheme))
    for value in np.linspace(-0.5, 0.9, 60):
        fill = heat.fill_of(float(value))
        assert contrast(heat.ink_on(fill), fill) >= 4.5
    theme.apply(qapp, Appearance())


def test_the_stronger_colour_is_the_higher_value(heat, theme):
    up = theme.color("up")
    near = [contrast(heat.fill_of(each), up) for each in (0.1, 0.4, 0.9)]
    assert near == sorted(near, reverse=True)
    heat.show_grid(grid(np.full((2, 3), 0.3)))
    assert heat.fill_of(0.3).isValid()


def test_a_map_of_another_shape_forgets_the_cell_looked_at(heat):
    heat.look_at((2, 1))
    heat.show_grid(grid())
    assert heat.looked_at == (2, 1)
    heat.show_grid(Grid("Short", "Long", ("5",), ("50",), np.array([[np.nan]]), "Sharpe", number))
    assert heat.looked_at is None
    assert heat.words() == "Sharpe: nothing tried yet"
    heat.show_grid(None)
    assert not heat.words()
    heat.grab()


def test_thousands_of_cells_are_painted_once(heat, qapp):
    values = np.random.default_rng(1).normal(0.3, 0.5, (120, 160))
    names = tuple(str(each) for each in range(160))
    heat.show_grid(Grid("Short", "Long", names, names[:120], values, "Sharpe", number))
    heat.grab()
    picture = heat._picture.cacheKey()
    heat.look_at((3, 4))
    heat.grab()
    assert heat._picture.cacheKey() == picture
    heat.resize(500, 300)
    heat.grab()
    assert heat._picture.cacheKey() != picture


def test_each_cell_has_the_colour_of_its_value(heat):
    image = heat.grab().toImage()
    for column, row in ((0, 0), (1, 1), (2, 1)):
        corner = heat._cell(heat.grid, column, row).topLeft().toPoint() + QPoint(5, 5)
        wanted = heat.fill_of(float(VALUES[row, column]))
        found = image.pixelColor(corner)
        assert abs(found.red() - wanted.red()) <= 1
        assert abs(found.green() - wanted.green()) <= 1
