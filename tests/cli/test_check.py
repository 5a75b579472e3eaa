"""Exit codes, arguments and output of ``kmiglint check``, over results that are made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lint import pipeline
from lint.cli import cli
from lint.errors import UserError
from lint.finding import Severity
from lint.result import Result as Report
from tests.report import results

Check = Callable[[pipeline.Request, Callable[[str], None]], Report]


def run(monkeypatch: pytest.MonkeyPatch, check: Check, *arguments: str) -> Result:
    monkeypatch.setattr(pipeline, "check", check)
    return CliRunner().invoke(cli, ["check", *arguments])


def giving(severity: Severity | None, *, broken: bool = False) -> Check:
    found = [] if severity is None else [results.finding(results.UNUSED, severity=severity)]
    return lambda request, say: results.result(found, broken=broken)


@pytest.mark.parametrize(
    ("severity", "fail_on", "code"),
    [
        (None, "note", 0),
        (Severity.NOTE, "error", 0),
        (Severity.NOTE, "warning", 0),
        (Severity.NOTE, "note", 1),
        (Severity.WARNING, "error", 0),
        (Severity.WARNING, "warning", 1),
        (Severity.ERROR, "error", 1),
        (Severity.ERROR, "note", 1),
        (Severity.ERROR, "never", 0),
    ],
)
def test_exit_code(monkeypatch: pytest.MonkeyPatch, severity: Severity | None, fail_on: str, code: int) -> None:
    assert run(monkeypatch, giving(severity), "x", "--fail-on", fail_on).exit_code == code


def test_errors_fail_by_default_and_warnings_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, giving(Severity.ERROR), "x").exit_code == 1
    assert run(monkeypatch, giving(Severity.WARNING), "x").exit_code == 0


def test_a_broken_rule_is_3_and_the_report_is_still_written(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, giving(Severity.ERROR, broken=True), "x", "--fail-on", "never", "--format", "json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["format"] == "kmiglint/1"


def test_wrong_input_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: pipeline.Request, say: Callable[[str], None]) -> Report:
        raise UserError("no patch in x\x1b: give\nan mbox")

    done = run(monkeypatch, refuse, "x")
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", "kmiglint: no patch in x\\x1b: give an mbox\n")


def test_a_defect_is_one_sentence_and_a_traceback_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(request: pipeline.Request, say: Callable[[str], None]) -> Report:
        raise ValueError("odd")

    done = run(monkeypatch, fail, "x")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("kmiglint: this is a defect of kmiglint (ValueError: odd)")
    assert done.stderr.count("\n") == 1
    monkeypatch.setenv("KMIGLINT_DEBUG", "1")
    assert "Traceback" in run(monkeypatch, fail, "x").stderr


def test_an_interrupt_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(request: pipeline.Request, say: Callable[[str], None]) -> Report:
        raise KeyboardInterrupt

    done = run(monkeypatch, interrupt, "x")
    assert done.exit_code == 130
    assert done.stderr.strip() == "kmiglint: interrupted"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "there is nothing to check"),
        (["x", "--staged"], "--staged"),
        (["x", "--format", "pdf"], "'pdf' is not one of"),
        (["x", "--fail-on", "all"], "'all' is not one of"),
        (["x", "--formt", "json"], "--format"),
        (["x", "--tree", "/no/such/tree"], "/no/such/tree"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments_are_one_sentence(monkeypatch: pytest.MonkeyPatch, arguments: list[str], named: str) -> None:
    done = run(monkeypatch, giving(None), *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert named in done.stderr
    assert done.stderr.startswith("kmiglint: ")
    assert done.stderr.count("\n") == 1


def test_arguments_reach_the_pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[pipeline.Request] = []

    def record(request: pipeline.Request, say: Callable[[str], None]) -> Report:
        asked.append(request)
        return results.result()

    run(
        monkeypatch, record, "a.mbox", "-", "--tree", str(tmp_path), "--base", "v7.2", "--arch", "arm64", "--arch", "s390,x86",
        "--select", "a, b", "--select", "c", "--ignore", "d,", "--toolchain", "clang",
    )  # fmt: skip
    run(monkeypatch, record, "--staged")
    assert asked == [
        pipeline.Request(
            ("a.mbox", "-"), tree=tmp_path, base="v7.2", archs=("arm64", "s390", "x86"), select=("a", "b", "c"),
            ignore=("d",), toolchain="clang",
        ),
        pipeline.Request((), staged=True),
    ]  # fmt: skip


def test_output_is_replaced_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o640)
    done = run(monkeypatch, giving(Severity.ERROR), "x", "--format", "json", "-o", str(path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert json.loads(path.read_bytes())["format"] == "kmiglint/1"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]


def test_output_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = run(monkeypatch, giving(None), "x", "-o", str(tmp_path / "no" / "report"))
    assert done.exit_code == 2
    assert done.stderr.startswith("kmiglint: cannot write ")


def test_terse_is_silent_when_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(monkeypatch, giving(None), "x", "--format", "terse")
    assert (done.exit_code, done.output) == (0, "")
