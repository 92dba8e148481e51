"""Every panel speaks another language whole, and has room for longer words."""

from __future__ import annotations

import pytest

from puffling.ui.panels import PANELS
from tests.ui.cutting import cut, outside
from tests.ui.panels.test_sizes import ROOMS, USUAL
from tests.ui.speaking import disguised, untranslated
from tests.ui.walking import faces

__all__ = ["disguised"]

pytestmark = pytest.mark.slow  # each panel, on each of its faces


@pytest.mark.parametrize("id_", [each.id for each in PANELS])
def test_a_panel_in_another_language_says_everything_and_cuts_nothing(disguised, room, qapp, id_):
    width, height = ROOMS.get(id_, USUAL)
    panel = room.open(id_, width=width, height=height)
    wrong = set()
    for face in faces(panel):
        room.settle()
        qapp.processEvents()
        wrong |= {f"{face}: cut {each}" for each in cut(panel)}
        wrong |= {f"{face}: {each}" for each in outside(panel)}
        if panel.minimumSizeHint().width() > width:
            wrong.add(f"{face}: needs {panel.minimumSizeHint().width()}, has {width}")
        wrong |= {f"plain {each}" for each in untranslated(panel)}
    assert not wrong, "\n".join(sorted(wrong))
