"""Finished reports to standard output or a file: all of it or nothing."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from lint.errors import UserError
from lint.report.screen import PIPE, Screen, encoded, screen_of


def screen(output: Path | None) -> Screen:
    """What the report is written for."""
    return PIPE if output is not None or sys.stdout is None else screen_of(sys.stdout)


def write(report: str | bytes, output: Path | None = None) -> None:
    """Write a report at once: to a file that is replaced when all of it is there, or to standard output.

    A reader that went away is no error. Raises UserError when it cannot be written.
    """
    try:
        if output is not None:
            _replace(output, report if isinstance(report, bytes) else report.encode("utf-8", "backslashreplace"))
        elif sys.stdout is None:
            raise UserError("standard output is closed: give --output FILE")
        else:
            _print(report if isinstance(report, bytes) else encoded(report, sys.stdout.encoding or "utf-8"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at exit
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error)) from error


def expect(output: Path | None) -> None:
    """Raise UserError, before any work is done, for a file whose directory is missing."""
    if output is not None and not output.resolve().parent.is_dir():
        raise _unwritable(output, "no such directory")


def _unwritable(output: Path | None, reason: str) -> UserError:
    if output is None:
        return UserError(f"cannot write standard output: {reason}")
    return UserError(f"cannot write {output}: {reason}; give a file in a directory that you can write to")


def _print(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _replace(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # a device or a named pipe: there is nothing to replace
        path.write_bytes(data)
        return
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
