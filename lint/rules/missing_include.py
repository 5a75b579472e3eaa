"""A file starts to use a name that only headers declare which it does not reach, not even through other headers.

Why: the build breaks, or holds only as long as some other header happens to include the right one.
Bad: a call of a function whose header no include leads to.
Good: the header is included where the name is used.
Source: Documentation/process/submit-checklist.rst, "If you use a facility then #include the file that defines it"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.model import Definition, Kind, Reference, Use
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.generated import is_pasted
from lint.resolve import Built, Site, arch_of, is_host
from lint.rule import rule
from lint.rules._includes import builders, has_tree, likely_archs
from lint.rules._name_evidence import defined_near
from lint.rules._new_uses import new_uses

BAD = """\
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o
== include/linux/help.h
 int help(int nr);
== include/linux/types.h
 typedef int s32;
== kernel/a.c
 #include <linux/types.h>

 int user(s32 nr)
 {
-	return nr;
!	return help(nr);
 }
"""

GOOD = """\
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += a.o
== include/linux/help.h
 int help(int nr);
== include/linux/types.h
 typedef int s32;
== kernel/a.c
+#include <linux/help.h>
 #include <linux/types.h>

 int user(s32 nr)
 {
-	return nr;
+	return help(nr);
 }
"""

_HEADERS = (".h", ".inc", ".def")
_PROVIDED = (Kind.MACRO, Kind.FUNCTION, Kind.DECLARATION, Kind.EXTERN, Kind.ENUMERATOR)
# A name that more headers mention has meanings that text alone does not tell apart.
_MOST_HEADERS = 6
_MOST_PLACES = 300
_MOST_ARCHS = 2


@dataclass(frozen=True, slots=True)
class _Unreached:
    """A use, what declares its name, and a configuration that comes to it."""

    site: Site
    declarations: tuple[Definition, ...]
    found: Built


def _words(change: Change) -> Iterable[str]:
    return (site.reference.name for site in _uses(change) if not _is_settled(change, site)) if has_tree(change) else ()


@rule("missing-include", Severity.WARNING, Confidence.MEDIUM, since="0.2", bad=BAD, good=GOOD, words=_words)
def missing_include(change: Change) -> Iterator[Hit]:
    """Report the first use of each name that a file takes from headers that it does not reach."""
    if not has_tree(change):
        return
    told: set[tuple[str, str]] = set()
    for site in _uses(change):
        key = site.path, site.reference.name
        if key not in told:
            told.add(key)
            unreached = _unreached(change, site)
            if unreached is not None:
                yield _hit(unreached)


def _uses(change: Change) -> tuple[Site, ...]:
    """New calls and constants in C files of the kernel that no file near to them defines."""
    return change.kept(_uses, lambda: tuple(_find_uses(change)))


def _find_uses(change: Change) -> Iterator[Site]:
    sites: dict[str, list[Site]] = {}
    for site in new_uses(change):
        if site.path.endswith(".c") and not is_host(site.path) and _is_telling(site.reference):
            sites.setdefault(site.path, []).append(site)
    for path, uses in sites.items():
        arch = arch_of(path) or next(iter(change.archs), "")
        near = defined_near(change.after, path, {site.reference.name for site in uses}, arch)
        for site in uses:
            header = near.get(site.reference.name)
            if header is None or arch_of(header) not in (None, arch_of(path)):
                yield site


def _is_telling(reference: Reference) -> bool:
    """Whether a name means one thing by its look: what is called, or a constant."""
    return reference.use is Use.CALL or (reference.use is Use.PLAIN and reference.name.isupper())


def _unreached(change: Change, site: Site) -> _Unreached | None:
    state, path, name = change.after, site.path, site.reference.name
    if _is_settled(change, site):
        return None
    places = state.search([name])[name]
    headers = dict.fromkeys(one.path for one in places if one.path.endswith(_HEADERS) and not is_host(one.path))
    if not headers or len(headers) > _MOST_HEADERS or len(places) > _MOST_PLACES:
        return None
    mine = (None, arch_of(path))
    declarations = tuple(sorted(_declarations(change, name, headers), key=lambda item: arch_of(item.path) not in mine))
    if not declarations or _is_pointer(change, site):
        return None
    owners = {own for item in declarations if (own := arch_of(item.path)) is not None}
    if arch_of(path) or not all(arch_of(item.path) for item in declarations):
        owners = set()
    if not owners and _is_read(change, path, headers, likely_archs(change, path)[0]):
        return None
    if is_pasted(state, [path], name):
        return None
    found: Built | None = None
    for found in builders(change, path, site.reference.condition, _MOST_ARCHS, sorted(owners)):
        if _is_read(change, path, headers, found.arch):
            return None
    return _Unreached(site, declarations, found) if found is not None else None


def _is_settled(change: Change, site: Site) -> bool:
    """Whether the kernel's headers alone show that a name is too common, or reached: without a search for it."""
    places = change.after.headers([site.reference.name])[site.reference.name]
    if places is None:
        return True
    headers = dict.fromkeys(one.path for one in places if not is_host(one.path))
    if len(headers) > _MOST_HEADERS or len(places) > _MOST_PLACES:
        return True
    if not any(arch_of(item.path) is None for item in _declarations(change, site.reference.name, headers)):
        return False
    return _is_read(change, site.path, headers, likely_archs(change, site.path)[0])


def _is_read(change: Change, path: str, headers: Iterable[str], arch: str) -> bool:
    """Whether one of the headers is reached, or something that nobody can read before the build."""
    reached = change.after.includes.reached(path, arch)
    quoted = any(include.quoted for _, include, _ in reached.unsolved)
    return quoted or not reached.complete or any(header in reached for header in headers)


def _is_pointer(change: Change, site: Site) -> bool:
    """Whether the file declares a pointer to a function under this name."""
    facts = change.after.facts(site.path)
    pattern = rb"\(\s*+\*[\s*\w]*?\b%b\s*+[\[)]" % re.escape(site.reference.name.encode())
    return facts is not None and re.search(pattern, facts.stripped) is not None


def _declarations(change: Change, name: str, headers: Iterable[str]) -> Iterator[Definition]:
    for header in headers:
        facts = change.after.facts(header)
        for item in facts.definitions_of(name) if facts is not None else ():
            if item.kind in _PROVIDED:
                yield item


def _hit(unreached: _Unreached) -> Hit:
    reference, first = unreached.site.reference, unreached.declarations[0]
    name = f"{reference.name}()" if reference.use is Use.CALL else reference.name
    header = first.path.removeprefix("include/").removeprefix("uapi/")
    own = arch_of(first.path)
    where = f", which is of {own} alone" if own is not None and own != arch_of(unreached.site.path) else ""
    return Hit(
        Span(unreached.site.path, reference.line, reference.column, reference.column + len(reference.name)),
        f"{name} is declared in {header}{where}, and no include of this file leads there",
        symbols=(reference.name,),
        related=tuple(
            Related(Span(item.path, item.line, item.column, item.column + len(item.name)), "declared here")
            for item in unreached.declarations[:3]
        ),
        arch=(unreached.found.arch,) if own is not None and unreached.found.arch else (),
        witness=dict(unreached.found.witness),
        function=reference.function,
    )
