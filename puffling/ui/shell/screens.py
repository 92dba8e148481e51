"""Keeps windows where they can be seen, whatever screens are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.ui.shell.layout_document import Place, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget

SMALLEST = (320, 200)
TITLE_BAR = 32  # a window's own place begins below it; it must stay in sight
GRIP = 40  # so much of a title bar must stay in reach


def screens_of(window: QWidget) -> list[Screen]:
    """Return the screens there are now, the one of `window` first."""
    mine = window.screen()
    others = (each for each in mine.virtualSiblings() if each is not mine)
    return [_read(each) for each in (mine, *others)]


def screen_of(window: QWidget) -> Screen:
    """Return the screen that `window` is on."""
    return _read(window.screen())


def brought_back(
    place: Place,
    was: Screen | None,
    screens: Sequence[Screen],
    *,
    smallest: tuple[int, int] = SMALLEST,
) -> Place:
    """Return where a window goes that was at `place` while `was` was its screen.

    On a screen that has another size or place now, or is gone, it goes as far from the edges, in
    proportion, as it was: on its own screen if that is still there, else on the first.
    """
    now = None if was is None else _successor(was, screens)
    if was is not None and now is not None and now.area != was.area:
        width, height = min(place.width, now.area.width), min(place.height, now.area.height)
        x = _kept(place.x - was.area.x, was.area.width - place.width, now.area.width - width)
        y = _kept(place.y - was.area.y, was.area.height - place.height, now.area.height - height)
        place = Place(now.area.x + x, now.area.y + y, width, height)
    return visible(place, [each.area for each in screens], smallest=smallest)


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
    return inside(resized, best)


def below_title(screen: Screen) -> Screen:
    """Return where a window's own place may be on a screen, so that its title bar is in sight."""
    area = screen.area
    return Screen(
        screen.name, Place(area.x, area.y + TITLE_BAR, area.width, area.height - TITLE_BAR)
    )


def inside(place: Place, area: Place) -> Place:
    """Return `place`, moved and made smaller as little as needed to lie within `area`."""
    width, height = min(place.width, area.width), min(place.height, area.height)
    return Place(
        min(max(place.x, area.x), area.x + area.width - width),
        min(max(place.y, area.y), area.y + area.height - height),
        width,
        height,
    )


def _read(screen: QScreen) -> Screen:
    area = screen.availableGeometry()
    return Screen(screen.name(), Place(area.x(), area.y(), area.width(), area.height()))


def _successor(was: Screen, screens: Sequence[Screen]) -> Screen | None:
    """Return the screen that is what `was` was; names may change with every plug."""
    fits = (
        lambda each: each == was,
        lambda each: each.area == was.area,
        lambda each: each.name == was.name,
        lambda _: True,
    )
    return next((each for fit in fits for each in screens if fit(each)), None)


def _kept(offset: int, room: int, now: int) -> int:
    """Return the offset that leaves the same part of the room free before a window."""
    if room <= 0:
        return 0
    return round(min(max(offset / room, 0.0), 1.0) * now)


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
