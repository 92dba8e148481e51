"""What the installed program runs."""

from __future__ import annotations

import sys

from puffling.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
