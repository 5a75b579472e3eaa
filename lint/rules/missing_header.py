"""An included file exists nowhere, not for this architecture, or no longer.

Why: the compiler stops at the first line. The author has the file in the work tree and forgot to add it, has it from
another series, or builds for one of the architectures that have it; who builds for another one is stopped.
Bad: a driver includes the header of a companion that the patch does not add, or a header that the patch renames.
Good: the header comes with the patch or before it, every include is renamed with it, the include stands under the
condition that the header needs.
Source: Documentation/kbuild/makefiles.rst, "Architecture Makefiles" (generic-y and the search path)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change, is_source
from lint.cparse.model import Include
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.logic import both
from lint.resolve import SOURCES, Built, built
from lint.rule import rule
from lint.rules._includes import archs_of, has_tree, missing_for, possible, units_of
from lint.snapshot.apply import FileChange

BAD = """\
== include/linux/there.h
 int there(void);
== Kbuild
 obj-y += drivers/new/
== drivers/new/Makefile
+obj-y += new.o
== drivers/new/new.c
+#include <linux/there.h>
!#include <linux/new/protocol.h>
+
+int answer = PROTOCOL_ANSWER;
"""

GOOD = """\
== include/linux/there.h
 int there(void);
== include/linux/new/protocol.h
+#define PROTOCOL_ANSWER	42
== Kbuild
 obj-y += drivers/new/
== drivers/new/Makefile
+obj-y += new.o
== drivers/new/new.c
+#include <linux/there.h>
+#include <linux/new/protocol.h>
+
+int answer = PROTOCOL_ANSWER;
"""

_HEADERS = (".h", ".inc")
_DEVICE_TREE = (".dts", ".dtsi")
_INCLUDING = (*SOURCES, *_DEVICE_TREE)
# Units of a header that are asked whether an architecture builds them.
_MOST_UNITS = 12
# Files that include what the change took away: named, and looked through.
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Broken:
    """An include that names nothing, and a configuration that comes to it."""

    path: str
    include: Include
    archs: tuple[str, ...]
    found: Built
    everywhere: bool


def _words(change: Change) -> Iterable[str]:
    for path in _gone(change):
        yield path.rpartition("/")[2]
    for _, wrapped in _unlisted(change):
        yield wrapped.partition("/")[2]
    for file, include in _added(change):
        if file.path.endswith(_HEADERS) and include.path.startswith("asm/"):
            yield file.path.rpartition("/")[2]


@rule(
    "missing-header", Severity.ERROR, Confidence.HIGH, since="0.2", bad=BAD, good=GOOD, words=_words, breaks_build=True
)
def missing_header(change: Change) -> Iterator[Hit]:
    """Report added includes that name nothing, and files that still include what the change takes away."""
    if not has_tree(change):
        return
    for file, include in _added(change):
        if not _was_missing(change, file, include):
            broken = _broken(change, file.new_path, include)
            if broken is not None:
                yield _added_hit(change, broken)
    for path in _gone(change):
        yield from _hits(change, path, _still_included(change, path))
    for kbuild, name in _unlisted(change):
        yield from _hits(change, kbuild, _still_wrapped(change, kbuild, name))


def _added(change: Change) -> Iterator[tuple[FileChange, Include]]:
    """The includes on added lines, and all those of a source that moves to another directory."""
    for file in change.files:
        if not is_source(file.path) or file.after is None or file.binary or file.fragment or not file.new_path:
            continue
        moved = bool(file.old_path) and _directory(file.old_path) != _directory(file.new_path)
        for include in change.after.includes.includes(file.new_path):
            if include.line in file.added or (moved and include.quoted):
                yield file, include


def _directory(path: str) -> str:
    return path.rpartition("/")[0]


def _was_missing(change: Change, file: FileChange, include: Include) -> bool:
    """Whether the file had this include before, and nothing was there either."""
    for other in change.before.includes.includes(file.old_path) if file.old_path else ():
        if (other.path, other.quoted) == (include.path, include.quoted):
            own = archs_of(change.before, file.old_path)
            if missing_for(change.before, other, file.old_path, own):
                return True
    return False


def _broken(change: Change, path: str, include: Include, asked: tuple[str, ...] | None = None) -> _Broken | None:
    """Who comes to an include that names nothing for some architecture (of those asked); None when nobody does."""
    state = change.after
    archs = archs_of(state, path)
    missing = missing_for(state, include, path, archs if asked is None else asked)
    if include.condition is False or not missing:
        return None
    if path.endswith(_DEVICE_TREE) and state.includes.search.candidates(include.path):
        return None
    everywhere = missing == archs
    preferred = tuple(arch for arch in missing if arch in change.archs) or missing
    if everywhere:
        found = built(state, path, include.condition, preferred)
    else:
        found = _built_for_some(change, path, include, archs, missing)
    return None if found is None else _Broken(path, include, missing, found, everywhere)


def _built_for_some(
    change: Change, path: str, include: Include, archs: tuple[str, ...], missing: tuple[str, ...]
) -> Built | None:
    """A proof that an architecture without the header builds the file; a suspicion is not enough here."""
    state = change.after
    having = [arch for arch in archs if arch not in missing] or list(archs)
    known = next((arch for arch in change.archs if arch in having), having[0])
    if not path.endswith(_HEADERS):
        whole = both((state.gating.condition(path), include.condition))
        found = built(state, path, include.condition, possible(state, whole, known, missing))
        return found if found is not None and found.proven else None
    for arch in missing:
        for unit in units_of(state, path, arch, _MOST_UNITS):
            reached = state.includes.reached(unit, arch)
            whole = both((state.gating.condition(unit), reached.condition(path), include.condition))
            if path in reached and possible(state, whole, known, (arch,)):
                found = built(state, unit, both((reached.condition(path), include.condition)), (arch,))
                if found is not None and found.proven:
                    return found
    return None


def _added_hit(change: Change, broken: _Broken) -> Hit:
    include, path = broken.include, broken.path
    others = change.after.includes.search.candidates(include.path) if include.path.strip("./") else []
    if not broken.everywhere:
        more = f" (nor for {len(broken.archs) - 1} more)" if len(broken.archs) > 1 else ""
        message = f"{include.path} does not exist for {broken.found.arch}{more}, which can build this file"
    elif others:
        message = f"{include.path} is included, which is in no directory that is searched for it"
    else:
        message = f"{include.path} is included, which exists nowhere in the tree"
    return Hit(
        Span(path, include.line),
        message,
        symbols=(include.path,),
        related=tuple(Related(Span(other, 1), "a file of that name") for other in others[:_SHOWN]),
        arch=(broken.found.arch,) if broken.found.arch and not broken.everywhere else (),
        witness=dict(broken.found.witness),
        severity=None if broken.found.proven else Severity.NOTE,
    )


def _gone(change: Change) -> list[str]:
    """The headers that were there before and are not after."""
    paths = dict.fromkeys(file.old_path for file in change.files if file.old_path and not file.binary)
    return [path for path in paths if path.endswith(_HEADERS) and not change.after.tree.exists(path)]


def _unlisted(change: Change) -> Iterator[tuple[str, str]]:
    """The ``asm/NAME`` that a Kbuild list of generic headers loses, with the list's path."""
    for file in change.files:
        if file.path.startswith("arch/") and file.path.endswith("/asm/Kbuild") and file.before is not None:
            for _, text in change.removed_lines(file):
                name = text.rpartition(b"=")[2].strip().decode("utf-8", "replace")
                if name.endswith(".h") and b"-y" in text:
                    yield file.path, f"asm/{name}"


