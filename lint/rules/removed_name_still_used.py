"""The last definition of a name is removed or renamed, and code that can be built still names it.

Why: the build breaks for whoever has that code enabled, often another architecture or a configuration that the author
never built; in assembly and in macros it surfaces even later.
Bad: a flag goes from the header, and a file of the same architecture still tests it.
Good: every user goes in the same patch, or asks defined() first.
Source: Documentation/process/submitting-patches.rst, "Separate your changes"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change, is_source
from lint.cparse.model import Definition, Kind, Use
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.generated import is_generated, is_pasted
from lint.resolve import (
    Names,
    Site,
    arch_of,
    built,
    is_host,
    is_local_to_file,
    is_pasted_argument,
    is_visible,
    look_up,
    references_in,
    space,
)
from lint.rule import rule
from lint.rules._lost_pastes import lost_pastes
from lint.rules._member_types import accesses, is_member
from lint.rules._name_evidence import Known, known

BAD = """\
== include/linux/flags.h
 #define FLAG_OLD	1
~#define FLAG_GONE	2
+#define FLAG_NEW	2
== kernel/user.c
 #include <linux/flags.h>

 int user(int flags)
 {
 	return flags & FLAG_GONE;
 }
"""

GOOD = """\
== include/linux/flags.h
 #define FLAG_OLD	1
-#define FLAG_GONE	2
+#define FLAG_NEW	2
== kernel/user.c
 #include <linux/flags.h>

 int user(int flags)
 {
-	return flags & FLAG_GONE;
+	return flags & FLAG_NEW;
 }
"""

# A prototype or extern declaration alone defines nothing, a tag may stay incomplete behind pointers.
TRACKED = frozenset({Kind.MACRO, Kind.FUNCTION, Kind.VARIABLE, Kind.ENUMERATOR, Kind.MEMBER, Kind.TYPEDEF, Kind.LABEL})
# Places that are named besides the first; the rest is counted.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Broken:
    """A use that nothing defines any more, and for whom."""

    site: Site
    arch: str
    witness: tuple[tuple[str, str], ...]
    severity: Severity


def _words(change: Change) -> Iterable[str]:
    for definition, _ in _candidates(change):
        if not is_local_to_file(definition) and not is_host(definition.path):
            yield definition.name


@rule(
    "removed-name-still-used",
    Severity.ERROR,
    Confidence.HIGH,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def removed_name_still_used(change: Change) -> Iterator[Hit]:
    """Report the uses of every name that lost its last definition here, or earlier in the history."""
    for definition, added_only in _candidates(change):
        names = _names(change, definition) if not is_host(definition.path) else None
        if names is None:
            if is_member(definition):
                yield from _typed(change, definition, added_only)
            continue
        sites = [site for site in names.sites if not added_only or _is_added(change, site)]
        broken = [b for site in sites if (b := _broken(change, definition, names, site)) is not None]
        if broken and not _is_made_by_macro(change, definition.name, names):
            yield from _hits(change, definition, broken)
    for definition, names in lost_pastes(change):
        broken = [b for site in names.sites if (b := _broken(change, definition, names, site)) is not None]
        if broken and known(change.after, definition.name, definition.path, _lines(names)) is Known.UNKNOWN:
            yield from _hits(change, definition, broken)


def _lines(names: Names) -> set[tuple[str, int]]:
    return {(site.path, site.reference.line) for site in names.sites}


def _typed(change: Change, definition: Definition, added_only: bool) -> Iterator[Hit]:
    """Report accesses to a member by the type of the variable before the arrow: other structures may have its name."""
    broken: list[_Broken] = []
    for site in accesses(change.after, definition):
        if added_only and not _is_added(change, site):
            continue
        if is_host(site.path):
            broken.append(_Broken(site, "", (), Severity.WARNING))
        elif (one := _broken(change, definition, Names(definition.name, (), (site,)), site)) is not None:
            broken.append(one)
    yield from _hits(change, definition, broken)


def _candidates(change: Change) -> Iterator[tuple[Definition, bool]]:
    """Definitions to ask about: those gone in this change, and those gone earlier whose names it adds again."""
    seen: set[tuple[str, str]] = set()
    for definition in change.removed_definitions:
        key = (definition.name, space(definition.kind))
        if definition.kind in TRACKED and key not in seen and _may_remain(change, definition):
            seen.add(key)
            yield definition, False
    if change.removed_earlier:
        for name in _added_identifiers(change) & change.removed_earlier.keys():
            definition = change.removed_earlier[name].definition
            if definition.kind in TRACKED and (name, space(definition.kind)) not in seen:
                yield definition, True


def _may_remain(change: Change, definition: Definition) -> bool:
    """A cheap first look: what only its own file can name must still stand in that file's text."""
    if is_host(definition.path):
        return is_member(definition)
    if not is_local_to_file(definition):
        return True
    text = change.after.tree.read(_path_after(change, definition.path))
    return text is not None and definition.name.encode() in text


def _path_after(change: Change, path: str) -> str:
    return next((file.new_path for file in change.files if file.old_path == path), path)


def _added_identifiers(change: Change) -> set[str]:
    found: set[str] = set()
    for file in change.files:
        facts = change.after.facts(file.new_path) if is_source(file.path) and file.new_path else None
        if facts is not None and file.added:
            found.update(name for names in facts.identifiers_on(file.added).values() for name in names)
    return found


