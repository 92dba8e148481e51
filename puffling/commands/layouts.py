"""Commands about arrangements of panels: the built-in ones and your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Name
from puffling.core.events import Level, NoticePosted

if TYPE_CHECKING:
    from puffling.commands.registry import Command

Use = Annotated[bool, Field(title="Use", description="Arrange the panels by the first at once.")]
File = Annotated[Path, Field(title="File", description="Such as mine.puffling-layout.")]
AnyName = Annotated[
    str, Field(max_length=60, title="Name", description="Empty for every layout of yours.")
]

# The built-in layouts in the order of their keys, Ctrl+1 to Ctrl+6.
BUILT_IN = ("morning", "trade", "research", "quant", "review", "monitor")


def _layout_command(layout: str, number: int) -> Command[[], None]:
    async def apply(context: Context) -> None:
        context.desk.apply_layout(layout)

    apply.__doc__ = f"Arrange the panels as the {layout} layout has them."
    declare = command(
        f"layout.{layout}",
        f"{layout.capitalize()} layout",
        menu=Menu.VIEW,
        effect=Effect.LOOK,
        shortcut=f"Ctrl+{number}",
        window_only=True,
        toolbar=True,
        words="workspace arrange panels",
    )
    return declare(apply)


LAYOUTS = tuple(_layout_command(layout, number) for number, layout in enumerate(BUILT_IN, 1))


@command(
    "layout.save",
    "Save layout…",
    menu=Menu.VIEW,
    effect=Effect.CHANGE,
    shortcut="Ctrl+Shift+S",
    window_only=True,
    words="workspace keep",
)
async def save(context: Context, name: Name) -> None:
    """Keep the present arrangement under a name."""
    context.desk.save_layout(name)


@command(
    "layout.open",
    "Open layout…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    window_only=True,
    words="workspace load",
)
async def open_layout(context: Context, name: Name) -> None:
    """Arrange the panels as a saved or built-in layout has them."""
    context.desk.apply_layout(name)


@command("layout.rename", "Rename layout…", menu=None, effect=Effect.CHANGE, window_only=True)
async def rename(context: Context, name: Name, to: Name) -> None:
    """Give a saved layout another name."""
    context.desk.rename_layout(name, to)


@command("layout.delete", "Delete layout…", menu=None, effect=Effect.CHANGE, window_only=True)
async def delete(context: Context, name: Name) -> None:
    """Remove a saved layout; it can be brought back."""
    context.desk.remove_layout(name)
    _say(context, f"The layout {name} is deleted.", "“Bring back deleted layout” returns it.")


@command("layout.duplicate", "Duplicate layout…", menu=None, effect=Effect.CHANGE, window_only=True)
async def duplicate(context: Context, name: Name, to: Name) -> str:
    """Copy a layout under another name; a built-in one becomes yours to change."""
    shown = context.desk.layout_moves.duplicate(name, to)
    _say(context, f"The layout {shown} is a copy of {name}.")
    return shown


@command(
    "layout.bring_back",
    "Bring back deleted layout",
    menu=None,
    effect=Effect.CHANGE,
    window_only=True,
    words="undo delete restore",
)
async def bring_back(context: Context) -> str:
    """Bring back the layout that was deleted or replaced last; again the one before."""
    shown = context.desk.layout_moves.bring_back()
    _say(context, f"The layout {shown} is back.")
    return shown


@command(
    "layout.export",
    "Export layouts…",
    menu=None,
    effect=Effect.CHANGE,
    words="file share save",
)
async def export(context: Context, path: File, name: AnyName = "") -> str:
    """Write a layout to a file that another desk can import; without a name, all of yours."""
    place = str(context.desk.layout_moves.write_file(name, path))
    _say(context, "Layouts are exported.", place)
    return place


@command(
    "layout.import",
    "Import layouts…",
    menu=None,
    effect=Effect.CHANGE,
    words="file load",
)
async def import_(context: Context, path: File, *, use: Use = False) -> list[str]:
    """Read layouts from a file and keep them: all of them, or none if one has a mistake.

    Without a window, `use` arranges the panels when Puffling starts next.
    """
    names = list(context.desk.layout_moves.take_file(path))
    _say(context, "Layouts are imported.", ", ".join(names))
    if use and names and context.desk.has_window:
        context.desk.apply_layout(names[0])
    elif use and names:
        context.desk.layout_moves.begin_with(names[0])
    return names


@command(
    "layout.manage",
    "Layouts…",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+Shift+L",
    window_only=True,
    words="manager list rename delete import export",
)
async def manage(context: Context) -> None:
    """Show every layout: use, save, rename, copy, delete, bring back, export and import."""
    context.desk.show("layouts")


@command(
    "layout.undo",
    "Undo layout change",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+Alt+Z",
    window_only=True,
    words="back panels",
)
async def undo(context: Context) -> None:
    """Take back the last change of the arrangement: a panel moved, closed, opened or sized."""
    context.desk.layout_moves.undo()


@command(
    "layout.redo",
    "Redo layout change",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+Alt+Shift+Z",
    window_only=True,
    words="again panels",
)
async def redo(context: Context) -> None:
    """Make the change of the arrangement again that was taken back last."""
    context.desk.layout_moves.redo()


@command(
    "layout.reset",
    "Reset layout",
    menu=Menu.VIEW,
    effect=Effect.CHANGE,
    shortcut="Ctrl+0",
    window_only=True,
    words="workspace default",
)
async def reset(context: Context) -> None:
    """Bring the present layout back to how it was built or saved."""
    context.desk.reset_layout()


@command("layout.list", "Layouts", menu=None, effect=Effect.LOOK, words="workspaces saved")
async def list_layouts(context: Context) -> dict[str, list[str]]:
    """List the built-in and the saved layouts."""
    return {"built in": list(BUILT_IN), "saved": list(context.layouts.named())}


def _say(context: Context, title: str, text: str = "") -> None:
    context.bus.publish(NoticePosted(Level.SUCCESS, title, text))


COMMANDS = (
    *LAYOUTS,
    manage,
    save,
    open_layout,
    undo,
    redo,
    reset,
    rename,
    duplicate,
    delete,
    bring_back,
    export,
    import_,
    list_layouts,
)
