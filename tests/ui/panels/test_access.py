"""Every panel can be used without a mouse and without eyes, on each of its tabs."""

from __future__ import annotations

import pytest

from puffling.ui.panels import PANELS
from tests.ui.walking import faces, faults

pytestmark = pytest.mark.slow  # a panel has up to forty faces


@pytest.mark.parametrize("id_", [each.id for each in PANELS])
def test_every_control_has_a_name_and_tab_reaches_it_once(room, id_):
    panel = room.open(id_, width=1100, height=760)
    wrong = []
    for face in faces(panel):
        room.settle()
        wrong += [f"{face}: {each}" for each in faults(panel)]
    assert not wrong, "\n".join(wrong)
