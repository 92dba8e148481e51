"""Backtests: history replayed through a strategy, and what came of it."""
