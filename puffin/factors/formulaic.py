"""The formulaic alphas of Kakushadze (2016) that prices and volume suffice for, in our language.

Z. Kakushadze, "101 Formulaic Alphas", Wilmott 2016 (arXiv:1601.00991), appendix A. Windows that are
no whole numbers there are cut to whole ones, as the paper says. The volume-weighted price of a bar
is not known, so the typical price stands in for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMULAS: Final[Mapping[int, str]] = {
    1: ("rank(ts_argmax(signed_power(where(returns < 0, std(returns, 20), close), 2), 5)) - 0.5"),
    2: "-1 * corr(rank(delta(log(volume), 2)), rank((close - open) / open), 6)",
    3: "-1 * corr(rank(open), rank(volume), 10)",
    4: "-1 * ts_rank(rank(low), 9)",
    5: "rank(open - sum(vwap, 10) / 10) * (-1 * abs(rank(close - vwap)))",
    6: "-1 * corr(open, volume, 10)",
    7: (
        "where(adv20 < volume, -1 * ts_rank(abs(delta(close, 7)), 60) * sign(delta(close, 7)), -1)"
    ),
    8: ("-1 * rank(sum(open, 5) * sum(returns, 5) - delay(sum(open, 5) * sum(returns, 5), 10))"),
    9: (
        "where(0 < ts_min(delta(close, 1), 5), delta(close, 1), where(ts_max(delta(close, 1), 5) "
        "< 0, delta(close, 1), -1 * delta(close, 1)))"
    ),
    10: (
        "rank(where(0 < ts_min(delta(close, 1), 4), delta(close, 1), where(ts_max(delta(close, "
        "1), 4) < 0, delta(close, 1), -1 * delta(close, 1))))"
    ),
    11: (
        "(rank(ts_max(vwap - close, 3)) + rank(ts_min(vwap - close, 3))) * rank(delta(volume, 3))"
    ),
    12: "sign(delta(volume, 1)) * (-1 * delta(close, 1))",
    13: "-1 * rank(cov(rank(close), rank(volume), 5))",
    14: "-1 * rank(delta(returns, 3)) * corr(open, volume, 10)",
    15: "-1 * sum(rank(corr(rank(high), rank(volume), 3)), 3)",
    16: "-1 * rank(cov(rank(high), rank(volume), 5))",
    17: (
        "-1 * rank(ts_rank(close, 10)) * rank(delta(delta(close, 1), 1)) * rank(ts_rank(volume / "
        "adv20, 5))"
    ),
    18: "-1 * rank(std(abs(close - open), 5) + (close - open) + corr(close, open, 10))",
    19: (
        "-1 * sign(close - delay(close, 7) + delta(close, 7)) * (1 + rank(1 + sum(returns, 250)))"
    ),
    20: (
        "-1 * rank(open - delay(high, 1)) * rank(open - delay(close, 1)) * rank(open - delay(low, "
        "1))"
    ),
    21: (
        "where(sum(close, 8) / 8 + std(close, 8) < sum(close, 2) / 2, -1, where(sum(close, 2) / 2 "
        "< sum(close, 8) / 8 - std(close, 8), 1, where(1 < volume / adv20 or volume / adv20 == 1, "
        "1, -1)))"
    ),
    22: "-1 * (delta(corr(high, volume, 5), 5) * rank(std(close, 20)))",
    23: "where(sum(high, 20) / 20 < high, -1 * delta(high, 2), 0)",
    24: (
        "where(delta(sum(close, 100) / 100, 100) / delay(close, 100) < 0.05 or delta(sum(close, "
        "100) / 100, 100) / delay(close, 100) == 0.05, -1 * (close - ts_min(close, 100)), -1 * "
        "delta(close, 3))"
    ),
    25: "rank(-1 * returns * adv20 * vwap * (high - close))",
    26: "-1 * ts_max(corr(ts_rank(volume, 5), ts_rank(high, 5), 5), 3)",
    27: "where(0.5 < rank(sum(corr(rank(volume), rank(vwap), 6), 2) / 2), -1, 1)",
    28: "scale(corr(adv20, low, 5) + (high + low) / 2 - close)",
    29: (
        "ts_min(product(rank(rank(scale(log(sum(ts_min(rank(rank(-1 * rank(delta(close - 1, "
        "5)))), 2), 1))))), 1), 5) + ts_rank(delay(-1 * returns, 6), 5)"
    ),
    30: (
        "(1 - rank(sign(close - delay(close, 1)) + sign(delay(close, 1) - delay(close, 2)) + "
        "sign(delay(close, 2) - delay(close, 3)))) * sum(volume, 5) / sum(volume, 20)"
    ),
    31: (
        "rank(rank(rank(decay_linear(-1 * rank(rank(delta(close, 10))), 10)))) + rank(-1 * "
        "delta(close, 3)) + sign(scale(corr(adv20, low, 12)))"
    ),
    32: "scale(sum(close, 7) / 7 - close) + 20 * scale(corr(vwap, delay(close, 5), 230))",
    33: "rank(-1 * (1 - open / close) ** 1)",
    34: "rank(1 - rank(std(returns, 2) / std(returns, 5)) + (1 - rank(delta(close, 1))))",
    35: (
        "ts_rank(volume, 32) * (1 - ts_rank(close + high - low, 16)) * (1 - ts_rank(returns, 32))"
    ),
    36: (
        "2.21 * rank(corr(close - open, delay(volume, 1), 15)) + 0.7 * rank(open - close) + 0.73 "
        "* rank(ts_rank(delay(-1 * returns, 6), 5)) + rank(abs(corr(vwap, adv20, 6))) + 0.6 * "
        "rank((sum(close, 200) / 200 - open) * (close - open))"
    ),
    37: "rank(corr(delay(open - close, 1), close, 200)) + rank(open - close)",
    38: "-1 * rank(ts_rank(close, 10)) * rank(close / open)",
    39: (
        "-1 * rank(delta(close, 7) * (1 - rank(decay_linear(volume / adv20, 9)))) * (1 + "
        "rank(sum(returns, 250)))"
    ),
    40: "-1 * rank(std(high, 10)) * corr(high, volume, 10)",
    41: "(high * low) ** 0.5 - vwap",
    42: "rank(vwap - close) / rank(vwap + close)",
    43: "ts_rank(volume / adv20, 20) * ts_rank(-1 * delta(close, 7), 8)",
    44: "-1 * corr(high, rank(volume), 5)",
    45: (
        "-1 * (rank(sum(delay(close, 5), 20) / 20) * corr(close, volume, 2) * "
        "rank(corr(sum(close, 5), sum(close, 20), 2)))"
    ),
    46: (
        "where(0.25 < (delay(close, 20) - delay(close, 10)) / 10 - (delay(close, 10) - close) / "
        "10, -1, where((delay(close, 20) - delay(close, 10)) / 10 - (delay(close, 10) - close) / "
        "10 < 0, 1, -1 * (close - delay(close, 1))))"
    ),
    47: (
        "rank(1 / close) * volume / adv20 * (high * rank(high - close) / (sum(high, 5) / 5)) - "
        "rank(vwap - delay(vwap, 5))"
    ),
    49: (
        "where((delay(close, 20) - delay(close, 10)) / 10 - (delay(close, 10) - close) / 10 < -1 "
        "* 0.1, 1, -1 * (close - delay(close, 1)))"
    ),
    50: "-1 * ts_max(rank(corr(rank(volume), rank(vwap), 5)), 5)",
    51: (
        "where((delay(close, 20) - delay(close, 10)) / 10 - (delay(close, 10) - close) / 10 < -1 "
        "* 0.05, 1, -1 * (close - delay(close, 1)))"
    ),
    52: (
        "(-1 * ts_min(low, 5) + delay(ts_min(low, 5), 5)) * rank((sum(returns, 240) - "
        "sum(returns, 20)) / 220) * ts_rank(volume, 5)"
    ),
    53: "-1 * delta((close - low - (high - close)) / (close - low), 9)",
    54: "-1 * ((low - close) * open ** 5) / ((low - high) * close ** 5)",
    55: (
        "-1 * corr(rank((close - ts_min(low, 12)) / (ts_max(high, 12) - ts_min(low, 12))), "
        "rank(volume), 6)"
    ),
    57: "0 - 1 * ((close - vwap) / decay_linear(rank(ts_argmax(close, 30)), 2))",
    60: (
        "0 - 1 * (2 * scale(rank((close - low - (high - close)) / (high - low) * volume)) - "
        "scale(rank(ts_argmax(close, 10))))"
    ),
    61: "rank(vwap - ts_min(vwap, 16)) < rank(corr(vwap, adv180, 17))",
    62: (
        "(rank(corr(vwap, sum(adv20, 22), 9)) < rank(rank(open) + rank(open) < rank((high + low) "
        "/ 2) + rank(high))) * -1"
    ),
    64: (
        "(rank(corr(sum(open * 0.178404 + low * (1 - 0.178404), 12), sum(adv120, 12), 16)) < "
        "rank(delta((high + low) / 2 * 0.178404 + vwap * (1 - 0.178404), 3))) * -1"
    ),
    65: (
        "(rank(corr(open * 0.00817205 + vwap * (1 - 0.00817205), sum(adv60, 8), 6)) < rank(open - "
        "ts_min(open, 13))) * -1"
    ),
    66: (
        "(rank(decay_linear(delta(vwap, 3), 7)) + ts_rank(decay_linear((low * 0.96633 + low * (1 "
        "- 0.96633) - vwap) / (open - (high + low) / 2), 11), 6)) * -1"
    ),
    68: (
        "(ts_rank(corr(rank(high), rank(adv15), 8), 13) < rank(delta(close * 0.518371 + low * (1 "
        "- 0.518371), 1))) * -1"
    ),
    71: (
        "max(ts_rank(decay_linear(corr(ts_rank(close, 3), ts_rank(adv180, 12), 18), 4), 15), "
        "ts_rank(decay_linear(rank(low + open - (vwap + vwap)) ** 2, 16), 4))"
    ),
    72: (
        "rank(decay_linear(corr((high + low) / 2, adv40, 8), 10)) / "
        "rank(decay_linear(corr(ts_rank(vwap, 3), ts_rank(volume, 18), 6), 2))"
    ),
    73: (
        "max(rank(decay_linear(delta(vwap, 4), 2)), ts_rank(decay_linear(delta(open * 0.147155 + "
        "low * (1 - 0.147155), 2) / (open * 0.147155 + low * (1 - 0.147155)) * -1, 3), 16)) * -1"
    ),
    74: (
        "(rank(corr(close, sum(adv30, 37), 15)) < rank(corr(rank(high * 0.0261661 + vwap * (1 - "
        "0.0261661)), rank(volume), 11))) * -1"
    ),
    75: "rank(corr(vwap, volume, 4)) < rank(corr(rank(low), rank(adv50), 12))",
    77: (
        "min(rank(decay_linear((high + low) / 2 + high - (vwap + high), 20)), "
        "rank(decay_linear(corr((high + low) / 2, adv40, 3), 5)))"
    ),
    78: (
        "rank(corr(sum(low * 0.352233 + vwap * (1 - 0.352233), 19), sum(adv40, 19), 6)) ** "
        "rank(corr(rank(vwap), rank(volume), 5))"
    ),
    81: (
        "(rank(log(product(rank(rank(corr(vwap, sum(adv10, 49), 8)) ** 4), 14))) < "
        "rank(corr(rank(vwap), rank(volume), 5))) * -1"
    ),
    83: (
        "rank(delay((high - low) / (sum(close, 5) / 5), 2)) * rank(rank(volume)) / ((high - low) "
        "/ (sum(close, 5) / 5) / (vwap - close))"
    ),
    84: "signed_power(ts_rank(vwap - ts_max(vwap, 15), 20), delta(close, 4))",
    85: (
        "rank(corr(high * 0.876703 + close * (1 - 0.876703), adv30, 9)) ** "
        "rank(corr(ts_rank((high + low) / 2, 3), ts_rank(volume, 10), 7))"
    ),
    86: ("(ts_rank(corr(close, sum(adv20, 14), 6), 20) < rank(open + close - (vwap + open))) * -1"),
    88: (
        "min(rank(decay_linear(rank(open) + rank(low) - (rank(high) + rank(close)), 8)), "
        "ts_rank(decay_linear(corr(ts_rank(close, 8), ts_rank(adv60, 20), 8), 6), 2))"
    ),
    92: (
        "min(ts_rank(decay_linear((high + low) / 2 + close < low + open, 14), 18), "
        "ts_rank(decay_linear(corr(rank(low), rank(adv30), 7), 6), 6))"
    ),
    94: (
        "rank(vwap - ts_min(vwap, 11)) ** ts_rank(corr(ts_rank(vwap, 19), ts_rank(adv60, 4), 18), "
        "2) * -1"
    ),
    95: (
        "rank(open - ts_min(open, 12)) < ts_rank(rank(corr(sum((high + low) / 2, 19), sum(adv40, "
        "19), 12)) ** 5, 11)"
    ),
    96: (
        "max(ts_rank(decay_linear(corr(rank(vwap), rank(volume), 3), 4), 8), "
        "ts_rank(decay_linear(ts_argmax(corr(ts_rank(close, 7), ts_rank(adv60, 4), 3), 12), 14), "
        "13)) * -1"
    ),
    98: (
        "rank(decay_linear(corr(vwap, sum(adv5, 26), 4), 7)) - "
        "rank(decay_linear(ts_rank(ts_argmin(corr(rank(open), rank(adv15), 20), 8), 6), 8))"
    ),
    99: (
        "(rank(corr(sum((high + low) / 2, 19), sum(adv60, 19), 8)) < rank(corr(low, volume, 6))) "
        "* -1"
    ),
    101: "(close - open) / (high - low + 0.001)",
}
# What the others need, and no source in use has.
INDUSTRIES: Final = (48, 58, 59, 63, 67, 69, 70, 76, 79, 80, 82, 87, 89, 90, 91, 93, 97, 100)
CAPITALISATION: Final = (56,)
