"""A real series on a real tree: read through git and from the directory, the findings are the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint import pipeline
from lint.snapshot.directory import DirectoryTree
from lint.snapshot.tree import Tree
from tests.e2e.driving import check
from tests.kernels import corpus, kernel_tree

SERIES = "arm64-generic-entry-v16.mbox"
FAULT = "seeded/f1-*"


@pytest.mark.kernel
@pytest.mark.corpus
def test_a_real_tree_as_git_and_as_a_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = kernel_tree("7.2")
    inputs = (corpus() / SERIES, *sorted(corpus().glob(FAULT))[:1])
    assert len(inputs) == 2
    from_git = check(*inputs, "--tree", tree).report

    def as_it_is(path: Path, revision: str | None = None) -> Tree:
        assert revision is None
        return DirectoryTree(path)

    monkeypatch.setattr(pipeline, "open_tree", as_it_is)
    from_disk = check(*inputs, "--tree", tree).report
    assert (from_git["tree"]["kind"], from_disk["tree"]["kind"]) == ("git", "directory")
    assert from_git["series"]["patches"] == 19
    assert from_git["findings"]
    for part in ("findings", "problems", "series", "suppressed"):
        assert from_disk[part] == from_git[part]
