"""Writes the table of sessions from exchange_calendars: python -m puffin.data.sessions_table."""

from __future__ import annotations

import json
import sys
from typing import Any

from puffin.data.sessions import EXCHANGE, TABLE

FIRST = "2000-01-01"
LAST = "2032-12-31"
OPEN = "09:30"
CLOSE = "16:00"


def table() -> dict[str, Any]:
    """Ask exchange_calendars for every session and keep what differs from an ordinary weekday.

    Raises:
        ValueError: A session does not open at 9:30, which the table cannot say.
    """
    import exchange_calendars
    import pandas as pd

    schedule = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST).schedule
    opens = schedule["open"].dt.tz_convert(EXCHANGE).dt.strftime("%H:%M")
    closes = schedule["close"].dt.tz_convert(EXCHANGE).dt.strftime("%H:%M")
    if set(opens) != {OPEN}:
        raise ValueError(f"a session does not open at {OPEN}")
    weekdays = pd.bdate_range(FIRST, LAST)
    return {
        "name": "XNYS",
        "source": f"exchange_calendars {exchange_calendars.__version__}",
        "first": FIRST,
        "last": LAST,
        "open": OPEN,
        "close": CLOSE,
        "closed": [f"{day:%Y-%m-%d}" for day in weekdays.difference(schedule.index)],
        "early": {f"{day:%Y-%m-%d}": at for day, at in closes[closes != CLOSE].items()},
    }


def main() -> None:
    """Write the table where `Calendar.load` finds it."""
    made = table()
    TABLE.write_text(json.dumps(made, indent=1) + "\n")
    sys.stdout.write(
        f"{TABLE.name}: {len(made['closed'])} closed weekdays and {len(made['early'])} early "
        f"closes from {FIRST} to {LAST}, by {made['source']}.\n"
    )


if __name__ == "__main__":
    main()
