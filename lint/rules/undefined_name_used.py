"""An added line calls or names something that is defined nowhere in the tree after the patch.

Why: the build breaks for everybody who has that code enabled; when it is under a configuration that the author does
not build, a robot tells it hours or days later.
Bad: a function calls a helper of which only the caller was committed, or names a local variable of its neighbour.
Good: the helper comes with the patch, or with an earlier one.
Source: Documentation/process/submitting-patches.rst, "Separate your changes"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.model import Use
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.generated import is_generated
from lint.resolve import Built, Site, arch_of, built, is_host
from lint.rule import rule
from lint.rules._labels import lost_jumps
from lint.rules._name_evidence import Known, defined_near, known, may_be_pasted
from lint.rules._name_places import calls_around, declares, expansions, first_use, is_macro
from lint.rules._new_uses import new_uses

BAD = """\
# base: names
== kernel/queue.c
 struct queue { int length; };

 static int queue_length(struct queue *q)
 {
 	return q->length;
 }

 int queue_is_full(struct queue *queue)
 {
-	return queue_length(queue) > 8;
!	return queue_length(q) > 8;
 }
"""

GOOD = """\
# base: names
== kernel/queue.c
 struct queue { int length; };

 static int queue_length(struct queue *q)
 {
 	return q->length;
 }

 int queue_is_full(struct queue *queue)
 {
-	return queue_length(queue) > 8;
+	return queue_length(queue) > QUEUE_LIMIT;
 }
== kernel/queue.h
+#define QUEUE_LIMIT	8
"""

# Places that are named besides the first.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Undefined:
    """A name that nothing defines, where the change uses it, and who builds that."""

    sites: tuple[Site, ...]
    built: Built


def _words(change: Change) -> Iterable[str]:
    return {name for name, _ in _asked(change)}


@rule(
    "undefined-name-used",
    Severity.ERROR,
    Confidence.HIGH,
    since="0.2",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def undefined_name_used(change: Change) -> Iterator[Hit]:
    """Report names on added lines that neither their file, nor any header, macro or generator knows."""
    for (name, path), sites in _asked(change).items():
        places = [site for site in sites if _is_judged(change, site)]
        uses = {(site.path, site.reference.line) for site in sites}
        if not places or known(change.after, name, path, uses, _added(change)) is not Known.UNKNOWN:
            continue
        found = _built(change, places)
        if found is not None and not _is_made(change, name, path):
            yield _hit(found)
    for site in lost_jumps(change):
        found = _built(change, [site])
        if found is not None:
            yield _hit(found, f"goto {site.reference.name} has no such label in {site.reference.function}()")


def _asked(change: Change) -> dict[tuple[str, str], list[Site]]:
    """The uses to judge, by name and file: what a header near to the file defines is left out."""
    asked: dict[str, dict[str, list[Site]]] = {}
    for site in new_uses(change):
        if _is_asked(change, site):
            asked.setdefault(site.path, {}).setdefault(site.reference.name, []).append(site)
    found: dict[tuple[str, str], list[Site]] = {}
    for path, names in asked.items():
        arch = arch_of(path) or next(iter(change.archs), "")
        near = defined_near(change.after, path, names, arch)
        found |= {(name, path): sites for name, sites in names.items() if name not in near}
    return found


def _is_asked(change: Change, site: Site) -> bool:
    """Whether a name is this rule's: of the kernel, and not one that the history itself removed."""
    name = site.reference.name
    return not is_host(site.path) and name not in change.removed_earlier and name not in _removed(change)


def _removed(change: Change) -> frozenset[str]:
    return frozenset(definition.name for definition in change.removed_definitions)


def _added(change: Change) -> frozenset[tuple[str, int]]:
    """All added lines: a use there is no evidence that something defines the name."""
    return frozenset((file.new_path, line) for file in change.files if file.after is not None for line in file.added)


def _is_judged(change: Change, site: Site) -> bool:
    """Whether a use breaks without a definition: no macro declares the name, pastes it or turns it into a string."""
    file = change.after.facts(site.path)
    if file is None:
        return False
    reference = site.reference
    places = {(one.line, one.column): one for one in (reference, first_use(file, reference))}
    for one in places.values():
        for call, _ in calls_around(file, one):
            if is_macro(change.after, call.name, site.path):
                return False
    if reference.use is not Use.MACRO_BODY:
        return True
    own = [d for d in file.definitions_of(reference.function) if d.line <= reference.line <= d.end_line]
    users = [user for macro in own for user in expansions(change.after, macro)]
    for user in users:
        around = change.after.facts(user.path)
        if around is None or declares(around, user.reference, reference.name):
            return False
    return bool(users)


def _is_made(change: Change, name: str, path: str) -> bool:
    paths = [file.new_path for file in change.files if file.new_path.endswith((".c", ".h", ".S"))]
    return is_generated(change, name) or may_be_pasted(change.after, name, dict.fromkeys((path, *paths)))


def _built(change: Change, sites: list[Site]) -> _Undefined | None:
    for site in sites:
        own = arch_of(site.path)
        archs = (own,) if own is not None else change.archs or change.after.architectures or ("",)
        found = built(change.after, site.path, site.reference.condition, archs)
        if found is not None and found.proven:
            return _Undefined((site, *(one for one in sites if one is not site)), found)
    return None


def _hit(found: _Undefined, message: str = "") -> Hit:
    first = found.sites[0].reference
    what = "called" if first.use is Use.CALL else "used"
    related = [Related(_span(site), "used here too") for site in found.sites[1 : SHOWN + 1]]
    return Hit(
        _span(found.sites[0]),
        message or f"{first.name} is {what} here, and nothing in the tree defines it",
        symbols=(first.name,),
        related=tuple(related),
        arch=(found.built.arch,) if found.built.arch else (),
        witness=dict(found.built.witness),
        function=first.function,
    )


def _span(site: Site) -> Span:
    reference = site.reference
    return Span(site.path, reference.line, reference.column, reference.column + len(reference.name))
