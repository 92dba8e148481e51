"""What a person put into the inbox can be taken back by undo, as long as it waits there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.store.inbox import ItemState

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.commands.context import Context
    from puffling.services.inbox import InboxService
    from puffling.store.inbox import InboxItem

PEOPLE = frozenset({"desk", "terminal"})  # what programs propose is theirs to withdraw


class Posted:
    """A proposal of the person's own: taken back while it waits, and posted again after that."""

    def __init__(
        self, inbox: InboxService, item: InboxItem, by: str, account: Callable[[], str]
    ) -> None:
        self._inbox, self._item, self._by = inbox, item, by
        self._account = account  # the one in use

    @property
    def words(self) -> str:
        """What it is called in the list of what can be taken back."""
        return f"Proposal in the inbox: {self._item.title}"

    def back(self) -> None:
        """Withdraw it; the history keeps it."""
        self._item = self._inbox.withdraw(self._item.id, self._by, "Taken back.")

    def again(self) -> None:
        """Post it once more, as it was when it was taken back; it waits as long as before."""
        item = self._item
        posted = self._inbox.post(
            item.source,
            item.tickets,
            item.reason,
            title=item.title,
            expires=item.expires_at - item.created_at,
        )
        self._item = self._inbox.get(posted)

    def stands(self) -> bool:
        """Whether it waits, or was taken back here; not once it was decided, ran out or left."""
        if self._item.account != self._account():
            return False  # an order for one account is none for another
        if self._item.state is ItemState.WITHDRAWN:
            return True
        return any(each.id == self._item.id for each in self._inbox.waiting())


def note_posted(context: Context, id_: str) -> None:
    """Let what was just put into the inbox be taken back, if a person did it."""
    if context.actor not in PEOPLE:
        return
    item, portfolio = context.inbox.get(id_), context.portfolio
    posted = Posted(context.inbox, item, context.actor, lambda: portfolio.account.id)
    context.undo.note(posted.words, posted.back, posted.again, posted.stands)


__all__ = ["PEOPLE", "Posted", "note_posted"]
