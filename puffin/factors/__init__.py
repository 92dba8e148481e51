"""Factors: indicators computed from bars."""
