"""What one job of a panel has to say, out of what is told of all jobs."""

from __future__ import annotations

from datetime import UTC, datetime

from puffling.core.events import JobChanged, JobState
from puffling.ui.widgets.job_watch import JobWatch

BEGAN = datetime(2012, 6, 1, tzinfo=UTC)


def job(id_="1", title="Signals", state=JobState.RUNNING, progress=0.0):
    return JobChanged(id_, title, state, progress, "", BEGAN, None)


def test_a_job_is_known_by_its_title_and_then_by_its_id():
    watch = JobWatch()
    assert watch.hear(job()) is None
    watch.begin("Signals")
    running = [watch.is_running]
    assert watch.hear(job(title="Another")) is None
    assert watch.hear(job()) == ("Signals…", 0.0)
    assert watch.job == "1"
    assert watch.hear(job("2", progress=0.5)) is None
    assert watch.hear(job(progress=0.5)) == ("Signals… 50 %", 0.5)
    assert watch.hear(job(state=JobState.CANCELLING)) == ("Stopping…", 0.0)
    assert watch.hear(job(state=JobState.DONE)) is None
    watch.end()
    assert [*running, watch.is_running] == [True, False]
    assert watch.hear(job()) is None


def test_the_end_of_an_older_job_of_the_same_title_is_not_its_own():
    watch = JobWatch()
    watch.begin("Signals")
    assert watch.hear(job("0", state=JobState.DONE)) is None
    assert watch.job == ""
    assert watch.hear(job("1")) == ("Signals…", 0.0)
