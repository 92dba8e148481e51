"""Which key does what: the registry's shortcuts, changed by your own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from puffling.core.errors import BadValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puffling.commands.registry import Registry

_REAL = {"Ctrl", "Alt", "Meta"}
_FREE = re.compile(r"(^|\+)F\d+$")  # the function keys type nothing
# Keys that belong to a panel, a list or a text field wherever they are typed.
_TAKEN = {"Esc": "closes what is in front", "F10": "opens the menu bar or flips the ticket's side"}


def portable(keys: str) -> str:
    """Return a key sequence in its one portable spelling; empty if it is none."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)


def native(keys: str) -> str:
    """Return a key sequence as this system writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def keys_of(registry: Registry, own: Mapping[str, str]) -> dict[str, str]:
    """Return each command's key: its own where it was changed, else the one declared.

    A changed key that is already somebody's, or that no window can have, is passed over, so that
    a settings file edited by hand never makes a key do two things.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    changed = [each for each in registry if each.id in own]
    for each in [*changed, *(each for each in registry if each.id not in own)]:
        wanted = portable(own.get(each.id, each.shortcut or ""))
        if wanted and wanted not in taken and not problem(registry, wanted):
            taken.add(wanted)
            found[each.id] = wanted
    return found


def check(registry: Registry, own: Mapping[str, str], id_: str, keys: str) -> str:
    """Return `keys` as they are kept, if the command `id_` may have them.

    Raises:
        BadValueError: They are no keys, belong to another command, or would type into fields.
    """
    wanted = portable(keys)
    if keys and not wanted:
        raise BadValueError(f"{keys!r} is not a key.")
    if not wanted:
        return ""
    if trouble := problem(registry, wanted):
        raise BadValueError(trouble)
    for other, theirs in keys_of(registry, own).items():
        if other != id_ and theirs == wanted:
            raise BadValueError(
                f"{native(wanted)} already belongs to “{registry[other].title}”.",
                hint="Take it away there first.",
            )
    return wanted


def problem(registry: Registry, keys: str) -> str:
    """Return why no command may have these keys; empty if one may."""
    sequence = QKeySequence(keys)
    if sequence.count() != 1:
        return "A shortcut is one key with its modifiers."
    if keys in _TAKEN:
        return f"{keys} {_TAKEN[keys]}."
    *modifiers, _ = keys.split("+")
    if not _REAL & set(modifiers) and not _FREE.search(keys):
        return f"{native(keys)} is needed for typing; add Ctrl or Alt."
    if keys in _mnemonics(registry):
        return f"{native(keys)} opens a menu."
    return ""


def _mnemonics(registry: Registry) -> set[str]:
    menus = {each.menu.value for each in registry if each.menu is not None}
    return {f"Alt+{menu[menu.index('&') + 1].upper()}" for menu in menus if "&" in menu}
