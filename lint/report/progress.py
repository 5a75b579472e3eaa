"""What a run is doing, on a terminal's standard error, when it takes longer than half a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lint.report.visible import visible

if TYPE_CHECKING:
    from rich.status import Status

PATIENCE = 0.5


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that takes what is being done; nothing is left on the screen afterwards."""
    if not sys.stderr.isatty():
        yield lambda text: None
        return
    line = _Line()
    line.timer.start()
    try:
        yield line.say
    finally:
        line.stop()


class _Line:
    """A spinner with a text that appears once the timer has run out."""

    def __init__(self) -> None:
        self.timer = threading.Timer(PATIENCE, self._appear)
        self.timer.daemon = True
        self._lock = threading.Lock()
        self._status: Status | None = None
        self._text = ""
        self._over = False

    def say(self, text: str) -> None:
        with self._lock:
            self._text = visible(text)
            if self._status is not None:
                self._status.update(_plain(self._text))

    def stop(self) -> None:
        self.timer.cancel()
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()

    def _appear(self) -> None:
        from rich.console import Console
        from rich.status import Status

        with self._lock:
            if not self._over:
                self._status = Status(_plain(self._text), console=Console(stderr=True))
                self._status.start()


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
