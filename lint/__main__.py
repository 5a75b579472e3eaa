"""``kmiglint`` and ``python -m lint``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit."""
    try:
        from lint.cli import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main(prog_name="kmiglint")


if __name__ == "__main__":
    main()
