"""Real trees: every include of a sample of files names something, or is one of those that nothing builds."""

from __future__ import annotations

import pytest

from lint.includes.graph import IncludeGraph
from lint.includes.model import Status
from lint.kconfig.arches import architectures
from lint.snapshot.open import open_tree
from tests.kernels import kernel_tree

pytestmark = pytest.mark.kernel

PLACES = ("arch/", "block/", "drivers/", "fs/", "include/", "kernel/", "lib/", "mm/", "net/", "tools/", "samples/")
EVERY = 60
# What stands under an #if that no kernel build takes (other systems, dead code) is missing in truth.
MOST_MISSING = 0.002


@pytest.mark.parametrize("version", ["6.1", "7.3"])
def test_includes_of_a_sample_are_found(version: str) -> None:
    tree = open_tree(kernel_tree(version), None)
    graph, archs = IncludeGraph(tree), architectures(tree)
    files = [path for path in tree.list() if path.startswith(PLACES) and path.endswith((".c", ".h", ".S"))][::EVERY]
    count, missing = 0, []
    for path in files:
        parts = path.split("/")
        asked = [part for part in parts[1:3] if part in archs][-1:] if parts[0] == "arch" else archs
        for include in graph.includes(path):
            count += 1
            if all(graph.resolve(include, path, arch).status is Status.MISSING for arch in asked or archs):
                missing.append((path, include.line, include.path))
    assert count > 3000
    assert len(missing) <= count * MOST_MISSING, missing


@pytest.mark.parametrize(
    ("unit", "arch", "header", "reached"),
    [
        ("kernel/fork.c", "arm64", "include/linux/sched.h", True),
        ("kernel/fork.c", "riscv", "arch/arm64/include/asm/thread_info.h", False),
        ("kernel/seccomp.c", "arm64", "arch/arm64/include/asm/syscall.h", True),
        ("fs/proc/array.c", "um", "arch/x86/um/asm/processor.h", True),
        ("drivers/gpu/drm/amd/amdgpu/amdgpu_device.c", "x86", "drivers/gpu/drm/amd/amdgpu/amdgpu.h", True),
    ],
)
def test_units_reach_their_headers(unit: str, arch: str, header: str, reached: bool) -> None:
    graph = IncludeGraph(open_tree(kernel_tree("7.2"), None))
    found = graph.reached(unit, arch)
    assert found.complete
    assert (header in found) is reached
