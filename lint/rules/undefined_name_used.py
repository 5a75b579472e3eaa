"""An added line calls or names something that is defined nowhere in the tree after the patch.

Why: the build breaks for everybody who has that code enabled; when it is under a configuration that the author does
not build, a robot tells it hours or days later.
Bad: a function calls a helper of which only the caller was committed, or names a local variable of its neighbour.
Good: the helper comes with the patch, or with an earlier one.
Source: Documentation/process/submitting-patches.rst, "Separate your changes"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lint.change import Change
from lint.cparse.model import Definition, Use
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.generated import is_generated
from lint.logic import Formula, both
from lint.resolve import Built, Site, arch_of, built, is_host
from lint.rule import rule
from lint.rules._host_names import kernel_only
from lint.rules._labels import lost_jumps
from lint.rules._macro_bodies import Misspelt, broken_calls, broken_macros, hands_on, pasted_by, reference_of
from lint.rules._name_evidence import (
    Known,
    defined_near,
    headers_define,
    headers_name,
    is_listed_argument,
    is_only_accessed,
    known,
    may_be_pasted,
)
from lint.rules._name_places import calls_around, declares, expansions, first_use, is_macro
from lint.rules._new_uses import new_members, new_uses
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of
from lint.snapshot.tree import Occurrence

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """The new uses of one name in one file, and a header near to the file that defines it, or nothing."""

    sites: tuple[Site, ...]
    near: str


def _words(change: Change) -> Iterable[str]:
    names = {
        name
        for (name, path), asked in _asked(change).items()
        if not asked.near and (is_host(path) or not headers_define(change.after, name, path, _lines(asked)))
    }
    return names | {name for name in _members(change) if not headers_name(change.after, name, _added(change))}


def _lines(asked: _Asked) -> set[tuple[str, int]]:
    return {(site.path, site.reference.line) for site in asked.sites}


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
    if isinstance(base_of(change.after.tree), EmptyTree):
        return  # without a tree nothing is defined
    for (name, path), asked in _asked(change).items():
        if is_host(path):
            definition = kernel_only(change, asked.sites) if not asked.near else None
            if definition is not None:
                yield _foreign(asked.sites, definition)
            continue
        uses = _lines(asked)
        what = Known.DEFINED if asked.near else known(change.after, name, path, uses, _added(change))
        if what is Known.UNKNOWN:
            found = _built(change, [site for site in asked.sites if _is_judged(change, site)])
            if found is not None and not _is_made(change, name, path):
                yield _hit(found)
                continue
        yield from _broken_bodies(change, name, asked)
        if what is not Known.DEFINED:
            yield from _pasted(change, name, asked)
    for name, sites in _members(change).items():
        found = _built(change, sites) if is_only_accessed(change.after, name, _added(change)) else None
        if found is not None and not change.before.search([name])[name] and not _is_made(change, name, sites[0].path):
            yield _hit(found, f"no structure in the tree has a member {name}")
    for body, user in broken_macros(change):
        place = Site(body.path, reference_of(body))
        found = _built(change, [Site(user.path, replace(user.reference, condition=_where(body, user)))])
        if found is not None:
            note = Related(_span(user), f"expanded here, where nothing declares {body.name}")
            yield _hit(replace(found, sites=(place,)), _misspelt(body), (note,))
    for site in lost_jumps(change):
        found = _built(change, [site])
        if found is not None:
            yield _hit(found, f"goto {site.reference.name} has no such label in {site.reference.function}()")


def _broken_bodies(change: Change, name: str, asked: _Asked) -> Iterator[Hit]:
    """A call whose macro names something else than its parameter, which an architecture builds."""
    for site in asked.sites:
        for body in broken_calls(change, site, asked.near):
            found = _built(change, [_under(site, body.condition)], arch_of(body.path))
            if found is not None:
                place = Related(_span(Site(body.path, reference_of(body))), "the body of the macro")
                text = f"{name}() expands to {body.name}, which nothing defines: {_misspelt(body)}"
                yield _hit(found, text, (place,), body.name)
                return


def _pasted(change: Change, name: str, asked: _Asked) -> Iterator[Hit]:
    """An argument that a macro pastes into a name which does not exist, where a configuration has that macro."""
    for site in asked.sites:
        for pasted in pasted_by(change.after, site):
            uses = {(site.path, site.reference.line)}
            if known(change.after, pasted.name, site.path, uses, _added(change)) is not Known.UNKNOWN:
                continue
            found = _built(change, [_under(site, pasted.condition)], arch_of(pasted.macro.path))
            if found is None or hands_on(change.after, pasted.macro, site.path):
                continue
            if not is_generated(change, pasted.name) and not is_listed_argument(change.after, name):
                place = Related(_definition(pasted.macro), "the macro that pastes it")
                text = f"{pasted.macro.name}({name}) makes {pasted.name} of it, and nothing in the tree defines that"
                yield _hit(found, text, (place,), pasted.name)
                return


def _foreign(sites: tuple[Site, ...], definition: Occurrence) -> Hit:
    """A call in a program of the host to what only the kernel has."""
    first = next(site for site in sites if site.reference.use is Use.CALL)
    name = first.reference.name
    column = definition.text.find(name.encode()) + 1
    there = Span(definition.path, definition.line, column, column + len(name))
    return Hit(
        _span(first),
        f"{name}() is a macro of the kernel: no header that this program includes has it, nor has the C library",
        symbols=(name,),
        related=(Related(there, "the kernel's definition"),),
        function=first.reference.function,
    )


def _under(site: Site, condition: Formula) -> Site:
    return Site(site.path, replace(site.reference, condition=both((site.reference.condition, condition))))


def _where(body: Misspelt, user: Site) -> Formula:
    return both((body.condition, user.reference.condition))


def _misspelt(body: Misspelt) -> str:
    return f"the body of {body.macro.name}() names {body.name}, its parameter is {body.parameter}"


def _definition(item: Definition) -> Span:
    return Span(item.path, item.line, item.column, item.column + len(item.name))


def _asked(change: Change) -> dict[tuple[str, str], _Asked]:
    """The uses to judge, by name and file."""
    return change.kept(_asked, lambda: _ask(change))


def _ask(change: Change) -> dict[tuple[str, str], _Asked]:
    asked: dict[str, dict[str, list[Site]]] = {}
    for site in new_uses(change):
        if _is_asked(change, site):
            asked.setdefault(site.path, {}).setdefault(site.reference.name, []).append(site)
    found: dict[tuple[str, str], _Asked] = {}
    for path, names in asked.items():
        near = defined_near(change.after, path, names, arch_of(path) or next(iter(change.archs), ""))
        found |= {(name, path): _Asked(tuple(sites), near.get(name, "")) for name, sites in names.items()}
    return found


def _members(change: Change) -> dict[str, list[Site]]:
    """Accesses to members that their files did not know, by name; tools have generated structures."""
    found: dict[str, list[Site]] = {}
    for site in new_members(change):
        if not is_host(site.path) and site.reference.name not in change.removed_earlier:
            found.setdefault(site.reference.name, []).append(site)
    gone = _removed(change)
    return {name: sites for name, sites in found.items() if name not in gone}


def _is_asked(change: Change, site: Site) -> bool:
    """Whether a name is this rule's, and not one that the history itself removed."""
    name = site.reference.name
    if is_host(site.path) and (site.reference.use is not Use.CALL or not site.path.startswith("tools/")):
        return False
    return name not in change.removed_earlier and name not in _removed(change)


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


def _built(change: Change, sites: Sequence[Site], only: str | None = None) -> _Undefined | None:
    """The first of these uses that a configuration builds for certain, with that configuration."""
    for site in sites:
        own = arch_of(site.path) or only
        archs = (own,) if own is not None else change.archs or change.after.architectures or ("",)
        found = built(change.after, site.path, site.reference.condition, archs)
        if found is not None and found.proven:
            return _Undefined((site, *(one for one in sites if one is not site)), found)
    return None


def _hit(found: _Undefined, message: str = "", notes: tuple[Related, ...] = (), name: str = "") -> Hit:
    first = found.sites[0].reference
    what = "called" if first.use is Use.CALL else "used"
    related = [*notes, *(Related(_span(site), "used here too") for site in found.sites[1 : SHOWN + 1])]
    return Hit(
        _span(found.sites[0]),
        message or f"{first.name} is {what} here, and nothing in the tree defines it",
        symbols=(name, first.name) if name else (first.name,),
        related=tuple(related),
        arch=(found.built.arch,) if found.built.arch else (),
        witness=dict(found.built.witness),
        function=first.function,
    )


def _span(site: Site) -> Span:
    reference = site.reference
    return Span(site.path, reference.line, reference.column, reference.column + len(reference.name))
