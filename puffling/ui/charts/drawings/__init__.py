"""Drawings on a chart: their shapes, how they are laid out, painted, made and moved."""
