"""A configuration builds two definitions of one name together.

Why: two objects that define a name stop the linker, and a header's stub beside the real function stops the compiler,
in the configuration where both conditions hold. Typically the header asks ``#ifdef CONFIG_X`` of an option that can
be m: then the stub is there and the module's function too.
Bad: a stub under the #else of an #ifdef, and the function in a source that a module is made of.
Good: the header asks IS_ENABLED(CONFIG_X).
Source: Documentation/process/coding-style.rst, "Conditional Compilation"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.logic import show
from lint.presence.candidates import is_global
from lint.presence.doubles import Double, Doubles
from lint.presence.search import Asker
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
 obj-$(CONFIG_EXTRA) += extra.o
== include/linux/extra.h
 #ifndef _LINUX_EXTRA_H
 #define _LINUX_EXTRA_H
+#if{} CONFIG_EXTRA{}
+int extra_start(void);
+#else
+static inline int extra_start(void)
+{{
+	return 0;
+}}
+#endif
 #endif
== kernel/extra.c
+#include <linux/extra.h>
+
{}int extra_start(void)
+{{
+	return 1;
+}}
"""

BAD = _TREE.format("def", "", "!")
GOOD = _TREE.replace("#if{} CONFIG_EXTRA{}", "#if IS_ENABLED(CONFIG_EXTRA)").format("+")

_MOST_HITS = 12


def _words(change: Change) -> Iterable[str]:
    for item in change.added_definitions:
        if is_global(item) or (item.inline and item.path.endswith(".h")):
            yield item.name


@rule(
    "duplicate-definition",
    Severity.ERROR,
    Confidence.HIGH,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def duplicate_definition(change: Change) -> Iterator[Hit]:
    """Ask of every definition that the change adds or moves whether another one can be there too."""
    doubles = Doubles(change, Asker(change))
    seen: set[str] = set()
    for double in (*doubles.within_units(), *doubles.between_objects()):
        if double.first.name not in seen and len(seen) < _MOST_HITS:
            seen.add(double.first.name)
            yield _hit(double)


def _hit(double: Double) -> Hit:
    first, other = double.first, double.other
    where = f"{other.path}:{other.line}"
    return Hit(
        Span(first.path, first.line, first.column, first.column + len(first.name)),
        f"{first.name} is defined here and at {where}, and a configuration builds both",
        symbols=(first.name,),
        related=(
            Related(
                Span(other.path, other.line, other.column, other.column + len(other.name)),
                f"the other definition, there if {show(other.condition)}",
            ),
        ),
        arch=(double.shown.lack.arch,),
        witness=double.shown.witness,
        severity=None if double.shown.proven and not double.replaceable else Severity.NOTE,
    )
