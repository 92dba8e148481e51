"""Orders that were kept under a name, to be written again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffling.store.database import record, records
from puffling.store.order_documents import ticket_document, ticket_from
from puffling.store.schema import DEFAULT_USER, ticket_templates

if TYPE_CHECKING:
    from sqlalchemy import Row

    from puffin.types import Ticket
    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class TicketTemplate:
    """An order by name; nothing of it is ever sent without being reviewed."""

    name: str
    ticket: Ticket


class TemplateStore:
    """Keeps orders, one under each name."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def save(self, template: TicketTemplate) -> None:
        """Store a template in the place of the one that had its name."""
        values = {"document": ticket_document(template.ticket)}
        statement = insert(ticket_templates).values(
            id=uuid.uuid4().hex, user_id=self._user, name=template.name, **values
        )
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["user_id", "name"], set_=values)
            )

    def all(self) -> list[TicketTemplate]:
        """Return every template, by name."""
        mine = ticket_templates.c.user_id == self._user
        statement = select(ticket_templates).where(mine).order_by(ticket_templates.c.name)
        with self._database.read() as connection:
            return records(connection, statement, _template)

    def get(self, name: str) -> TicketTemplate | None:
        """Return the template of that name, or None."""
        with self._database.read() as connection:
            return record(connection, select(ticket_templates).where(self._named(name)), _template)

    def remove(self, name: str) -> bool:
        """Forget the template of that name; False if there was none."""
        with self._database.write() as connection:
            return (
                connection.execute(delete(ticket_templates).where(self._named(name))).rowcount > 0
            )

    def _named(self, name: str) -> Any:  # noqa: ANN401 - SQLAlchemy's conditions are untyped here
        return (ticket_templates.c.user_id == self._user) & (ticket_templates.c.name == name)


def _template(row: Row[Any]) -> TicketTemplate:
    return TicketTemplate(row.name, ticket_from(row.document))
