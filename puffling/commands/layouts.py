"""Commands about arrangements of panels: the built-in ones and your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import Name

if TYPE_CHECKING:
    from puffling.commands.registry import Command

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
    """Remove a saved layout."""
    context.desk.remove_layout(name)


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


COMMANDS = (*LAYOUTS, save, open_layout, rename, delete, reset, list_layouts)
