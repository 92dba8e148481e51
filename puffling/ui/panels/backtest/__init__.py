"""Backtest: try a strategy on the past, and keep what came of it."""
