from __future__ import annotations


def test_opens(room):
    panel = room.open("risk")
    assert panel.limits.model.keys
