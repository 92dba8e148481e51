"""The library of strategies: built in, saved with their revisions, and files of your own."""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from puffin.errors import ParameterError, PuffinError
from puffin.strategies.registry import STRATEGIES, strategy
from puffin.strategies.specs import StrategySpec, build
from puffling.core.errors import BadValueError, PufflingError
from puffling.core.events import StrategiesChanged
from puffling.core.files import file_errors
from puffling.services.elsewhere import within
from puffling.services.strategy_cards import (
    FILE,
    About,
    State,
    built_in,
    built_in_cards,
    card_of,
    look_at,
    try_out,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.elsewhere import Elsewhere
    from puffling.services.strategy_cards import StrategyCard
    from puffling.store.backtests import BacktestStore
    from puffling.store.strategies import Revision, SavedStrategy, StrategyStore

    Tell = Callable[[float], None]

FORMAT = "puffling strategy"
VERSION = 1
FILE_SECONDS = 5.0  # without a sign of life from a file that is looked at
LARGEST = 256 * 1024  # bytes of a strategy file or of an imported document
MOST_FILES = 200


class StrategyService:
    """What strategies there are. `refresh` blocks: call it from a job or a thread."""

    def __init__(
        self,
        store: StrategyStore,
        backtests: BacktestStore,
        folder: Path,
        *,
        bus: EventBus,
        clock: Clock,
        elsewhere: Elsewhere,
    ) -> None:
        self._store = store
        self._backtests = backtests
        self.folder = folder
        self._bus = bus
        self._clock = clock
        self._elsewhere = elsewhere
        self._known: dict[str, About] = {}  # of files, by the hash of their text

    # -- looking -----------------------------------------------------------------------------

    def cards(self) -> list[StrategyCard]:
        """Return every strategy: built in, saved, and the files as they were last looked at."""
        tested = self._backtests.tested()
        saved = [self._saved_card(each, tested) for each in self._store.all()]
        return [*built_in_cards(), *saved, *self._file_cards()]

    def card(self, id_: str) -> StrategyCard:
        """Return one strategy.

        Raises:
            ParameterError: There is none; the hint has the nearest name.
        """
        if id_.startswith(FILE):
            for each in self._file_cards():
                if each.id == id_:
                    return each
            name = id_.removeprefix(FILE)
            raise ParameterError(
                f"There is no file {name}.py in the folder of strategies.",
                hint=f"The folder is {self.folder}.",
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

    def refresh(self, progress: Tell) -> list[StrategyCard]:
        """Look at every file that is new or has changed, each in a process; then return `cards`.

        A file that fails, never ends, or makes no strategy gets an error on its card.
        """
        texts = [(path, text) for path, text in self._files() if isinstance(text, str)]
        for number, (path, text) in enumerate(texts):
            progress(number / len(texts))
            key = _key(text)
            if key not in self._known:
                self._known[key] = self._look(_file_spec(path, text), progress)
        return self.cards()

    def make_folder(self) -> Path:
        """Make the folder for strategy files, if it is not there, and return it."""
        with file_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder

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
        if spec.kind != "file":
            return look_at(spec)
        return self._known.get(_key(spec.source), About(spec.title))

    def _file_cards(self) -> list[StrategyCard]:
        cards = []
        for path, text in self._files():
            if isinstance(text, PufflingError):
                spec = StrategySpec("file", FILE + path.stem, path.stem)
                broken = card_of(spec, About(path.stem, error=str(text)))
                cards.append(replace(broken, path=path))
                continue
            spec, known = _file_spec(path, text), self._known.get(_key(text))
            if known is not None and not known.error:
                spec = replace(spec, title=known.title)
            state = State.UNREAD if known is None else State.DRAFT
            found = card_of(spec, known or About(spec.title), state=state)
            cards.append(replace(found, path=path))
        return cards

    def _files(self) -> list[tuple[Path, str | PufflingError]]:
        """Return the strategy files with their text, or with why it cannot be read."""
        if not self.folder.is_dir():
            return []
        found: list[tuple[Path, str | PufflingError]] = []
        for path in sorted(self.folder.glob("*.py"))[:MOST_FILES]:
            try:
                with file_errors(path):
                    if path.stat().st_size > LARGEST:
                        raise BadValueError(f"{path.name} is larger than {LARGEST // 1024} kB.")
                    found.append((path, path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                found.append((path, BadValueError(f"{path.name} is not text in UTF-8.")))
            except PufflingError as error:
                found.append((path, error))
        return found

    def _look(self, spec: StrategySpec, progress: Tell) -> About:
        """Look at one strategy file in a process."""
        tell = within(FILE_SECONDS, spec.title, progress, self._clock.monotonic)
        try:
            return self._elsewhere.call(try_out, spec, progress=tell)
        except (PuffinError, PufflingError) as error:
            return About(spec.title, error=" ".join([str(error), error.hint]).strip())

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
        from puffin.strategies.rule_words import diff

        from puffin.strategies.rules import RuleSet

        return diff(RuleSet.from_json(old.source), RuleSet.from_json(new.source))
    lines = difflib.unified_diff(
        old.source.splitlines(), new.source.splitlines(), "before", "now", lineterm="", n=2
    )
    return list(lines)


def _value(value: object) -> str:
    return "the default" if value is None else str(value)


def _file_spec(path: Path, text: str) -> StrategySpec:
    return StrategySpec("file", FILE + path.stem, path.stem, source=text)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
