"""Risk: pre-trade limits."""
