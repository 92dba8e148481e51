"""The computer's clock gives aware times, and seconds that only grow."""

from __future__ import annotations

from datetime import UTC, timedelta

from puffling.core.clock import SystemClock


def test_the_time_is_in_utc():
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert SystemClock().now() - now < timedelta(minutes=1)


def test_the_seconds_for_measuring_never_go_back():
    clock = SystemClock()
    first = clock.monotonic()
    assert clock.monotonic() >= first
