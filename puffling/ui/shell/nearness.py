"""Which panel lies to the left, to the right, above or below another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffling.core.directions import Toward

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.ui.shell.layout_document import Place

_COARSE = 16  # pixels; panels whose gaps differ by less are equally near


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a panel is on the screen, and in which window."""

    place: Place
    window: int


def nearest(spots: Mapping[str, Spot], of: str, toward: Toward) -> str:
    """Return the panel on that side of `of`; empty if there is none.

    Panels of the same window come first. Beyond its edge lie the other windows, as far as their
    middle is on that side.
    """
    me = spots[of]
    begin, end = _along(me.place, toward)
    middle = (begin + end) / 2
    found: list[tuple[tuple[int, int, int, str], str]] = []
    for name, spot in spots.items():
        if name == of:
            continue
        theirs = _along(spot.place, toward)
        their_middle = (theirs[0] + theirs[1]) / 2
        same = spot.window == me.window
        if their_middle > (end if same else middle):
            gap = max(0, theirs[0] - end) // _COARSE
            shared = _shared(_across(me.place, toward), _across(spot.place, toward))
            found.append(((0 if same else 1, gap, -shared, name), name))
    touching = [each for each in found if each[0][0] == 0 and each[0][2] < 0]
    return min(touching or found, default=((0, 0, 0, ""), ""))[1]


def _along(place: Place, toward: Toward) -> tuple[int, int]:
    """Return where `place` begins and ends on the way in that direction."""
    if toward is Toward.RIGHT:
        return place.x, place.x + place.width
    if toward is Toward.LEFT:
        return -place.x - place.width, -place.x
    if toward is Toward.DOWN:
        return place.y, place.y + place.height
    return -place.y - place.height, -place.y


def _across(place: Place, toward: Toward) -> tuple[int, int]:
    if toward in {Toward.LEFT, Toward.RIGHT}:
        return place.y, place.y + place.height
    return place.x, place.x + place.width


def _shared(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return how much two spans overlap; less than zero by how far they are apart."""
    return min(one[1], other[1]) - max(one[0], other[0])
