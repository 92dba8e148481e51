"""Values of forms: as JSON holds them, and back in the types of their model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel


def plain(values: Mapping[str, object]) -> dict[str, Any]:
    """Return values as JSON would hold them."""
    return {name: to_jsonable_python(each) for name, each in values.items()}


def typed(model: type[BaseModel], values: Mapping[str, object]) -> dict[str, object]:
    """Return remembered values in the model's types.

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
