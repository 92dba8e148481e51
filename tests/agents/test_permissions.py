"""The desk, the gate and the values that a model is given."""

from __future__ import annotations

import pytest

from puffling.agents.catalogue import Catalogue
from puffling.agents.permissions import ACTOR, GUARDED, OPEN, GuardedDesk, check_values, guarded
from puffling.commands.context import Desk
from puffling.core.directions import Toward
from puffling.core.errors import BadValueError, NotConfirmedError
from tests.fakes import FakeDesk


def test_every_guarded_door_is_one_of_the_desk():
    assert set(vars(Desk)) >= GUARDED


def test_every_door_that_asks_the_person_something_is_guarded():
    asks = {each for each in vars(Desk) if each.startswith("ask_")}
    assert asks <= GUARDED


async def test_no_gate_and_no_guarded_door_opens_for_a_model(puffling, gate, desk):
    context = guarded(puffling.context)
    assert context.actor == ACTOR
    for each in GUARDED:
        with pytest.raises(NotConfirmedError, match="no model does"):
            getattr(context.desk, each)("any", value=1)
    context.desk.open_panel("chart")
    assert desk.done == [("open_panel", "chart")]
    with pytest.raises(NotConfirmedError):
        await puffling.registry["order.place"].run_with(
            context, {"symbol": "AAPL", "side": "buy", "quantity": 1}
        )
    assert gate.asked == []


@pytest.mark.parametrize(
    ("command", "values"),
    [
        ("settings.change", {"section": "connections", "name": "feed", "value": "sip"}),
        ("settings.change", {"section": "assistant", "name": "base_url", "value": "x"}),
        ("settings.change", {"section": "shortcuts", "name": "keys", "value": "{}"}),
        ("settings.change", {"section": "general", "name": "updates_address", "value": "x"}),
        ("settings.change", {"section": "general", "name": "any_url_at_all", "value": "x"}),
        ("settings.change", {"section": "data", "name": "yahoo", "value": "true"}),
        ("settings.change", {}),
        ("data.search", {"text": ""}),
        ("data.search", {"text": "x" * 41}),
        ("data.search", {"text": "cash 5,000"}),
        ("data.bars", {"symbol": "A/B?c=1"}),
        ("data.bars", {"symbols": ["AAPL", "https://x"]}),
        ("data.bars", {"benchmark": "a:b"}),
        ("journal.add", {"tags": [{"deep": "bearer abcdefghijk"}]}),
        ("journal.add", {"PKABCDEFGHIJKLMNOP": "x"}),
    ],
)
def test_what_no_model_may_give(command, values):
    with pytest.raises(BadValueError):
        check_values(command, values)


@pytest.mark.parametrize(
    ("command", "values"),
    [
        ("settings.change", {"section": "appearance", "name": "density", "value": "compact"}),
        ("data.search", {"text": "Johnson & Johnson"}),
        ("data.bars", {"symbol": "BTC/USD"}),
        ("data.bars", {"symbols": "AAPL, BRK.B ^GSPC"}),
        ("journal.add", {"note": "Bought too early.", "rating": 3, "tags": None}),
    ],
)
def test_what_a_model_may_give(command, values):
    check_values(command, values)


def test_every_door_of_the_desk_is_open_or_guarded_and_none_is_both():
    doors = {each for each in vars(Desk) if not each.startswith("_")} - {"keyboard_kept"}
    assert doors == GUARDED | OPEN
    assert not GUARDED & OPEN


def test_a_door_that_nobody_decided_about_is_shut(puffling):
    class Later(FakeDesk):
        def send_everything(self) -> None:
            self.done.append(("send_everything",))

    desk = Later()
    with pytest.raises(NotConfirmedError):
        GuardedDesk(desk).send_everything()
    assert desk.done == []


def test_the_keyboard_stays_with_the_person_whatever_a_model_opens(puffling, desk):
    """Else a word that is being typed would approve what waits in the inbox: Y, then Return."""
    context = guarded(puffling.context)
    context.desk.open_panel("inbox")
    context.desk.panels.turn(1)
    context.desk.charts.replay()
    assert desk.kept == 3


@pytest.mark.parametrize("what", ["palette", "wheel", "leader", "welcome", "tour", "anything"])
def test_a_model_opens_nothing_that_is_made_of_keys(puffling, desk, what: str):
    with pytest.raises(NotConfirmedError):
        guarded(puffling.context).desk.show(what)
    assert desk.done == []


def test_a_model_does_not_walk_the_keyboard_from_panel_to_panel(puffling):
    offered = {each.command.id for each in Catalogue(puffling.registry).tools.values()}
    walks = {"panel.next", "panel.previous"} | {f"dock.focus_{each.value}" for each in Toward}
    assert not walks & offered
    assert "panel.inbox" in offered
