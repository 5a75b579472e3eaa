"""Keeps Python's garbage collector out of work that only builds."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """No collection inside the block: for making (or unpickling) hundreds of thousands of objects that all stay.

    The collector would walk them again and again and find nothing; it doubles the time of a parse.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