def _includers(change: Change, name: str) -> Iterator[tuple[str, Include]]:
    """Every include, on a line that the change does not add, whose path ends in a name."""
    lines = change.after.search([name])[name]
    for path in dict.fromkeys(o.path for o in lines if b"include" in o.text and o.path.endswith(_INCLUDING)):
        for include in change.after.includes.includes(path):
            if include.path.endswith(name) and not _is_added(change, path, include.line):
                yield path, include


def _still_included(change: Change, gone: str) -> Iterator[_Broken]:
    """The includes that meant a file which the change took away."""
    for path, include in _includers(change, gone.rpartition("/")[2]):
        meant = _meant_before(change, path, include, gone)
        if meant and (one := _broken(change, path, include, meant)) is not None:
            yield one


def _still_wrapped(change: Change, kbuild: str, name: str) -> Iterator[_Broken]:
    """The includes that meant the wrapper which a Kbuild list made."""
    arch = kbuild.split("/")[1]
    for path, include in _includers(change, name.partition("/")[2]):
        if include.path == name and arch in archs_of(change.after, path):
            if missing_for(change.before, include, path, (arch,)):
                continue
            if (one := _broken(change, path, include, (arch,))) is not None and one.found.proven:
                yield one


def _hits(change: Change, gone: str, found: Iterator[_Broken]) -> Iterator[Hit]:
    """One hit for each spelling of an include that lost its file."""
    broken: dict[str, list[_Broken]] = {}
    for one in found:
        broken.setdefault(one.include.path, []).append(one)
    for spelled, places in broken.items():
        places.sort(key=lambda one: not one.found.proven)
        first = places[0]
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        yield Hit(
            Span(first.path, first.include.line),
            f"{spelled} is still included here{more}, but this change {_what(change, gone)}",
            symbols=(spelled, gone),
            related=(
                Related(Span(gone, 1, side=Side.BEFORE), "it came from here"),
                *(Related(Span(one.path, one.include.line), "included here too") for one in places[1:_SHOWN]),
            ),
            arch=() if first.everywhere or not first.found.arch else (first.found.arch,),
            witness=dict(first.found.witness),
            severity=None if first.found.proven else Severity.NOTE,
        )


def _is_added(change: Change, path: str, line: int) -> bool:
    file = change.by_path.get(path)
    return file is not None and line in file.added


def _meant_before(change: Change, path: str, include: Include, gone: str) -> tuple[str, ...]:
    """The architectures for which this include meant the file that went."""
    old = next((file.old_path for file in change.files if file.new_path == path and file.old_path), path)
    resolve = change.before.includes.resolve
    return tuple(arch for arch in archs_of(change.before, old) if resolve(include, old, arch).path == gone)


def _what(change: Change, gone: str) -> str:
    if change.after.tree.exists(gone):
        return f"takes it off the list in {gone}"
    new = next((file.new_path for file in change.files if file.old_path == gone and file.new_path), "")
    return f"renames it to {new}" if new else "deletes it"
