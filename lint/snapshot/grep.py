"""Search with git grep: one call for all words, its output bounded, its lines attributed to words."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lint.gitcmd import Git
from lint.snapshot.paths import below
from lint.snapshot.patterns import extended_pattern, perl_pattern
from lint.snapshot.tree import Occurrence
from lint.snapshot.words import MAX_LINE, Words, searchable

MAX_OUTPUT = 64 * 1024 * 1024
_OPTIONS = ("-z", "-n", "-I", "--no-color", "--no-textconv", "--no-recurse-submodules", "--full-name")


@dataclass(frozen=True, slots=True)
class Grepped:
    """What git grep found; ``truncated`` when its output was larger than ``MAX_OUTPUT`` and the rest was dropped."""

    found: Mapping[str, list[Occurrence]]
    truncated: bool = False


def git_grep(
    git: Git, words: Collection[str], within: Sequence[str], where: Sequence[str], tree: str = ""
) -> Grepped | None:
    """Search for whole words; None when git is missing or fails.

    ``where``: the options that say what is searched (``--cached``, ``--no-index --no-exclude-standard``); ``tree``: the
    object name of a tree instead.
    """
    found: dict[str, list[Occurrence]] = {word: [] for word in words}
    wanted = [word for word in words if searchable(word)]
    if not wanted:
        return Grepped(found)
    place = [*([tree] if tree else []), "--", *within]
    output = _output(git, ["grep", *_OPTIONS, *where, "-P", "-f", "-", *place], perl_pattern(wanted))
    if output is None:
        # A git that was built without PCRE.
        output = _output(git, ["grep", *_OPTIONS, *where, "-E", "-f", "-", *place], extended_pattern(wanted))
    if output is None:
        return None
    truncated = len(output) > MAX_OUTPUT
    if truncated:
        output = output[: output.rfind(b"\n", 0, MAX_OUTPUT) + 1]
    _attribute(output, Words(wanted), found, len(tree) + 1 if tree else 0)
    return Grepped(found, truncated)


def narrowed(
    found: Mapping[str, Iterable[Occurrence]], words: Iterable[str], within: tuple[str, ...]
) -> dict[str, tuple[Occurrence, ...]]:
    """The part of an answer that is about these words and places, sorted."""
    return {word: tuple(one for one in found.get(word, ()) if below(one.path, within)) for word in words}


def _output(git: Git, arguments: list[str], patterns: str) -> bytes | None:
    # A file as input: writing to a pipe while the output fills up would stop both.
    with tempfile.TemporaryFile() as given:
        given.write(patterns.encode("utf-8", "surrogateescape") + b"\n")
        given.seek(0)
        try:
            process = subprocess.Popen(
                git.command(*arguments),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git.environment(),
            )
        except OSError:
            return None
        with process:
            output = process.stdout.read(MAX_OUTPUT + 1) if process.stdout else b""
            process.kill() if len(output) > MAX_OUTPUT else None
    if process.returncode not in (0, 1) and len(output) <= MAX_OUTPUT:
        return None
    return output


def _attribute(output: bytes, words: Words, found: dict[str, list[Occurrence]], skip: int) -> None:
    raw_path, path = b"", ""
    for record in output.split(b"\n"):
        parts = record.split(b"\0", 2)
        if len(parts) != 3 or not parts[1].isdigit():
            continue
        hits = words.found_in(parts[2])
        if hits:
            if parts[0] != raw_path:
                raw_path = parts[0]
                path = raw_path[skip:].decode("utf-8", "surrogateescape")
            place = Occurrence(path, int(parts[1]), parts[2][:MAX_LINE])
            for word in hits:
                found[word].append(place)
