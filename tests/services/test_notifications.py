from __future__ import annotations

from puffling.core.events import Level, NoticePosted, NotificationKept
from tests.fakes import START


async def test_every_notice_is_kept_and_counted_until_it_is_read(puffling):
    service, kept = puffling.context.notifications, []
    puffling.bus.subscribe(NotificationKept, kept.append)
    notice = NoticePosted(Level.WARNING, "Look", "at this", panel="activity", details="trace")
    puffling.bus.publish(notice)
    puffling.bus.publish(NoticePosted(Level.INFO, "Second"))
    first = service.all()[-1]
    assert (first.title, first.text, first.panel, first.details, first.at) == (
        "Look",
        "at this",
        "activity",
        "trace",
        START,
    )
    assert [each.id for each in kept] == [first.id, first.id + 1]
    assert service.unread() == 2
    service.mark_read([first.id])
    assert service.unread() == 1
    service.mark_read()
    assert service.unread() == 0
