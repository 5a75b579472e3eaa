from __future__ import annotations

import shutil

import pytest

from bench.ctags_agreement import DIRECTORIES, agreement, sources
from tests.kernels import kernel_tree


@pytest.mark.kernel
def test_definitions_agree_with_ctags_on_a_real_tree() -> None:
    if shutil.which("ctags") is None:
        pytest.skip("universal-ctags is not installed")
    tree = kernel_tree("7.3")
    result = agreement(tree, sources(tree, DIRECTORIES))
    assert result.files > 1000
    for kind in ("function", "macro", "enumerator", "member", "typedef"):
        assert result.share(kind) >= 0.98, (kind, [one for one in result.missing if one[0] == kind][:20])
    assert result.error_share < 0.005
