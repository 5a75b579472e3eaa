"""Time kmiglint on a series side by side with the tree's own checkpatch.pl on the same patches.

    python bench/speed.py --tree TREE --series MBOX [--runs 5]

Runs the two in turn after one warm-up each and prints medians, the ratio pair by pair, and peak memory. checkpatch gets
the patches as files in one call. Quote the ratio: it holds when the machine's speed drifts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What one process took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: float  # MB, peak of the process itself


def measure(command: list[str], cwd: Path) -> Run:
    """One run of a whole process; its output is thrown away and its exit code ignored."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def split(series: Path, directory: Path) -> list[str]:
    """The patches of an mbox as files, the cover letter left out."""
    subprocess.run(["git", "mailsplit", f"-o{directory}", str(series)], check=True, capture_output=True)
    return [str(path) for path in sorted(directory.iterdir()) if b"\ndiff --git " in path.read_bytes()]


def main() -> int:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--series", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    tree, series = options.tree.resolve(), options.series.resolve()
    kmiglint = [sys.executable, "-m", "lint", "check", str(series), "--tree", str(tree), "--fail-on", "never"]
    root = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as directory:
        patches = split(series, Path(directory))
        checkpatch = [str(tree / "scripts" / "checkpatch.pl"), *patches]
        ours: list[Run] = []
        theirs: list[Run] = []
        for counted in range(-1, options.runs):
            pair = measure(kmiglint, root), measure(checkpatch, tree)
            if counted >= 0:
                ours.append(pair[0])
                theirs.append(pair[1])
    print(f"{len(patches)} patches, {options.runs} pairs after a warm-up; medians")
    for name, runs in (("kmiglint", ours), ("checkpatch.pl", theirs)):
        wall, cpu, memory = (statistics.median(getattr(run, key) for run in runs) for key in ("wall", "cpu", "memory"))
        print(f"  {name:14} {wall:6.2f} s wall  {cpu:6.2f} s cpu  {memory:6.0f} MB peak")
    ratios = [one.wall / other.wall for one, other in zip(ours, theirs, strict=True)]
    low, high = min(ratios), max(ratios)
    print(f"  kmiglint / checkpatch, wall: {statistics.median(ratios):.2f} (from {low:.2f} to {high:.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
