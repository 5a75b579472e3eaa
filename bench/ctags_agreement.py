"""How far the definitions agree with universal-ctags on real trees, and how much tree-sitter could not read.

    python bench/ctags_agreement.py TREE [DIRECTORY...] [--show N] [--kind KIND] [--every N]

ctags is an oracle here, never a part of the tool.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lint.cparse.definitions import definitions
from lint.cparse.model import Kind

DIRECTORIES = ("arch/arm64", "kernel", "include/linux")
LETTERS = {"f": "function", "d": "macro", "e": "enumerator", "m": "member", "t": "typedef", "v": "variable"}
LETTERS |= dict.fromkeys("sgu", "tag")
ACCEPTED = {
    "function": {Kind.FUNCTION},
    "macro": {Kind.MACRO},
    "enumerator": {Kind.ENUMERATOR},
    "member": {Kind.MEMBER},
    "typedef": {Kind.TYPEDEF},
    "tag": {Kind.TAG},
    "variable": {Kind.VARIABLE, Kind.EXTERN},
}


@dataclass(slots=True)
class Agreement:
    """What was counted over some files."""

    files: int = 0
    size: int = 0
    error_bytes: int = 0
    seconds: float = 0.0
    expected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    ours: Counter[str] = field(default_factory=Counter)
    missing: list[tuple[str, str, str, int]] = field(default_factory=list)

    def share(self, kind: str) -> float:
        """The share of ctags' definitions of a kind that were found at the same line."""
        return self.found[kind] / self.expected[kind] if self.expected[kind] else 1.0

    @property
    def error_share(self) -> float:
        """The share of all bytes that lie inside ERROR nodes."""
        return self.error_bytes / self.size if self.size else 0.0


def ctags(tree: Path, paths: Sequence[str]) -> dict[str, list[tuple[str, str, int]]]:
    """Kind, name and line of what ctags finds, by path."""
    command = ["ctags", "--language-force=C", "--fields=nk", "--excmd=number", "--sort=no", "-L", "-", "-f", "-"]
    run = subprocess.run(command, cwd=tree, input="\n".join(paths).encode(), capture_output=True, check=True)
    found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for line in run.stdout.decode("utf-8", "replace").splitlines():
        fields = line.split("\t")
        if len(fields) > 3 and not line.startswith("!") and fields[3] in LETTERS and not fields[0].startswith("__anon"):
            found[fields[1]].append((LETTERS[fields[3]], fields[0], int(fields[2].rstrip(';"'))))
    return found


def sources(tree: Path, directories: Iterable[str], every: int = 1) -> list[str]:
    """The C files below some directories, sorted; ``every`` takes each n-th only."""
    paths = [
        path.relative_to(tree).as_posix()
        for directory in directories
        for path in sorted((tree / directory).rglob("*.[ch]"))
        if path.is_file() and not path.is_symlink()
    ]
    return paths[::every]


def agreement(tree: Path, paths: Sequence[str]) -> Agreement:
    """Compare the definitions of some files."""
    result = Agreement()
    expected = ctags(tree, paths)
    for path in paths:
        text = (tree / path).read_bytes()
        start = time.process_time()
        answer = definitions(path, text)
        result.seconds += time.process_time() - start
        result.files += 1
        result.size += len(text)
        result.error_bytes += definitions(path, text, bodies=True).error_bytes
        have = {(item.kind, item.name, item.line) for item in answer.items}
        # ctags names what SYSCALL_DEFINE1(close, ...) { defines after the macro
        have |= {(item.kind, item.type, item.line) for item in answer.items if item.kind is Kind.FUNCTION}
        result.ours.update(item.kind.value for item in answer.items)
        for kind, name, line in expected.get(path, ()):
            result.expected[kind] += 1
            if any((ours, name, line) in have for ours in ACCEPTED[kind]):
                result.found[kind] += 1
            else:
                result.missing.append((kind, path, name, line))
    return result


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("directories", nargs="*", default=DIRECTORIES)
    parser.add_argument("--show", type=int, default=0, help="list so many differences")
    parser.add_argument("--kind", default="", help="list differences of one kind only")
    parser.add_argument("--every", type=int, default=1, help="take each n-th file only")
    given = parser.parse_args()
    result = agreement(given.tree, sources(given.tree, given.directories, given.every))
    print(f"{'kind':12} {'ctags':>8} {'found':>8} {'share':>9} {'ours':>8}")
    for kind in ACCEPTED:
        row = f"{kind:12} {result.expected[kind]:8} {result.found[kind]:8} {result.share(kind):9.3%}"
        print(row, f"{result.ours[kind]:8}")
    print(
        f"{result.files} files, {result.size:,} bytes, {result.error_bytes:,} in ERROR nodes ({result.error_share:.3%})"
    )
    print(f"{result.seconds:.1f} s of CPU, {1e5 * result.seconds / max(result.size, 1) * 1000:.1f} ms per 100 KB")
    shown = [one for one in result.missing if given.kind in ("", one[0])]
    for kind, path, name, line in shown[:: max(1, len(shown) // max(given.show, 1))][: given.show]:
        text = (given.tree / path).read_bytes().split(b"\n")[line - 1].decode("utf-8", "replace")
        print(f"{kind:10} {path}:{line}: {name}: {text.strip()[:100]}")


if __name__ == "__main__":
    main()
