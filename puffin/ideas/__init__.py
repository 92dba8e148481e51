"""Ideas: what to look at and why, by rules that are shown; never advice without its reasons."""
