"""The smaller commands, and the command as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from lint import __version__
from lint.cli import cli
from lint.report import schema
from lint.rules import RULES

ROOT = Path(__file__).parents[2]
PATCH = """\
From: A Hacker <a@example.org>
Subject: [PATCH] toy: größer

A change.
---
diff --git a/kernel/toy.c b/kernel/toy.c
--- a/kernel/toy.c
+++ b/kernel/toy.c
@@ -1,2 +1,2 @@
-int old;
+int größer;
 int kept;
"""


def process(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "lint", *arguments],
        input=given.encode(), capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, check=False,
    )  # fmt: skip


def test_the_command_line_imports_nothing_heavy() -> None:
    code = (
        "import sys, lint.cli\n"
        "heavy = {'tree_sitter', 'tree_sitter_c', 'kconfiglib', 'pysat', 'unidiff', 'rich', 'msgspec', 'pygments'}\n"
        "print(sorted(heavy & set(sys.modules)), [m for m in sys.modules if m.startswith('lint.rules')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[] []\n"


def test_version() -> None:
    assert process("--version").stdout.decode() == f"kmiglint {__version__}\n"
    assert CliRunner().invoke(cli, ["--version"]).stdout == f"kmiglint {__version__}\n"


def test_alone_it_shows_its_commands() -> None:
    done = CliRunner().invoke(cli, [])
    assert done.exit_code == 2
    assert "check" in done.stderr


def test_schema() -> None:
    assert CliRunner().invoke(cli, ["schema"]).stdout_bytes == schema.shipped()


def test_rules_are_all_listed() -> None:
    lines = CliRunner().invoke(cli, ["rules"]).stdout.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in RULES]
    listed = json.loads(CliRunner().invoke(cli, ["rules", "--format", "json"]).stdout)
    assert [one["rule"] for one in listed] == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_every_rule_is_explained(rule: str) -> None:
    done = CliRunner().invoke(cli, ["explain", rule])
    assert done.exit_code == 0
    assert done.stdout.startswith(rule)
    assert f"--ignore {rule}" in done.stdout


def test_an_unknown_rule_is_wrong_input() -> None:
    done = CliRunner().invoke(cli, ["explain", "no-such-rule"])
    assert done.exit_code == 2
    assert done.stderr.startswith("kmiglint: there is no rule 'no-such-rule'")


def test_a_patch_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "kernel").mkdir()
    (tmp_path / "Makefile").write_text("VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 0\n")
    (tmp_path / "Kconfig").write_text('mainmenu "Linux"\n')
    (tmp_path / "kernel" / "toy.c").write_text("int old;\nint kept;\n")
    done = process("check", "-", "--tree", str(tmp_path), "--format", "json", given=PATCH)
    assert (done.returncode, done.stderr) == (0, b"")
    report = json.loads(done.stdout)
    assert report["tree"] == {"kind": "directory", "kernel": "7.2.0", "revision": ""}
    assert report["series"]["patches"] == 1
    assert str(tmp_path) not in done.stdout.decode()


def test_no_such_input() -> None:
    done = process("check", "no-such-file.mbox")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"kmiglint: ")
    assert done.stderr.count(b"\n") == 1


def test_a_locale_that_cannot_write_the_report() -> None:
    done = process("check", "-", given=PATCH, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_a_reader_that_goes_away() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "lint", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "lint", "schema"], stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"kmiglint: cannot write standard output")
    assert done.stderr.count(b"\n") == 1
