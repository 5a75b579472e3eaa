"""Against git apply: random files, diffs that git made of them, and targets that have moved on since."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lint.snapshot.apply import apply_patch
from lint.snapshot.memory import MemoryTree

from .patches import file_patch, git_applies, patch

LINE = st.sampled_from([b"a", b"b", b"c", b"}", b"", b"\treturn 0;", b"x\r", b"d", b"e f"])
TEXT = st.builds(
    lambda lines, end: b"\n".join(lines) + (b"\n" if end and lines else b""),
    st.lists(LINE, max_size=40),
    st.booleans(),
)


def edited(lines: list[bytes], edits: list[tuple[int, int, list[bytes]]]) -> list[bytes]:
    for place, drop, put in edits:
        at = place % (len(lines) + 1)
        lines = lines[:at] + put + lines[at + drop :]
    return lines


EDITS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), st.lists(LINE, max_size=3)), min_size=1, max_size=4)


def diff(directory: Path, old: bytes, new: bytes, context: int) -> bytes:
    (directory / "old").write_bytes(old)
    (directory / "new").write_bytes(new)
    command = ["git", "diff", "--no-index", "--no-color", f"-U{context}", "old", "new"]
    made = subprocess.run(command, cwd=directory, capture_output=True, check=False).stdout
    at = made.find(b"@@ -")
    return b"--- a/f\n+++ b/f\n" + made[at:] if at >= 0 else b""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(TEXT, EDITS, EDITS | st.just([]), st.integers(1, 3))
def test_the_result_is_byte_for_byte_that_of_git(
    old: bytes, edits: list[tuple[int, int, list[bytes]]], drift: list[tuple[int, int, list[bytes]]], context: int
) -> None:
    new = b"\n".join(edited(old.split(b"\n"), edits))
    target = b"\n".join(edited(old.split(b"\n"), drift))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        text = diff(directory, old, new, context)
        if not text or not target or not old or not new:
            return
        (directory / "f").write_bytes(target)
        applies = git_applies(directory, text)
        expected = (directory / "f").read_bytes()
    done = apply_patch(MemoryTree({"f": target}), patch(file_patch(text)))
    assert (not done.problems) == applies, (target, text, done.problems)
    if applies:
        assert done.tree.read("f") == expected, (target, text)
    (change,) = done.files
    assert (change.before is None) is False
    assert change.after is not None
    before, after = change.before.split(b"\n") if change.before else [], change.after.split(b"\n")
    shown = [line for hunk in change.patch_file.hunks for line in hunk.lines]
    if change.fragment:
        return
    # Git glues a line without newline to the next one when it puts it in the middle of a file: so "in".
    added = [line.text.rstrip(b"\n") for line in shown if line.kind == "+"]
    assert all(any(text in after[number - 1] for number in change.added) for text in added)
    assert sorted(before[number - 1] for number in change.removed) == sorted(
        line.text.rstrip(b"\n") for line in shown if line.kind == "-"
    )
