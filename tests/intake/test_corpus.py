"""Real mails: everything loads, nothing is lost, and git reads the same diffs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from lint.intake.load import load
from lint.intake.mail import read_mail
from lint.intake.mbox import split_mbox
from lint.intake.message import split_message
from tests.kernels import corpus

pytestmark = pytest.mark.corpus


def sources() -> list[Path]:
    return sorted([*corpus().rglob("*.mbox"), *corpus().rglob("*.patch")])


def test_every_file_is_one_series_with_all_its_hunks() -> None:
    for path in sources():
        history = load([str(path)])
        data = path.read_bytes()
        counted = len(re.findall(rb"(?m)^@@ -\d+(?:,\d+)? \+\d+", data))
        assert sum(len(file.hunks) for patch in history.patches for file in patch.files) == counted, path
        assert len(history.series) == 1, path
        assert all("missing" in problem.message for problem in history.problems), (path, history.problems)
        assert [patch.index for patch in history.patches] == list(range(1, len(history.patches) + 1))


def test_the_main_series_is_complete() -> None:
    history = load([str(corpus() / "arm64-generic-entry-v16.mbox")])
    series = history.series[0]
    assert (series.version, series.expected, len(series.patches)) == (16, 18, 18)
    assert [patch.number for patch in series.patches] == [f"{n:02d}/18" for n in range(1, 19)]
    assert series.cover is not None
    assert series.cover.subject.startswith("[PATCH v16 00/18]")
    assert history.problems == ()


def test_git_mailsplit_and_mailinfo_agree(tmp_path: Path) -> None:
    for number, path in enumerate(sources()):
        folder = tmp_path / str(number)
        folder.mkdir()
        data = path.read_bytes()
        mails = split_mbox(data)
        subprocess.run(
            ["git", "mailsplit", "--mboxrd", f"-o{folder}", "-b", str(path)], check=True, capture_output=True
        )
        assert len(list(folder.iterdir())) == len(mails), path
        for raw, split in zip(mails, sorted(folder.iterdir()), strict=True):
            message, patch = tmp_path / "message", tmp_path / "patch"
            with split.open("rb") as given:
                subprocess.run(
                    ["git", "mailinfo", str(message), str(patch)], check=True, stdin=given, capture_output=True
                )
            read = read_mail(raw)[0][0]
            ours = split_message(read.body, read.charset)
            theirs = patch.read_bytes()
            assert theirs.endswith(ours.diff.strip(b"\n") + b"\n") or ours.diff.strip(b"\n") in theirs, (path, split)
            if theirs.strip():
                assert bool(ours.diff.strip()) == (b"\ndiff " in b"\n" + theirs), (path, split)
            text = message.read_text()
            said = [line.rstrip() for line in text.strip().split("\n")]
            ours_said = [line.rstrip() for line in ours.changelog.strip().split("\n")]
            if ours.diff:
                assert said == ours_said, (path, split)
