"""What Alpaca's answers mean: exact numbers, a definite no, or nothing that can be relied on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from puffin.errors import KeysRefusedError

BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class RefusedError(Exception):
    """Alpaca said no: a definite answer."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class UnansweredError(Exception):
    """Nobody knows whether Alpaca did it: no answer, a fault of theirs, or one without sense.

    `status` is the answer's, 0 when none came.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


def read_answer(status: int, text: str) -> Any:  # noqa: ANN401 - JSON, with exact decimals
    """Return what an answer says, or raise what it means.

    Raises:
        RefusedError: A 4xx with Alpaca's reason.
        KeysRefusedError: A 4xx about the keys.
        UnansweredError: Anything else.
    """
    parsed, readable = _parsed(text)
    if status < HTTPStatus.MULTIPLE_CHOICES and readable:
        return parsed
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnansweredError(f"Alpaca has a fault of its own ({status}).", status)
    if status in BUSY:
        raise UnansweredError(f"Alpaca is too busy to answer ({status}).", status)
    message = parsed.get("message") if isinstance(parsed, dict) else None
    if status < HTTPStatus.BAD_REQUEST or not isinstance(message, str):
        raise UnansweredError(f"Alpaca's answer cannot be read ({status}).", status)
    code = parsed.get("code")
    code = code if isinstance(code, int) else 0
    keyless = status == HTTPStatus.FORBIDDEN and (
        not code or "request is not authorized" in message
    )
    if status == HTTPStatus.UNAUTHORIZED or keyless:
        raise KeysRefusedError("Alpaca does not accept these keys.")
    raise RefusedError(status, code, message)


def _parsed(text: str) -> tuple[Any, bool]:
    if not text:
        return None, True
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant), True
    except ValueError:
        return None, False


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def decimal(value: object) -> Decimal | None:
    """Return a number; None when there is none."""
    if value is None or isinstance(value, bool):
        return None
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return None
    return read if read.is_finite() else None


def moment(value: object) -> datetime | None:
    """Return a time, aware UTC; None when there is none."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
