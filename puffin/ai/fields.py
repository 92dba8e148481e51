"""What a service wrote, taken for what it is: any field may be missing, or be something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from puffin.ai.sse import StreamError
from puffin.ai.strict import once

if TYPE_CHECKING:
    from puffin.ai.sse import ServerEvent

LARGEST_COUNT = 1_000_000_000
LONGEST_NAME = 200
MARKUP = frozenset("<>&")


def body_of(event: ServerEvent) -> dict[str, Any]:
    """Return the object that an event carries, an empty one where it carries none.

    Raises:
        StreamError: It is no JSON, or says something twice.
    """
    if not event.data:
        return {}
    try:
        found = json.loads(event.data, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise StreamError("An event is no JSON.") from None
    return found if isinstance(found, dict) else {}


def inner(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object under a name."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def items(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects in the list under a name."""
    found = body.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def text(body: dict[str, Any], name: str) -> str:
    """Return the words under a name; halves of characters become �, as nothing can write them."""
    found = body.get(name)
    if not isinstance(found, str):
        return ""
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def name_of(written: object, most: int = LONGEST_NAME) -> str:
    """Return a name as it can be shown anywhere: nothing unseen in it, and no markup."""
    return "".join(
        each for each in str(written)[:most] if each.isprintable() and each not in MARKUP
    )


def is_name(written: object) -> bool:
    """Whether this is a name that can be shown, and said again as it was shown."""
    return isinstance(written, str) and bool(written) and name_of(written) == written


def count(body: dict[str, Any], name: str, before: int = 0) -> int:
    """Return a number of tokens, or what it was before where none is given."""
    found = body.get(name)
    return found if isinstance(found, int) and 0 <= found <= LARGEST_COUNT else before
