from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from puffling.commands.desk import PANEL_KEYS
from puffling.ui.panels import PANELS
from tests.fakes import until

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from puffling.ui.panel import Panel

MINE = [each for each in PANELS if each.id != "chart"]


def names(panel: Panel) -> str:
    return panel.id


def settle(loop, parts) -> None:
    """Let every read that was begun come back."""
    loop.run_until_complete(until(lambda: not parts.runner.tasks))


def test_every_panel_has_a_command_of_its_name():
    assert {each.id: each.title for each in PANELS} == {
        id_: title for id_, (title, _) in PANEL_KEYS.items()
    }


@pytest.mark.parametrize("panel", MINE, ids=names)
def test_a_panel_opens_and_closes_and_leaves_nothing(panel, parts, loop, qapp: QApplication):
    settle(loop, parts)
    first = panel.build(parts)  # services that come with the first of its kind stay
    first.shut()
    first.deleteLater()
    settle(loop, parts)
    del first
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    before = len(qapp.allWidgets())
    handlers = {kind: len(each) for kind, each in parts.context.bus._handlers.items()}
    for _ in range(2):
        widget = panel.build(parts)
        widget.show()
        settle(loop, parts)
        widget.restore(widget.state())
        widget.run_focused()
        settle_or_run(loop, parts)
        widget.shut()
        settle(loop, parts)
        widget.close()
        widget.deleteLater()
        del widget
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
    assert len(qapp.allWidgets()) == before
    assert {kind: len(each) for kind, each in parts.context.bus._handlers.items()} == handlers


def settle_or_run(loop, parts) -> None:
    loop.run_until_complete(until(lambda: not parts.runner.tasks))


@pytest.mark.parametrize("panel", MINE, ids=names)
def test_a_shut_panel_hears_nothing_more(panel, parts, loop):
    widget = panel.build(parts)
    widget.show()
    settle(loop, parts)
    widget.shut()
    assert not widget._heard
    parts.links.choose("blue", "MSFT")
    widget.close()
    widget.deleteLater()


@pytest.mark.parametrize("panel", MINE, ids=names)
def test_the_keyboard_has_a_place_to_go(panel, parts, loop):
    widget = panel.build(parts)
    widget.show()
    settle(loop, parts)
    place = widget.primary_focus()
    assert isinstance(place, QWidget)
    assert widget.isAncestorOf(place)
    widget.shut()
    widget.close()
    widget.deleteLater()
