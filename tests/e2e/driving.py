"""The command as users drive it: in this process where that is enough, as a process of its own where it is not."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from click.testing import CliRunner

from lint.cli import cli
from lint.report import schema

ROOT = Path(__file__).parents[2]
TREE = ROOT / "samples" / "tree"
MBOX = ROOT / "samples" / "patches" / "toy-generic-entry.mbox"
TIMEOUT = 60.0
_SEPARATOR = re.compile(rb"^(?=From [0-9a-f]{40} )", re.MULTILINE)
_GIT = (
    "git", "-c", "user.name=Ada Toy", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main",
    "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "gc.auto=0",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """How a run ended."""

    code: int
    out: bytes
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report, once it is known to be valid."""
        return valid(self.out)


def run(*arguments: str | Path, given: bytes = b"") -> Done:
    """The command in this process; what it would print as a traceback is raised instead."""
    done = CliRunner().invoke(cli, [str(one) for one in arguments], input=given)
    gc.enable()  # a check switches the collector off: its process ends with it
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout_bytes, done.stderr)


def check(*arguments: str | Path, given: bytes = b"") -> Done:
    """``kmiglint check --format json``, which must end with a report and nothing on standard error."""
    done = run("check", "--format", "json", *arguments, given=given)
    assert done.code in (0, 1), done
    assert done.err == ""
    return done


def process(*arguments: str | Path, cwd: Path | None = None, given: bytes | None = b"", **environment: str) -> Done:
    """The command as a process of its own; one that takes longer than ``TIMEOUT`` seconds hangs."""
    done = subprocess.run(
        command(*arguments), input=given, capture_output=True, cwd=cwd, env=surroundings(**environment),
        timeout=TIMEOUT, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr.decode())


def command(*arguments: str | Path) -> list[str]:
    """The argument vector."""
    return [sys.executable, "-m", "lint", *map(str, arguments)]


def surroundings(**more: str) -> dict[str, str]:
    """The environment of the tests, with the package importable from wherever a process stands."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def valid(data: bytes) -> dict[str, Any]:
    """A report that the shipped schema accepts."""
    report: dict[str, Any] = json.loads(data)
    assert _validator().is_valid(report), list(_validator().iter_errors(report))
    return report


@cache
def _validator() -> jsonschema.protocols.Validator:
    return jsonschema.Draft202012Validator(json.loads(schema.shipped()))


@cache
def mails() -> tuple[bytes, ...]:
    """The sample series mail by mail: the cover letter, then its three patches."""
    found = tuple(part for part in _SEPARATOR.split(MBOX.read_bytes()) if part)
    assert len(found) == 4
    return found


def mbox(*parts: bytes) -> bytes:
    """Mails as one mbox."""
    return b"".join(part if part.endswith(b"\n") else part + b"\n" for part in parts)


def patch(diff: bytes, subject: str = "[PATCH] toy: change") -> bytes:
    """A mail with a diff."""
    head = f"From: Ada Toy <ada@example.org>\nSubject: {subject}\n\nA change.\n---\n"
    return head.encode() + diff


def new_file(path: str, *lines: str) -> bytes:
    """The diff that makes a file."""
    head = (
        f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n"
    )
    return (head + "".join(f"+{line}\n" for line in lines)).encode()


def git(repository: Path, *arguments: str, given: bytes | None = None) -> str:
    """Git as an author runs it, with none of the machine's configuration."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    kept.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1", HOME=os.devnull)
    done = subprocess.run(
        [*_GIT, "-C", str(repository), *arguments], input=given, capture_output=True, env=kept, check=False
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout.decode().strip()


def plain_tree(place: Path) -> Path:
    """The sample tree somewhere else."""
    shutil.copytree(TREE, place)
    return place


def git_tree(place: Path) -> Path:
    """The sample tree as a repository with one commit."""
    plain_tree(place)
    git(place, "init", "-q")
    git(place, "add", "-A", "-f")
    git(place, "commit", "-q", "-m", "base")
    return place


def committed_series(place: Path) -> Path:
    """The sample tree with the sample series committed on top of ``base``."""
    git_tree(place)
    git(place, "tag", "base")
    git(place, "am", "-q", given=b"".join(mails()[1:]))
    return place


def write(place: Path, files: Mapping[str, bytes]) -> Path:
    """Files below a directory."""
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def rules_of(report: Mapping[str, Any]) -> list[str]:
    """The rules that found something."""
    return [finding["rule"] for finding in report["findings"]]


def messages(report: Mapping[str, Any]) -> Sequence[str]:
    """The problems as text, with their paths."""
    return [f"{problem['path']}: {problem['message']}" for problem in report["problems"]]
