"""What a terminal and a pipe get to see, and how a run ends that is not waited for."""

from __future__ import annotations

import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from fcntl import ioctl
from pathlib import Path

import pytest

from tests.e2e.driving import MBOX, TREE, command, process, surroundings

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def on_a_terminal(
    *arguments: str | Path, columns: int = 80, environment: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The exit code, and what a terminal shows of standard output; standard error is a pipe."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    settings = {"TERM": "xterm-256color", "COLUMNS": str(columns), **(environment or {})}
    kept = {key: value for key, value in surroundings().items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        command(*arguments), stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, env={**kept, **settings}
    ) as running:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # how Linux says that nobody holds the other end any more
                break
            if not part:
                break
            shown += part
        os.close(ours)
        assert running.stderr is not None
        assert running.stderr.read() == b""
    return running.returncode, shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 50])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    """Only a word that has no place to break, like a path, may be."""
    code, shown = on_a_terminal("check", MBOX, "--tree", TREE, columns=columns)
    assert code == 1
    assert ANSI.search(shown)
    plain = ANSI.sub("", shown)
    assert "\x1b" not in plain
    for line in plain.splitlines():
        assert len(line) <= columns or len(line.split()) == 1 or max(map(len, line.split())) > columns - 16, line
    assert columns < 80 or max(map(len, plain.splitlines())) <= columns


def test_colours_can_be_switched_off() -> None:
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        _, shown = on_a_terminal("check", MBOX, "--tree", TREE, columns=80, environment={name: value})
        assert "\x1b" not in shown
        assert "error[" in shown


def test_json_on_a_terminal_has_no_colours() -> None:
    _, shown = on_a_terminal("check", MBOX, "--tree", TREE, "--format", "json")
    assert "\x1b" not in shown


def test_a_pipe_gets_neither_colours_nor_broken_lines() -> None:
    done = process(
        "check", MBOX, "--tree", TREE, COLUMNS="40", TERM="xterm-256color", FORCE_COLOR="1", CLICOLOR_FORCE="1"
    )
    assert (done.code, done.err) == (1, "")
    assert b"\x1b" not in done.out
    heads = [line for line in done.out.decode().splitlines() if line.startswith(("error[", "warning["))]
    assert max(map(len, heads)) > 100


def test_a_reader_that_goes_away_early() -> None:
    """``| head -1`` is no error of ours."""
    for form in ("text", "json"):
        with subprocess.Popen(
            command("check", MBOX, "--tree", TREE, "--format", form), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=surroundings(),
        ) as running:  # fmt: skip
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            assert running.stderr.read() == b""
        assert running.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGINT], ids=["ctrl-c"])
def test_an_interrupt_ends_the_run(number: int) -> None:
    """While it reads, which is where a run can be caught for sure."""
    with subprocess.Popen(
        command("check", "-", "--tree", TREE), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=surroundings(), preexec_fn=_heed_interrupts,
    ) as running:  # fmt: skip
        try:
            _wait_until_it_reads(running.pid)
            running.send_signal(number)
            out, err = running.communicate(timeout=60)
        finally:
            running.kill()
    assert (out, err.strip()) == (b"", b"kmiglint: interrupted")
    assert running.returncode == 130


def _heed_interrupts() -> None:
    # A shell starts background jobs with SIGINT ignored, and what they start inherits it: then nothing is to be seen.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_until_it_reads(pid: int) -> None:
    """Until the process sleeps in a read of its standard input, with everything imported."""
    if sys.platform != "linux" or not Path(f"/proc/{pid}/syscall").exists():
        pytest.skip("needs /proc/PID/syscall")
    for _ in range(600):
        try:
            now = Path(f"/proc/{pid}/syscall").read_text().split()
        except OSError:
            pytest.skip("/proc/PID/syscall can't be read")
        # "0 0x0 ..." is read(0, ...) on x86; elsewhere read has another number and 0x0 is still the descriptor.
        if len(now) > 2 and now[1] == "0x0" and now[0] in ("0", "63", "3"):
            return
        time.sleep(0.05)
    pytest.fail("the command does not read its standard input")
