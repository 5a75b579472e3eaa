"""Seconds of what Kconfig costs: effects of a series, a parse against kconfiglib's own, one question against kismet.

    python -m bench.effects --kernels DIR --series MBOX [--runs 3] [--only effects|parse|unmet]
                            [--kismet PROGRAM] [--select ARM64:ACPI_HOTPLUG_CPU]

DIR holds linux-7.2 and linux-7.3 (git). Every figure but the parses is a whole process. kconfiglib 14.1.0 cannot read
these trees: it is given copies of their Kconfig files in which the few modern lines are put in words that it knows, and
runs their shell calls. kismet (PyPI kmax, Python 3.12 or later) gets a clone; the formulas that it makes first belong
to its answer.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.speed import Run, measure

ROOT = Path(__file__).resolve().parents[1]

_MODERN = (
    (re.compile(r"^(\s+)modules$", re.M), r"\1option modules"),
    (re.compile(r"^\s+transitional$\n", re.M), ""),
    (re.compile(r"^(\s+depends on )([^#\n]+) if ([^#\n]+).*$", re.M), r"\1(\2) || !(\3)"),
)
_PLAIN = """
import kconfiglib, time
start = time.perf_counter()
found = kconfiglib.Kconfig("Kconfig", warn=False)
print(time.perf_counter() - start, len(found.unique_defined_syms))
"""
_OURS = """
from pathlib import Path
from lint.kconfig.parse import parse_kconfig
from lint.snapshot.directory import DirectoryTree
import time
start = time.perf_counter()
found = parse_kconfig(DirectoryTree(Path({tree!r})), {arch!r})
print(time.perf_counter() - start, sum(bool(one.definitions) for one in found.symbols.values()))
"""


def plain_copy(tree: Path, directory: Path) -> None:
    """The Kconfig files of a tree in words that kconfiglib knows, beside links to the scripts that they call."""
    for path in tree.rglob("Kconfig*"):
        if path.is_file() and path.relative_to(tree).parts[0] != "scripts":
            text = path.read_text("utf-8", "replace")
            for pattern, plain in _MODERN:
                text = pattern.sub(plain, text)
            copy = directory / path.relative_to(tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text)
    (directory / "scripts").symlink_to(tree / "scripts")


def kconfiglib_environment(directory: Path, arch: str) -> dict[str, str]:
    """What the kernel's Makefile sets for its own parser, with the tools of this machine."""
    tools = {"CC": "gcc", "HOSTCC": "gcc", "LD": "ld", "AR": "ar", "NM": "nm", "OBJCOPY": "objcopy", "RUSTC": "rustc"}
    paths = {"srctree": str(directory), "ARCH": arch, "SRCARCH": arch, "KERNELVERSION": "7.3.0", "PAHOLE": "pahole"}
    return {**os.environ, **tools, **paths, "BINDGEN": "bindgen", "CC_VERSION_TEXT": "gcc"}


def shown(name: str, runs: list[Run]) -> str:
    """One line: the medians of some runs."""
    wall, cpu = (statistics.median(getattr(run, what) for run in runs) for what in ("wall", "cpu"))
    memory = max(run.memory for run in runs)
    return f"{name:44} {wall:7.2f} s wall {cpu:7.2f} s cpu {memory:6.0f} MB"


def with_environment(changes: Mapping[str, str], command: list[str], cwd: Path) -> Run:
    """One run with a changed environment."""
    return measure(["env", *(f"{name}={value}" for name, value in changes.items()), *command], cwd)


def effects(tree: Path, series: Path, runs: int) -> None:
    """The effects of the series: with an empty cache each time, then with what the run before left."""
    command = [sys.executable, "-m", "lint", "effects", str(series), "--tree", str(tree), "--format", "json"]
    cold, warm = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(with_environment({"KMIGLINT_CACHE": cache}, command, ROOT))
            warm.append(with_environment({"KMIGLINT_CACHE": cache}, command, ROOT))
    print(shown("effects, nothing known of the tree", cold))
    print(shown("effects, second run", warm))


def parse(tree: Path, arch: str, runs: int) -> None:
    """One parse, ours and kconfiglib's own in turn."""
    ours, theirs = [], []
    program = _OURS.format(tree=str(tree), arch=arch)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        plain_copy(tree, directory)
        environment = kconfiglib_environment(directory, arch)
        for _ in range(runs):
            ours.append(_printed([sys.executable, "-c", program], ROOT, os.environ))
            theirs.append(_printed([sys.executable, "-c", _PLAIN], directory, environment))
    for who, found in (("ours, without a shell", ours), ("kconfiglib's own", theirs)):
        seconds = statistics.median(one for one, _ in found)
        print(f"{f'parse of {tree.name} {arch}, {who}':44} {seconds:7.2f} s wall, {found[0][1]} symbols")
    ratio = statistics.median(own / other for (own, _), (other, _) in zip(ours, theirs, strict=True))
    print(f"{'ratio, pair by pair':44} {ratio:7.3f}")


def _printed(command: list[str], cwd: Path, environment: Mapping[str, str]) -> tuple[float, int]:
    """The seconds of the parse alone and the number of symbols, as the program prints them."""
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    seconds, symbols = done.stdout.split()
    return float(seconds), int(symbols)


def unmet(tree: Path, select: str, kismet: str, runs: int) -> None:
    """Whether one select of arm64 can leave dependencies unmet: ours with its parse, kismet with its formulas."""
    selector, target = select.split(":")
    command = [sys.executable, "-m", "bench.unmet", str(tree), "arm64", selector, target]
    ours = [measure(command, ROOT) for _ in range(runs)]
    print(shown(f"may {selector} select {target}: parse and answer", ours))
    if not kismet:
        return
    with tempfile.TemporaryDirectory() as name:
        clone = Path(name) / "linux"
        subprocess.run(["git", "clone", "-q", "--shared", str(tree), str(clone)], check=True)
        names = ["--selectors", f"CONFIG_{selector}", "--selectees", f"CONFIG_{target}"]
        environment = {"PATH": f"{Path(kismet).resolve().parent}:{os.environ['PATH']}"}
        theirs = with_environment(environment, [kismet, "-a", "arm64", "--linux-ksrc", ".", *names], clone)
        summary = (clone / "kismet_summary_arm64.csv").read_text().splitlines()[1:]
    print(shown(f"kismet: {summary[0].split(',')[5] if summary else 'no answer'}", [theirs]))
    print(f"{'ratio of the medians, wall':44} {_ratio(ours, [theirs]):7.4f}")


def _ratio(ours: list[Run], theirs: list[Run]) -> float:
    return statistics.median(run.wall for run in ours) / statistics.median(run.wall for run in theirs)


def main() -> int:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernels", type=Path, required=True)
    parser.add_argument("--series", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("effects", "parse", "unmet"))
    parser.add_argument("--kismet", default=shutil.which("kismet") or "")
    parser.add_argument("--select", default="ARM64:ACPI_HOTPLUG_CPU")
    options = parser.parse_args()
    kernels, series = options.kernels.resolve(), options.series.resolve()
    if options.only in (None, "effects"):
        effects(kernels / "linux-7.2", series, options.runs)
    if options.only in (None, "parse"):
        parse(kernels / "linux-7.3", "arm64", options.runs)
    if options.only in (None, "unmet"):
        unmet(kernels / "linux-7.2", options.select, options.kismet, options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
