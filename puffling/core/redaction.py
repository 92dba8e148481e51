"""What must never be written down, and how it is blotted out."""

from __future__ import annotations

import re
import threading

HIDDEN = "•••"
_SHORTEST = 6  # a shorter value would blot out ordinary words
_SHOWN_DIGITS = 3  # of an account number

# A name is tried once for each word, so that a long word without an end takes no time.
_NAME = (
    r"(?<![\w.\-])[\w.\-]*(?:api[\w\-]?key|secret|token|passw(?:or)?d|passphrase|credential|authorization"
    r"|(?:private|access)[\w\-]?key|key[\w\-]?id)[\w\-]*+|\bkey(?==)"
)
_SECRET_NAME = re.compile(rf"(?i)(?:{_NAME}|key|pin|auth)")
_PAIR = re.compile(
    rf"(?i)({_NAME})"  # a name that says what it is
    r"(['\"]?\s*(?:=>|[:=]|(?<=['\"]),)\s*)"  # what joins it to its value
    r"((?:bearer|basic)\s+)?"
    r"b?(\"[^\"]*\"|'[^']*'|[^\s,;&'\"}\])]+)"  # the value
)
# Words that begin a sentence about secrets; none of them is one.
_PROSE = re.compile(
    r"(?i)(?:an?|all|and|any|are|as|at|by|every|for|from|how|if|in|is|it|its|kept|missing|must|never"
    r"|no|none|not|nothing|null|of|on|only|or|our|set|that|the|their|there|these|they|this|to|true"
    r"|false|unknown|was|we|were|what|when|where|which|who|why|will|with|you|your)\Z"
)
# How many tokens a model read is no token.
_COUNT = re.compile(r"[0-9][0-9,._]{0,11}\Z")
_COUNTED = re.compile(r"(?i)tokens\b")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=\-]{6,}")
_SHAPES = re.compile(
    r"\bsk-[\w\-]{12,}"  # Anthropic and OpenAI
    r"|\b[PAC]K[A-Z0-9]{14,}\b"  # Alpaca
    r"|\beyJ[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]*"  # JSON web tokens
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
_IN_ADDRESS = re.compile(r"(://)[^/\s:@]+:[^/\s@]+@")
_ACCOUNTS = (
    re.compile(r"(?i)(\baccount\D{0,20})(\d{6,})"),
    re.compile(r"\b(PA3)([A-Z0-9]{9})\b"),  # Alpaca
    re.compile(r"\b(D?[UF])(\d{6,8})\b"),  # Interactive Brokers
)

_known: set[str] = set()
_lock = threading.Lock()


def conceal(value: str) -> None:
    """Blot out this very text from now on, wherever it appears."""
    if len(value) >= _SHORTEST:
        with _lock:
            _known.add(value)


def redact(text: str) -> str:
    """Return `text` without keys, tokens, passwords and full account numbers."""
    with _lock:
        known = sorted(_known, key=len, reverse=True)
    for value in known:
        text = text.replace(value, HIDDEN)
    text = _SHAPES.sub(HIDDEN, text)
    text = _PAIR.sub(_blot, text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _IN_ADDRESS.sub(rf"\1{HIDDEN}@", text)
    for account in _ACCOUNTS:
        text = account.sub(_shorten, text)
    return text


def looks_secret(name: str, value: object = None) -> bool:
    """Whether a name says that its value is a secret, or the value has the shape of one."""
    if _SECRET_NAME.fullmatch(name):
        return True
    if isinstance(value, str):
        return bool(_SHAPES.search(value) or _BEARER.search(value))
    if isinstance(value, dict):
        return any(looks_secret(str(key), each) for key, each in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return any(looks_secret("", each) for each in value)
    return False


def _blot(found: re.Match[str]) -> str:
    name, joint, scheme, value = found.groups()
    harmless = _PROSE.match(value) or (_COUNTED.search(name) and _COUNT.match(value))
    return found[0] if harmless and not scheme else f"{name}{joint}{scheme or ''}{HIDDEN}"


def _shorten(found: re.Match[str]) -> str:
    return f"{found[1]}{HIDDEN}{found[2][-_SHOWN_DIGITS:]}"
