"""Risk: pre-trade limits, sizing, value at risk, concentration and stress."""