def _names(change: Change, definition: Definition) -> Names | None:
    """What the name means and where it stands after the change; None when nothing is left to be asked."""
    wanted = space(definition.kind)
    if is_local_to_file(definition):
        path = _path_after(change, definition.path)
        if not any(True for _ in references_in(change.after, path, definition.name, wanted)):
            return None
    names = look_up(change.after, definition.name, wanted)
    if names is None or not names.sites:
        return None
    if definition.kind is Kind.MEMBER and any(not is_host(other.path) for other in names.definitions):
        return None  # which structure a member access means takes types; another one may be meant
    return names


def _is_made_by_macro(change: Change, name: str, names: Names) -> bool:
    paths = [file.new_path for file in change.files if file.new_path and is_source(file.new_path)]
    return is_generated(change, name) or is_pasted(change.after, [*paths, *(s.path for s in names.sites[:20])], name)


def _is_added(change: Change, site: Site) -> bool:
    file = change.by_path.get(site.path)
    return file is not None and site.reference.line in file.added


def _broken(change: Change, definition: Definition, names: Names, site: Site) -> _Broken | None:
    """Who builds this use without any definition of its name, or None when nobody does."""
    if is_host(site.path):
        return None
    own = arch_of(definition.path) or arch_of(site.path)
    asked = (own,) if own is not None else change.archs or change.after.architectures or ("",)
    archs = tuple(
        arch
        for arch in asked
        if is_visible(definition, _old_path(change, site.path), arch)
        and not any(is_visible(other, site.path, arch) for other in names.definitions)
    )
    if not archs:
        return None
    found = built(change.after, site.path, site.reference.condition, archs)
    if found is None or is_pasted_argument(change.after, site):
        return None
    severity = Severity.ERROR if found.proven else Severity.NOTE
    if found.proven and site.reference.use is Use.MACRO_BODY and not _is_expanded(change, site, archs):
        severity = Severity.WARNING
    return _Broken(site, found.arch, tuple(sorted(found.witness.items())), severity)


def _old_path(change: Change, path: str) -> str:
    return next((file.old_path for file in change.files if file.new_path == path and file.old_path), path)


def _is_expanded(change: Change, site: Site, archs: tuple[str, ...]) -> bool:
    """Whether some line that is built expands the macro whose body holds this use."""
    pending, seen = [site.reference.function], set[str]()
    while pending and len(seen) < 10:
        macro = pending.pop()
        if not macro or macro in seen:
            continue
        seen.add(macro)
        names = look_up(change.after, macro, space(Kind.MACRO))
        for user in names.sites if names is not None else ():
            if user.reference.use is Use.MACRO_BODY:
                pending.append(user.reference.function)
            elif arch_of(user.path) in (None, *archs) and built(
                change.after, user.path, user.reference.condition, archs
            ):
                return True
    return False


def _hits(change: Change, definition: Definition, broken: list[_Broken]) -> Iterator[Hit]:
    """One hit for a name: at the first use that the change adds, or else where the definition went."""
    if not broken:
        return
    worst = min((one.severity for one in broken), key=lambda severity: severity.rank)
    places = [one for one in broken if one.severity is worst]
    first = next((one for one in places if _is_added(change, one.site)), None)
    gone = Span(
        definition.path, definition.line, definition.column, definition.column + len(definition.name), Side.BEFORE
    )
    gone_earlier = change.removed_earlier.get(definition.name)
    earlier = gone_earlier.patch if gone_earlier and definition not in change.removed_definitions else 0
    uses = [one for one in places if one is not first]
    related = [Related(_span(one.site), f"still used here{_where(one)}") for one in uses[:SHOWN]]
    if first is not None:
        related.append(Related(gone, f"{'an earlier patch removes' if earlier else 'this patch removes'} it", earlier))
    shown = first if first is not None else places[0]
    yield Hit(
        _span(first.site) if first is not None else gone,
        _message(definition, shown, len(places), earlier=bool(earlier), added=first is not None),
        symbols=(definition.name,),
        related=tuple(related),
        arch=tuple(sorted({one.arch for one in places if one.arch})),
        witness=dict(shown.witness),
        function=_function(shown) if first is not None else "",
        severity=worst,
    )


def _message(definition: Definition, shown: _Broken, count: int, *, earlier: bool, added: bool) -> str:
    what = f"{definition.kind.value} {definition.name}"
    if added:
        return f"{what} is used here, but its last definition is gone" + (" since an earlier patch" if earlier else "")
    where = f"{shown.site.path}:{shown.site.reference.line}"
    more = f" and {count - 1} more place{'s' if count > 2 else ''}" if count > 1 else ""
    return f"the last definition of {what} goes, and {where}{more} still use{'' if more else 's'} it"


def _function(one: _Broken) -> str:
    return "" if one.site.reference.use is Use.MACRO_BODY else one.site.reference.function


def _where(one: _Broken) -> str:
    return f" by {_function(one)}()" if _function(one) else ""


def _span(site: Site) -> Span:
    reference = site.reference
    return Span(site.path, reference.line, reference.column, reference.column + len(reference.name))
