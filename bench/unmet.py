"""Seconds for asking whether the selects of one entry can leave dependencies unmet.

usage: python -m bench.unmet TREE ARCH ENTRY   (linux-7.2 arm64 ARM64)
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from lint.kconfig.parse import parse_kconfig
from lint.kconfig.solver import Solver
from lint.rules._dependencies import unmet
from lint.rules._selects import selects_of
from lint.snapshot.directory import DirectoryTree


def main() -> None:
    """Parse, ask and print both times."""
    tree, arch, entry = sys.argv[1:4]
    start = time.process_time()
    kconfig = parse_kconfig(DirectoryTree(Path(tree)), arch)
    parsed = time.process_time()
    solver = Solver(kconfig)
    selects = selects_of(kconfig, entry)
    possible = [select.target for select in selects if solver.possible(unmet(solver, select))]
    done = time.process_time()
    print(f"parse {parsed - start:.2f} s, {len(selects)} selects of {entry} in {done - parsed:.3f} s (user CPU)")
    print("can be unmet:", ", ".join(possible) or "none")


if __name__ == "__main__":
    main()
