"""A conversation in the real window: tried on the past, proposed, decided by a person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.desktop.conftest import until
from tests.desktop.test_window import ask, ended

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(900)]

QUESTION = "Backtest a 20/50 crossover on AAPL and MSFT, compare, and buy 10 of the better one"
PATIENCE = 180.0
TO_REVIEW, TO_DECLINE = 6, 5  # presses of Shift+Tab from the line to the card's buttons


def told(display, profile, *words: str) -> Any:
    return json.loads(ask(display, profile, *words, "--json"))


def propose(display, profile) -> str:
    """Ask for the better one of two, and return the proposal that the inbox has by then."""
    ask(display, profile, "assistant.begin")
    ask(display, profile, "assistant.about", "symbol=AAPL", f"question={QUESTION}")
    display.press("Return")
    until("The proposal", lambda: told(display, profile, "inbox.list"), PATIENCE)
    conversation = told(display, profile, "assistant.list")[0]["id"]

    def answered() -> bool:
        said = told(display, profile, "assistant.show", f"id={conversation}")["messages"]
        return bool(said[-1]["text"].endswith("before you decide."))

    until("The end of the answer", answered, PATIENCE)
    return str(told(display, profile, "inbox.list")[0]["id"])


def press_card(display, times: int) -> None:
    display.tool("key", "--repeat", str(times), "--delay", "80", "shift+Tab")
    display.tool("key", "space")


def test_what_is_proposed_in_a_conversation_is_confirmed_by_a_person(display, profile):
    display.managed()
    process = display.desk(profile)
    until("The window", lambda: display.window("Puffling · Trade · DEMO"))
    propose(display, profile)
    assert told(display, profile, "order.list") == []
    press_card(display, TO_REVIEW)
    display.press("Return", "Send this buy order")
    until("The position", lambda: told(display, profile, "position.list"), PATIENCE)
    (held,) = told(display, profile, "position.list")
    position = held["position"]
    assert (position["symbol"], float(position["quantity"])) == ("AAPL", 10.0)
    display.press("ctrl+q")
    assert ended(process) == 0
    assert "Crash" not in (profile.logs / "puffling.log").read_text()


def test_what_is_declined_in_a_conversation_leaves_nothing(display, profile):
    display.managed()
    process = display.desk(profile)
    until("The window", lambda: display.window("Puffling · Trade · DEMO"))
    id_ = propose(display, profile)
    press_card(display, TO_DECLINE)
    until("The decision", lambda: told(display, profile, "inbox.list") == [], PATIENCE)
    history = told(display, profile, "inbox.history")
    assert [(each["id"], each["state"]) for each in history] == [(id_, "rejected")]
    assert told(display, profile, "order.list") == []
    display.press("ctrl+q")
    assert ended(process) == 0
