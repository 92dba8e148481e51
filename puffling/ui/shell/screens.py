"""Keeps windows where they can be seen, whatever screens are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.shell.layout_document import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALLEST = (320, 200)
GRIP = 40  # so much of a title bar must stay in reach


def visible(
    place: Place, screens: Sequence[Place], *, smallest: tuple[int, int] = SMALLEST
) -> Place:
    """Return `place`, moved and resized as little as needed to be seen on one of `screens`.

    A window whose top edge can still be grabbed stays where it is; one that cannot, moves to the
    screen it overlaps most, or to the first.
    """
    if not screens:
        return Place(
            place.x, place.y, max(place.width, smallest[0]), max(place.height, smallest[1])
        )
    best = max(screens, key=lambda screen: _overlap(place, screen))
    width = min(max(place.width, min(smallest[0], best.width)), best.width)
    height = min(max(place.height, min(smallest[1], best.height)), best.height)
    resized = Place(place.x, place.y, width, height)
    if any(_reachable(resized, screen) for screen in screens):
        return resized
    return Place(
        min(max(place.x, best.x), best.x + best.width - width),
        min(max(place.y, best.y), best.y + best.height - height),
        width,
        height,
    )


def _overlap(place: Place, screen: Place) -> int:
    across = min(place.x + place.width, screen.x + screen.width) - max(place.x, screen.x)
    down = min(place.y + place.height, screen.y + screen.height) - max(place.y, screen.y)
    return max(0, across) * max(0, down)


def _reachable(place: Place, screen: Place) -> bool:
    across = min(place.x + place.width, screen.x + screen.width) - max(place.x, screen.x)
    return (
        across >= min(GRIP * 3, place.width)
        and screen.y <= place.y <= screen.y + screen.height - GRIP
    )
