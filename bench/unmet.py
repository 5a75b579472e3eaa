"""Seconds for asking whether the selects of one entry can leave dependencies unmet.

python -m bench.unmet TREE ARCH ENTRY [TARGET]      linux-7.2 arm64 ARM64
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from lint.kconfig.parse import parse_kconfig
from lint.kconfig.solver import Solver
from lint.rules._dependencies import unmet
from lint.rules._selects import selects_of
from lint.snapshot.directory import DirectoryTree


def main() -> None:
    """Parse, ask and print both times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("arch")
    parser.add_argument("entry")
    parser.add_argument("target", nargs="?")
    options = parser.parse_args()
    start = time.process_time()
    kconfig = parse_kconfig(DirectoryTree(options.tree), options.arch)
    parsed = time.process_time()
    solver = Solver(kconfig)
    selects = [one for one in selects_of(kconfig, options.entry) if options.target in (None, one.target)]
    possible = [select.target for select in selects if solver.possible(unmet(solver, select))]
    done = time.process_time()
    print(
        f"parse {parsed - start:.2f} s, {len(selects)} selects of {options.entry} in {done - parsed:.3f} s (user CPU)"
    )
    print("can be unmet:", ", ".join(possible) or "none")


if __name__ == "__main__":
    main()
