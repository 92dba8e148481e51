"""Every error the app raises on purpose, drawn as a tree.

* PufflingError
  - NoPriceError            an order cannot be valued
  - RiskRefusedError        one or more limits refused the order
  - HaltedError             the kill switch is on
  - NotReadyError           orders cannot be sent for now
  - NotConfirmedError       nobody said yes, or the yes was for something else
  - UnknownOrderError       no order has that id, or it is finished
  - UnknownCommandError     no command has that id
  - BadValueError           a value typed by a person does not fit
  - StoreError
    - StoreFullError        the disk is full
    - StoreReadOnlyError    the file may not be written
    - StoreDamagedError     the file is damaged, empty or not ours
    - StoreLockedError      another program holds the file
    - StoreNewerError       the file was written by a newer Puffling
  - ProfileInUseError       another Puffling has this profile open
  - JobFailedError          long work ended in a way nobody foresaw

The first sentence is for the person at the desk; `hint` says what to do next. Anything that is
neither a PufflingError nor a puffin.errors.PuffinError is a crash.
"""

from __future__ import annotations


class PufflingError(Exception):
    """Base of every expected error; its message is written for the person at the desk."""

    hint: str = ""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class NoPriceError(PufflingError):
    """An order cannot be valued, so no limit can be checked."""

    hint = "Wait for a quote."


class RiskRefusedError(PufflingError):
    """One or more limits refused the order; the message has every reason."""

    hint = "Make the order smaller, or change the limit in Settings, Trading and risk."


class HaltedError(PufflingError):
    """The kill switch is on."""

    hint = "Resume trading from the Trade menu when you are ready."


class NotReadyError(PufflingError):
    """Orders cannot be sent for now: the books are not compared, or the broker is not heard."""

    hint = "Try again in a moment; cancelling stays possible."


class NotConfirmedError(PufflingError):
    """Nobody confirmed the order, or the confirmation was for another one."""


class UnknownOrderError(PufflingError):
    """No order has that id, or it is finished."""


class UnknownCommandError(PufflingError):
    """No command has that id."""


class BadValueError(PufflingError):
    """A value typed by a person does not fit."""


class StoreError(PufflingError):
    """What is kept between runs could not be read or written."""


class StoreFullError(StoreError):
    """The disk is full."""

    hint = "Free some space; trading stays locked until orders can be stored again."


class StoreReadOnlyError(StoreError):
    """The file may not be written."""

    hint = "Check the permissions of the data folder."


class StoreDamagedError(StoreError):
    """The file is damaged, empty or not Puffling's."""

    hint = "Restore a backup; the damaged file is kept beside it."


class StoreLockedError(StoreError):
    """Another program holds the file."""

    hint = "Close the other program and try again."


class StoreNewerError(StoreError):
    """The file was written by a newer Puffling."""

    hint = "Install the newer version, or restore an older backup."


class ProfileInUseError(PufflingError):
    """Another Puffling has this profile open."""

    hint = "Use that window, or start with another --data-dir."


class JobFailedError(PufflingError):
    """Long work ended in a way nobody foresaw."""
