"""Charts: candles, studies, equity curves, and what is under the pointer."""
