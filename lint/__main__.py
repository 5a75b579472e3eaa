"""``kmiglint`` and ``python -m lint``."""

from __future__ import annotations

import sys

from lint import __version__


def main() -> None:
    """Run the command line and exit."""
    if sys.argv[1:] == ["--version"]:  # asked for by scripts, often: not even click is needed
        print(f"kmiglint {__version__}")
        return
    try:
        from lint.cli import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main(prog_name="kmiglint")


if __name__ == "__main__":
    main()
