"""One symbol, two spellings: class shares and crypto pairs, as brokers and as Yahoo write them.

Ours is the broker's: BRK.B and BTC/USD. Yahoo's is BRK-B and BTC-USD.
"""

from __future__ import annotations

import re

_CLASS = re.compile(r"([A-Z]{1,5})\.([ABC])")  # other letters are exchanges at Yahoo: VOD.L
_YAHOO_CLASS = re.compile(r"([A-Z]{1,5})-([ABC])")
_PAIR = re.compile(r"([A-Z0-9]{2,10})/(USD|USDT|USDC|BTC)")
_YAHOO_PAIR = re.compile(r"([A-Z0-9]{2,10})-(USD|USDT|USDC|BTC)")


def yahoo_name(symbol: str) -> str:
    """Return how Yahoo Finance writes `symbol`.

    Example:
        >>> yahoo_name("BRK.B"), yahoo_name("VOD.L"), yahoo_name("BTC/USD")
        ('BRK-B', 'VOD.L', 'BTC-USD')
    """
    found = _CLASS.fullmatch(symbol) or _PAIR.fullmatch(symbol)
    return symbol if found is None else "-".join(found.groups())


def our_name(symbol: str) -> str:
    """Return how brokers, and so we, write what Yahoo Finance may have written.

    Example:
        >>> our_name("BRK-B"), our_name("BRK.B"), our_name("BTC-USD")
        ('BRK.B', 'BRK.B', 'BTC/USD')
    """
    share, pair = _YAHOO_CLASS.fullmatch(symbol), _YAHOO_PAIR.fullmatch(symbol)
    if share is not None:
        return ".".join(share.groups())
    return symbol if pair is None else "/".join(pair.groups())
