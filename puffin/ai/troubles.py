"""What services say when they do not answer, put into words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.ai.base import ModelError, Trouble

if TYPE_CHECKING:
    from typing import Any

LONGEST_QUOTE = 200
SETTINGS = "Settings, Assistant"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What came instead of an answer."""

    status: int
    kind: str = ""  # the service's own words for it
    message: str = ""
    retry_after: float | None = None

    @classmethod
    def of(cls, status: int, body: object, headers: Mapping[str, str]) -> Refusal:
        """Read a body as either service writes it, or as somebody between writes it."""
        inner = body.get("error", body) if isinstance(body, Mapping) else {}
        found: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {"message": inner}
        details = found.get("details")
        more = details.get("error_code") if isinstance(details, Mapping) else None
        kinds = (found.get("type"), found.get("code"), more)
        said = found.get("message")
        return cls(
            status,
            " ".join(each for each in kinds if isinstance(each, str)),
            said if isinstance(said, str) else "",
            _seconds(headers),
        )

    @property
    def trouble(self) -> Trouble:
        """What it means."""
        for pattern, trouble in KINDS:
            if re.search(pattern, f"{self.kind} {self.message}", re.IGNORECASE):
                return trouble
        if self.status in STATUSES:
            return STATUSES[self.status]
        return Trouble.SERVICE if self.status >= 500 or self.status < 300 else Trouble.REQUEST  # noqa: PLR2004 - HTTP's own

    def error(self, name: str, model: str, key: str) -> ModelError:
        """Return it in words; `key` is never among them."""
        trouble = self.trouble
        sentence, hint = WORDS[trouble]
        if trouble in {Trouble.REQUEST, Trouble.SERVICE} and (quoted := self._quoted(key)):
            sentence += f" It says: {quoted}"
        if trouble in {Trouble.RATE, Trouble.OVERLOADED} and self.retry_after:
            hint = f"Ask again in {_span(self.retry_after)}."
        return ModelError(
            sentence.format(name=name, model=model or "asked for"),
            trouble,
            hint=hint.format(name=name, settings=SETTINGS),
            retry_after=self.retry_after,
        )

    def _quoted(self, key: str) -> str:
        said = " ".join(self.message.split())
        if key:
            said = said.replace(key, "…")
        said = "".join(each for each in said if each.isprintable())
        said = said.replace("{", "(").replace("}", ")")
        return said if len(said) <= LONGEST_QUOTE else said[: LONGEST_QUOTE - 1] + "…"


STATUSES = {
    401: Trouble.KEYS,
    402: Trouble.CREDIT,
    403: Trouble.KEYS,
    404: Trouble.MODEL,
    408: Trouble.NETWORK,
    413: Trouble.TOO_LONG,
    429: Trouble.RATE,
    502: Trouble.OVERLOADED,
    503: Trouble.OVERLOADED,
    504: Trouble.OVERLOADED,
    529: Trouble.OVERLOADED,
}
# What says more than the status does; the first that is found counts.
KINDS = (
    (r"insufficient_quota|billing_error|credit balance is too low|spend_limit", Trouble.CREDIT),
    (
        "context_length_exceeded|maximum context length|prompt is too long|context.(size|window)",
        Trouble.TOO_LONG,
    ),
    (r"overloaded_error|engine_overloaded", Trouble.OVERLOADED),
    (r"rate_limit", Trouble.RATE),
    (r"authentication_error|invalid_api_key|permission_error", Trouble.KEYS),
    (r"model_not_found|not_found_error", Trouble.MODEL),
)
WORDS = {
    Trouble.LIBRARY: (
        "What talks to {name} is not installed.",
        "Install Puffling again; the rest of it works without.",
    ),
    Trouble.KEYS: (
        "{name} does not accept this key.",
        "Enter the key again under {settings}, and test it there.",
    ),
    Trouble.CREDIT: (
        "The account at {name} has no credit or quota left.",
        "Add credit there, or choose another service under {settings}.",
    ),
    Trouble.RATE: ("{name} is asked too much at once.", "Ask again in a minute."),
    Trouble.OVERLOADED: ("{name} is overloaded.", "Nothing is wrong here. Ask again in a minute."),
    Trouble.TOO_LONG: (
        "The conversation does not fit the model {model}.",
        "Begin a new conversation, or choose a model that takes more.",
    ),
    Trouble.MODEL: (
        "{name} does not know the model {model}, or not at this address.",
        "Choose a model and check the address under {settings}.",
    ),
    Trouble.REQUEST: ("{name} does not take the question.", "Ask in another way."),
    Trouble.NETWORK: (
        "{name} cannot be reached, or the connection broke.",
        "Check the network and the address under {settings}, then ask again.",
    ),
    Trouble.SERVICE: ("{name} failed.", "It is at their end. Ask again."),
}


def trouble_error(trouble: Trouble, name: str) -> ModelError:
    """Return an error that needs no words of the service."""
    sentence, hint = WORDS[trouble]
    return ModelError(
        sentence.format(name=name, model=""),
        trouble,
        hint=hint.format(name=name, settings=SETTINGS),
    )


def surroundings_error(name: str) -> ModelError:
    """Return that this computer names a proxy or certificates that cannot be used."""
    return ModelError(
        f"{name} cannot be reached through the proxy or the certificates that this computer names.",
        Trouble.NETWORK,
        hint="Correct the variables HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE, or remove them, "
        "and start Puffling again. A SOCKS proxy cannot be used.",
    )


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Return how long the service asks to wait, where it says so in seconds."""
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)\s*", headers.get("retry-after", ""))
    return float(found[1]) if found else None


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{max(1, round(seconds))} seconds"
