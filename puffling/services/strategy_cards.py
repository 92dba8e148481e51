"""A strategy as a library shows it: what it is, how far it is in its life, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from puffin.errors import ParameterError, PuffinError
from puffin.strategies.registry import STRATEGIES
from puffin.strategies.specs import StrategySpec, build, rule_type
from puffling.services.backtest_run import told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from puffin.data.bars import Bars
    from puffin.strategies.base import Rule

    Tell = Callable[[float], None]

FILE = "file:"  # what the id of a strategy in the folder begins with
BEGUN = 0.01  # of a look: what comes next is the file's own doing
PRACTICE = 1_500  # bars that a file is tried on before it is believed


class State(StrEnum):
    """How far a strategy is in its life."""

    BUILT_IN = "built in"
    DRAFT = "draft"  # yours, and never tried
    TESTED = "tested"  # yours, and tried at least once
    UNREAD = "not read yet"  # a file that was not looked at
    BROKEN = "broken"  # it cannot be used; the card says why


@dataclass(frozen=True, slots=True)
class About:
    """What a strategy says of itself, or why it cannot."""

    title: str
    summary: str = ""
    schema: dict[str, Any] = field(default_factory=dict)
    needs: str = "one symbol"
    grid: dict[str, list[Any]] = field(default_factory=dict)
    warm_up: int = 0
    error: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class StrategyCard:
    """A strategy as a list or a form shows it.

    `schema` describes its parameters, `parameters` is what is set of them, `grid` what an
    optimiser varies by default, `needs` how many symbols it decides on. `revision` is 0 for one
    that is not saved, `grade` what the truth gate said of the latest test, and `error` why it
    cannot be used, with the `line` of its file if it stands on one.
    """

    id: str
    title: str
    summary: str
    kind: str
    state: State
    spec: StrategySpec
    schema: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    needs: str = "one symbol"
    grid: dict[str, list[Any]] = field(default_factory=dict)
    warm_up: int = 0
    revision: int = 0
    grade: str = ""
    updated_at: datetime | None = None
    error: str = ""
    line: int | None = None
    path: Path | None = None

    @property
    def is_yours(self) -> bool:
        """Whether it can be changed or removed here."""
        return self.revision > 0


def about(rule: type[Rule]) -> About:
    """Return what a strategy's class says of itself."""
    return About(
        title=rule.title,
        summary=rule.summary,
        schema=rule.Parameters.model_json_schema(),
        needs=rule.needs,
        grid={name: list(values) for name, values in rule.grid.items()},
        warm_up=rule().warm_up,
    )


@cache
def built_in(id_: str) -> About:
    """Return what a built-in strategy says of itself."""
    return about(next(each for each in STRATEGIES if each.id == id_))


def built_in_cards() -> list[StrategyCard]:
    """Return the card of every built-in strategy."""
    return [
        card_of(StrategySpec("builtin", each.id, each.title), built_in(each.id))
        for each in STRATEGIES
    ]


def card_of(
    spec: StrategySpec, known: About, *, id_: str = "", state: State = State.BUILT_IN
) -> StrategyCard:
    """Return a card from what is known of a strategy."""
    return StrategyCard(
        id=id_ or spec.id,
        title=spec.title,
        summary=known.summary,
        kind=spec.kind,
        state=State.BROKEN if known.error else state,
        spec=spec,
        schema=known.schema,
        parameters=dict(spec.parameters),
        needs=known.needs,
        grid=known.grid,
        warm_up=known.warm_up,
        error=known.error,
        line=known.line,
    )


def in_short(card: StrategyCard) -> dict[str, Any]:
    """Return a card as a list in a terminal shows it; why it cannot be used only if that is so."""
    kind = "Python file" if card.kind == "file" else card.kind.replace("builtin", "built in")
    row: dict[str, Any] = {"id": card.id, "title": card.title, "kind": kind}
    row |= {
        "state": str(card.state),
        "parameters": parameter_words(card.schema, card.parameters) or None,
    }
    return row | ({"error": card.error} if card.error else {})


def parameter_words(schema: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    """Return parameters with their values and ranges in a line, such as "short 20 (2 to 200)"."""
    told = []
    for name, about in schema.get("properties", {}).items():
        value = chosen.get(name, about.get("default"))
        told.append(f"{name} {_value_words(value)}{_range_words(about)}")
    return ", ".join(told)


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)


def _range_words(about: Mapping[str, Any]) -> str:
    if isinstance(about.get("enum"), list):
        return f" ({', '.join(map(str, about['enum']))})"
    numeric = [each for each in about.get("anyOf", [about]) if each.get("type") != "null"]
    bounds = numeric[0] if numeric else about
    low = bounds.get("minimum", bounds.get("exclusiveMinimum"))
    high = bounds.get("maximum", bounds.get("exclusiveMaximum"))
    return "" if low is None or high is None else f" ({low:g} to {high:g})"


def look_at(spec: StrategySpec) -> About:
    """Return what a strategy that needs no supervision says of itself, or why it cannot."""
    try:
        known = about(rule_type(spec))
        made = build(spec)
    except PuffinError as error:
        return About(spec.title, error=" ".join([str(error), error.hint]).strip())
    return About(spec.title, known.summary, known.schema, known.needs, known.grid, made.warm_up)


def try_out(spec: StrategySpec, *, progress: Tell) -> About:
    """Load a strategy file, build it, and let it decide on practice bars; in another process.

    Whatever it raises becomes the error of what is returned.
    """
    from puffin.strategies.probe import probe

    progress(BEGUN)
    try:
        with told_of(spec):
            found = probe(spec, practice_bars(PRACTICE))
    except ParameterError as error:
        return About(spec.title, error=" ".join([str(error), error.hint]).strip())
    return About(
        title=found.title or spec.title,
        summary=found.summary,
        schema=found.schema,
        needs=found.needs or "one symbol",
        grid={name: list(values) for name, values in found.grid.items()},
        warm_up=found.warm_up,
        error=f"{found.error} {found.hint}".strip(),
        line=found.line,
    )


def practice_bars(count: int) -> Bars:
    """Return made-up prices that rise and fall, for trying a file out; never shown to anybody."""
    import numpy as np

    from puffin.data.bars import Bars, Interval

    days = np.arange(count)
    close = 100.0 + 10.0 * np.sin(days / 9.0) + 3.0 * np.sin(days / 2.3)
    opened = np.concatenate([close[:1], close[:-1]])
    return Bars(
        "PRACTICE",
        Interval.D1,
        days * 86_400_000_000_000,
        opened,
        np.maximum(opened, close) + 0.5,
        np.minimum(opened, close) - 0.5,
        close,
        np.full(count, 1e6),
    )
