"""The last use of what a header provides goes and its include stays, or an added include provides nothing.

Why: every include costs each build, and the next reader looks for what it is there for.
Bad: the calls of a helper go, the line that includes its header is left behind.
Good: the include goes with the last use.
Source: Documentation/process/submit-checklist.rst, "If you use a facility then #include the file that defines it"
"""

from __future__ import annotations

from collections.abc import Iterator

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.model import Include, Kind
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.resolve import arch_of, is_host
from lint.rule import rule
from lint.rules._includes import has_tree
from lint.snapshot.apply import FileChange

BAD = """\
== include/linux/help.h
 int help(int nr);
== include/linux/types.h
 typedef int s32;
== kernel/a.c
?#include <linux/help.h>
 #include <linux/types.h>

 int user(s32 nr)
 {
-	return help(nr);
+	return nr;
 }
"""

GOOD = """\
== include/linux/help.h
 int help(int nr);
== include/linux/types.h
 typedef int s32;
== kernel/a.c
-#include <linux/help.h>
 #include <linux/types.h>

 int user(s32 nr)
 {
-	return help(nr);
+	return nr;
 }
"""

# A header that includes more than this is included for what it leads to.
_MOST_INNER = 3
_DEPTH = 3
_LARGE = 200_000
_PROVIDED = (
    Kind.MACRO,
    Kind.FUNCTION,
    Kind.DECLARATION,
    Kind.EXTERN,
    Kind.VARIABLE,
    Kind.ENUMERATOR,
    Kind.TAG,
    Kind.TYPEDEF,
)


@rule("leftover-include", Severity.NOTE, Confidence.LOW, since="0.2", bad=BAD, good=GOOD, at_end=True)
def leftover_include(change: Change) -> Iterator[Hit]:
    """Report includes whose header provides nothing that the file names, when the change made it so."""
    if not has_tree(change):
        return
    for file in change.files:
        path = file.new_path
        if not path.endswith(".c") or file.before is None or file.after is None or file.fragment or is_host(path):
            continue
        before, after = change.before.facts(file.old_path), change.after.facts(path)
        if before is not None and after is not None:
            yield from _leftovers(change, file, before, after)


def _leftovers(change: Change, file: FileChange, before: FileFacts, after: FileFacts) -> Iterator[Hit]:
    gone = before.identifiers - after.identifiers
    for include in after.includes:
        is_added = include.line in file.added
        if not (gone or is_added) or include.condition is not True or not include.path.endswith(".h"):
            continue
        arch = arch_of(file.new_path) or next(iter(change.archs), "")
        header = change.after.includes.resolve(include, file.new_path, arch).path
        if not header or header.partition(".")[0].endswith(file.new_path.rpartition("/")[2].removesuffix(".c")):
            continue  # a file includes its own header to be checked against it
        names = _provided(change, header, arch, gone if not is_added else None, _DEPTH)
        if names is None or not names.isdisjoint(after.identifiers):
            continue
        used = sorted(names & gone)
        if is_added and not used and not _was_there(before, include):
            yield _hit(file, include, header, f"{include.path} is included, and nothing that it declares is used")
        elif used and not is_added:
            last = ", ".join(used[:3])
            yield _hit(
                file, include, header, f"{include.path} was included for {last}, which this file no longer names"
            )


def _provided(change: Change, header: str, arch: str, wanted: frozenset[str] | None, depth: int) -> set[str] | None:
    """The names that a header and those few that it includes declare; None when that is not for this rule to say.

    ``wanted``: names one of which has to stand in the header itself, before anything is parsed.
    """
    facts = change.after.facts(header)
    if facts is None or len(facts.text) > _LARGE or "trace" in header.split("/"):
        return None
    if wanted is not None and wanted.isdisjoint(facts.identifiers):
        return None
    inner = change.after.includes.includes(header)
    if len(inner) > _MOST_INNER or (inner and not depth):
        return None
    names = {item.name for item in facts.definitions.items if item.kind in _PROVIDED}
    if not names and not inner:
        return None  # it is there for something else than names
    for include in inner:
        found = change.after.includes.resolve(include, header, arch).path
        below = _provided(change, found, arch, None, depth - 1) if found else None
        if below is None:
            return None
        names |= below
    return names


def _was_there(before: FileFacts, include: Include) -> bool:
    return any(other.path == include.path for other in before.includes)


def _hit(file: FileChange, include: Include, header: str, message: str) -> Hit:
    return Hit(
        Span(file.new_path, include.line),
        message,
        symbols=(include.path,),
        related=(Related(Span(header, 1), "the header"),),
    )
