"""Where the program begins. It imports next to nothing: Ctrl-C while the rest is loaded must not end in a trace."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command ``packet``."""
    try:
        from generator.cli import app

        app.main()
    except KeyboardInterrupt:
        from generator.basic.failure import INTERRUPTED

        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
