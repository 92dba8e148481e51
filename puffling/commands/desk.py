"""Commands about the desk itself: panels, dialogs, the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.commands.context import Context
from puffling.commands.keystrokes import LEADER
from puffling.commands.registry import Effect, Menu, command
from puffling.commands.words import AnySymbol

if TYPE_CHECKING:
    from puffling.commands.registry import Command

# Every panel a person can open: its title and its key.
PANEL_KEYS: dict[str, tuple[str, str]] = {
    "watchlist": ("Watchlist", "Alt+W"),
    "chart": ("Chart", "Alt+C"),
    "ticket": ("Ticket", "Alt+O"),
    "portfolio": ("Portfolio", "Alt+P"),
    "backtest": ("Backtest", "Alt+B"),
    "strategies": ("Strategies", "Alt+G"),
    "risk": ("Risk", "Alt+R"),
    "performance": ("Performance", "Alt+J"),
    "inbox": ("Inbox", "Alt+I"),
    "automation": ("Automation", "Alt+U"),
    "activity": ("Activity", "Alt+Y"),
    "assistant": ("Assistant", "Alt+A"),
}


def _panel_command(panel: str, title: str, key: str) -> Command[[], None]:
    async def open_panel(context: Context) -> None:
        context.desk.open_panel(panel)

    open_panel.__doc__ = f"Bring the {title.lower()} panel to the front, opening it if need be."
    declare = command(
        f"panel.{panel}",
        title,
        menu=Menu.VIEW,
        effect=Effect.LOOK,
        shortcut=key,
        window_only=True,
        words="panel open go",
    )
    return declare(open_panel)


PANELS = tuple(_panel_command(panel, title, key) for panel, (title, key) in PANEL_KEYS.items())


@command(
    "panel.close",
    "Close panel",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+W",
    window_only=True,
)
async def close_panel(context: Context) -> None:
    """Close the focused panel; its key or the View menu brings it back."""
    context.desk.close_panel()


@command(
    "panel.next",
    "Next panel",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Ctrl+Tab",
    window_only=True,
    words="focus switch",
)
async def next_panel(context: Context) -> None:
    """Move the focus to the next panel."""
    context.desk.next_panel()


@command(
    "panel.run",
    "Run or refresh panel",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    shortcut="F5",
    window_only=True,
    words="reload start",
)
async def run_panel(context: Context) -> None:
    """Run or refresh the focused panel: the backtest's form, the chart's history."""
    context.desk.run_focused()


@command(
    "desk.palette",
    "Command palette",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    shortcut="Ctrl+K",
    window_only=True,
    words="search everything",
)
async def palette(context: Context) -> None:
    """Find any command, panel, layout or symbol by a few letters."""
    context.desk.show("palette")


@command(
    "desk.wheel",
    "Workflow wheel",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    shortcut="Ctrl+Space",
    window_only=True,
    words="stages day routine circle",
)
async def wheel(context: Context) -> None:
    """Turn to one of the ten stages of a trading day: arrows, or its digit, then Return."""
    context.desk.show("wheel")


@command(
    "desk.leader",
    "Which key",
    menu=Menu.TOOLS,
    effect=Effect.LOOK,
    shortcut=LEADER,
    window_only=True,
    words="leader hints letters keystrokes",
)
async def leader(context: Context) -> None:
    """Show the letters that lead to every command: one for the noun, one for the verb."""
    context.desk.show("leader")


@command(
    "desk.hud",
    "Latency display",
    menu=Menu.HELP,
    effect=Effect.LOOK,
    shortcut="Ctrl+Alt+L",
    window_only=True,
    words="hud speed frames stall age",
)
async def hud(context: Context) -> None:
    """Show ages of quotes, time to paint and stalls over the corner of the window, or hide them."""
    context.desk.show("hud")


@command(
    "desk.symbol",
    "Symbol…",
    menu=Menu.EDIT,
    effect=Effect.LOOK,
    shortcut="Ctrl+L",
    window_only=True,
    words="go choose ticker find",
)
async def choose_symbol(context: Context, symbol: AnySymbol = "") -> None:
    """Choose the linked symbol of the focused panel's colour; without one, search for it."""
    if symbol:
        context.desk.choose_symbol(symbol)
    else:
        context.desk.show("symbols")


@command(
    "desk.settings",
    "Settings…",
    menu=Menu.EDIT,
    effect=Effect.LOOK,
    shortcut="Ctrl+,",
    window_only=True,
    words="preferences options limits",
)
async def settings(context: Context) -> None:
    """Open the settings."""
    context.desk.show("settings")


@command(
    "desk.shortcuts",
    "Shortcuts…",
    menu=Menu.HELP,
    effect=Effect.LOOK,
    shortcut="Ctrl+/",
    window_only=True,
    words="keys keyboard rebind",
)
async def shortcuts(context: Context) -> None:
    """Show every shortcut, and change your own."""
    context.desk.show("shortcuts")


@command("desk.help", "Help", menu=Menu.HELP, effect=Effect.LOOK, shortcut="F1", window_only=True)
async def help_(context: Context) -> None:
    """Open the help at the focused panel."""
    context.desk.show("help")


@command(
    "desk.welcome",
    "Welcome pages…",
    menu=Menu.HELP,
    effect=Effect.LOOK,
    window_only=True,
    words="first start wizard risk",
)
async def welcome(context: Context) -> None:
    """Open the welcome pages of the first start again."""
    context.desk.show("welcome")


@command(
    "desk.tour",
    "Tour of the window",
    menu=Menu.HELP,
    effect=Effect.LOOK,
    window_only=True,
    words="first steps show me around introduction",
)
async def tour(context: Context) -> None:
    """Point at the parts of the window, one after the other: Right, Left, Esc."""
    context.desk.show("tour")


@command(
    "desk.about",
    "About Puffling",
    menu=Menu.HELP,
    effect=Effect.LOOK,
    window_only=True,
    words="version licence",
)
async def about(context: Context) -> None:
    """Show the version and the licences."""
    context.desk.show("about")


@command(
    "desk.show",
    "Show window",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="front raise bring",
)
async def show(context: Context) -> None:
    """Bring the window to the front; a second Puffling on the same profile asks for it."""
    context.desk.show("window")


@command(
    "desk.full_screen",
    "Full screen",
    menu=Menu.VIEW,
    effect=Effect.LOOK,
    shortcut="Shift+F11",
    window_only=True,
)
async def full_screen(context: Context) -> None:
    """Turn full screen on or off."""
    context.desk.full_screen()


@command(
    "desk.quit",
    "Quit",
    menu=Menu.FILE,
    effect=Effect.LOOK,
    shortcut="Ctrl+Q",
    window_only=True,
    words="exit close end",
)
async def quit_(context: Context) -> None:
    """End Puffling in good order: jobs stop, everything is kept."""
    context.desk.quit()


COMMANDS = (
    *PANELS,
    close_panel,
    next_panel,
    run_panel,
    palette,
    wheel,
    leader,
    hud,
    choose_symbol,
    settings,
    shortcuts,
    help_,
    welcome,
    tour,
    about,
    show,
    full_screen,
    quit_,
)
