"""Long jobs: what ran, how it ended, and what a crash cut short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from puffling.core.events import JobState
from puffling.store.database import records
from puffling.store.schema import DEFAULT_USER, jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database

_GOING = tuple(each.value for each in JobState if not each.is_over)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job. `progress` runs from 0 to 1; None when it cannot be known."""

    id: str
    title: str
    state: JobState
    started_at: datetime
    progress: float | None = None
    message: str = ""
    panel: str = ""
    ended_at: datetime | None = None


class JobStore:
    """Keeps jobs."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def save(self, job: JobRecord) -> None:
        """Store the job, new or changed."""
        values = {
            "title": job.title,
            "state": job.state.value,
            "started_at": job.started_at,
            "progress": job.progress,
            "message": job.message,
            "panel": job.panel,
            "ended_at": job.ended_at,
        }
        statement = insert(jobs).values(id=job.id, user_id=self._user, **values)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def all(self, limit: int = 200) -> list[JobRecord]:
        """Return the latest jobs, newest first."""
        statement = (
            select(jobs)
            .where(jobs.c.user_id == self._user)
            .order_by(jobs.c.started_at.desc(), jobs.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _job)

    def interrupt_running(self, at: datetime) -> list[JobRecord]:
        """Mark every job that still runs as interrupted, and return them.

        Call it at start-up, when nothing can be running yet.
        """
        going = jobs.c.state.in_(_GOING) & (jobs.c.user_id == self._user)
        with self._database.write() as connection:
            ids = [row.id for row in connection.execute(select(jobs.c.id).where(going))]
            connection.execute(
                update(jobs).where(going).values(state=JobState.INTERRUPTED.value, ended_at=at)
            )
            return records(
                connection,
                select(jobs).where(jobs.c.id.in_(ids)).order_by(jobs.c.started_at),
                _job,
            )


def _job(row: Row[Any]) -> JobRecord:
    return JobRecord(
        id=row.id,
        title=row.title,
        state=JobState(row.state),
        started_at=row.started_at,
        progress=row.progress,
        message=row.message,
        panel=row.panel,
        ended_at=row.ended_at,
    )
