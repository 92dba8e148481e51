from __future__ import annotations

import pytest

from puffling.ui.shell.builtin_layouts import BUILT_IN, built_in
from puffling.ui.shell.layout_document import (
    Floating,
    Layout,
    PanelMemory,
    Place,
    Screen,
    Split,
    Tabs,
    WindowPlace,
    graft,
    leaves,
    panel_of,
    prune,
)
from puffling.ui.shell.layout_reading import dump, parse
from puffling.ui.shell.screens import visible

FULL = Layout(
    "Mine",
    Split(
        horizontal=True,
        sizes=(300, 700),
        children=(Tabs(("watchlist",), "watchlist"), Tabs(("chart", "chart#2"), "chart")),
    ),
    (Floating(Place(10, 20, 400, 300), Tabs(("ticket",), "ticket")),),
    {"chart": PanelMemory("green", {"interval": "1d"})},
    WindowPlace(1, 2, 1366, 768, maximised=True, screen=Screen("DP-1", Place(0, 0, 1366, 768))),
    ("activity",),
)


@pytest.mark.parametrize("layout", [*BUILT_IN, FULL], ids=lambda each: each.name)
def test_a_layout_is_the_same_after_writing_and_reading(layout):
    again, problems = parse(dump(layout))
    assert not problems
    assert again == layout


def test_the_six_built_in_layouts_are_found_by_name_in_any_case():
    assert [each.name for each in BUILT_IN] == [
        "Morning",
        "Trade",
        "Research",
        "Quant",
        "Review",
        "Monitor",
    ]
    assert built_in("trade") is BUILT_IN[1]
    assert built_in("nothing") is None


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (None, "not an object"),
        ([], "not an object"),
        ({}, "version"),
        ({"version": "1"}, "version"),
        ({"version": 99, "root": {"tabs": ["chart"]}}, "newer"),
        ({"version": 1, "root": {"tabs": "chart"}}, "list"),
        ({"version": 1, "root": {"split": "diagonal", "children": []}}, "neither"),
        ({"version": 1, "root": {"split": "vertical", "children": []}}, "empty"),
        ({"version": 1, "root": {"tabs": [7]}}, "short text"),
        ({"version": 1, "name": 5}, "short text"),
    ],
)
def test_a_damaged_layout_is_refused_with_a_sentence(document, says):
    layout, problems = parse(document)
    assert layout is None
    assert says in " ".join(problems)


def test_a_layout_nested_without_end_is_refused():
    node: dict[str, object] = {"tabs": ["chart"]}
    for _ in range(100):
        node = {"split": "vertical", "sizes": [1], "children": [node]}
    layout, problems = parse({"version": 1, "root": node})
    assert layout is None
    assert "deeply" in problems[0]


def test_what_is_damaged_beside_the_tree_is_left_out_and_said():
    document = dump(FULL)
    document["floating"] = [{"x": "left"}]
    document["panels"] = {"chart": 5, "ticket": {"link": "mauve", "state": []}}
    document["window"] = {"x": 1}
    layout, problems = parse(document)
    assert layout is not None
    assert layout.root == FULL.root
    assert layout.window is None
    assert layout.panels == {"ticket": PanelMemory("blue", {})}
    assert len(problems) == 3


def test_a_panel_in_two_places_is_shown_in_the_first():
    root = {"split": "vertical", "children": [{"tabs": ["chart"]}, {"tabs": ["chart", "ticket"]}]}
    layout, _ = parse({"version": 1, "name": "", "root": root})
    assert layout is not None
    assert layout.shown == ("chart", "ticket")


def test_nothing_comes_back_with_no_size():
    root = {
        "split": "vertical",
        "sizes": [0, 900],
        "children": [{"tabs": ["chart"]}, {"tabs": ["ticket"]}],
    }
    layout, _ = parse({"version": 1, "root": root})
    assert layout is not None
    assert isinstance(layout.root, Split)
    assert min(layout.root.sizes) >= 18


def test_pruning_leaves_no_empty_split_behind():
    trade = built_in("Trade")
    assert trade is not None
    left = prune(trade, lambda each: each in {"chart", "portfolio"})
    assert left.root == Split(
        horizontal=False,
        sizes=(450, 232),
        children=(Tabs(("chart",), "chart"), Tabs(("portfolio",), "portfolio")),
    )
    assert prune(trade, lambda each: each == "chart").root == Tabs(("chart",), "chart")
    assert prune(trade, lambda _: False).root is None


def test_panels_that_are_not_built_are_kept_beside_their_mates():
    trade = built_in("Trade")
    assert trade is not None
    known = prune(trade, lambda each: each != "options")
    assert known.root is not None
    saved = graft(known.root, trade, lambda each: each == "options")
    assert "('portfolio', 'options')" in str(saved)
    assert list(leaves(saved)) == list(trade.shown)


def test_a_layout_whose_panels_are_all_absent_but_one_keeps_them_all():
    morning = built_in("Morning")
    assert morning is not None
    known = prune(morning, lambda each: each == "chart")
    assert known.root is not None
    saved = graft(known.root, morning, lambda each: each != "chart")
    assert sorted(leaves(saved)) == sorted(morning.shown)


def test_an_instance_knows_its_panel():
    assert panel_of("chart#2") == "chart"
    assert panel_of("ticket") == "ticket"


LAPTOP, MONITOR = Place(0, 0, 1366, 768), Place(1366, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("place", "screens", "wanted"),
    [
        (Place(100, 50, 800, 600), [LAPTOP], Place(100, 50, 800, 600)),
        (Place(2000, 50, 800, 600), [LAPTOP], Place(566, 50, 800, 600)),
        (Place(2000, 50, 800, 600), [LAPTOP, MONITOR], Place(2000, 50, 800, 600)),
        (Place(0, -500, 800, 600), [LAPTOP], Place(0, 0, 800, 600)),
        (Place(5, 5, 0, 0), [LAPTOP], Place(5, 5, 320, 200)),
        (Place(0, 0, 9000, 9000), [LAPTOP], Place(0, 0, 1366, 768)),
        (Place(-9000, -9000, 400, 300), [LAPTOP, MONITOR], Place(0, 0, 400, 300)),
        (Place(-9000, -9000, 1, 1), [], Place(-9000, -9000, 320, 200)),
    ],
)
def test_a_window_can_always_be_seen_and_grabbed(place, screens, wanted):
    assert visible(place, screens) == wanted
