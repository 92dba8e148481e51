"""What a form needs to know of a model's field: its kind, its words and its limits."""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


class Sort(StrEnum):
    """The kinds of values a form can edit."""

    TEXT = "text"
    WHOLE = "whole"
    EXACT = "exact"  # Decimal
    REAL = "real"  # float
    FLAG = "flag"
    CHOICE = "choice"
    DAY = "day"
    PATH = "path"
    WORDS = "words"  # tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model, as a form sees it."""

    name: str
    sort: Sort
    title: str
    description: str
    default: object
    required: bool
    optional: bool
    choices: tuple[tuple[str, object], ...] = ()
    least: Decimal | date | None = None
    most: Decimal | date | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    step: Decimal | None = None
    longest: int | None = None
    extra: tuple[tuple[str, object], ...] = ()

    @property
    def limits(self) -> str:
        """The range in words, such as "0 to 100"; empty if there is none."""
        low = _text(self.least) or (
            f"more than {_text(self.above)}" if self.above is not None else ""
        )
        high = _text(self.most) or (
            f"less than {_text(self.below)}" if self.below is not None else ""
        )
        if low and high:
            return f"{low} to {high}"
        if low:
            return low if self.above is not None else f"at least {low}"
        if high:
            return high if self.below is not None else f"at most {high}"
        return ""


_SORTS: tuple[tuple[type, Sort], ...] = (
    (bool, Sort.FLAG),
    (int, Sort.WHOLE),
    (Decimal, Sort.EXACT),
    (float, Sort.REAL),
    (date, Sort.DAY),
    (Path, Sort.PATH),
    (str, Sort.TEXT),
)
# Choices whose own word says too little.
_CHOICES = {"gtc": "good till cancelled", "sma": "SMA", "ema": "EMA"}


def describe(model: type[BaseModel]) -> list[Field]:
    """Return the fields a form can edit, in the model's order; others are left out."""
    found = (_field(name, info) for name, info in model.model_fields.items())
    return [each for each in found if each is not None]


def title_of(name: str) -> str:
    """Return a field's name as words: "most_positions" is "Most positions"."""
    words = name.strip("_").replace("_", " ")
    return words[:1].upper() + words[1:]


def _field(name: str, info: FieldInfo) -> Field | None:
    kind, optional, metadata = _unwrap(info.annotation)
    found = _sort_of(kind)
    if found is None:
        return None
    sort, choices = found
    metadata = [*metadata, *info.metadata]
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    required = info.is_required()
    step = extra.get("step") or _of(metadata, "multiple_of")
    longest = _of(metadata, "max_length")
    return Field(
        name,
        sort,
        info.title or title_of(name),
        info.description or "",
        None if required else info.get_default(call_default_factory=True),
        required,
        optional,
        choices,
        least=_limit(_of(metadata, "ge")),
        most=_limit(_of(metadata, "le")),
        above=_number(_of(metadata, "gt")),
        below=_number(_of(metadata, "lt")),
        step=_number(step),
        longest=longest if isinstance(longest, int) else None,
        extra=tuple(extra.items()),
    )


def _unwrap(annotation: Any) -> tuple[Any, bool, list[Any]]:  # noqa: ANN401 - any annotation
    """Return the type inside Annotated and Optional, whether None is allowed, and the metadata."""
    metadata: list[Any] = []
    optional = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            for each in more:
                metadata += getattr(each, "metadata", None) or [each]
        elif origin in {Union, types.UnionType}:
            inner = [each for each in get_args(annotation) if each is not types.NoneType]
            optional = optional or len(inner) < len(get_args(annotation))
            if len(inner) != 1:
                return None, optional, metadata
            annotation = inner[0]
        else:
            return annotation, optional, metadata


def _sort_of(kind: Any) -> tuple[Sort, tuple[tuple[str, object], ...]] | None:  # noqa: ANN401 - any annotation
    if get_origin(kind) is Literal:
        return Sort.CHOICE, tuple((_choice(each), each) for each in get_args(kind))
    if get_origin(kind) is tuple and get_args(kind) == (str, ...):
        return Sort.WORDS, ()
    if not isinstance(kind, type) or issubclass(kind, datetime):
        return None
    if issubclass(kind, Enum):
        return Sort.CHOICE, tuple(
            (_choice(getattr(each, "label", each.value)), each)
            for each in kind
            if not getattr(each, "hidden", False)
        )
    return next(((sort, ()) for known, sort in _SORTS if issubclass(kind, known)), None)


def _choice(value: object) -> str:
    words = _CHOICES.get(str(value), str(value).replace("_", " "))
    return words[:1].upper() + words[1:]


def _of(metadata: list[Any], name: str) -> object:
    return next((getattr(each, name) for each in metadata if hasattr(each, name)), None)


def _limit(value: object) -> Decimal | date | None:
    return value if isinstance(value, date) else _number(value)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _text(value: Decimal | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
