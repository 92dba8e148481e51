"""A study on a chart as it is chosen, kept and read back: which, how set, where, how it looks."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from puffin.errors import ParameterError
from puffling.services.study_offers import COMPARE, PATTERNS, PROFILE, offer, offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from puffin.factors.base import Parameters
    from puffling.services.study_offers import Offer

THINNEST, THICKEST = 1.0, 5.0
USUAL_WIDTH: Final = 1.5
MOST_LEVELS: Final = 8
MOST_STUDIES: Final = 60  # on one chart
_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class StudySpec:
    """One study of a chart.

    Two are equal when they look and count alike: parameters are kept in full, as JSON would.

    Attributes:
        indicator: The id of an indicator of the catalogue, or of what only a chart has.
        parameters: What is set; what is left out has its default.
        own_pane: Whether it stands below the prices; None: as its kind does.
        colors: Of its outputs in order, as "#rrggbb"; "" and those missing follow the theme.
        width: Of its lines, in pixels.
        levels: Where horizontal lines are drawn; None: the usual ones of its kind.

    Raises:
        ParameterError: There is no such study, or something of it does not fit.
    """

    indicator: str
    parameters: dict[str, Any] = field(default_factory=dict, hash=False)
    own_pane: bool | None = None
    colors: tuple[str, ...] = ()
    width: float = USUAL_WIDTH
    levels: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        known = offer(self.indicator)
        checked = _checked(known, self.parameters)
        object.__setattr__(self, "parameters", checked.model_dump(mode="json"))
        if self.own_pane is not known.on_price or not known.is_movable:
            object.__setattr__(self, "own_pane", None)
        colors = [each.lower() for each in self.colors[: max(1, len(known.outputs))]]
        if any(each and not _COLOR.fullmatch(each) for each in colors):
            raise ParameterError(f"A colour of {known.title} is written like #3fa7d6.")
        while colors and not colors[-1]:
            colors.pop()
        object.__setattr__(self, "colors", tuple(colors))
        if not THINNEST <= self.width <= THICKEST:
            raise ParameterError(f"A line is {THINNEST:g} to {THICKEST:g} pixels wide.")
        if self.levels is not None:
            _check_levels(self.levels)

    @property
    def offer(self) -> Offer:
        """What it is."""
        return offer(self.indicator)

    @property
    def on_price(self) -> bool:
        """Whether it is drawn over the candles."""
        return self.offer.on_price if self.own_pane is None else not self.own_pane

    @property
    def guides(self) -> tuple[float, ...]:
        """Where its horizontal lines are."""
        return self.offer.guides if self.levels is None else self.levels

    @property
    def typed(self) -> Parameters:
        """Its parameters in their own class."""
        return self.offer.Parameters.model_validate(self.parameters)

    @property
    def title(self) -> str:
        """What the legend calls it: "RSI 14"."""
        known = self.offer
        if self.indicator == COMPARE:
            return str(self.parameters["symbol"])
        if self.indicator == PATTERNS:
            return known.short
        if self.indicator == PROFILE:
            return f"{known.short}, {self.parameters['over']}"
        said = [_said(each) for each in self.parameters.values() if each is not None]
        return f"{known.short} {', '.join(said)}".strip()

    def with_parameters(self, values: Mapping[str, object]) -> StudySpec:
        """Return it with other values for some of its parameters."""
        return replace(self, parameters={**self.parameters, **values})


def to_json(specs: Iterable[StudySpec]) -> list[dict[str, Any]]:
    """Return what a layout keeps of studies; what is usual is left out."""
    return [_document(each) for each in specs]


def from_json(kept: object) -> tuple[StudySpec, ...]:
    """Read what a layout kept; what does not fit any more is passed over.

    Pairs of an average and its window, as earlier versions kept them, are read too.
    """
    read = [_read(each) for each in (kept if isinstance(kept, list) else [])[:MOST_STUDIES]]
    found: list[StudySpec] = []
    for each in read:
        if each is not None and each not in found:
            found.append(each)
    return tuple(found)


def spec_of(words: str) -> StudySpec:
    """Read a study as a person writes it: "rsi 14", "macd 12 26 9", "bollinger deviations=2.5".

    Raises:
        ParameterError: With what does not fit.
    """
    name, values = _parted(words)
    return StudySpec(name, values_of(offer(name), values))


def values_of(known: Offer, values: Iterable[str]) -> dict[str, object]:
    """Read values as a person writes them: in order, or by name as in "window=21".

    Raises:
        ParameterError: There are too many.
    """
    said, fields = list(values), list(known.Parameters.model_fields)
    chosen: dict[str, object] = {}
    for place, each in enumerate(said):
        key, sign, value = each.partition("=")
        if sign:
            chosen[key] = value
        elif place < len(fields):
            chosen[fields[place]] = each
        else:
            most = "one value" if len(fields) == 1 else f"{len(fields)} values"
            raise ParameterError(f"{known.title} takes {most}, not {len(said)}.")
    return chosen


def _parted(words: str) -> tuple[str, list[str]]:
    """Return the id a text begins with, and the values after it; names may have blanks."""
    said = words.replace(",", " ").split()
    if not said:
        raise ParameterError("Name a study, such as rsi 14.")
    for count in range(min(len(said), 5), 0, -1):
        name = "_".join(said[:count]).casefold()
        if name in offers():
            return name, said[count:]
        spoken = " ".join(said[:count]).casefold()
        for each in offers().values():
            if spoken in {each.title.casefold(), each.short.casefold()}:
                return each.id, said[count:]
    return said[0].casefold(), said[1:]


def _checked(known: Offer, values: Mapping[str, object]) -> Parameters:
    if known.indicator is not None:
        return known.indicator.parameters(values)
    try:
        return known.Parameters.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "parameters"
        raise ParameterError(f"{known.title}, {name}: {first['msg']}.") from error


def _check_levels(levels: tuple[float, ...]) -> None:
    if len(levels) > MOST_LEVELS:
        raise ParameterError(f"A study has {MOST_LEVELS} levels at most.")
    if not all(map(math.isfinite, levels)):
        raise ParameterError("A level is a number.")


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def _document(spec: StudySpec) -> dict[str, Any]:
    document: dict[str, Any] = {"study": spec.indicator, "values": spec.parameters}
    if spec.own_pane is not None:
        document["own_pane"] = spec.own_pane
    if spec.colors:
        document["colors"] = list(spec.colors)
    if spec.width != USUAL_WIDTH:
        document["width"] = spec.width
    if spec.levels is not None:
        document["levels"] = list(spec.levels)
    return document


def _read(kept: Any) -> StudySpec | None:  # noqa: ANN401 - whatever a file holds
    try:
        match kept:
            case [str(name), int(window)]:
                return StudySpec(name, {"window": window})
            case {"study": str(name), "values": dict(values)}:
                return _dressed(StudySpec(name, values), dict(kept))
    except ParameterError:
        return None
    return None


def _dressed(spec: StudySpec, kept: Mapping[str, object]) -> StudySpec:
    """Take over each part of the look that can be read."""
    match kept.get("own_pane"):
        case bool(own):
            spec = replace(spec, own_pane=own)
    match kept.get("colors"):
        case list(colors) if all(isinstance(each, str) for each in colors):
            spec = _tried(spec, colors=tuple(colors))
    match kept.get("width"):
        case int(width) | float(width) if not isinstance(width, bool):
            spec = _tried(spec, width=float(width))
    match kept.get("levels"):
        case list(levels) if all(type(each) in {int, float} for each in levels):
            spec = _tried(spec, levels=tuple(map(float, levels)))
    return spec


def _tried(spec: StudySpec, **look: Any) -> StudySpec:  # noqa: ANN401 - checked by the spec
    try:
        return replace(spec, **look)
    except ParameterError:
        return spec
