"""Every error the engine raises, drawn as a tree.

* PuffinError
  - DataError
    - SymbolNotFoundError   nobody lists this symbol
    - NoDataError           listed, but nothing for this period
    - BarsError             a table of prices that cannot be trusted; names the first bad row
    - RateLimitedError      the provider asks to wait
    - ProviderUnavailableError  no network, a fault on their side, or the breaker is open
  - ParameterError          a strategy, sizing or cost setting that makes no sense
  - BrokerError
    - OrderRejectedError    the broker said no, with its reason
    - OrderStateUnknownError  nobody knows whether the order arrived
    - KeysRefusedError      the broker does not know these keys, or not for this
  - CancelledError          the person stopped the work
"""

from __future__ import annotations


class PuffinError(Exception):
    """Base of every expected engine error: a sentence for the trader, and what to do next."""

    hint: str = ""

    def __init__(
        self, message: str, *, hint: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint
        self.retry_after = retry_after


class DataError(PuffinError):
    """Market data could not be had or could not be trusted."""


class SymbolNotFoundError(DataError):
    """No provider in use lists this symbol."""

    hint = "Check the spelling, or look the symbol up with Ctrl+L."


class NoDataError(DataError):
    """The symbol is known, but there is nothing for the period asked for."""

    hint = "Choose another period."


class BarsError(DataError):
    """A table of prices that cannot be trusted."""

    hint = "Correct the rows that are named and try again."


class RateLimitedError(DataError):
    """The provider asks to wait."""

    hint = "Wait a moment; cached prices stay in use."


class ProviderUnavailableError(DataError):
    """The provider cannot be reached or does not answer properly."""

    hint = "Check the network; cached prices stay in use."


class ParameterError(PuffinError):
    """A strategy, sizing or cost setting that makes no sense."""


class BrokerError(PuffinError):
    """The broker did not do what was asked."""


class OrderRejectedError(BrokerError):
    """The broker refused the order."""


class OrderStateUnknownError(BrokerError):
    """Nobody knows whether the order arrived; it must be looked up, never sent again."""

    hint = "Puffling looks the order up; do not send it again."


class KeysRefusedError(BrokerError, DataError):
    """The broker does not know these keys, or they are for another account of its."""

    hint = "Enter the keys again under Settings, Connections."


class CancelledError(PuffinError):
    """The person stopped the work."""
