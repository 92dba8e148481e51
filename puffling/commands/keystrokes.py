"""Keys that lead to every command: one that leads in, one for the noun, one for the verb."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from puffling.commands.registry import Registry

LEADER = "Ctrl+."
MORE = "more"  # nouns with one command share a key, and the smallest when there are many
_KEYS = ascii_lowercase + digits
_SHARED = ".,;-"
# What is done in a hurry has the letter it begins with.
_FIRST = [
    "chart",
    "order",
    "panel",
    "watchlist",
    "alert",
    "layout",
    "backtest",
    "strategy",
    "risk",
    "inbox",
    "trade",
    "journal",
    "drawing",
    "goal",
    "mode",
]


@dataclass(frozen=True, slots=True)
class Group:
    """The commands of a noun, each by the key that runs it."""

    title: str
    commands: Mapping[str, str]  # key to command id


def assign(names: Sequence[str]) -> dict[str, str]:
    """Return a key for each name: a letter of it if one is free, the first ones first.

    Raises:
        ValueError: There are more names than keys.
    """
    found: dict[str, str] = {}
    waiting: list[str] = []
    for name in names:
        key = next((each for each in name if each in _KEYS and each not in found), None)
        if key is None:
            waiting.append(name)
        else:
            found[key] = name
    free = [each for each in _KEYS if each not in found]
    if len(waiting) > len(free):
        raise ValueError(f"{len(names)} names are more than there are keys.")
    found |= dict(zip(free, waiting, strict=False))
    return found


def groups(registry: Registry) -> dict[str, Group]:
    """Return every command by two keys: that of its noun, then its own.

    The nouns of every day choose their letters first, then those with most commands.
    """
    sizes = Counter(each.id.partition(".")[0] for each in registry)
    nouns = [noun for noun, count in sizes.most_common() if count > 1]
    nouns.sort(key=lambda noun: _FIRST.index(noun) if noun in _FIRST else len(_FIRST))
    own = nouns[: len(_KEYS)]
    found = {
        key: Group(noun.capitalize(), _verbs(_of(registry, {noun})))
        for key, noun in assign(own).items()
    }
    rest = _of(registry, sizes.keys() - set(own))
    for key, first in zip(_SHARED, range(0, len(rest), len(_KEYS)), strict=False):
        shared = rest[first : first + len(_KEYS)]
        found[key] = Group(MORE.capitalize(), _verbs(shared, whole=True))
    return found


def page(registry: Registry) -> str:
    """Return the table of keystrokes, as Markdown: what each command takes at least."""
    led = {
        id_: f"{LEADER} {key} {own}"
        for key, group in groups(registry).items()
        for own, id_ in group.commands.items()
    }
    lines = [
        "# Keys",
        "",
        "Every command by keys alone. The second column is its own key, if it has one; the third",
        f"is the way that every command has: {LEADER}, a letter for the noun, a letter for the",
        "verb. The window shows the letters while you type them. What trades asks for a yes after",
        "its keys.",
        "",
        "| command | key | letters | keystrokes |",
        "|---|---|---|---|",
    ]
    for each in registry:
        own = f"`{each.shortcut}`" if each.shortcut else "–"
        count = 1 if each.shortcut else 3
        lines.append(f"| {each.title.rstrip('…')} | {own} | `{led[each.id]}` | {count} |")
    return "\n".join(lines) + "\n"


def _of(registry: Registry, nouns: Iterable[str]) -> list[str]:
    return [each.id for each in registry if each.id.partition(".")[0] in nouns]


def _verbs(ids: Sequence[str], *, whole: bool = False) -> dict[str, str]:
    names = {(id_ if whole else id_.partition(".")[2]): id_ for id_ in ids}
    return {key: names[name] for key, name in assign(list(names)).items()}
