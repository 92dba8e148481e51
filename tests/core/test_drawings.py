from __future__ import annotations

from dataclasses import replace

import pytest

from puffling.core.drawing_kinds import DrawingKind, Style
from puffling.core.drawing_lines import lines_of
from puffling.core.drawings import Anchor, Drawing, check, read_drawing, write_drawing
from puffling.core.errors import BadValueError

LINE = Drawing("1", "AAPL", DrawingKind.HORIZONTAL, (Anchor(10**18, 100.0),))


def test_a_drawing_is_read_as_it_was_written():
    drawn = replace(LINE, text="Look", locked=True, style=Style(width=2.0))
    assert read_drawing(write_drawing(drawn), id_="1", symbol="AAPL") == drawn


def test_what_is_written_on_one_must_be_text():
    with pytest.raises(TypeError, match="text"):
        read_drawing(write_drawing(LINE) | {"text": 5}, id_="1", symbol="AAPL")


@pytest.mark.parametrize("levels", [tuple(map(float, range(1000))), (float("inf"),)])
def test_there_is_an_end_to_levels_and_each_is_a_number(levels: tuple[float, ...]):
    with pytest.raises(BadValueError, match="levels"):
        check(replace(LINE, style=Style(levels=levels)))


def test_an_extension_goes_on_from_its_third_point_by_the_first_move():
    day = 86_400 * 10**9
    points = (Anchor(0, 100.0), Anchor(day, 110.0), Anchor(2 * day, 105.0))
    style = Style(levels=(0.0, 1.0, 1.5))
    found = lines_of(Drawing("1", "AAPL", DrawingKind.FIB_EXTENSION, points, style))
    assert [each.start.price for each in found] == [105.0, 115.0, 120.0]
    assert {each.start.time for each in found} == {2 * day}
