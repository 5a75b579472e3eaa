"""Macros of the kernel that a program of the host calls, where no header that it includes brings them."""

from __future__ import annotations

import re

from lint.change import Change
from lint.cparse.model import Use
from lint.resolve import Site, is_host
from lint.snapshot.tree import Occurrence

LEAST_USERS = 3  # that tell whether the C library has a name
MOST_USERS = 12


def kernel_only(change: Change, sites: tuple[Site, ...]) -> Occurrence | None:
    """The kernel's definition of a macro that a host program calls and does not reach; None when it may have one.

    The C library is not in the tree: that it lacks the name is told by the other programs, which all bring their own.
    """
    calls = [site for site in sites if site.reference.use is Use.CALL and site.reference.condition is True]
    if not calls or not calls[0].path.endswith(".c"):
        return None
    name, path = calls[0].reference.name, calls[0].path
    places = change.after.search([name])[name]
    define = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++%b\(" % re.escape(name.encode()))
    definers = [place for place in places if define.match(place.text) and place.path.endswith((".h", ".c"))]
    kernel = [one for one in definers if one.path.startswith("include/linux/")]
    own = {one.path for one in definers if is_host(one.path)}
    if not kernel or len(own) < LEAST_USERS or _reaches(change, path, own, places):
        return None
    called = re.compile(rb"\b%b[ \t]*+\(" % re.escape(name.encode()))
    programs = (one for one in places if one.path.startswith("tools/") and one.path.endswith(".c") and one.path != path)
    users = dict.fromkeys(place.path for place in programs if called.search(place.text))
    asked = [
        user for user in list(users)[:: max(1, len(users) // MOST_USERS)][:MOST_USERS] if _calls(change, user, name)
    ]
    if len(asked) < LEAST_USERS or not all(_reaches(change, user, own, places) for user in asked):
        return None
    return kernel[0]


def _calls(change: Change, path: str, name: str) -> bool:
    file = change.after.facts(path)
    return file is not None and any(one.use is Use.CALL for one in file.references([name]))


def _reaches(change: Change, path: str, definers: set[str], places: tuple[Occurrence, ...]) -> bool:
    """Whether a host program defines the name or includes a file that does; also when that cannot be told."""
    if path in definers:
        return True
    holders = {place.path for place in places}
    arch = next(iter(change.after.architectures), "")
    reached = change.after.includes.reached(path, arch)
    if not reached.complete or any(header in holders for header in reached):
        return True
    # A search path that was not understood: the headers for tools may be meant.
    for _, include, _ in reached.unsolved:
        other = f"tools/include/{include.path}"
        if change.after.tree.exists(other):
            beyond = change.after.includes.reached(other, arch)
            if other in holders or not beyond.complete or any(header in holders for header in beyond):
                return True
    return False
