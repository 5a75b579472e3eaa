"""Code that can be a module uses what another object has and no line exports.

Why: modules see only exported symbols. Built in, the same code links; as a module, modpost stops the build with
"undefined!" for whoever chose m.
Bad: a tristate driver calls a function of the core that has no EXPORT_SYMBOL.
Good: the function is exported.
Source: Documentation/kernel-hacking/hacking.rst, "EXPORT_SYMBOL()"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.presence.candidates import uses_of
from lint.presence.exports import exports_of
from lint.presence.modules import Modules, unexported_names
from lint.presence.search import Asker
from lint.resolve import Space
from lint.rule import rule

_TREE = """\
== Kconfig
 config MODULES
 	bool "Modules"
 	modules

 config EXTRA
 	tristate "Extra"
== arch/one/Kconfig
 config ONE
 	def_bool y

 source "Kconfig"
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += core.o
 obj-$(CONFIG_EXTRA) += extra.o
== include/linux/core.h
 #ifndef _LINUX_CORE_H
 #define _LINUX_CORE_H
 int core_ready(void);
 #endif
== kernel/core.c
 #include <linux/core.h>

 int core_ready(void)
 {
 	return 1;
 }
{}== kernel/extra.c
 #include <linux/core.h>

 int extra_start(void)
 {{
-	return 0;
{}	return core_ready();
 }}
"""

BAD = _TREE.replace(" {\n 	return 1;\n }", " {{\n 	return 1;\n }}").format("", "!")
GOOD = _TREE.replace(" {\n 	return 1;\n }", " {{\n 	return 1;\n }}").format(
    "+EXPORT_SYMBOL_GPL(core_ready);\n", "+"
)

_MOST_HITS = 12


def _words(change: Change) -> Iterable[str]:
    for _, uses in uses_of(change):
        for need, suspect in uses:
            if suspect.promised and need.space is Space.ORDINARY:
                if not exports_of(change.after).of(need.name):
                    yield need.name
                if need.site.path.endswith(".h") and need.via is None and need.site.reference.function:
                    yield need.site.reference.function
    for moved in unexported_names(change):
        yield moved.name


@rule(
    "missing-export",
    Severity.ERROR,
    Confidence.MEDIUM,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def missing_export(change: Change) -> Iterator[Hit]:
    """Ask of what modules newly use, and of what is no longer exported, whether a module can be left without it."""
    seen: set[str] = set()
    for found, span in Modules(change, Asker(change)).missing():
        lack = found.lack
        name = lack.need.name
        if name in seen or len(seen) == _MOST_HITS:
            continue
        seen.add(name)
        home = lack.offers[0].definition
        user = lack.need.via or lack.need.site
        related = [
            Related(Span(user.path, user.reference.line), f"{user.path} can be a module"),
            Related(Span(home.path, home.line, home.column, home.column + len(name)), f"{name} is defined here"),
        ]
        yield Hit(
            span,
            f"{name} is used by code that can be a module, and nothing exports it then",
            symbols=(name,),
            related=tuple(one for one in related if (one.span.path, one.span.line) != (span.path, span.line)),
            arch=(lack.arch,),
            witness=found.witness,
            severity=None if found.proven else Severity.NOTE,
        )
