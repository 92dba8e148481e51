"""The library of strategies: built in, saved with their revisions, and files of your own."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from puffin.errors import ParameterError
from puffin.strategies.registry import STRATEGIES, strategy
from puffin.strategies.specs import StrategySpec, build
from puffling.core.errors import BadValueError
from puffling.core.events import StrategiesChanged
from puffling.services.revisions import differences
from puffling.services.signals import Asker
from puffling.services.strategy_cards import (
    FILE,
    About,
    State,
    built_in,
    built_in_cards,
    card_of,
    look_at,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from puffin.data.bars import Interval
    from puffin.strategies.rules import RuleSet
    from puffin.strategies.templates import Template
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.bars import BarService
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.signals import SignalRow, SignalTurn
    from puffling.services.strategy_cards import StrategyCard
    from puffling.services.strategy_files import StrategyFiles
    from puffling.store.backtests import BacktestStore
    from puffling.store.strategies import Revision, SavedStrategy, StrategyStore

    Tell = Callable[[float], None]

FORMAT = "puffling strategy"
VERSION = 1
RULES = "rules:"  # what the id of a strategy without code begins with
TEMPLATE = "template:"  # what the id of a template begins with
LARGEST = 256 * 1024  # bytes of a strategy file or of an imported document


class StrategyService:
    """What strategies there are. `refresh` blocks: call it from a job or a thread."""

    def __init__(  # noqa: PLR0913 - it rests on that many
        self,
        store: StrategyStore,
        backtests: BacktestStore,
        bars: BarService,
        files: StrategyFiles,
        *,
        bus: EventBus,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._backtests = backtests
        self._bars = bars
        self.files = files
        self._bus = bus
        self._clock = clock
        self._elsewhere = elsewhere

    # -- looking -----------------------------------------------------------------------------

    def cards(self) -> list[StrategyCard]:
        """Return every strategy: built in, saved, and the files as they were last looked at."""
        tested = self._backtests.tested()
        saved = [self._saved_card(each, tested) for each in self._store.all()]
        return [*built_in_cards(), *saved, *self.files.cards()]

    def card(self, id_: str) -> StrategyCard:
        """Return one strategy.

        Raises:
            ParameterError: There is none; the hint has the nearest name.
        """
        if id_.startswith(FILE):
            for each in self.files.cards():
                if each.id == id_:
                    return each
            name = id_.removeprefix(FILE)
            raise ParameterError(
                f"There is no file {name}.py in the folder of strategies.",
                hint=f"The folder is {self.files.folder}.",
            )
        for saved in self._store.all():
            if id_ in {saved.id, saved.name}:
                return self._saved_card(saved, self._backtests.tested())
        chosen = strategy(id_)
        return card_of(StrategySpec("builtin", chosen.id, chosen.title), built_in(chosen.id))

    def spec(self, id_: str, parameters: Mapping[str, Any] | None = None) -> StrategySpec:
        """Return what builds a strategy, with some parameters set otherwise.

        Raises:
            ParameterError: There is none with this id, or it cannot be used.
        """
        found = self.card(id_)
        if found.error:
            raise ParameterError(f"{found.title} cannot be used: {found.error}")
        spec = found.spec
        return replace(spec, parameters=spec.parameters | dict(parameters or {}))

    def refresh(self, progress: Tell, *, again: bool = False) -> list[StrategyCard]:
        """Look at every file that is new or has changed, each in a process; then return `cards`.

        A file that fails, never ends, or makes no strategy gets an error on its card. Those that
        failed are only looked at `again` if that is asked for.
        """
        self.files.refresh(progress, also=self._saved_files(), again=again)
        return self.cards()

    def templates(self) -> list[Template]:
        """Return rules that can be copied and changed."""
        from puffin.strategies.templates import TEMPLATES

        return list(TEMPLATES)

    def describe(self, rules: RuleSet) -> list[str]:
        """Return what rules do, sentence by sentence."""
        from puffin.strategies.wording import describe

        return describe(rules)

    def check_rules(self, rules: Mapping[str, Any]) -> list[str]:
        """Return what rules do, sentence by sentence; they are neither saved nor run.

        Raises:
            ParameterError: Something in them does not fit; the sentence says where.
        """
        from puffin.strategies.rules import RuleSet

        return self.describe(RuleSet.read(dict(rules)))

    def draft(
        self, name: str, made_from: str, rules: Mapping[str, Any], parameters: Mapping[str, Any]
    ) -> StrategySpec:
        """Return a strategy of rules, of a template, or of another one with other parameters.

        Raises:
            BadValueError: Neither rules nor a strategy are named, or both are.
            ParameterError: Something does not fit; the sentence says where.
        """
        from puffin.strategies.rules import RuleSet

        if bool(rules) == bool(made_from):
            raise BadValueError("Name either rules or the strategy that it is made from.")
        if made_from.startswith(TEMPLATE):
            chosen = self._template(made_from.removeprefix(TEMPLATE))
        elif made_from:
            return self.spec(made_from, parameters)
        else:
            chosen = RuleSet.read({"name": name, **rules})
        source = chosen.model_copy(update={"name": name}).to_json()
        return StrategySpec("rules", "rules", name, dict(parameters), source)

    def _template(self, id_: str) -> RuleSet:
        for each in self.templates():
            if each.id == id_:
                return each.rules
        known = ", ".join(each.id for each in self.templates())
        raise ParameterError(f"There is no template {id_[:40]!r}.", hint=f"There are {known}.")

    def signals(
        self, symbols: Sequence[str], ids: Sequence[str], progress: Tell
    ) -> list[SignalRow]:
        """Return what strategies say of symbols at the last close; blocks.

        Without `ids` all are asked that decide on one symbol and can be used. A strategy or a
        symbol that cannot be asked has its reason in its row.

        Raises:
            BadValueError: No symbol is named.
            ParameterError: There is no strategy of that name.
        """
        if not symbols:
            raise BadValueError("Name at least one symbol.")
        cards = [self.card(each) for each in ids] or [
            each for each in self.cards() if each.needs == "one symbol" and not each.error
        ]
        return self._asker.rows(cards, symbols, progress)

    def turns(
        self, id_: str, symbol: str, interval: Interval, progress: Tell
    ) -> tuple[SignalTurn, ...]:
        """Return when a strategy changed sides in a symbol, over all there is of it; blocks.

        Raises:
            ParameterError: There is no such strategy, or it cannot be asked about one symbol.
            DataError: There are no prices, too few, or they cannot be trusted.
        """
        return self._asker.turns(self.askable(id_), symbol, interval, progress)

    def askable(self, id_: str) -> StrategyCard:
        """Return one strategy that can be asked about a single symbol.

        Raises:
            ParameterError: There is none, it cannot be used, or it needs more symbols.
        """
        self.spec(id_)
        found = self.card(id_)
        if found.needs != "one symbol":
            raise ParameterError(
                f"{found.title} needs {found.needs}, and a chart has one.",
                hint="Run it as a backtest; its trades are marked then.",
            )
        return found

    # -- changing ----------------------------------------------------------------------------

    def save(
        self, name: str, spec: StrategySpec, *, id_: str = "", note: str = ""
    ) -> SavedStrategy:
        """Store a strategy under a name: a new one, or one more revision of the one with `id_`.

        Raises:
            BadValueError: The name is empty or taken, or there is no such strategy.
            ParameterError: It cannot be built.
        """
        name = name.strip()
        if not name:
            raise BadValueError("A strategy needs a name.")
        self._check(spec)
        if spec.kind == "rules":  # the name that results are kept under
            spec = replace(spec, id=RULES + re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"))
        document = replace(spec, title=name).to_dict()
        now = self._clock.now()
        if id_:
            self._store.rename(id_, name)
            self._store.revise(id_, document, now, note=note)
        else:
            id_ = self._store.add(name, document, now, note=note)
        self.announce()
        return self._store.get(id_)

    def revisions(self, id_: str) -> list[Revision]:
        """Return every revision of a saved strategy, newest first.

        Raises:
            BadValueError: There is no saved strategy with this id.
        """
        return self._store.revisions(self._saved(id_).id)

    def diff(self, id_: str, first: int, second: int) -> list[str]:
        """Return what changed from one revision to another, in sentences or lines.

        Raises:
            BadValueError: There is no such strategy or revision.
        """
        known = {each.number: each for each in self.revisions(id_)}
        for number in (first, second):
            if number not in known:
                raise BadValueError(f"There is no revision {number}; the newest is {max(known)}.")
        specs = (StrategySpec.from_dict(known[each].spec) for each in (first, second))
        return differences(*specs)

    def restore(self, id_: str, number: int) -> SavedStrategy:
        """Make an old revision the newest one again; nothing is lost.

        Raises:
            BadValueError: There is no such strategy or revision.
        """
        saved = self._saved(id_)
        for each in self._store.revisions(saved.id):
            if each.number == number:
                self._store.revise(
                    saved.id, each.spec, self._clock.now(), note=f"Restored from {number}"
                )
                self.announce()
                return self._store.get(saved.id)
        raise BadValueError(f"There is no revision {number}; the newest is {saved.revision}.")

    def clone(self, id_: str, name: str = "") -> SavedStrategy:
        """Save a copy of any strategy under another name.

        Raises:
            BadValueError: The name is taken.
            ParameterError: There is no such strategy.
        """
        found = self.card(id_)
        return self.save(name or self._free_name(found.title), found.spec)

    def remove(self, id_: str) -> None:
        """Forget a saved strategy with its revisions; backtests of it stay.

        Raises:
            BadValueError: There is no saved strategy with this id.
        """
        self._store.remove(self._saved(id_).id)
        self.announce()

    def export(self, id_: str) -> str:
        """Return a strategy as a document that `import_text` takes."""
        found = self.card(id_)
        document = {"format": FORMAT, "version": VERSION, **found.spec.to_dict()}
        return json.dumps(document, indent=2, ensure_ascii=False)

    def import_text(self, text: str) -> SavedStrategy:
        """Save the strategy of a document; all of it fits, or nothing is saved.

        Raises:
            BadValueError: It is too large, not such a document, or of a newer version.
            ParameterError: The strategy in it does not fit.
        """
        if len(text.encode()) > LARGEST:
            raise BadValueError(f"The document is larger than {LARGEST // 1024} kB.")
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadValueError(f"This is not a strategy: {str(error)[:100]}.") from None
        if not isinstance(document, dict) or document.pop("format", "") != FORMAT:
            raise BadValueError("This is not a strategy that Puffling exported.")
        if document.pop("version", 0) != VERSION:
            raise BadValueError("This strategy was exported by another version of Puffling.")
        spec = StrategySpec.from_dict(document)
        return self.save(self._free_name(spec.title), spec)

    def announce(self) -> None:
        """Tell everyone that the library has changed; on the loop's thread."""
        self._bus.publish(StrategiesChanged())

    # -- the parts ---------------------------------------------------------------------------

    @property
    def _asker(self) -> Asker:
        return Asker(self._bars, self._elsewhere, self._clock.monotonic)

    def _saved_files(self) -> list[StrategySpec]:
        """Return what was saved of files: the text they had then, which may be nowhere else."""
        found = []
        for each in self._store.all():
            with suppress(ParameterError):  # its card says that it cannot be read
                found.append(StrategySpec.from_dict(each.spec))
        return [each for each in found if each.kind == "file"]

    def _saved(self, id_: str) -> SavedStrategy:
        for each in self._store.all():
            if id_ in {each.id, each.name}:
                return each
        return self._store.get(id_)

    def _saved_card(self, saved: SavedStrategy, tested: Mapping[str, str]) -> StrategyCard:
        try:
            spec = StrategySpec.from_dict(saved.spec)
        except ParameterError as error:
            spec = StrategySpec("builtin", saved.id, saved.name)
            known = About(saved.name, error=str(error))
        else:
            known = self._about(spec)
        state = State.TESTED if saved.id in tested else State.DRAFT
        return replace(
            card_of(replace(spec, title=saved.name), known, id_=saved.id, state=state),
            revision=saved.revision,
            grade=tested.get(saved.id, ""),
            updated_at=saved.updated_at,
        )

    def _about(self, spec: StrategySpec) -> About:
        return look_at(spec) if spec.kind != "file" else self.files.about(spec)

    def _check(self, spec: StrategySpec) -> None:
        """Refuse what cannot be built; a file is not run for that, `refresh` looks at it."""
        if spec.kind != "file":
            build(spec)
        elif len(spec.source.encode()) > LARGEST:
            raise BadValueError(f"The file is larger than {LARGEST // 1024} kB.")

    def _free_name(self, wanted: str) -> str:
        taken = {each.name for each in self._store.all()} | {each.title for each in STRATEGIES}
        if wanted not in taken:
            return wanted
        number = 2
        while f"{wanted} {number}" in taken:
            number += 1
        return f"{wanted} {number}"
