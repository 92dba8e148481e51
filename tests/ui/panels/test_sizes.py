"""No words are cut, at any text size, in the room that a panel has on a small screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from puffling.core.settings import Appearance
from puffling.ui.panels import PANELS
from puffling.ui.theme.theme import Theme
from tests.ui.cutting import cut, outside
from tests.ui.walking import faces

pytestmark = pytest.mark.slow  # each panel, on each of its faces, in four sizes

# The rooms panels have by default in a window of 1366 × 768.
ROOMS = {"watchlist": (372, 420), "ticket": (318, 640), "activity": (402, 240)}
USUAL = (660, 420)
TWICE = 200
ALONE = (1366, 680)  # at twice the size a panel is looked at alone


@pytest.mark.parametrize("scale", [80, 100, 150, 200])
@pytest.mark.parametrize("id_", [each.id for each in PANELS])
def test_no_words_are_cut(room, qapp, id_, scale):
    theme = Theme(Appearance(scale=scale))
    theme.apply(qapp, theme.appearance)
    room.parts = replace(room.parts, theme=theme)
    width, height = ALONE if scale >= TWICE else ROOMS.get(id_, USUAL)
    panel = room.open(id_, width=width, height=height)
    wrong = []
    for face in faces(panel):
        room.settle()
        qapp.processEvents()
        wrong += [f"{face}: {each}" for each in cut(panel) + outside(panel)]
    assert not wrong, "\n".join(wrong)
