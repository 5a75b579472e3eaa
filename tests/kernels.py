"""Where real kernel trees and the patch corpus lie on this machine; tests that need them skip with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VERSIONS = ("6.1", "6.12", "7.2", "7.3")


def kernel_tree(version: str) -> Path:
    """The git tree of a kernel version; skips the test when KMIGLINT_KERNELS (default ~/.cache/kernel-trees) lacks it."""
    home = Path(os.environ.get("KMIGLINT_KERNELS") or Path.home() / ".cache" / "kernel-trees")
    tree = home / f"linux-{version}"
    if not (tree / ".git" / "HEAD").exists():
        pytest.skip(f"no kernel tree {tree}: set KMIGLINT_KERNELS to a directory with linux-{version} (a git repository)")
    return tree


def corpus() -> Path:
    """The directory of the patch corpus; skips the test when KMIGLINT_CORPUS (default ../shared/corpus) is not there."""
    root = Path(__file__).resolve().parents[1]
    path = Path(os.environ.get("KMIGLINT_CORPUS") or root.parent / "shared" / "corpus")
    if not path.is_dir():
        pytest.skip(f"no patch corpus at {path}: set KMIGLINT_CORPUS")
    return path
