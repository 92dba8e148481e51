"""The parameters of a tool as a JSON schema, without a word that helps no model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pydantic import BaseModel

# Of a value; what else pydantic says is checked when the call comes, and said in a sentence then.
KEPT = ("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "format")
MANY = 20  # fields; of more, those that may be left out are said in short
SHORT = ("type", "enum", "items", "additionalProperties", "anyOf", "properties", "required")
SHORTEST = 40  # letters that a description in short may have
EMPTY: tuple[object, ...] = (None, "", [], {})


def schema_of(model: type[BaseModel], hidden: Collection[str] = ()) -> dict[str, Any]:
    """Return the schema of a model's fields, compacted, except of those that are hidden."""
    whole = model.model_json_schema()
    kinds: Mapping[str, Any] = whole.get("$defs", {})
    if "$ref" in whole:  # it has itself inside
        whole = kinds[str(whole["$ref"]).rpartition("/")[2]]
    fields = {
        name: _field(name, each, kinds)
        for name, each in whole.get("properties", {}).items()
        if name not in hidden
    }
    needed = [each for each in whole.get("required", ()) if each not in hidden]
    if len(fields) > MANY:
        fields = {
            name: each if name in needed else _in_short(each) for name, each in fields.items()
        }
    made: dict[str, Any] = {"type": "object", "properties": fields}
    return {**made, "required": needed} if needed else made


def _field(name: str, field: Mapping[str, Any], kinds: Mapping[str, Any]) -> dict[str, Any]:
    made = _value(field, kinds)
    if field.get("description"):
        made["description"] = field["description"]
    else:
        made.pop("description", None)
        if _says_more(field.get("title", ""), name):
            made["description"] = field["title"]
    if field.get("default") not in EMPTY:
        made["default"] = field["default"]
    return made


def _in_short(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field with its kind and the beginning of what is said about it."""
    made = {name: field[name] for name in SHORT if name in field}
    said = re.split(r"[.;:,] ", str(field.get("description", "")))[0].rstrip(".")
    return (
        {**made, "description": said} if 0 < len(said) <= SHORTEST and "enum" not in made else made
    )


def _says_more(title: str, name: str) -> bool:
    return bool(title) and title.casefold() != name.replace("_", " ")


def _value(value: Mapping[str, Any], kinds: Mapping[str, Any]) -> dict[str, Any]:
    """Return one kind of value: references looked up, choices simplified."""
    if "$ref" in value:
        name = str(value["$ref"]).rpartition("/")[2]
        # What has itself inside is shown once: the kinds known inside it are all but itself.
        inside = {each: kind for each, kind in kinds.items() if each != name}
        return _value(kinds[name], inside) if name in kinds else {"type": "object"}
    if "anyOf" in value:
        return _one_of([_value(each, kinds) for each in value["anyOf"]])
    made = {name: value[name] for name in KEPT if name in value}
    if "items" in value:
        made["items"] = _value(value["items"], kinds)
    if "properties" in value:
        made["properties"] = {
            name: _field(name, each, kinds) for name, each in value["properties"].items()
        }
        if value.get("required"):
            made["required"] = list(value["required"])
    more = value.get("additionalProperties")
    if isinstance(more, dict):
        made["additionalProperties"] = _value(more, kinds)
    return made


def _one_of(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one that is left without "nothing" and without a number written as text."""
    real = [each for each in choices if each.get("type") != "null"]
    numbers = [each for each in real if each.get("type") == "number"]
    if numbers and all(each.get("type") in {"number", "string"} for each in real):
        return numbers[0]
    if len(real) == 1:
        return real[0]
    return {"anyOf": real} if real else {}
