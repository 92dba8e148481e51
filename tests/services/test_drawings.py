"""What is drawn is kept, told to every chart, undone and done again."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from puffling.core.bus import EventBus
from puffling.core.drawing_kinds import DrawingKind, Style
from puffling.core.drawings import Anchor, Drawing
from puffling.core.errors import BadValueError, StoreFullError
from puffling.core.events import DrawingsChanged
from puffling.services import drawings as module
from puffling.services.drawing_styles import DrawingStyles
from puffling.services.drawings import DrawingService
from puffling.store.drawings import DrawingStore
from puffling.store.opening import open_storage
from puffling.store.state import StateStore

DROPS = """
import os, pathlib, signal, sys
from puffling.core.bus import EventBus
from puffling.core.clock import SystemClock
from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor, Drawing
from puffling.core.paths import Paths
from puffling.services.drawings import DrawingService
from puffling.store.drawings import DrawingStore
from puffling.store.opening import open_storage
drawings = DrawingService(
    DrawingStore(open_storage(Paths(pathlib.Path(sys.argv[1])), SystemClock()).user), EventBus()
)
made = [
    drawings.add([Drawing("", "AAPL", DrawingKind.HORIZONTAL, (Anchor(10**18, price),))])[0]
    for price in (1.0, 2.0, 3.0)
]
drawings.change([made[1].moved_to([Anchor(10**18, 2.5)])])
os.kill(os.getpid(), signal.SIGKILL)
"""


def line(price: float = 100.0, symbol: str = "AAPL") -> Drawing:
    return Drawing("", symbol, DrawingKind.HORIZONTAL, (Anchor(10**18, price),))


@pytest.fixture
def storage(paths, clock):
    storage = open_storage(paths, clock)
    yield storage
    storage.close()


@pytest.fixture
def drawings(storage, bus):
    return DrawingService(DrawingStore(storage.user), bus)


@pytest.fixture
def told(bus):
    told: list[DrawingsChanged] = []
    bus.subscribe(DrawingsChanged, told.append)
    return told


def prices(service, symbol="AAPL"):
    return [each.anchors[0].price for each in service.of(symbol)]


def test_what_is_drawn_is_there_for_whoever_opens_the_profile_next(drawings, storage, bus, told):
    (made,) = drawings.add([line()])
    assert told == [DrawingsChanged("AAPL", frozenset({made.id}))]
    assert DrawingService(DrawingStore(storage.user), bus).of("AAPL") == (made,)
    assert drawings.symbols() == {"AAPL": 1}


@pytest.mark.slow
def test_what_was_dropped_survives_a_kill_in_the_next_instant(paths, clock):
    done = subprocess.run(
        [sys.executable, "-c", DROPS, str(paths.root)], check=False, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    storage = open_storage(paths, clock)
    assert prices(DrawingService(DrawingStore(storage.user), EventBus())) == [1.0, 2.5, 3.0]
    storage.close()


def test_new_ones_come_above_all_others_and_get_an_id_nobody_has(drawings):
    first, second = drawings.add([line(1), line(2)])
    (third,) = drawings.add([replace(line(3), id=first.id)])
    assert third.id not in {first.id, second.id}
    assert first.height < second.height < third.height
    drawings.raise_(first.id)
    assert prices(drawings) == [2, 3, 1]
    drawings.lower(third.id)
    assert prices(drawings) == [3, 2, 1]


def test_every_change_is_undone_and_done_again_in_its_order(drawings, storage, bus):
    (made,) = drawings.add([line(1)])
    drawings.change([made.moved_to([Anchor(10**18, 2.0)])])
    drawings.add([line(5)])
    drawings.remove([made.id])
    seen = [prices(drawings)]
    while drawings.undo("AAPL"):
        seen.append(prices(drawings))
    assert seen == [[5], [2, 5], [2], [1], []]
    while drawings.redo("AAPL"):
        seen.append(prices(drawings))
    assert seen[5:] == [[1], [2], [2, 5], [5]]
    assert prices(DrawingService(DrawingStore(storage.user), bus)) == [5]


def test_a_new_change_forgets_what_was_undone_and_symbols_do_not_mix(drawings):
    drawings.add([line(1)])
    drawings.add([line(7, "IBM")])
    assert drawings.undo("AAPL") == "Draw horizontal line"
    drawings.add([line(2)])
    assert drawings.redoable("AAPL") == ""
    assert (prices(drawings), prices(drawings, "IBM")) == ([2], [7])


def test_clearing_leaves_what_is_locked(drawings):
    kept, _ = drawings.add([replace(line(1), locked=True), line(2)])
    assert drawings.clear("AAPL") == 1
    assert drawings.of("AAPL") == (kept,)
    assert drawings.clear("AAPL", locked=True) == 1


def test_what_cannot_be_stored_is_not_shown_either(drawings, monkeypatch, told):
    drawings.add([line(1)])

    def refuse(*_args):
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(DrawingStore, "change", refuse)
    with pytest.raises(StoreFullError):
        drawings.add([line(2)])
    with pytest.raises(StoreFullError):
        drawings.undo("AAPL")
    assert prices(drawings) == [1]
    assert drawings.undoable("AAPL") == "Draw horizontal line"
    assert len(told) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"anchors": ()}, "has one point, not 0"),
        ({"anchors": (Anchor(0, float("nan")),)}, "prices are numbers"),
        ({"style": Style("pink")}, "no colour"),
        ({"style": Style(width=99)}, "pixels wide"),
        ({"text": "x" * 500}, "at most 400 letters"),
        ({"risk": -1.0}, "more than zero"),
    ],
)
def test_what_makes_no_sense_is_refused(drawings, changed, words):
    with pytest.raises(BadValueError, match=words):
        drawings.add([replace(line(), **changed)])


def test_there_is_an_end_to_how_much_is_drawn(drawings, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    drawings.add([line(1), line(2)])
    with pytest.raises(BadValueError, match="2 drawings already"):
        drawings.add([line(3)])


def test_an_unknown_id_names_the_nearest_one(drawings):
    (made,) = drawings.add([line()])
    with pytest.raises(BadValueError, match="no drawing") as caught:
        drawings.get(made.id[:-1])
    assert made.id in caught.value.hint


def test_styles_are_remembered_by_tool_and_by_name(storage):
    state = StateStore(storage.user)
    styles = DrawingStyles(state)
    mine = Style("down", 3.0, levels=(0.5,))
    styles.set_usual(DrawingKind.TREND, mine)
    styles.save(" Warning ", mine)
    styles.set_risk(250)
    again = DrawingStyles(state)
    assert again.usual(DrawingKind.TREND) == mine
    assert again.usual(DrawingKind.RAY) == DrawingKind.RAY.facts.style
    assert (again.named(), again.risk) == ({"Warning": mine}, 250)
    again.set_usual(DrawingKind.TREND, None)
    again.remove("Warning")
    with pytest.raises(BadValueError, match="no style"):
        again.remove("Warning")
    with pytest.raises(BadValueError, match="a name"):
        again.save("", mine)
    state.put("drawing styles", {"usual": {"trend": {"color": 1}}, "named": 3})
    assert DrawingStyles(state).usual(DrawingKind.TREND) == DrawingKind.TREND.facts.style
