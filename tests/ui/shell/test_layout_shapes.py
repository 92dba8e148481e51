from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puffling.core.directions import Toward
from puffling.ui.shell.layout_document import Floating, Layout, Place, Split, Tabs, leaves, tabs_of
from puffling.ui.shell.layout_shapes import (
    GRIDS,
    WHOLE,
    at_edge,
    beside,
    floated,
    grid,
    outline,
    returned,
    shares,
    with_grid,
)
from puffling.ui.shell.nearness import Spot, nearest

NAMES = tuple("abcdefgh")


@st.composite
def trees(draw: st.DrawFn, names: tuple[str, ...] = NAMES, *, horizontal: bool = True):
    if len(names) == 1 or draw(st.integers(0, 3)) == 0:
        return Tabs(names, draw(st.sampled_from(names)))
    at = draw(st.integers(1, len(names) - 1))
    parts = [draw(trees(part, horizontal=not horizontal)) for part in (names[:at], names[at:])]
    sizes = draw(st.tuples(st.integers(1, 9_000), st.integers(1, 9_000)))
    return Split(horizontal, sizes, tuple(parts))


def tree() -> Split:
    """Return a tree: a above b and c, d beside them."""
    left = Split(
        horizontal=False, sizes=(5_000, 5_000), children=(Tabs(("a",), "a"), Tabs(("b", "c"), "b"))
    )
    return Split(horizontal=True, sizes=(6_000, 4_000), children=(left, Tabs(("d",), "d")))


@given(trees(), st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from([*Toward, None]))
def test_wherever_a_panel_is_moved_none_is_lost_and_none_doubled(root, instance, mate, toward):
    if instance == mate:
        return
    moved = beside(Layout("", root), instance, mate, toward)
    assert moved.root is not None
    assert sorted(moved.shown) == sorted(NAMES)
    assert all(min(each.sizes) >= 1 for each in splits(moved.root))
    groups = {each: group.panels for group in tabs_of(moved.root) for each in group.panels}
    assert (mate in groups[instance]) == (toward is None)


@given(trees(), st.sampled_from(NAMES), st.sampled_from(list(Toward)))
def test_a_panel_at_the_edge_is_the_first_or_last_part_of_the_whole(root, instance, toward):
    moved = at_edge(Layout("", root), instance, toward).root
    assert moved is not None
    assert sorted(leaves(moved)) == sorted(NAMES)
    assert isinstance(moved, Split)
    assert moved.horizontal == (toward in {Toward.LEFT, Toward.RIGHT})
    first = toward in {Toward.LEFT, Toward.UP}
    assert list(leaves(moved.children[0 if first else -1])) == [instance]


@given(trees(), st.sampled_from(NAMES))
def test_a_floating_panel_goes_back_to_where_it_was(root, instance):
    out = floated(Layout("", root), instance, Place(0, 0, 400, 300))
    assert [each.root for each in out.floating] == [Tabs((instance,), instance)]
    assert returned(out.root, root, instance) == root


def splits(node):
    if isinstance(node, Split):
        yield node
        for each in node.children:
            yield from splits(each)


def test_a_panel_beside_another_takes_half_of_its_room_and_nobody_elses():
    layout = beside(Layout("", tree()), "d", "a", Toward.DOWN)
    assert layout.root == Split(
        horizontal=False,
        sizes=(2_500, 2_500, 5_000),
        children=(Tabs(("a",), "a"), Tabs(("d",), "d"), Tabs(("b", "c"), "b")),
    )


def test_a_panel_moves_from_a_window_of_its_own_into_tabs():
    layout = Layout("", tree(), (Floating(Place(0, 0, 9, 9), Tabs(("e",), "e")),))
    moved = beside(layout, "e", "c", None)
    assert moved.floating == ()
    assert moved.root is not None
    assert Tabs(("b", "c", "e"), "e") in list(tabs_of(moved.root))


def test_a_panel_comes_back_near_its_neighbours_if_the_rest_has_changed():
    now = Split(horizontal=True, sizes=(1, 1), children=(Tabs(("d",), "d"), Tabs(("a",), "a")))
    assert list(leaves(returned(now, tree(), "b"))) == ["d", "a", "b"]
    assert returned(None, tree(), "b") == Tabs(("b",), "b")
    strangers = Tabs(("x",), "x")
    assert list(leaves(returned(strangers, tree(), "b"))) == ["x", "b"]


@pytest.mark.parametrize("count", GRIDS)
def test_a_grid_has_cells_of_one_size(count):
    cells = [Tabs((str(each),), str(each)) for each in range(count)]
    made = grid(cells)
    assert list(leaves(made)) == [str(each) for each in range(count)]
    for each in splits(made):
        assert len(set(each.sizes)) == 1


def test_a_grid_takes_the_place_of_the_tabs_and_leaves_the_others():
    made = with_grid(tree(), "b", ["b", "x", "y", "z"])
    assert outline(made) == (
        True,
        (False, ("a",), (False, (True, ("b", "c"), ("x",)), (True, ("y",), ("z",)))),
        ("d",),
    )


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=8))
def test_shares_are_of_the_whole_and_never_nothing(sizes):
    made = shares(sizes)
    assert min(made) >= 1
    assert abs(sum(made) - WHOLE) <= 2 * len(sizes)


SPOTS = {
    "list": Spot(Place(0, 0, 300, 500), 0),
    "chart": Spot(Place(304, 0, 700, 300), 0),
    "orders": Spot(Place(304, 304, 700, 196), 0),
    "ticket": Spot(Place(1008, 0, 300, 500), 0),
    "float": Spot(Place(1400, 100, 400, 300), 1),
}


@pytest.mark.parametrize(
    ("of", "toward", "found"),
    [
        ("list", Toward.RIGHT, "chart"),
        ("chart", Toward.DOWN, "orders"),
        ("orders", Toward.UP, "chart"),
        ("ticket", Toward.LEFT, "chart"),
        ("orders", Toward.RIGHT, "ticket"),
        ("ticket", Toward.RIGHT, "float"),
        ("float", Toward.LEFT, "ticket"),
        ("list", Toward.LEFT, ""),
        ("list", Toward.UP, ""),
    ],
)
def test_the_nearest_panel_on_a_side(of, toward, found):
    assert nearest(SPOTS, of, toward) == found
