"""Execution: how orders fill, what they cost, and the cash and positions that follow."""
