"""Every mail of the corpus against git apply: what it accepts is the same byte for byte, what it refuses is reported."""

from __future__ import annotations

import email
import hashlib
import json
import mailbox
from collections.abc import Iterator
from pathlib import Path

import pytest

from lint.intake.load import load
from lint.snapshot.apply import apply_patch
from lint.snapshot.open import open_tree
from lint.snapshot.tree import Tree
from tests.kernels import VERSIONS, corpus, kernel_tree

from .scratch import Scratch

pytestmark = [pytest.mark.kernel, pytest.mark.corpus]
MAIN = {
    "arm64-generic-entry-v16": "7.2",
    "arm64-generic-entry-v13-resend": "7.2",
    "riscv-generic-entry-v8": "6.1",
    "riscv-generic-entry-v17": "6.1",
}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_trees_after_each_patch_are_those_of_git(version: str, tmp_path: Path) -> None:
    kernel = kernel_tree(version)
    scratch = Scratch(tmp_path, kernel)
    base = open_tree(kernel, "base")
    wrong: list[str] = []
    accepted = refused = 0
    for path in mboxes(version):
        scratch.reset()
        tree: Tree = base
        diffs = raw_diffs(path)
        for patch in load([str(path)]).patches:
            applied = apply_patch(tree, patch)
            tree = applied.tree
            paths = [one for file in patch.files for one in (file.old_path, file.new_path) if one]
            name = f"{path.name} patch {patch.index}"
            if scratch.apply(diffs[patch.mail.message_id.strip("<>")]):
                accepted += 1
                if applied.problems:
                    wrong.append(f"{name}: git applies it, but {applied.problems[0]}")
                theirs = scratch.entries(paths)
                for one in paths:
                    if theirs.get(one) != ours(tree, one):
                        wrong.append(f"{name}: {one} is not what git makes of it")
            else:
                refused += 1
                if not applied.problems:
                    wrong.append(f"{name}: git refuses it and we say nothing")
                scratch.take(tree, paths)
    print(f"{version}: {accepted} patches that git applies, {refused} that it refuses")
    assert not wrong, "\n".join(wrong)
    assert accepted + refused


def ours(tree: Tree, path: str) -> tuple[str, str] | None:
    content = tree.read(path)
    if content is None:
        return None
    return tree.mode(path), hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def mboxes(version: str) -> Iterator[Path]:
    home = corpus()
    yield from (home / f"{name}.mbox" for name, base in MAIN.items() if base == version)
    for listing in ("cases", "fixed_revisions", "negatives"):
        for line in (home / "lkp" / f"{listing}.jsonl").read_text().splitlines():
            entry = json.loads(line)
            if entry["base"] == version:
                yield home / "lkp" / "mbox" / f"{entry['id']}.mbox"


def raw_diffs(path: Path) -> dict[str, bytes]:
    """The decoded text of each mail by its Message-ID; git apply skips what is no diff."""
    found = {}
    box = mailbox.mbox(path)
    for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its mails, not its keys
        mail = email.message_from_bytes(box.get_bytes(key))
        parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
        text = b"".join(part for part in parts if isinstance(part, bytes))
        found[str(mail["Message-ID"]).strip().strip("<>")] = text.replace(b"\r\n", b"\n")
    return found
