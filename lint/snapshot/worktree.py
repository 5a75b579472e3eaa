"""Whether the files of a work tree can stand for those of a revision."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from lint.gitcmd import Git
from lint.snapshot.files import Files
from lint.snapshot.objects import Blob
from lint.snapshot.paths import GITLINK

MAX_FILTERS = 50
# Attributes that make the bytes on disk other than those of the blob. Plain "-text" and the like make them the same.
_CONVERTING = ("text", "crlf", "eol", "filter", "ident", "working-tree-encoding")


def differences(git: Git, tree: str) -> dict[str, Blob | None] | None:
    """The paths at which index or work tree differ from a tree, with the tree's entry (None: it has none).

    None as a whole when there is no work tree that could be compared.
    """
    code, output, _ = git.attempt("rev-parse", "--is-inside-work-tree")
    # Where time stamps say nothing git compares contents, and would run the repository's filters on them.
    options = _without_filters(git)
    if code != 0 or output.strip() != b"true" or options is None:
        return None
    # A submodule would be looked at by a git of its own, with the submodule's configuration.
    plain = ("--ignore-submodules=all", "--no-ext-diff", "--no-textconv", "--no-renames", "--raw", "-z")
    code, output, _ = git.attempt(*options, "diff-index", *plain, tree)
    return _parse(output) if code == 0 else None


def same_bytes(git: Git, root: Path, paths: Iterable[str]) -> bool:
    """Whether all files of a clean work tree have the bytes of their blobs: no conversion, nothing unseen."""
    code, output, _ = git.attempt("ls-files", "-z", "-v")
    # Other tags than H: skip-worktree, assume-unchanged, unmerged. Tags follow a NUL, except for the first.
    if code != 0 or output.count(b"\0H ") + output.startswith(b"H ") != output.count(b"\0"):
        return False
    for name in ("core.autocrlf", "core.eol"):
        code, value, _ = git.attempt("config", "--get", name)
        if code == 0 and value.strip().lower() not in (b"false", b"lf", b"native"):
            return False
    return not any(_converts(text) for text in _attributes(git, root, paths))


def _attributes(git: Git, root: Path, paths: Iterable[str]) -> Iterator[bytes]:
    """The attribute files that hold for the work tree."""
    files = Files(root)
    for name in {".gitattributes", *(one for one in paths if one.endswith("/.gitattributes"))}:
        yield files.read(name) or b""
    code, path, _ = git.attempt("rev-parse", "--git-path", "info/attributes")
    if code == 0:
        with contextlib.suppress(OSError):
            yield (root / path.decode("utf-8", "surrogateescape").rstrip("\n")).read_bytes()


def _converts(text: bytes) -> bool:
    for line in text.decode("utf-8", "replace").splitlines():
        for word in line.split()[1:]:
            if not line.startswith("#") and not word.startswith(("-", "!")) and word.split("=", 1)[0] in _CONVERTING:
                return True
    return False


def _without_filters(git: Git) -> list[str] | None:
    """Options that switch off every filter driver of the configuration; None when a name can't be put in an option."""
    _, output, _ = git.attempt("config", "-z", "--name-only", "--get-regexp", r"^filter\.")
    names = {name.rpartition(".")[0] for name in output.decode("utf-8", "surrogateescape").split("\0") if name}
    if len(names) > MAX_FILTERS or any("=" in name or "\n" in name for name in names):
        return None
    settings = ("clean=", "smudge=", "process=", "required=false")
    return [part for name in sorted(names) for setting in settings for part in ("-c", f"{name}.{setting}")]


def _parse(output: bytes) -> dict[str, Blob | None]:
    """``:oldmode newmode oldname newname status NUL path NUL``; the old side is the tree's."""
    fields = output.decode("utf-8", "surrogateescape").split("\0")
    found: dict[str, Blob | None] = {}
    for about, path in zip(fields[::2], fields[1::2], strict=False):
        parts = about.lstrip(":").split(" ")
        if len(parts) < 5:
            continue
        missing = parts[0] in ("000000", GITLINK) or set(parts[2]) == {"0"}
        if not (path in found and missing):
            found[path] = None if missing else Blob(parts[0], parts[2])
    return found
