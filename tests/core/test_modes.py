from __future__ import annotations

import pytest

from puffling.core.modes import AT_A_BROKER, PLAY_MONEY, WORDS, send_words
from puffling.core.settings import Mode, Trading


def test_every_mode_is_explained_and_trades_somebodys_money():
    assert set(WORDS) == set(Mode)
    assert set(Mode) == PLAY_MONEY | AT_A_BROKER
    assert {WORDS[each].money for each in PLAY_MONEY} == {"play money"}
    assert WORDS[Mode.LIVE].money == "real money"


@pytest.mark.parametrize(
    ("mode", "words"),
    [(Mode.LIVE, "Send buy order · LIVE"), (Mode.DEMO, "Send buy order · DEMO")],
)
def test_a_button_that_sends_names_the_mode(mode, words):
    assert send_words(mode, "buy order") == words


def test_lists_of_symbols_are_in_capitals_and_each_once():
    assert Trading(allowed=("aapl", "IBM ", "AAPL")).allowed == ("AAPL", "IBM")
    with pytest.raises(ValueError, match="'not one' is not a symbol"):
        Trading(denied=("not one",))
