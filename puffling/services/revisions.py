"""What changed from one revision of a strategy to another, in sentences or lines."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puffin.strategies.specs import StrategySpec


def differences(old: StrategySpec, new: StrategySpec) -> list[str]:
    """Return what changed from one strategy to another, in sentences or lines."""
    said = []
    if old.title != new.title:
        said.append(f"Renamed from {old.title} to {new.title}.")
    if old.kind != new.kind or old.id != new.id:
        said.append(f"Made from {old.id} before, from {new.id} now.")
    for name in sorted({*old.parameters, *new.parameters}):
        before, after = old.parameters.get(name), new.parameters.get(name)
        if before != after:
            words = name.replace("_", " ").capitalize()
            said.append(f"{words}: {_value(before)} before, {_value(after)} now.")
    if old.source != new.source:
        said.extend(_source_lines(old, new))
    return said


def _source_lines(old: StrategySpec, new: StrategySpec) -> list[str]:
    if old.kind == new.kind == "rules":
        from puffin.strategies.rules import RuleSet
        from puffin.strategies.wording import diff

        return diff(RuleSet.from_json(old.source), RuleSet.from_json(new.source))
    lines = difflib.unified_diff(
        old.source.splitlines(), new.source.splitlines(), "before", "now", lineterm="", n=2
    )
    return list(lines)


def _value(value: object) -> str:
    return "the default" if value is None else str(value)
