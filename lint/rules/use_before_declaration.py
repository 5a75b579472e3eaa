"""Code names something above its only declaration, or a header's function is read before what it comes to is declared.

Why: C is read from the top. A function that moves below its caller, a forward declaration that goes, or a macro of a
header that becomes an inline function (a macro is expanded later, a function is compiled on the spot) stops the build,
the last one only for the architectures and configurations that read the headers in another order.
Bad: a forward declaration is removed while a caller stands above the function.
Good: the function moves up with it, or the declaration stays.
Source: Documentation/process/coding-style.rst, "Functions"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Reference, Use
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.generated import is_pasted
from lint.resolve import Built, built, is_host
from lint.rule import rule
from lint.rules._includes import archs_of, has_tree
from lint.rules._order import Early, early_uses, new_bodies, switches
from lint.snapshot.apply import FileChange

BAD = """\
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o
== kernel/a.c
-static int later(int nr);
-
 int first(int nr)
 {
?	return later(nr);
 }

 static int later(int nr)
 {
 	return nr;
 }
"""

GOOD = """\
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o
== kernel/a.c
-static int later(int nr);
+static int later(int nr)
+{
+	return nr;
+}

 int first(int nr)
 {
 	return later(nr);
 }
-
-static int later(int nr)
-{
-	return nr;
-}
"""

_KINDS = (Kind.FUNCTION, Kind.VARIABLE, Kind.ENUMERATOR, Kind.TYPEDEF, Kind.MACRO)
_DECLARING = (*_KINDS, Kind.DECLARATION, Kind.EXTERN)
_MOST_ARCHS = 2


@dataclass(frozen=True, slots=True)
class _Above:
    """A use that stands above the first place of its file that declares the name."""

    reference: Reference
    declared: Definition


def _words(change: Change) -> Iterable[str]:
    return (above.reference.name for _, above in _candidates(change))


@rule(
    "use-before-declaration",
    Severity.ERROR,
    Confidence.MEDIUM,
    since="0.2",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def use_before_declaration(change: Change) -> Iterator[Hit]:
    """Report uses above the only declaration in the same file, and header functions that are read too early."""
    if not has_tree(change):
        return
    for file, above in _candidates(change):
        found = _unexplained(change, file, above)
        if found is not None:
            yield _hit(file, above, found)
    told: set[str] = set()
    for body in new_bodies(change):
        for early in early_uses(change, body):
            if early.name not in told and not _was_early(change, body.definition, early):
                told.add(early.name)
                yield _early_hit(body.definition, early)


def _candidates(change: Change) -> Iterator[tuple[FileChange, _Above]]:
    for file in change.files:
        if not file.new_path.endswith(".c") or file.after is None or file.fragment or is_host(file.new_path):
            continue
        after = change.after.facts(file.new_path)
        before = change.before.facts(file.old_path) if file.before is not None else None
        if after is None or not (file.added or file.removed):
            continue
        names = _touched(file, after, before)
        known = {above.reference.name for above in _above(before, names)} if before is not None else set()
        for above in _above(after, names):
            if above.reference.name not in known:
                yield file, above


def _touched(file: FileChange, after: FileFacts, before: FileFacts | None) -> set[str]:
    """The names of this file whose uses or declarations the change moves."""
    names = {name for found in after.identifiers_on(file.added).values() for name in found}
    if before is not None:
        names |= {name for found in before.identifiers_on(file.removed).values() for name in found}
    return names


def _above(file: FileFacts, names: set[str]) -> Iterator[_Above]:
    """For each name, the first use that stands above every declaration of it."""
    first: dict[str, Definition] = {}
    for item in file.definitions.items:
        if (
            item.name in names
            and item.kind in _DECLARING
            and (item.name not in first or item.start < first[item.name].start)
        ):
            first[item.name] = item
    wanted = [name for name, item in first.items() if item.kind in _KINDS]
    told: set[str] = set()
    for reference in file.references(wanted):
        item = first[reference.name]
        if reference.line >= item.line or reference.name in told or reference.use not in (Use.CALL, Use.PLAIN):
            continue
        if not reference.function or reference.condition is False or file.is_local(reference):
            continue  # at file scope macros declare and paste
        if item.start <= file.source.lines.start(reference.line) + reference.column - 1:
            continue
        told.add(reference.name)
        yield _Above(reference, item)


def _unexplained(change: Change, file: FileChange, above: _Above) -> Built | None:
    """A configuration that comes to the use without a declaration; None when something may declare the name."""
    state, path, name = change.after, file.new_path, above.reference.name
    facts = state.facts(path)
    if facts is None or _is_made_above(facts, above) or is_pasted(state, [path], name):
        return None
    archs = archs_of(state, path)
    asked = tuple(arch for arch in archs if arch in change.archs) or archs
    static = above.declared.static and above.declared.kind is Kind.FUNCTION
    headers = {one.path for one in state.search([name])[name] if not one.path.endswith(".c")}
    for arch in asked[:_MOST_ARCHS]:
        reached = state.includes.reached(path, arch)
        unread = not static and any(include.quoted for _, include, _ in reached.unsolved)
        if unread or any(header in reached for header in headers):
            return None  # a header may declare it, or one that nobody can read before the build
    found = built(state, path, above.reference.condition, asked)
    return found if found is not None and found.proven else None


def _is_made_above(facts: FileFacts, above: _Above) -> bool:
    """Whether a macro that is invoked at file scope above the use is given the name, or a part of it."""
    name = above.reference.name
    for call in facts.calls(None, (1, above.reference.line)):
        if not call.function and any(argument and argument in name for argument in call.arguments):
            return True
    return False


def _hit(file: FileChange, above: _Above, found: Built) -> Hit:
    reference, declared = above.reference, above.declared
    name = f"{reference.name}()" if declared.kind is Kind.FUNCTION else reference.name
    return Hit(
        Span(file.new_path, reference.line, reference.column, reference.column + len(reference.name)),
        f"{name} is used here, and its first declaration stands below in line {declared.line}",
        symbols=(reference.name,),
        related=(Related(_span(declared), "declared here"),),
        arch=(found.arch,) if found.arch else (),
        witness=dict(found.witness),
        function=reference.function,
    )


def _was_early(change: Change, body: Definition, early: Early) -> bool:
    """Whether the function came to this name before the change already."""
    before = change.before.facts(body.path)
    for item in before.definitions_of(body.name) if before is not None else ():
        if item.kind is Kind.FUNCTION and item.condition == body.condition:
            words = before.identifiers_on(range(item.line, item.end_line + 1)) if before is not None else {}
            return any(early.reference.name in names for names in words.values()) and not _switches_on(change, body)
    return False


def _switches_on(change: Change, body: Definition) -> bool:
    """Whether the change takes away the macro that hid a function."""
    return any(name == body.name for name, _ in switches(change))


def _early_hit(body: Definition, early: Early) -> Hit:
    reference = early.reference
    through = f" (through {', '.join(macro.name for macro in early.macros)})" if early.macros else ""
    related = [Related(_span(early.declaration), f"declares {early.name}")]
    related += (Related(_span(macro), "expands to it") for macro in early.macros[-2:])
    related.append(Related(Span(early.unit, 1), "reads this header before the declaration"))
    return Hit(
        Span(body.path, reference.line, reference.column, reference.column + len(reference.name)),
        f"{body.name}() comes to {early.name}{through} before {early.declaration.path} declares it",
        symbols=(early.name, body.name),
        related=tuple(related),
        arch=(early.found.arch,) if early.found.arch else (),
        witness=dict(early.found.witness),
        function=body.name,
    )


def _span(item: Definition) -> Span:
    return Span(item.path, item.line, item.column, item.column + len(item.name))
