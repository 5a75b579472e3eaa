"""A Makefile lists an object or directory that there is nothing to build from, or an added source is built by none.

Why: make stops with "No rule to make target" in every configuration that enables the line; a source that no Makefile
lists is dead text that nobody compiles.
Bad: a driver is renamed, and the Makefile still lists the object under its old name.
Good: the source and the line that lists it come, move and go in one patch.
Source: Documentation/kbuild/makefiles.rst, "The kbuild files"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import dirname

from lint.change import Change
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.intake.model import Change as FileAction
from lint.kbuild.lists import Listed
from lint.kbuild.sources import Sources
from lint.logic import Atom, atoms
from lint.rule import rule
from lint.rules._objects import APART, Missing, above, is_makefile, missing_in, target_path
from lint.snapshot.apply import FileChange
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of

BAD = """\
== drivers/Makefile
 obj-$(CONFIG_UART) += uart.o
!obj-$(CONFIG_CLOCK) += clock.o
== drivers/uart.c
 int uart;
"""

GOOD = """\
== drivers/Makefile
 obj-$(CONFIG_UART) += uart.o
+obj-$(CONFIG_CLOCK) += clock.o
== drivers/uart.c
 int uart;
== drivers/clock.c
+int clock;
"""

_C = (".c", ".S")
_UNBUILT_APART = (*APART, "samples/")


def _words(change: Change) -> Iterable[str]:
    for file in _added_sources(change):
        yield _word(file.path)


@rule(
    "missing-object-source",
    Severity.ERROR,
    Confidence.HIGH,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def missing_object_source(change: Change) -> Iterator[Hit]:
    """Report listed objects without a source, as far as this change listed them or took the source away."""
    if isinstance(base_of(change.after.tree), EmptyTree):
        return
    after, before = Sources(change.after.tree), Sources(change.before.tree)
    told: set[tuple[str, str]] = set()
    for path, lines, gone in _makefiles(change):
        for missing in missing_in(change.after.tree, after, path, lines):
            source = gone.get(missing.path)
            key = (path, missing.path)
            if key in told or (lines is None and source is None) or _was_missing(change, before, missing):
                continue
            told.add(key)
            yield _hit(change, missing, source)
    for file in _added_sources(change):
        if _is_unbuilt(change, file.path):
            yield _unbuilt_hit(change, file.path)


def _makefiles(change: Change) -> Iterator[tuple[str, frozenset[int] | None, dict[str, FileChange]]]:
    """Makefiles to look into: their added lines, or all lines for what may name a source that is gone (by object)."""
    for file in change.files:
        if is_makefile(file.path) and file.after is not None and file.added and not file.fragment:
            yield file.path, file.added, {}
    gone: dict[str, FileChange] = {}
    for file in change.files:
        if file.old_path and file.old_path != file.new_path and not change.after.tree.exists(file.old_path):
            gone |= dict.fromkeys(_objects_of(file.old_path), file)
    paths = dict.fromkeys(
        f"{folder}/{name}" for one in gone for folder in above(one) for name in ("Kbuild", "Makefile")
    )
    for path in paths:
        path = path.removeprefix("/")
        if is_makefile(path) and change.after.tree.exists(path) and _names_any(change, path, gone):
            yield path, None, gone


def _objects_of(path: str) -> Iterator[str]:
    """What a file is the source of: its object, and of a Makefile its directory."""
    if is_makefile(path):
        yield dirname(path)
    elif not path.startswith(APART):
        stem, dot, _ = path.rpartition(".")
        if dot:
            yield f"{stem}.o"
            yield f"{stem}.dtb.o"


def _names_any(change: Change, path: str, gone: Iterable[str]) -> bool:
    text = change.after.tree.read(path) or b""
    return any(one.rpartition("/")[2].encode() in text for one in gone)


def _was_missing(change: Change, before: Sources, missing: Missing) -> bool:
    """Whether the same file listed it before, with as little to build it from."""
    path = next((f.old_path for f in change.files if f.new_path == missing.listed.path), missing.listed.path)
    if not path or missing.listed.target.rstrip("/").encode() not in (change.before.tree.read(path) or b""):
        return False
    return any(one.path == missing.path for one in missing_in(change.before.tree, before, path))


def _hit(change: Change, missing: Missing, source: FileChange | None) -> Hit:
    listed = missing.listed
    name = listed.target
    related = []
    if name.endswith("/"):
        what = f"{name} is entered by this line, but {missing.path} has neither Kbuild nor Makefile"
    else:
        stem = missing.path.removesuffix(".o")
        what = f"{name} is listed, but there is no {stem}.c or .S, no list of its parts and no rule that makes it"
    if source is not None:
        moved = f"renames it to {source.new_path}" if source.new_path else "deletes it"
        related.append(Related(Span(source.old_path, 0, side=Side.BEFORE), f"this patch {moved}"))
    return Hit(
        Span(listed.path, missing.line),
        what,
        symbols=(name, missing.path, *sorted({one.removeprefix("CONFIG_") for one in _configs(listed)})),
        related=tuple(related),
        severity=None if _is_built(change, listed) else Severity.NOTE,
    )


def _configs(listed: Listed) -> Iterator[str]:
    return (name.removesuffix("_MODULE") for name in atoms(listed.condition) if name.startswith("CONFIG_"))


def _is_built(change: Change, listed: Listed) -> bool:
    """Whether the line can take effect: its directory is entered, and the symbols that enable it exist."""
    state = change.after
    if any(name.startswith("?") for name in atoms(listed.condition)):
        return False
    known = state.kconfig_text.entries
    if known and not all(name.removeprefix("CONFIG_") in known for name in _configs(listed)):
        return False
    directory = dirname(listed.path)
    if not state.architectures or not directory or (directory.count("/") == 1 and directory.startswith("arch/")):
        return True
    return any(
        target_path(word.path, word.target) == directory
        for folder in above(directory)
        for words in state.gating.lists(folder).values()
        for word in words
        if word.target.endswith("/")
    )


def _added_sources(change: Change) -> Iterator[FileChange]:
    for file in change.files:
        action = file.patch_file.change
        if action is FileAction.ADD and file.path.endswith(_C) and not file.path.startswith(_UNBUILT_APART):
            yield file


def _is_unbuilt(change: Change, path: str) -> bool:
    """Whether no Makefile lists a source, none mentions it in any way, and no other file includes it."""
    state = change.after
    stem = path.rpartition("/")[2].rpartition(".")[0].encode()
    for folder in list(above(path))[:4]:
        for name in ("Kbuild", "Makefile"):
            text = state.tree.read(f"{folder}/{name}".removeprefix("/")) or b""
            if stem in text or b"$(wildcard" in text or b"$(eval" in text:
                return False
    if state.gating.condition(path) != Atom(f"?unbuilt({path})"):
        return False
    own = path.rpartition("/")[2].encode()
    return not any(
        (own in one.text or stem + b".o" in one.text) and one.path != path
        for one in state.search((_word(path),))[_word(path)]
    )


def _word(path: str) -> str:
    """The longest part of a file's stem that can be searched as a word."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    return max("".join(char if char.isalnum() or char == "_" else " " for char in stem).split() or ["c"], key=len)


def _unbuilt_hit(change: Change, path: str) -> Hit:
    number, _, total = change.patch.number.partition("/")
    whole = not total or number == total
    name = path.rpartition("/")[2]
    return Hit(
        Span(path, 1),
        f"no Makefile builds {path}, and no other file includes it",
        symbols=(name, path),
        # A later patch of the series may list it: new drivers come that way.
        severity=Severity.WARNING if whole else Severity.NOTE,
    )
