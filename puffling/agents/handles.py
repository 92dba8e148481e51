"""Long tables, kept for a conversation while it lasts, so that a model can page through them."""

from __future__ import annotations


class Handles:
    """Tables by handle; the oldest of a conversation are let go of."""

    def drop(self, conversation: str) -> None:
        """Let go of everything of a conversation."""
        del conversation
