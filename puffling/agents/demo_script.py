"""The scripted demonstration: its file, read into scenes whose texts quote what tools said."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from puffin.ai.scripted import Planned, Scene, Script, Turn
from puffling.core import formats
from puffling.core.formats import UNKNOWN
from puffling.core.paths import resources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from puffin.ai.scripted import Heard
    from puffling.agents.ground import Facts

PLACE = re.compile(r"\{([^{}\s]+)\}")
_INDEX = re.compile(r"-?\d+")


def _percent(value: object) -> str:
    return UNKNOWN if (number := _number(value)) is None else formats.percent(number)


def _money(value: object) -> str:
    return UNKNOWN if (number := _number(value)) is None else f"${formats.money(number)}"


def _plain(value: object) -> str:
    return UNKNOWN if (number := _number(value)) is None else formats.number(number)


def _count(value: object) -> str:
    if isinstance(value, list | dict):
        return str(len(value))
    return UNKNOWN if (number := _number(value)) is None else f"{number:,.0f}"


def _moment(value: object) -> str:
    if not isinstance(value, str):
        return UNKNOWN
    return f"{formats.moment(datetime.fromisoformat(value), zone=UTC)} UTC"


FORMS: Mapping[str, Callable[[object], str]] = {
    "percent": _percent,
    "money": _money,
    "number": _plain,
    "count": _count,
    "moment": _moment,
    "upper": lambda value: UNKNOWN if value is None else str(value).upper(),
    "text": lambda value: UNKNOWN if value in (None, "") else str(value),
}


@dataclass(frozen=True, slots=True)
class Pick:
    """Which of several results is the better one: the larger by one of its figures."""

    name: str
    by: str
    among: tuple[str, ...]


class Quoted:
    """What the texts of a scene may quote: the results so far, as `r1`, `r2` …, and the words.

    A path such as `r2.metrics.sharpe` leads into a result; what is not there is unknown.
    """

    def __init__(self, heard: Heard, facts: Facts, picks: Sequence[Pick]) -> None:
        self.failed = [each.is_error for each in heard.results]
        self._values: dict[str, Any] = dict(heard.named)
        for place, each in enumerate(heard.results, start=1):
            self._values[f"r{place}"] = facts.of(each.call_id)
        for pick in picks:
            self._values[pick.name] = self._picked(pick)

    def at(self, path: str) -> Any:  # noqa: ANN401 - plain JSON
        """Return what a path leads to; None if it leads nowhere."""
        first, *rest = path.split(".")
        value = self._values.get(first)
        for each in rest:
            value = _inside(value, each)
        return value

    def fill(self, text: str) -> str:
        """Return a text with its places filled: `{path}` or `{path|form}`."""
        return PLACE.sub(lambda found: self._shown(found[1]), text)

    def plain(self, value: Any) -> Any:  # noqa: ANN401 - plain JSON
        """Return the arguments of a call with the places in them filled, however deep."""
        if isinstance(value, str):
            whole = PLACE.fullmatch(value)
            return self._bare(whole[1]) if whole else self.fill(value)
        if isinstance(value, list):
            return [self.plain(each) for each in value]
        if isinstance(value, dict):
            return {name: self.plain(each) for name, each in value.items()}
        return value

    def _bare(self, place: str) -> Any:  # noqa: ANN401 - plain JSON
        path, _, form = place.partition("|")
        value = self.at(path)
        return FORMS[form](value) if form else value

    def _shown(self, place: str) -> str:
        path, _, form = place.partition("|")
        return FORMS[form or "text"](self.at(path))

    def _picked(self, pick: Pick) -> Any:  # noqa: ANN401 - plain JSON
        known = [
            (number, self._values.get(each))
            for each in pick.among
            if (number := _number(self.at(f"{each}.{pick.by}"))) is not None
        ]
        return max(known, key=lambda pair: pair[0])[1] if known else None


def load(facts: Facts, path: Path | None = None) -> Script:
    """Read the script; its texts quote what `facts` has of the calls they name."""
    place = path or resources() / "assistant/demo.toml"
    document = tomllib.loads(place.read_text(encoding="utf-8"))
    scenes = tuple(_scene(each, facts) for each in document["scene"])
    return Script(scenes, Turn(say=document["otherwise"]))


def _scene(written: Mapping[str, Any], facts: Facts) -> Scene:
    picks = tuple(
        Pick(each["name"], each["by"], tuple(each["among"])) for each in written.get("pick", ())
    )
    return Scene(written["pattern"], tuple(_turn(each, facts, picks) for each in written["turn"]))


def _turn(written: Mapping[str, Any], facts: Facts, picks: Sequence[Pick]) -> Turn:
    return Turn(
        say=partial(_say, written, facts, picks), calls=partial(_calls, written, facts, picks)
    )


def _say(written: Mapping[str, Any], facts: Facts, picks: Sequence[Pick], heard: Heard) -> str:
    quoted = Quoted(heard, facts, picks)
    needs = written.get("needs", "")
    if needs and quoted.at(needs) is None:
        return quoted.fill(written["instead"])
    return quoted.fill(written["say"])


def _calls(
    written: Mapping[str, Any], facts: Facts, picks: Sequence[Pick], heard: Heard
) -> Sequence[Planned]:
    quoted = Quoted(heard, facts, picks)
    needs = written.get("needs", "")
    if needs and quoted.at(needs) is None:
        return ()
    return [
        Planned(each["tool"], quoted.plain(each.get("arguments", {})))
        for each in written.get("calls", ())
    ]


def _inside(value: Any, name: str) -> Any:  # noqa: ANN401 - plain JSON
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and _INDEX.fullmatch(name) and -len(value) <= int(name) < len(value):
        return value[int(name)]
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None
