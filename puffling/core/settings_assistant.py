"""The settings of the assistant: which model answers, and what it may cost."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from puffin.errors import ParameterError
from puffling.core.settings_trading import Section

LARGEST_MONEY = Decimal(100_000)
Money = Annotated[Decimal, Field(ge=0, le=LARGEST_MONEY)]


class Provider(StrEnum):
    """Who answers."""

    NONE = "none"
    ANTHROPIC = "anthropic"
    OPENAI = "openai compatible"
    SCRIPTED = "scripted"

    @property
    def label(self) -> str:
        """The name as everybody writes it."""
        names = {"anthropic": "Anthropic", "openai compatible": "OpenAI compatible"}
        return names.get(self.value, self.value)


class Assistant(Section):
    """Who answers in the assistant and how much it may use. Keys are in the system's keyring."""

    provider: Provider = Field(
        default=Provider.NONE,
        title="Provider",
        description="OpenAI compatible is OpenAI, or a program on this computer such as Ollama or "
        "LM Studio. Scripted is a demonstration without a model.",
    )
    anthropic_model: str = Field(
        default="",
        max_length=200,
        title="Anthropic's model",
        description="As the service lists it; empty takes the first of its list.",
    )
    anthropic_address: str = Field(
        default="",
        max_length=300,
        title="Anthropic's address",
        description="Empty is the service's own. Another one begins with https, or is on this "
        "computer.",
    )
    openai_model: str = Field(
        default="",
        max_length=200,
        title="OpenAI's model",
        description="As the service lists it; may be empty where it has only one.",
    )
    openai_address: str = Field(
        default="",
        max_length=300,
        title="OpenAI's address",
        description="Empty is OpenAI's own. Another one begins with https, or is on this "
        "computer, such as http://127.0.0.1:11434/v1; that needs no key.",
    )
    usage_per_day: int = Field(
        default=1_000_000,
        ge=0,
        le=1_000_000_000,
        title="Tokens a day",
        description="Sent and received by all conversations; a day ends at midnight in New York. "
        "What a question will send is estimated by its letters before it is sent. 0 sets no limit.",
    )
    usage_per_conversation: int = Field(
        default=500_000,
        ge=0,
        le=1_000_000_000,
        title="Tokens a conversation",
        description="0 sets no limit.",
    )
    money_per_day: Money = Field(
        default=Decimal(0),
        title="Money a day",
        description="In dollars, as the prices below count it; 0 sets no limit.",
    )
    money_per_conversation: Money = Field(
        default=Decimal(0),
        title="Money a conversation",
        description="In dollars, as the prices below count it; 0 sets no limit.",
    )
    price_input: Money = Field(
        default=Decimal(0),
        title="Price of what is sent",
        description="Dollars for a million tokens, from the service's page; 0 counts no money.",
    )
    price_output: Money = Field(
        default=Decimal(0),
        title="Price of answers",
        description="Dollars for a million tokens; 0 counts no money.",
    )
    price_cache_read: Money = Field(
        default=Decimal(0),
        title="Price of what is read from the cache",
        description="Dollars for a million tokens; 0 counts them as sent.",
    )
    price_cache_written: Money = Field(
        default=Decimal(0),
        title="Price of what is written to the cache",
        description="Dollars for a million tokens; 0 counts them as sent.",
    )
    answer_length: int = Field(
        default=4_096,
        ge=256,
        le=64_000,
        title="Longest answer",
        description="In tokens; a longer one is cut off.",
    )
    stall_seconds: int = Field(
        default=60,
        ge=10,
        le=600,
        title="Give up after",
        description="Seconds without a word from the service.",
    )
    mcp: bool = Field(
        default=False,
        title="Serve other programs",
        description="Lets `puffling mcp` offer the same tools, with the same limits, to an MCP "
        "client on this computer.",
    )

    @field_validator("anthropic_address", "openai_address")
    @classmethod
    def _safe(cls, value: str) -> str:
        return safe_address(value)


def safe_address(value: str) -> str:
    """Return an address that a key may be sent to; nothing for nothing.

    Raises:
        ValueError: It is not encrypted and not on this computer, or no address at all.
    """
    from puffin.ai.wire import address

    value = value.strip()
    if not value:
        return ""
    try:
        return address(value).url
    except ParameterError as error:
        raise ValueError(f"{error} {error.hint}") from None


def is_here(value: str) -> bool:
    """Whether an address is on this computer."""
    from puffin.ai.wire import address

    return bool(value) and address(value).local
