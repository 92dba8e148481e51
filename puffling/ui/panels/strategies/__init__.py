"""Strategies: the library, the editor of rules, and what they say at the last close."""
