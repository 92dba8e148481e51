"""The settings file: read field by field so that one mistake costs one field, saved whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from puffling.core.errors import BadValueError, StoreError
from puffling.core.events import SettingsChanged
from puffling.core.files import file_errors, set_aside, write_whole
from puffling.core.redaction import looks_secret
from puffling.core.settings import VERSION, Mode, Section, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from puffling.core.bus import EventBus

LARGEST_FILE = 1_000_000  # bytes


class SettingsStore:
    """The settings in force. `problems` says in sentences what was wrong with the file."""

    def __init__(self, path: Path, bus: EventBus) -> None:
        self._path = path
        self._bus = bus
        self.problems: list[str] = []
        self._current = self._load()

    @property
    def current(self) -> Settings:
        """The settings in force."""
        return self._current

    def change(self, section: str, **values: object) -> Settings:
        """Check, save and announce new values of one section; return the settings in force.

        Raises:
            BadValueError: A name is not known, a value does not fit, or it looks like a secret.
            StoreError: They could not be saved; the old ones stay in force.
        """
        old = self._section(section)
        known = type(old).model_fields
        for name, value in values.items():
            if looks_secret(name, value):
                raise BadValueError(
                    "That looks like a key or a password; settings are kept as plain text.",
                    hint="Keys belong in the system's keyring.",
                )
            if name not in known:
                raise BadValueError(f"{section} has no setting {name!r}.{_nearest(name, known)}")
        merged = {name: getattr(old, name) for name in known} | values
        try:
            new = type(old).model_validate(merged)
        except ValidationError as error:
            raise BadValueError(_complaint(section, known, error)) from error
        changed = {each for each in known if getattr(new, each) != getattr(old, each)}
        if changed:
            self._save(self._current.model_copy(update={section: new}))
            names = frozenset(f"{section}.{each}" for each in changed)
            self._bus.publish(SettingsChanged(names))
        return self._current

    def set_mode(self, mode: Mode) -> Settings:
        """Save the mode for the next start; who switches modes announces it.

        Raises:
            StoreError: It could not be saved; the old one stays in force.
        """
        if mode is not self._current.mode:
            self._save(self._current.model_copy(update={"mode": mode}))
            self._bus.publish(SettingsChanged(frozenset({"mode"})))
        return self._current

    def _section(self, name: str) -> Section:
        sections = _sections()
        if name not in sections:
            raise BadValueError(f"There are no settings called {name!r}.{_nearest(name, sections)}")
        section: Section = getattr(self._current, name)
        return section

    def _save(self, settings: Settings) -> None:
        text = json.dumps(settings.model_dump(mode="json"), indent=2, ensure_ascii=False)
        write_whole(self._path, text.encode() + b"\n")
        self._current = settings

    def _load(self) -> Settings:
        try:
            with file_errors(self._path):
                if not self._path.exists():
                    return Settings()
                with self._path.open("rb") as file:
                    data = file.read(LARGEST_FILE + 1)
        except StoreError as error:
            self.problems.append(f"{error} Default settings are used.")
            return Settings()
        document, fault = _parse(data)
        if fault:
            self._put_aside(fault)
            return Settings()
        return self._read(document)

    def _put_aside(self, reason: str) -> None:
        """Keep a file that cannot be used, so that the next save does not destroy it."""
        try:
            modified = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
            aside = set_aside(self._path, stamp=modified.strftime("%Y%m%d-%H%M%S"))
            kept = f"it is kept as {aside.name}"
        except (OSError, StoreError):
            kept = "it could not be put aside"
        self.problems.append(f"{self._path.name} {reason}; {kept} and default settings are used.")

    def _read(self, document: Mapping[str, Any]) -> Settings:
        sections = _sections()
        values: dict[str, Any] = {}
        for name, value in document.items():
            if name in sections:
                values[name] = self._read_section(name, sections[name], value)
            elif name == "mode":
                values[name] = self._read_mode(value)
            elif name != "version":
                self.problems.append(f"The settings {name[:40]!r} are not known and are left out.")
        return Settings(**values)

    def _read_mode(self, value: object) -> Mode:
        try:
            return Mode(str(value))
        except ValueError:
            self.problems.append(f"There is no mode {value!r:.40}; the default is used.")
            return Mode.DEMO

    def _read_section(self, title: str, kind: type[Section], values: object) -> Section:
        if not isinstance(values, dict):
            self.problems.append(f"The settings {title!r} cannot be read; defaults are used.")
            return kind()
        good: dict[str, Any] = {}
        for name, value in values.items():
            if looks_secret(name, value):
                self.problems.append(
                    f"The setting {title}.{name[:40]} looks like a key or a password and is left "
                    "out; keys belong in the system's keyring."
                )
            elif name not in kind.model_fields:
                self.problems.append(
                    f"The setting {title}.{name[:40]} is not known and is left out."
                )
            else:
                try:
                    kind.model_validate({name: value})
                except ValidationError as error:
                    why = _complaint(title, kind.model_fields, error)
                    self.problems.append(f"{why} The default is used.")
                else:
                    good[name] = value
        return kind.model_validate(good)


def _parse(data: bytes) -> tuple[dict[str, Any], str]:
    """Return what the file holds, and what is wrong with it as a whole."""
    if len(data) > LARGEST_FILE:
        return {}, "is far too long"
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return {}, "cannot be read"
    if not isinstance(document, dict):
        return {}, "cannot be read"
    version = document.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool):
        return {}, "cannot be read"
    return document, "was written by a newer Puffling" if version > VERSION else ""


def _sections() -> dict[str, type[Section]]:
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


def _nearest(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, list(names), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _complaint(section: str, fields: Mapping[str, Any], error: ValidationError) -> str:
    """Return what is wrong with the first bad field, as a sentence."""
    first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    title = fields[name].title if name in fields and fields[name].title else name or section
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{title}: {reason}."
