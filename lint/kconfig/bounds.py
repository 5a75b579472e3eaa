"""How much of a Kconfig is read before giving up. A kernel stays far below each of them (measured on 6.1 to 7.3)."""

from __future__ import annotations

from typing import Final

MAX_FILES: Final = 20_000
MAX_FILE_BYTES: Final = 4 << 20
MAX_TOTAL_BYTES: Final = 24 << 20
"""Of all files together, a file that is sourced twice counted twice; a kernel has 6 million."""
MAX_PATH: Final = 1_000
MAX_LINE: Final = 30_000
"""Characters of a line, and all that its macros may expand to together."""
MAX_ENTRIES: Final = 150_000
MAX_SYMBOLS: Final = 200_000
MAX_PROPERTIES: Final = 1_000_000
MAX_PROBLEMS: Final = 500
MAX_MESSAGE: Final = 300
MAX_NESTING: Final = 64
"""Blocks (menu, if, choice) inside each other, files that source each other, and parentheses in an expression."""
MAX_EXPANSIONS: Final = 20_000
MAX_EXPANDED: Final = 8 << 20
"""Characters that all macros together may expand to."""
MAX_SHELL: Final = 1 << 20
"""Characters of all different shell commands together."""
MAX_ASSIGNMENTS: Final = 5_000
MAX_ASSIGNMENT: Final = 500
"""Characters of an assignment from which on it counts twice, and so on."""


class BoundReached(Exception):
    """The input is larger than any kernel; the message names the bound. The parse stops here."""
