"""Commands, settings and keys as pages of help; `puffling commands --write` keeps them fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puffling.commands import keystrokes
from puffling.core.settings import Section, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from puffling.commands.registry import Command, Registry

EFFECTS = {
    "look": "only looks",
    "change": "changes what is yours",
    "trade": "trades, after confirmation",
}


def commands_page(registry: Registry) -> str:
    """Return every command with its parameters, as Markdown."""
    lines = [
        "# Commands",
        "",
        "Everything Puffling can do. The window offers each in a menu or in the palette (Ctrl+K);",
        "a terminal runs it as `puffling run <command> name=value …`.",
    ]
    for noun in dict.fromkeys(each.id.partition(".")[0] for each in registry):
        lines += ["", f"## {noun.capitalize()}"]
        for each in registry:
            if each.id.partition(".")[0] == noun:
                lines += ["", *_command(each)]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Return every setting with its bounds and default, as Markdown."""
    lines = ["# Settings", "", "The settings dialog (Ctrl+,) shows them by page."]
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if not (isinstance(section, type) and issubclass(section, Section)):
            continue
        lines += ["", f"## {name.capitalize()}", "", _first_line(section.__doc__), ""]
        lines += ["| setting | what it is | default |", "|---|---|---|"]
        lines += [
            f"| `{name}.{key}` | {_words(each)} | {_default(each)} |"
            for key, each in section.model_fields.items()
        ]
    return "\n".join(lines) + "\n"


def write(registry: Registry, folder: Path) -> list[Path]:
    """Write the pages into `folder`; return their paths."""
    pages = {
        "commands.md": commands_page(registry),
        "settings.md": settings_page(),
        "keys.md": keystrokes.page(registry),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _command(each: Command[..., Any]) -> Iterable[str]:
    key = f" · {each.shortcut}" if each.shortcut else ""
    where = ", needs the window" if each.window_only else ""
    yield f"### `{each.id}`: {each.title}{key}"
    yield ""
    yield f"{each.help} *({EFFECTS[each.effect]}{where})*"
    fields = each.params.model_fields
    if fields:
        yield ""
        for name, field in fields.items():
            need = "needed" if field.is_required() else f"default {_default(field)}"
            yield f"- `{name}` ({need}): {_words(field)}"


def _words(field: FieldInfo) -> str:
    words = " ".join(each for each in (_sentence(field.title), field.description) if each)
    return words or _kind(field)


def _sentence(title: str | None) -> str:
    return f"{title}." if title else ""


def _kind(field: FieldInfo) -> str:
    kind = field.annotation
    return getattr(kind, "__name__", str(kind)).replace("|", "or")


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value in ("", (), {}):
        return "none"
    if isinstance(value, tuple):
        return " ".join(str(each) for each in value)
    return str(value)


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if text else ""
