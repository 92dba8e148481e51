"""How quickly something answers is measured, and what it said when it failed is kept."""

from __future__ import annotations

import pytest

from puffin.meter import Meter, Reading


class Time:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def meter(time: Time) -> Meter:
    return Meter(clock=time)


def ask(meter: Meter, time: Time, seconds: float, error: Exception | None = None) -> None:
    with meter.timing(passing=(KeyError,)):
        time.at += seconds
        if error is not None:
            raise error


def test_nothing_is_known_of_what_nobody_asked(meter):
    assert meter.read() == Reading()


def test_the_last_answer_and_the_middle_one_are_told(meter, time):
    for seconds in (0.1, 0.5, 0.2):
        ask(meter, time, seconds)
    read = meter.read()
    assert (read.last, read.median) == (pytest.approx(0.2), pytest.approx(0.2))
    assert (read.asked, read.failed, read.error) == (3, 0, "")


def test_a_failure_is_kept_with_its_age_and_an_answer_ends_the_failing(meter, time):
    with pytest.raises(OSError, match="the line broke"):
        ask(meter, time, 1, OSError("the line broke"))
    time.at += 30
    read = meter.read(pause=5)
    assert (read.error, read.error_age, read.failing, read.pause) == ("the line broke", 30, True, 5)
    assert read.last is None
    ask(meter, time, 0.1)
    again = meter.read()
    assert (again.failing, again.error, again.failed, again.asked) == (
        False,
        "the line broke",
        1,
        2,
    )


def test_a_refusal_is_an_answer(meter, time):
    with pytest.raises(KeyError):
        ask(meter, time, 0.3, KeyError("no such symbol"))
    assert (meter.read().failed, meter.read().last) == (0, pytest.approx(0.3))
