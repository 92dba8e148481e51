"""What another process asks of the one that holds the profile, and the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy import insert as plain_insert

from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, requests

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database


class RequestState(StrEnum):
    """Where a request is in its life."""

    WAITING = "waiting"  # nobody has taken it
    RUNNING = "running"  # the holder works on it
    ASKING = "asking"  # the holder has a question for the one who asks
    ANSWERED = "answered"  # the question has an answer that the holder has not read
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"  # too old to be carried out

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to the request."""
        return self in _OVER


_OVER = frozenset({RequestState.DONE, RequestState.FAILED, RequestState.EXPIRED})


@dataclass(frozen=True, slots=True)
class Request:
    """A command that another process wants run here; `result` and `values` are plain values."""

    id: str
    command: str
    values: dict[str, Any]
    actor: str
    created_at: datetime
    expires_at: datetime
    state: RequestState = RequestState.WAITING
    question: str = ""
    answer: str = ""
    result: Any = field(default=None)
    error: str = ""


class RequestStore:
    """Keeps requests. Every change of state is one that only one process can make."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(self, request: Request) -> None:
        """Ask."""
        statement = plain_insert(requests).values(
            {
                "id": request.id,
                "user_id": self._user,
                "command": request.command,
                "values": request.values,
                "actor": request.actor,
                "created_at": request.created_at,
                "expires_at": request.expires_at,
                "state": request.state.value,
                "question": request.question,
                "answer": request.answer,
                "result": request.result,
                "error": request.error,
            }
        )
        with self._database.write() as connection:
            connection.execute(statement)

    def get(self, id_: str) -> Request | None:
        """Return the request, or None."""
        with self._database.read() as connection:
            return record(connection, select(requests).where(requests.c.id == id_), _request)

    def waiting(self) -> list[Request]:
        """Return what nobody has taken yet, oldest first; some may have expired."""
        statement = (
            select(requests)
            .where(requests.c.user_id == self._user, requests.c.state == RequestState.WAITING.value)
            .order_by(requests.c.created_at, requests.c.id)
        )
        with self._database.read() as connection:
            return records(connection, statement, _request)

    def set_state(self, id_: str, state: RequestState, *, was: RequestState | None = None) -> bool:
        """Move the request on; False if it is over, or is not where `was` expects it."""
        return self._change(id_, was, state=state.value)

    def take(self, id_: str) -> bool:
        """Take a waiting request to run it; False if another was quicker."""
        return self.set_state(id_, RequestState.RUNNING, was=RequestState.WAITING)

    def set_question(self, id_: str, question: str) -> bool:
        """Ask the one who asks; an answer to an earlier question is none to this one."""
        return self._change(
            id_, None, state=RequestState.ASKING.value, question=question, answer=""
        )

    def set_answer(self, id_: str, answer: str) -> bool:
        """Answer the holder's question; False if there is none."""
        return self._change(
            id_, RequestState.ASKING, state=RequestState.ANSWERED.value, answer=answer
        )

    def set_result(self, id_: str, result: object) -> bool:
        """Say that the command is done and what it returned, as plain values."""
        return self._change(id_, None, state=RequestState.DONE.value, result=result)

    def set_error(self, id_: str, error: str) -> bool:
        """Say why the command was not carried out."""
        return self._change(id_, None, state=RequestState.FAILED.value, error=error)

    def abandon(self, error: str) -> int:
        """End what an earlier holder took and never answered, and return how many."""
        left = (RequestState.RUNNING, RequestState.ASKING, RequestState.ANSWERED)
        statement = (
            update(requests)
            .where(
                requests.c.user_id == self._user,
                requests.c.state.in_([each.value for each in left]),
            )
            .values(state=RequestState.FAILED.value, error=error)
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount

    def purge(self, before: datetime) -> int:
        """Remove requests made before then, and return how many."""
        statement = delete(requests).where(
            requests.c.user_id == self._user, requests.c.created_at < before
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount

    def _change(self, id_: str, was: RequestState | None, **values: object) -> bool:
        over = [each.value for each in _OVER]
        fits = requests.c.state.not_in(over) if was is None else requests.c.state == was.value
        statement = update(requests).where(requests.c.id == id_, fits).values(**values)
        with self._database.write() as connection:
            return connection.execute(statement).rowcount > 0


def _request(row: Row[Any]) -> Request:
    values = row._mapping  # noqa: SLF001 - the public name of a column called "values"
    return Request(
        id=row.id,
        command=row.command,
        values=dict(values["values"]),
        actor=row.actor,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=RequestState(row.state),
        question=row.question,
        answer=row.answer,
        result=row.result,
        error=row.error,
    )
