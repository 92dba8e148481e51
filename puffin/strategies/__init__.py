"""Strategies: pure functions from bars to signals, with typed parameters."""
