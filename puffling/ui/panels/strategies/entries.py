"""What the library lists: strategies and templates, with what came of their latest test."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from puffin.errors import PuffinError
from puffin.strategies.base import Parameters
from puffin.strategies.specs import rule_type
from puffling.services.strategies import TEMPLATE
from puffling.services.strategy_cards import State
from puffling.ui.forms.schema import model_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic import BaseModel

    from puffin.strategies.templates import Template
    from puffling.commands.context import Context
    from puffling.services.strategies import StrategyService
    from puffling.services.strategy_cards import StrategyCard
    from puffling.store.backtests import SavedBacktest

UNREAD = str(State.UNREAD)  # the state of a file that was not looked at
_MOST_RUNS = 1_000
_NEEDS = {
    "two symbols": "It decides on a pair, so it needs two symbols.",
    "many symbols": "It ranks symbols against each other, so it needs several.",
}


class Group(StrEnum):
    """Where a strategy comes from."""

    BUILT_IN = "Built in"
    YOURS = "Yours"
    FILES = "Your files"
    TEMPLATES = "Templates"


@dataclass(frozen=True, slots=True)
class Entry:
    """A strategy or a template, ready to be shown: nothing more has to be read for it.

    `document` are its rules as `RuleSet` takes them, empty for one without; `said` is what they do
    in sentences; `model` is what its parameters are; `last` is its latest test.
    """

    id: str
    title: str
    group: Group
    summary: str = ""
    state: str = ""
    needs: str = "one symbol"
    model: type[BaseModel] = Parameters
    parameters: Mapping[str, Any] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    last: SavedBacktest | None = None
    revision: int = 0
    path: Path | None = None
    error: str = ""
    line: int | None = None

    @property
    def is_template(self) -> bool:
        """Whether it has to be saved under a name before it can be used."""
        return self.group is Group.TEMPLATES

    @property
    def is_saved(self) -> bool:
        """Whether it has revisions and can be removed here."""
        return self.revision > 0

    @property
    def can_be_used(self) -> bool:
        """Whether it can be tried, copied or handed on."""
        return not self.error and not self.is_template

    @property
    def need(self) -> str:
        """What it needs beyond one symbol, as a sentence; empty if nothing."""
        return _NEEDS.get(self.needs, "")

    @property
    def kind(self) -> str:
        """What it is made of, in a word or two."""
        if self.path is not None:
            return "Python file"
        return "Rules" if self.document else "Built in"

    @property
    def problem(self) -> str:
        """Why it cannot be used, with the line of its file; empty if it can."""
        if not self.error or self.line is None or f"line {self.line}" in self.error:
            return self.error
        return f"Line {self.line}: {self.error}"


def read_library(context: Context) -> list[Entry]:
    """Return everything the library lists; it reads the store, so call it on a thread."""
    service = context.strategies
    runs = _latest(context.backtests.all(_MOST_RUNS))
    found = [_entry(service, each, runs.get(each.id)) for each in service.cards()]
    order = list(Group)
    found.sort(key=lambda each: order.index(each.group))
    return [*found, *(_template(service, each) for each in service.templates())]


def _latest(runs: Iterable[SavedBacktest]) -> dict[str, SavedBacktest]:
    """Return the latest run of each strategy, by the id of its card."""
    latest: dict[str, SavedBacktest] = {}
    for run in runs:
        latest.setdefault(run.saved_strategy or run.strategy_id, run)
    return latest


def _entry(service: StrategyService, card: StrategyCard, last: SavedBacktest | None) -> Entry:
    cautions: tuple[str, ...] = ()
    document: dict[str, Any] = {}
    said: tuple[str, ...] = ()
    model: type[BaseModel] = Parameters
    if not card.error:
        if card.kind == "file":  # somebody's program: never run here, its card describes it
            model = model_of(card.schema, Parameters)
        else:
            rule = rule_type(card.spec)
            model, cautions = rule.Parameters, rule.cautions
    if card.kind == "rules" and not card.error:
        document, said = _rules(service, card)
    group = Group.YOURS if card.is_yours else Group.FILES
    return Entry(
        card.id,
        card.title,
        Group.BUILT_IN if card.kind == "builtin" and not card.is_yours else group,
        card.summary,
        str(card.state),
        card.needs,
        model,
        card.parameters,
        cautions,
        said,
        document,
        last,
        card.revision,
        card.path,
        card.error,
        card.line,
    )


def _rules(service: StrategyService, card: StrategyCard) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the rules of a card with its parameters in place, and what they do."""
    from puffin.strategies.rules import RuleSet
    from puffin.strategies.tuning import tuned

    rules = RuleSet.from_json(card.spec.source)
    # Parameters of an older revision need not fit: then the rules are as they were written.
    with suppress(PuffinError, ValueError):
        chosen = rule_type(card.spec).Parameters.model_validate(card.parameters)
        rules = tuned(rules, chosen)
    rules = rules.model_copy(update={"name": card.title})
    return rules.model_dump(mode="json", exclude_none=True), tuple(service.describe(rules))


def _template(service: StrategyService, template: Template) -> Entry:
    rules = template.rules
    return Entry(
        f"{TEMPLATE}{template.id}",
        template.title,
        Group.TEMPLATES,
        rules.note,
        "template",
        said=tuple(service.describe(rules)),
        document=rules.model_dump(mode="json", exclude_none=True),
    )
