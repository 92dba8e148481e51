from __future__ import annotations

import pytest

from puffling.ui.links import Link, Links, link_from


def test_choosing_is_heard_once_and_only_in_its_colour():
    links, heard = Links("AAPL"), []
    links.chosen.connect(lambda *said: heard.append(said))
    links.choose("green", "MSFT")
    links.choose("green", "MSFT")
    assert heard == [("green", "MSFT")]
    assert links.symbol("blue") == "AAPL"
    assert links.symbol("green") == "MSFT"


def test_no_colour_shares_nothing():
    links, heard = Links("AAPL"), []
    links.chosen.connect(lambda *said: heard.append(said))
    links.choose("none", "MSFT")
    assert heard == []
    assert links.symbol("none") == ""


@pytest.mark.parametrize("nonsense", ["purple", "", None, 7])
def test_what_is_no_colour_is_taken_for_blue(nonsense):
    assert link_from(nonsense) is Link.BLUE


def test_every_colour_has_a_token(theme):
    assert all(theme.color(each.token).isValid() for each in Link)
