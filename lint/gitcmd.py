"""The git that everything is read with: plumbing only, and nothing that a repository configures is run."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO

from lint.errors import UserError

LIMIT = 512 * 1024 * 1024
TIMEOUT = 600.0

# What a repository's own config could have run, opened or coloured. Aliases never replace a built-in command; external
# diffs and textconv have no general switch and are switched off where a command would use them.
_CONFIG = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.askPass=true",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.untrackedCache=false",
    "core.quotePath=true",
    "credential.helper=",
    "protocol.allow=never",
    "submodule.recurse=false",
    "log.showSignature=false",
    "diff.suppressBlankEmpty=false",
    "diff.ignoreSubmodules=none",
    "color.ui=false",
    "color.grep=false",
    "color.diff=false",
    "grep.patternType=default",
    "grep.extendedRegexp=false",
    "grep.fallbackToNoIndex=false",
    "grep.fullName=false",
    "grep.lineNumber=false",
    "grep.column=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
_SET = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_PAGER": "cat",
    # protocol.<name>.allow of a repository is stronger than protocol.allow; this is stronger than both.
    "GIT_ALLOW_PROTOCOL": "none",
}
_DROPPED = frozenset({"LANG", "LANGUAGE", "SSH_ASKPASS", "PAGER", "EDITOR", "VISUAL", "LESS", "LV"})


class Git:
    """Git plumbing on one repository.

    ``repository`` is a directory inside a work tree, or a git directory. With ``index=True`` the index that a commit
    in progress names (``GIT_INDEX_FILE``, set by git for its hooks) is the index that is read. Pathspecs are literal.
    Callers pass ``--no-ext-diff --no-textconv`` (``--no-textconv`` to grep) themselves, and ``--end-of-options`` before
    what a user wrote.
    """

    def __init__(self, repository: Path, *, index: bool = False) -> None:
        self.repository = repository
        self._index = index

    def run(self, *args: str, input: bytes | None = None, limit: int = LIMIT, timeout: float = TIMEOUT) -> bytes:
        """The standard output of ``git ARGS``, at most ``limit`` bytes within ``timeout`` seconds.

        Raises UserError, with git's own reason, when git is missing, fails, writes more, or takes longer.
        """
        code, output, reason = self.attempt(*args, input=input, limit=limit, timeout=timeout)
        if code != 0:
            raise UserError(f"git {args[0]} failed in {self.repository}: {reason or f'exit code {code}'}")
        return output

    def attempt(
        self, *args: str, input: bytes | None = None, limit: int = LIMIT, timeout: float = TIMEOUT
    ) -> tuple[int, bytes, str]:
        """Like ``run``, but gives exit code, output and reason for those who expect git to say no."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
            given.write(input or b"")
            given.seek(0)
            process = self._start(args, given, errors)
            late = threading.Event()
            timer = threading.Timer(timeout, _stop, (process, late))
            timer.daemon = True
            timer.start()
            try:
                output = _bounded(process, limit + 1)
                code = process.wait()
            finally:
                process.kill()
                timer.cancel()
            if len(output) > limit:
                raise UserError(f"git {args[0]} gives more than {limit} bytes in {self.repository}: ask for less of it")
            if late.is_set():
                raise UserError(f"git {args[0]} took longer than {timeout:g} seconds in {self.repository}")
            errors.seek(0)
            return code, output, _reason(errors.read(8192))

    def _start(self, args: tuple[str, ...], given: IO[bytes], errors: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self.command(*args), stdin=given, stdout=subprocess.PIPE, stderr=errors, env=self.environment()
            )
        except FileNotFoundError:
            raise UserError("the program git is not found: install git or add it to PATH") from None
        except OSError as error:
            raise UserError(f"git can't be started: {error.strerror or error}") from None

    def command(self, *args: str) -> list[str]:
        """The argument vector of ``git ARGS`` on this repository, for those who stream (``cat-file --batch``)."""
        config = [part for one in _CONFIG for part in ("-c", one)]
        return ["git", "--no-pager", "--literal-pathspecs", "-C", str(self.repository), *config, *args]

    def environment(self) -> dict[str, str]:
        """The environment to start it in: no variable of git, of a pager or of a language comes through."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") and key not in _DROPPED}
        kept.update(_SET)
        index = os.environ.get("GIT_INDEX_FILE")
        if self._index and index:
            # Hooks start at the top of the work tree, and git gives them a relative path.
            kept["GIT_INDEX_FILE"] = os.path.abspath(index)
        return kept


def _bounded(process: subprocess.Popen[bytes], size: int) -> bytes:
    """At most ``size`` bytes of its output; a process that writes more is stopped."""
    if process.stdout is None:
        return b""
    with process.stdout as stream:
        output = stream.read(size)
    if len(output) == size:
        process.kill()
    return output


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _reason(errors: bytes) -> str:
    """The first thing that git says, as part of a sentence."""
    lines = [line.strip() for line in errors.decode("utf-8", "replace").splitlines() if line.strip()]
    said = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    text = said[0].removeprefix("fatal: ").removeprefix("error: ") if said else ""
    return "".join(c if c.isprintable() else "?" for c in text)[:400]
