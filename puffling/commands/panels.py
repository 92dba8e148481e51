"""Commands about the focused panel: where it is, how large, and whose symbol it shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core.directions import Toward

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.commands.arranging import PanelMoves
    from puffling.commands.registry import Command

Way = Annotated[
    Toward | None,
    Field(title="Side", description="Such as left; empty for the nearest neighbour."),
]
Colour = Annotated[
    str,
    Field(
        max_length=10,
        title="Colour",
        description="One of none, blue, green, amber; empty for the next.",
    ),
]

# Alt goes somewhere, with Shift it changes the panel. Arrows and the keys above them are on every
# keyboard at the same place; window managers keep Alt+Shift and an arrow for themselves.
_ARROWS = {Toward.LEFT: "Left", Toward.RIGHT: "Right", Toward.UP: "Up", Toward.DOWN: "Down"}
_WORDS = {Toward.LEFT: "left", Toward.RIGHT: "right", Toward.UP: "up", Toward.DOWN: "down"}
_SIZES = {
    "wider": ("Wider panel", "End", 1, 0),
    "narrower": ("Narrower panel", "Home", -1, 0),
    "taller": ("Taller panel", "PgUp", 0, 1),
    "lower": ("Lower panel", "PgDown", 0, -1),
}


def _declare(
    id_: str, title: str, key: str, about: str, act: Callable[[PanelMoves], None], words: str = ""
) -> Command[[], None]:
    async def run(context: Context) -> None:
        act(context.desk.panels)

    run.__doc__ = about
    declared = command(
        id_,
        title,
        menu=Menu.VIEW,
        effect=Effect.LOOK,
        shortcut=key,
        window_only=True,
        words=f"dock {words}".strip(),
    )
    return declared(run)


def _focus(toward: Toward) -> Command[[], None]:
    return _declare(
        f"dock.focus_{toward}",
        f"Go {_WORDS[toward]}",
        f"Alt+{_ARROWS[toward]}",
        f"Give the keyboard to the panel next to the focused one, going {_WORDS[toward]}.",
        lambda panels: panels.focus(toward),
        "focus switch",
    )


def _move(toward: Toward) -> Command[[], None]:
    return _declare(
        f"dock.move_{toward}",
        f"Move panel {_WORDS[toward]}",
        f"Ctrl+Alt+Shift+{_ARROWS[toward]}",
        f"Move the focused panel {_WORDS[toward]}: out of its tabs, then past its neighbour.",
        lambda panels: panels.move(toward),
        "arrange swap",
    )


def _size(id_: str) -> Command[[], None]:
    title, key, across, down = _SIZES[id_]
    return _declare(
        f"dock.{id_}",
        title,
        f"Alt+Shift+{key}",
        f"Make the focused panel {id_}; its neighbour makes up for it.",
        lambda panels: panels.resize(across, down),
        "resize size grow shrink",
    )


NEARBY = (
    *(_focus(each) for each in Toward),
    *(_move(each) for each in Toward),
    *(_size(each) for each in _SIZES),
    _declare(
        "panel.previous",
        "Previous panel",
        "Ctrl+Shift+Tab",
        "Move the focus to the panel before, in reading order.",
        lambda panels: panels.step(-1),
        "focus switch",
    ),
    _declare(
        "dock.next_tab",
        "Next tab",
        "Alt+PgDown",
        "Bring the next panel of the same tabs to the front.",
        lambda panels: panels.turn(1),
        "turn",
    ),
    _declare(
        "dock.previous_tab",
        "Previous tab",
        "Alt+PgUp",
        "Bring the panel before, of the same tabs, to the front.",
        lambda panels: panels.turn(-1),
        "turn",
    ),
    _declare(
        "dock.split_right",
        "Split right",
        "Alt+Shift+R",
        "Put the focused panel beside the tabs it is in; a chart alone gets another beside it.",
        lambda panels: panels.split(Toward.RIGHT),
        "divide beside",
    ),
    _declare(
        "dock.split_down",
        "Split down",
        "Alt+Shift+D",
        "Put the focused panel below the tabs it is in; a chart alone gets another below it.",
        lambda panels: panels.split(Toward.DOWN),
        "divide below",
    ),
    _declare(
        "dock.maximise",
        "Maximise panel",
        "F11",
        "Let the focused panel fill the window; again brings back what was around it.",
        lambda panels: panels.maximise(),
        "zoom restore full",
    ),
    _declare(
        "dock.float",
        "Float panel",
        "Alt+Shift+F",
        "Give the focused panel a window of its own; again docks it where it came from.",
        lambda panels: panels.float_(),
        "undock window back",
    ),
    _declare(
        "panel.reopen",
        "Reopen closed panel",
        "Ctrl+Shift+W",
        "Bring back the panel that was closed last, with what it showed; again the one before.",
        lambda panels: panels.reopen(),
        "undo close",
    ),
)


@command(
    "dock.tab",
    "Tab with neighbour",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Alt+Shift+T",
    window_only=True,
    words="dock stack join",
)
async def tab(context: Context, side: Way = None) -> None:
    """Put the focused panel behind the same tabs as its neighbour: left, else above, right, below.

    With a side, the neighbour on that side.
    """
    context.desk.panels.tab(side)


@command(
    "dock.link",
    "Link colour",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Alt+Shift+L",
    window_only=True,
    words="symbol share blue green amber none",
)
async def link(context: Context, colour: Colour = "") -> None:
    """Give the focused panel the next link colour: panels of one colour share their symbol."""
    context.desk.panels.link(colour)


COMMANDS: tuple[Command[..., Any], ...] = (*NEARBY, tab, link)
