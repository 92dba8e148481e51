"""Commands about settings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, command
from puffling.core.settings import Theme, UpDown
from puffling.services.risk import tolerance_limits

AnySection = Annotated[
    str, Field(title="Section", description="Such as trading; empty for all of them.")
]
SectionName = Annotated[str, Field(min_length=1, title="Section", description="Such as trading.")]
FieldName = Annotated[
    str, Field(min_length=1, title="Setting", description="Such as largest_position.")
]
Value = Annotated[
    str, Field(title="Value", description="As text; several words are separated by spaces.")
]
Scheme = Annotated[Theme, Field(title="Theme", description="dark, light or high contrast.")]
Pair = Annotated[
    UpDown, Field(title="Up and down", description="The colour of a rise first, then of a fall.")
]


@command("settings.show", "Show settings", menu=None, effect=Effect.LOOK, words="preferences")
async def show(context: Context, section: AnySection = "") -> dict[str, Any]:
    """Show the settings in force, all or one section of them."""
    everything = context.settings.current.model_dump(mode="json")
    if not section:
        return everything
    context.settings.change(section)  # says so when there is no such section
    return {section: everything[section]}


@command("settings.change", "Change setting…", menu=None, effect=Effect.CHANGE, words="set option")
async def change(
    context: Context, section: SectionName, name: FieldName, value: Value
) -> dict[str, Any]:
    """Change one setting; it is checked, saved and in force at once.

    A changed risk tolerance says which limits it stands for; `risk.adopt` takes them over.
    """
    current = getattr(getattr(context.settings.current, section, None), name, None)
    chosen: object = tuple(value.replace(",", " ").split()) if isinstance(current, tuple) else value
    settings = context.settings.change(section, **{name: chosen})
    context.audit.add(
        context.clock.now(), context.actor, "settings.change", f"{section}.{name}", {"value": value}
    )
    answer: dict[str, Any] = {f"{section}.{name}": settings.model_dump(mode="json")[section][name]}
    if (section, name) == ("trading", "risk_tolerance"):
        band, limits = tolerance_limits(settings.trading.risk_tolerance)
        answer["proposed"] = {"band": band, **limits, "adopt them with": "risk.adopt"}
    return answer


@command(
    "settings.theme",
    "Theme…",
    menu=Menu.VIEW,
    effect=Effect.CHANGE,
    words="dark light high contrast colours",
)
async def theme(context: Context, theme: Scheme) -> dict[str, Any]:
    """Choose the dark, the light or the high-contrast theme."""
    context.settings.change("appearance", theme=theme)
    return {"theme": theme}


@command(
    "settings.up_down",
    "Colours of up and down…",
    menu=Menu.VIEW,
    effect=Effect.CHANGE,
    words="red green blue orange colour blind vision east asia convention",
)
async def up_down(context: Context, colours: Pair) -> dict[str, Any]:
    """Choose the colours of rises and falls, in tables, on charts and on buttons."""
    context.settings.change("appearance", up_down=colours)
    return {"up_down": colours}


COMMANDS = (show, change, theme, up_down)
