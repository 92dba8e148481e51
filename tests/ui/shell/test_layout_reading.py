from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.ui.shell.builtin_layouts import BUILT_IN, built_in
from puffling.ui.shell.faces import FACES
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
from puffling.ui.shell.layout_upgrade import VERSION
from puffling.ui.shell.screens import GRIP, brought_back, visible

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


def test_a_layout_of_the_first_version_is_brought_up_to_this_one():
    first = {
        "version": 1,
        "name": "Old",
        "window": {"x": 1, "y": 2, "width": 900, "height": 700, "screen": "DP-1"},
        "root": {
            "split": "horizontal",
            "sizes": [300, 900],
            "children": [{"tabs": ["watchlist"]}, {"tabs": ["chart"]}],
        },
        "floating": [
            {"x": 0, "y": 0, "width": 400, "height": 300, "root": {"tabs": ["ticket"]}},
            "nonsense",
        ],
        "panels": {"chart": {"link": "green", "state": {"interval": "1w"}}},
    }
    layout, problems = parse(first)
    assert layout is not None
    assert isinstance(layout.root, Split)
    assert layout.root.sizes == (2_500, 7_500)
    assert layout.window == WindowPlace(1, 2, 900, 700)
    assert layout.panels == {"chart": PanelMemory("green", {"interval": "1w"})}
    assert len(layout.floating) == 1
    assert problems == ["A floating window is not an object."]
    assert dump(layout)["version"] == VERSION


def test_a_panel_that_remembers_without_end_starts_fresh():
    document = dump(FULL)
    deep: object = 1
    for _ in range(50):
        deep = [deep]
    document["panels"] = {
        "chart": {"link": "blue", "state": {"deep": deep}},
        "ticket": {"link": "blue", "state": {"wide": list(range(20_000))}},
        "portfolio": {"link": "amber", "state": {"tab": "orders"}},
    }
    layout, problems = parse(document)
    assert layout is not None
    assert list(layout.panels) == ["portfolio"]
    assert len(problems) == 2


def test_no_word_of_a_language_is_in_a_layout():
    text = json.dumps(dump(FULL))
    assert not any(f'"{face.title}"' in text for face in FACES.values())


def test_a_document_cut_anywhere_is_read_or_refused_with_a_sentence():
    text = json.dumps(dump(FULL))
    for end in range(len(text)):
        with pytest.raises(ValueError, match=r"(?s).*line 1"):
            json.loads(text[:end])
    layout, problems = parse(json.loads(text))
    assert layout == FULL
    assert not problems


def damaged(document: object, random: Random) -> object:
    """Return a copy in which one part was replaced by something it should not be."""
    noise = [None, -1, 10**9, "", "x" * 500, [], {}, True, 0.5, [[]], {"tabs": [1]}]
    if random.random() < 0.15 or not isinstance(document, dict | list) or not document:
        return random.choice(noise)
    if isinstance(document, list):
        at = random.randrange(len(document))
        return [damaged(each, random) if n == at else each for n, each in enumerate(document)]
    key = random.choice(sorted(document))
    return {**document, key: damaged(document[key], random)}


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_damaged_what_is_read_can_be_shown_and_written_again(seed):
    random = Random(seed)
    for _ in range(100):
        layout, problems = parse(damaged(dump(FULL), random))
        assert layout is not None or problems or not FULL.shown
        if layout is not None:
            assert layout.shown
            assert len(set(layout.shown)) == len(layout.shown)
            again, problems = parse(dump(layout))
            assert again == layout
            assert not problems


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


@pytest.mark.parametrize(
    ("place", "was", "screens", "wanted"),
    [
        # The screen is as it was.
        (Place(1500, 90, 800, 600), MONITOR, [LAPTOP, MONITOR], Place(1500, 90, 800, 600)),
        # It is gone: the window is on the first one, as far from the edges.
        (Place(1366, 0, 800, 600), MONITOR, [LAPTOP], Place(0, 0, 800, 600)),
        (Place(2486, 480, 800, 600), MONITOR, [LAPTOP], Place(566, 168, 800, 600)),
        # It is there at another place, or at another scale.
        (Place(1926, 240, 800, 600), MONITOR, [Place(0, 0, 1920, 1080)], Place(560, 240, 800, 600)),
        (Place(1366, 0, 1900, 1000), MONITOR, [Place(0, 0, 960, 540)], Place(0, 0, 960, 540)),
    ],
)
def test_a_window_comes_back_in_proportion_to_its_screen(place, was, screens, wanted):
    named = [Screen(str(number), area) for number, area in enumerate(screens)]
    assert brought_back(place, Screen("DP-1", was), named) == wanted


areas = st.builds(
    Place,
    st.integers(-8_000, 8_000),
    st.integers(-8_000, 8_000),
    st.integers(320, 7_680),
    st.integers(200, 4_320),
)
places = st.builds(
    Place,
    st.integers(-90_000, 90_000),
    st.integers(-90_000, 90_000),
    st.integers(0, 20_000),
    st.integers(0, 20_000),
)
screens = st.builds(Screen, st.sampled_from(["DP-1", "DP-2", "eDP-1"]), areas)


@given(places, st.none() | screens, st.lists(screens, min_size=1, max_size=4))
def test_on_any_screens_a_window_has_a_size_and_its_title_is_in_reach(place, was, now):
    seen = brought_back(place, was, now)
    assert seen.width >= min(320, *(each.area.width for each in now))
    assert seen.height >= min(200, *(each.area.height for each in now))
    assert any(
        each.area.y <= seen.y <= each.area.y + each.area.height - GRIP
        and min(seen.x + seen.width, each.area.x + each.area.width) - max(seen.x, each.area.x)
        >= min(3 * GRIP, seen.width)
        for each in now
    )
