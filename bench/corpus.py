"""Time and memory of series against their bases: median, 95th percentile and maximum, cold and warm.

usage: corpus.py JSONL... [--mbox DIR] [--trees DIR] [--every N] [--cold] [--command 'python -m lint']

Each line of a JSONL file names a series (``id``: DIR/ID.mbox) and its base (``base``: a tree DIR/linux-BASE). One run
per series fills a cache, a second one is measured; with --cold each series begins with an empty cache and its first run
is measured. Processor seconds of kmiglint and its gits stand beside the wall clock: they say more on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One check: seconds on the clock, seconds of processors, and the most memory of its largest process in MB."""

    name: str
    wall: float
    processor: float
    memory: float
    code: int


def check(command: list[str], name: str, mbox: Path, tree: Path, cache: str) -> Run:
    """Run one check and measure it."""
    argv = [*command, "check", str(mbox), "--tree", str(tree), "--format", "json", "--fail-on", "never"]
    start = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, env={**os.environ, "KMIGLINT_CACHE": cache})
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    return Run(name, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)


def told(label: str, values: list[float], unit: str) -> str:
    """One line with the median, the 95th percentile and the maximum."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{label:18} median {statistics.median(ordered):7.2f}  p95 {p95:7.2f}  maximum {ordered[-1]:7.2f} {unit}"


def main() -> int:
    """Measure and print; the exit code is 0 when every run ended well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jsonl", nargs="+", type=Path)
    parser.add_argument("--mbox", type=Path)
    parser.add_argument("--trees", type=Path, default=Path.home() / ".cache" / "kernel-trees")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--command", default=f"{sys.executable} -m lint")
    options = parser.parse_args()
    command = shlex.split(options.command)
    runs: list[Run] = []
    entries = [
        (json.loads(line), options.mbox or path.parent / "mbox")
        for path in options.jsonl
        for line in path.read_text().splitlines()
    ]
    with tempfile.TemporaryDirectory() as shared:
        for entry, folder in entries[:: options.every]:
            mbox, tree = folder / f"{entry['id']}.mbox", options.trees / f"linux-{entry['base']}"
            if options.cold:
                with tempfile.TemporaryDirectory() as own:
                    runs.append(check(command, entry["id"], mbox, tree, own))
            else:
                check(command, entry["id"], mbox, tree, shared)
                runs.append(check(command, entry["id"], mbox, tree, shared))
            last = runs[-1]
            print(f"{last.name:12} {last.wall:7.2f} s  {last.processor:7.2f} s of processors  {last.memory:6.0f} MB")
    print(told("wall clock", [run.wall for run in runs], "s"))
    print(told("processors", [run.processor for run in runs], "s"))
    print(told("memory", [run.memory for run in runs], "MB"))
    return 1 if any(run.code for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
