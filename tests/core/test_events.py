"""Events are records that cannot be changed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from puffling.core.events import BarsChanged, JobState


def test_an_event_cannot_be_changed():
    event = BarsChanged("AAPL")
    name = "symbol"
    with pytest.raises(FrozenInstanceError):
        setattr(event, name, "IBM")


@pytest.mark.parametrize("state", list(JobState))
def test_a_job_is_over_unless_it_runs_or_is_being_stopped(state: JobState):
    going = {JobState.RUNNING, JobState.CANCELLING}
    assert state.is_over == (state not in going)
