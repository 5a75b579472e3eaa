"""Where real kernel trees and the patch corpus lie on this machine; tests that need them skip with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VERSIONS = ("6.1", "6.12", "7.2", "7.3")


def kernel_tree(version: str) -> Path:
    """The git tree of a kernel version, below KMIGLINT_KERNELS; skips the test without it."""
    home = os.environ.get("KMIGLINT_KERNELS")
    if not home:
        pytest.skip(f"KMIGLINT_KERNELS is not set: a directory with linux-{version}, a git repository")
    tree = Path(home) / f"linux-{version}"
    if not (tree / ".git" / "HEAD").exists():
        pytest.skip(f"no git repository linux-{version} in KMIGLINT_KERNELS")
    return tree


def corpus() -> Path:
    """The directory of the patch corpus, KMIGLINT_CORPUS; skips the test without it."""
    path = os.environ.get("KMIGLINT_CORPUS")
    if not path or not Path(path).is_dir():
        pytest.skip("KMIGLINT_CORPUS is not set to the directory of the patch corpus")
    return Path(path)
