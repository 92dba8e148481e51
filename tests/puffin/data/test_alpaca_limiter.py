"""The pace at which Alpaca is asked."""

from __future__ import annotations

import threading

import pytest

from puffin.data.alpaca_limiter import RateLimiter, RateLimiters, ThrottledError, Urgency

DATE = "Mon, 05 Jan 2026 15:00:00 GMT"
EPOCH = 1_767_625_200  # that moment


class Hand:
    """A hand on the clock."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def limiter(clock: Hand) -> RateLimiter:
    return RateLimiter(clock=clock)


def left(remaining: int, reset: int) -> dict[str, str]:
    return {
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(EPOCH + reset),
        "Date": DATE,
    }


def test_nothing_is_held_back_at_first(limiter: RateLimiter):
    for _ in range(100):
        limiter.enter(Urgency.READ, 0)


def test_the_last_requests_of_a_minute_are_kept_for_cancels(clock: Hand, limiter: RateLimiter):
    limiter.heard(200, left(5, 20))
    assert limiter.delay(Urgency.READ) == 20
    assert limiter.delay(Urgency.ORDER) == 20
    for _ in range(5):
        limiter.enter(Urgency.CANCEL, 0)
    assert limiter.delay(Urgency.CANCEL) == 20
    clock.seconds = 20
    assert limiter.delay(Urgency.READ) == 0


def test_requests_that_are_under_way_are_counted(limiter: RateLimiter):
    limiter.heard(200, left(7, 20))
    limiter.enter(Urgency.READ, 0)
    limiter.enter(Urgency.READ, 0)
    with pytest.raises(ThrottledError, match="pause of 20 s"):
        limiter.enter(Urgency.READ, 19)


def test_a_clock_of_ours_that_is_wrong_changes_nothing(limiter: RateLimiter):
    # Only Alpaca's own two times are held against each other.
    limiter.heard(200, left(0, 3))
    assert limiter.delay(Urgency.CANCEL) == 3


def test_after_a_429_one_a_second_for_half_a_minute(clock: Hand, limiter: RateLimiter):
    limiter.heard(429, {})
    sent = []
    while clock.seconds < 40:
        if limiter.delay(Urgency.CANCEL) == 0:
            limiter.enter(Urgency.CANCEL, 0)
            sent.append(clock.seconds)
        clock.seconds += 0.25
    slow = [each for each in sent if each < 30]
    assert len(slow) == 29
    assert len(sent) > 60


def test_a_pause_that_alpaca_names_is_kept_and_no_longer_than_a_minute(limiter: RateLimiter):
    limiter.heard(429, {"Retry-After": "7"})
    assert limiter.delay(Urgency.CANCEL) == 7
    limiter.heard(429, {"Retry-After": "86400"})
    assert limiter.delay(Urgency.CANCEL) == 60


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-RateLimit-Remaining": "many"},
        {"Date": "never"},
    ],
)
def test_headers_without_sense_are_passed_over(limiter: RateLimiter, headers: dict[str, str]):
    limiter.heard(200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"} | headers)
    assert limiter.delay(Urgency.READ) == 0


def test_a_digit_that_is_no_number_is_passed_over(limiter: RateLimiter):
    limiter.heard(200, left(0, 30) | {"X-RateLimit-Remaining": "²"})
    assert limiter.delay(Urgency.READ) == 0
    limiter.heard(429, {"Retry-After": "²"})
    assert limiter.delay(Urgency.READ) == 1


def test_who_waits_goes_by_urgency():
    limiter = RateLimiter()
    limiter.heard(429, {})  # a second passes before the first
    order: list[str] = []
    queued = threading.Barrier(3)

    def ask(name: str, urgency: Urgency) -> None:
        queued.wait()
        limiter.enter(urgency, 10)
        order.append(name)

    threads = [
        threading.Thread(target=ask, args=("read", Urgency.READ)),
        threading.Thread(target=ask, args=("cancel", Urgency.CANCEL)),
        threading.Thread(target=ask, args=("order", Urgency.ORDER)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert order == ["cancel", "order", "read"]


def test_who_gave_up_leaves_when_woken():
    limiters = RateLimiters()
    limiter = limiters.of("somewhere")
    limiter.heard(429, {"Retry-After": "60"})
    leaving, ended = threading.Event(), threading.Event()

    def ask() -> None:
        with pytest.raises(ThrottledError):
            limiter.enter(Urgency.READ, 100, leaving.is_set)
        ended.set()

    thread = threading.Thread(target=ask)
    thread.start()
    leaving.set()
    limiters.wake()
    assert ended.wait(10) or leaving.is_set()
    limiters.wake()
    thread.join(10)
    assert ended.is_set()


def test_each_host_has_its_own_pace():
    limiters = RateLimiters()
    assert limiters.of("a") is limiters.of("a")
    assert limiters.of("a") is not limiters.of("b")


def test_each_host_says_how_it_answers_and_how_long_it_wants_a_pause():
    limiters = RateLimiters()
    host = limiters.of("https://data.example.com")
    with host.meter.timing():
        host.heard(429, {"Retry-After": "30"})
    (read,) = limiters.readings().values()
    assert list(limiters.readings()) == ["data.example.com"]
    assert (read.asked, read.failed) == (1, 0)
    assert 0 < read.pause <= 30
