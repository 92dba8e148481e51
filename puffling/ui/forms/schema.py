"""Models of values whose class is not at hand: from a JSON schema, and to and from plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic_core import to_jsonable_python

if TYPE_CHECKING:
    from collections.abc import Mapping

M = TypeVar("M", bound=BaseModel)

_LIMITS = (
    ("ge", "minimum"),
    ("gt", "exclusiveMinimum"),
    ("le", "maximum"),
    ("lt", "exclusiveMaximum"),
)
_KINDS = {"integer": int, "number": float, "boolean": bool, "string": str}


def model_of(
    schema: Mapping[str, Any], base: type[M], values: Mapping[str, Any] | None = None
) -> type[M]:
    """Return a model with the fields that a JSON schema describes, as far as a form edits them.

    `values` take the place of the schema's own defaults.
    """
    given = values or {}
    fields: dict[str, Any] = {}
    for name, about in schema.get("properties", {}).items():
        kind = _kind(about, schema.get("$defs", {}))
        if kind is None:
            continue
        limits = {word: about[key] for word, key in _LIMITS if key in about}
        default = given.get(name, about.get("default"))
        fields[name] = (
            kind,
            Field(
                default=... if default is None else default,
                title=about.get("title"),
                description=about.get("description"),
                json_schema_extra={"step": about["step"]} if "step" in about else None,
                **limits,
            ),
        )
    made: type[M] = create_model("Described", __base__=base, **fields)
    return made


def plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Return values as JSON would hold them."""
    return {name: to_jsonable_python(each) for name, each in values.items()}


def typed(model: type[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
    """Return remembered values in the model's types, with its defaults for the rest.

    What does not fit any more is left out; if the rest makes no sense together, nothing is left.
    """
    known = {name: each for name, each in values.items() if name in model.model_fields}
    for _ in range(len(known) + 1):
        try:
            checked = model.model_validate(known)
        except ValidationError as error:
            bad = {str(each["loc"][0]) for each in error.errors(include_url=False) if each["loc"]}
            if not bad & set(known):
                return {}
            known = {name: each for name, each in known.items() if name not in bad}
        else:
            return {name: getattr(checked, name) for name in model.model_fields}
    return {}


def _kind(about: Mapping[str, Any], known: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a type
    if "$ref" in about:
        about = known.get(str(about["$ref"]).rsplit("/", maxsplit=1)[-1], {})
    if "enum" in about:
        return Literal[tuple(about["enum"])]
    return _KINDS.get(str(about.get("type")))
