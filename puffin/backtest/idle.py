"""Which parameters change nothing beside what else is chosen.

A field says so itself: `json_schema_extra={"used_if": {"exit": ["trail"]}}` has an effect only
where every other field, or setting of the backtest, that it names has one of those values.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo

    from puffin.backtest.ranges import Range
    from puffin.backtest.settings import BacktestSettings
    from puffin.strategies.base import Parameters


class Idle:
    """The parameters of one strategy that depend on others.

    Args:
        kind: The strategy's parameters.
        settings: What the backtests assume; without it nothing depends on it.
    """

    def __init__(self, kind: type[Parameters], settings: BacktestSettings | None) -> None:
        self._kind = kind
        self._settings = settings
        known = {each.name for each in fields(settings)} if settings is not None else set()
        self._needs: dict[str, dict[str, Sequence[Any]]] = {}
        for name, about in kind.model_fields.items():
            told = {
                other: values
                for other, values in _told(about).items()
                if other in kind.model_fields or other in known
            }
            if told:
                self._needs[name] = told

    def __contains__(self, name: str) -> bool:
        """Whether the parameter depends on anything."""
        return name in self._needs

    def others(self, name: str) -> tuple[str, ...]:
        """Return what the parameter depends on."""
        return tuple(self._needs.get(name, ()))

    def is_idle(self, name: str, made: Parameters) -> bool:
        """Whether the parameter changes nothing in these."""
        for other, values in self._needs[name].items():
            holder = made if other in self._kind.model_fields else self._settings
            if _plain(getattr(holder, other)) not in values:
                return True
        return False

    def always(
        self, ranges: Sequence[Range], fixed: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        """Return the ranges that change nothing whatever else is chosen, and why."""
        for each in ranges:
            for other, needed in self._needs.get(each.name, {}).items():
                possible = self._possible(other, ranges, fixed)
                if not any(_plain(value) in needed for value in possible):
                    words = " or ".join(_word(value) for value in needed)
                    yield each.name, f"changes nothing unless {other.replace('_', ' ')} is {words}"
                    break

    def _possible(
        self, name: str, ranges: Sequence[Range], fixed: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """Return the values that a parameter or a setting may have."""
        for each in ranges:
            if each.name == name:
                return each.values
        if name in fixed:
            return (fixed[name],)
        about = self._kind.model_fields.get(name)
        return (getattr(self._settings, name),) if about is None else (about.default,)


def _told(about: FieldInfo) -> Mapping[str, Any]:
    extra = about.json_schema_extra
    told = extra.get("used_if") if isinstance(extra, dict) else None
    return told if isinstance(told, dict) else {}


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _word(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
