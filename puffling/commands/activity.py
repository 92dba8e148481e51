"""Commands about what the desk does and did: jobs, notices, the audit log."""

from __future__ import annotations

from typing import Any

from puffling.commands.context import Context
from puffling.commands.registry import Effect, command
from puffling.commands.words import Id, Limit
from puffling.store.audit import AuditEntry
from puffling.store.jobs import JobRecord
from puffling.store.notifications import Notification


@command("job.list", "Jobs", menu=None, effect=Effect.LOOK, words="running progress")
async def list_jobs(context: Context, limit: Limit = 50) -> list[JobRecord]:
    """List the latest jobs, newest first."""
    return context.jobs.recent(limit)


@command("job.cancel", "Cancel job…", menu=None, effect=Effect.CHANGE, words="stop abort")
async def cancel_job(context: Context, id: Id) -> None:  # noqa: A002 - what the list calls it
    """Stop a running job."""
    context.jobs.cancel(id)


@command("notice.list", "Notifications", menu=None, effect=Effect.LOOK, words="inbox messages")
async def list_notices(context: Context, limit: Limit = 50) -> list[Notification]:
    """List the latest notices, newest first."""
    return context.notifications.all(limit)


@command("notice.read", "Mark notices as read", menu=None, effect=Effect.CHANGE, words="inbox")
async def read_notices(context: Context) -> dict[str, Any]:
    """Mark every notice as read."""
    count = context.notifications.unread()
    context.notifications.mark_read()
    return {"read": count}


@command("audit.list", "Audit log", menu=None, effect=Effect.LOOK, words="who when record")
async def audit(context: Context, limit: Limit = 50) -> list[AuditEntry]:
    """List who asked for what, newest first."""
    return context.audit.all(limit)


COMMANDS = (list_jobs, cancel_job, list_notices, read_notices, audit)
