"""Rules while they are written: a document that may be wrong, changed step by step and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic import ValidationError

from puffling.ui.forms.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str | int, ...]
Document: TypeAlias = dict[str, Any]

RULES: Final = ("entry_long", "exit_long", "entry_short", "exit_short")
PROTECTION: Final = ("stop_loss", "take_profit", "trailing", "hold", "share", "note")
GROUPS: Final = ("all", "any")
NAME: Final[Path] = ("name",)
_UNNAMED = "It needs a name before it can be saved."
_MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place of the document; `words` say the place too."""

    path: Path
    sentence: str
    words: str


class Draft:
    """The document of a `RuleSet`, right or not. Every change is one step that can be undone."""

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self._document: Document = dict(document or {})
        self._saved = self._document
        self._before: list[tuple[Document, object]] = []
        self._after: list[Document] = []

    @property
    def document(self) -> Document:
        """The whole document; do not change it."""
        return self._document

    @property
    def is_changed(self) -> bool:
        """Whether it is another one than was begun with, or saved."""
        return self._document != self._saved

    @property
    def is_empty(self) -> bool:
        """Whether there is no rule in it."""
        return not any(self._document.get(name) for name in RULES)

    def note_saved(self) -> None:
        """Take what there is for what is saved."""
        self._saved = self._document

    def at(self, path: Path) -> Any:  # noqa: ANN401 - any part of the document
        """Return what stands at a place; None if nothing does."""
        found: Any = self._document
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    # -- changing ----------------------------------------------------------------------------

    def put(self, path: Path, value: object, *, step: object = None) -> None:
        """Put something in a place; nothing takes it away.

        Changes with the same `step` one after the other are undone together.
        """
        changed = _with(self._document, path, value)
        if changed == self._document:
            return
        if step is None or not self._before or self._before[-1][1] != step:
            self._before.append((self._document, step))
            del self._before[:-_MOST_STEPS]
        self._after.clear()
        self._document = changed

    def add(self, path: Path, term: Document) -> Path:
        """Add a term at a rule, into a group or after a term; return where it stands now."""
        here = self.at(path)
        if here is None:
            self.put(path, term)
            return path
        if here.get("kind") in GROUPS:
            terms = [*here.get("terms", ()), term]
            self.put((*path, "terms"), terms)
            return (*path, "terms", len(terms) - 1)
        place = path[-1]
        if isinstance(place, int):
            group = path[:-1]
            terms = list(self.at(group))
            terms.insert(place + 1, term)
            self.put(group, terms)
            return (*group, place + 1)
        self.put(path, {"kind": "all", "terms": [here, term]})
        return (*path, "terms", 1)

    def remove(self, path: Path) -> Path:
        """Take a term away, and a group that is empty then; return what stands near it."""
        place = path[-1]
        if isinstance(place, int):
            terms = list(self.at(path[:-1]))
            del terms[place]
            if not terms:
                return self.remove(path[:-2])
            self.put(path[:-1], terms)
            return (*path[:-1], min(place, len(terms) - 1))
        if place == "term":
            return self.remove(path[:-1])
        self.put(path, None)
        return path

    def negate(self, path: Path) -> Path:
        """Turn a term into its opposite, and back; return where the term itself stands now."""
        here = self.at(path)
        if here is None:
            return path
        if here.get("kind") == "not":
            self.put(path, here["term"])
            return path
        if path[-1] == "term":
            self.put(path[:-1], here)
            return path[:-1]
        self.put(path, {"kind": "not", "term": here})
        return (*path, "term")

    def join(self, path: Path, kind: str) -> Path:
        """Make a group of this kind: of the group that is there, or around a term."""
        here = self.at(path)
        if here is None:
            return path
        if here.get("kind") in GROUPS:
            self.put((*path, "kind"), kind)
            return path
        self.put(path, {"kind": kind, "terms": [here]})
        return path

    def move(self, path: Path, by: int) -> Path:
        """Move a term up or down in its group; return where it stands now."""
        place = path[-1]
        if not isinstance(place, int):
            return path
        terms = list(self.at(path[:-1]))
        wanted = place + by
        if not 0 <= wanted < len(terms):
            return path
        terms[place], terms[wanted] = terms[wanted], terms[place]
        self.put(path[:-1], terms)
        return (*path[:-1], wanted)

    def undo(self) -> bool:
        """Take the last step back; whether there was one."""
        if not self._before:
            return False
        self._after.append(self._document)
        self._document, _ = self._before.pop()
        return True

    def redo(self) -> bool:
        """Do again what was taken back; whether there was anything."""
        if not self._after:
            return False
        self._before.append((self._document, None))
        self._document = self._after.pop()
        return True

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self._after)

    # -- judging -----------------------------------------------------------------------------

    def problems(self) -> list[Problem]:
        """Return what is wrong with it, each at its place."""
        from puffin.strategies.rules import RuleSet, place, problems

        named = str(self._document.get("name") or "").strip()
        found = [] if named else [Problem(NAME, _UNNAMED, _UNNAMED)]
        try:
            RuleSet.model_validate_json(self._json())
        except ValidationError as error:
            said = problems(error)
            for each in error.errors(include_url=False, include_input=False):
                where = place(each["loc"])
                if not said or not said[0].startswith(where):
                    continue  # said at what is inside it
                words = said.pop(0)
                path = self._path_of(each["loc"]) or self._path_of_whole()
                mine = words.removeprefix(where) or sentence(each)
                found.append(Problem(path, _capital(mine), _capital(words)))
        return found

    def said(self) -> list[str]:
        """Return what the rules do in sentences; none while something in them is wrong."""
        from puffin.strategies.rules import RuleSet
        from puffin.strategies.wording import describe

        try:
            rules = RuleSet.model_validate_json(self._json())
        except ValidationError:
            return []
        return describe(rules)

    def _json(self) -> str:
        """Return the document as text; a name that is missing hides nothing else."""
        name = str(self._document.get("name") or "").strip()
        return json.dumps(self._document | {"name": name or "…"})

    def _path_of_whole(self) -> Path:
        """Return what is probably meant by a problem of all rules taken together."""
        here = self._document
        for side in ("long", "short"):
            if here.get(f"exit_{side}") and not here.get(f"entry_{side}"):
                return (f"exit_{side}",)
        if not (here.get("entry_long") or here.get("entry_short")):
            return ("entry_long",)
        return ("take_profit",) if here.get("take_profit") else ()

    def _path_of(self, location: tuple[int | str, ...]) -> Path:
        """Return the place of an error: without the kinds that its location passes through."""
        path: list[str | int] = []
        here: Any = self._document
        for step in location:
            if isinstance(here, dict) and step == here.get("kind") and step not in here:
                continue
            path.append(step)
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                here = None
        return tuple(path)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with(document: Any, path: Path, value: object) -> Any:  # noqa: ANN401 - any part of it
    """Return a copy with something else in a place; everything beside the way is shared."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(document, list) and isinstance(step, int):
        return [
            _with(each, rest, value) if at == step else each for at, each in enumerate(document)
        ]
    known = dict(document) if isinstance(document, dict) else {}
    name = str(step)
    if value is None and not rest:
        known.pop(name, None)
        return known
    known[name] = _with(known.get(name), rest, value)
    return known
