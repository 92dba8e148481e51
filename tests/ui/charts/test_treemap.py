from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest

from puffling.ui.charts.treemap import Tile, TreeMap, squarified

AREA = QRectF(0, 0, 600, 400)


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=40))
def test_tiles_fill_the_area_in_proportion_and_never_overlap(sizes):
    sizes = sorted(sizes, reverse=True)
    rects = squarified(sizes, AREA)
    whole, total = AREA.width() * AREA.height(), sum(sizes)
    for size, rect in zip(sizes, rects, strict=True):
        assert rect.width() * rect.height() == pytest.approx(whole * size / total, rel=1e-6)
        assert AREA.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(rect)
    for place, one in enumerate(rects):
        for other in rects[place + 1 :]:
            shared = one.intersected(other)
            assert min(shared.width(), shared.height()) < 1e-6


def test_the_published_example_comes_out_as_published():
    rects = squarified([6, 6, 4, 3, 2, 2, 1], QRectF(0, 0, 6, 4))
    # Bruls, Huizing, van Wijk: two sixes share the left three units, half of the height each.
    assert [(each.width(), each.height()) for each in rects[:2]] == [(3, 2), (3, 2)]


def test_no_room_and_no_worth_are_no_reason_to_fail():
    assert squarified([1.0], QRectF(0, 0, 0, 10)) == [QRectF()]
    assert squarified([], AREA) == []


@pytest.fixture
def tree(theme, qtbot):
    made = TreeMap(theme)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show_tiles(
        [
            Tile("IBM", 10.0, -0.02, "−2.00 %", "IBM: 10"),
            Tile("AAPL", 30.0, 0.04, "+4.00 %", "AAPL: 30"),
            Tile("FB", 5.0, None, "—", "FB: 5"),
        ]
    )
    made.show()
    return made


def test_the_arrow_keys_go_from_the_largest_to_the_smallest(tree):
    chosen: list[str] = []
    tree.chosen.connect(chosen.append)
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Right)
    assert tree.current == "IBM"
    assert tree.accessibleDescription() == "IBM: 10"
    for _ in range(5):
        QTest.keyClick(tree, Qt.Key.Key_Down)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert chosen == ["FB"]


def test_a_click_chooses_the_tile_under_it(tree):
    chosen: list[str] = []
    tree.chosen.connect(chosen.append)
    QTest.mouseClick(tree, Qt.MouseButton.LeftButton, pos=tree.rects()[0].center().toPoint())
    assert chosen == ["AAPL"]


def test_gains_and_losses_have_their_colours(tree, theme):
    picture = tree.grab().toImage()
    first, second = (each.bottomRight().toPoint() for each in tree.rects()[:2])
    gain = picture.pixelColor(first.x() - 6, first.y() - 6)
    loss = picture.pixelColor(second.x() - 6, second.y() - 6)
    assert gain.green() > gain.red()
    assert loss.red() > loss.green()


def test_what_the_keyboard_is_on_stays_when_sizes_change(tree):
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Right)
    tree.show_tiles([Tile("IBM", 50.0, 0.0, ""), Tile("AAPL", 30.0, 0.0, "")])
    assert tree.current == "IBM"
