"""A line that a configuration builds uses a name that this configuration does not define.

Why: a function, macro or member that exists only under ``#ifdef CONFIG_X``, or in an object that only CONFIG_X builds,
is missing for everyone who sets X to n. The author's own configuration has it, and a build robot's does not.
Bad: code that is always built calls what only one option's object has.
Good: the header has a stub in its ``#else``, or the caller depends on the same option.
Source: Documentation/process/coding-style.rst, "Conditional Compilation"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lint.change import Change
from lint.finding import MAX_SYMBOLS, Confidence, Hit, Related, Severity, Span
from lint.logic import show
from lint.presence.candidates import Use, all_uses, uses_of
from lint.presence.exports import exports_of
from lint.presence.moves import (
    Moved,
    guarded_by,
    moved_names,
    touched_symbols,
    users_of,
    woken_sources,
)
from lint.presence.question import Lack, Shown
from lint.presence.search import Asker
from lint.resolve import Site, Space
from lint.rule import rule

BAD = """\
== Kconfig
 config EXTRA
 	bool "Extra"
== arch/one/Kconfig
 config ONE
 	def_bool y

 source "Kconfig"
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += main.o
 obj-$(CONFIG_EXTRA) += extra.o
== include/linux/extra.h
 #ifndef _LINUX_EXTRA_H
 #define _LINUX_EXTRA_H
 int extra_start(void);
 #endif
== kernel/extra.c
 #include <linux/extra.h>

 int extra_start(void)
 {
 	return 0;
 }
== kernel/main.c
 #include <linux/extra.h>

 int start(void)
 {
-	return 0;
!	return extra_start();
 }
"""

GOOD = """\
== Kconfig
 config EXTRA
 	bool "Extra"
== arch/one/Kconfig
 config ONE
 	def_bool y

 source "Kconfig"
== Kbuild
 obj-y += kernel/
== kernel/Makefile
 obj-y += main.o
 obj-$(CONFIG_EXTRA) += extra.o
== include/linux/extra.h
 #ifndef _LINUX_EXTRA_H
 #define _LINUX_EXTRA_H
-int extra_start(void);
+#ifdef CONFIG_EXTRA
+int extra_start(void);
+#else
+static inline int extra_start(void)
+{
+	return 0;
+}
+#endif
 #endif
== kernel/extra.c
 #include <linux/extra.h>

 int extra_start(void)
 {
 	return 0;
 }
== kernel/main.c
 #include <linux/extra.h>

 int start(void)
 {
-	return 0;
+	return extra_start();
 }
"""

_SHOWN = 6
# Sources that are looked at for more names once a line is known to wake something.
_MORE_SOURCES = 3
# Names that are searched for in one go.
_TOGETHER = 60


def _words(change: Change) -> Iterable[str]:
    for _, uses in uses_of(change):
        for need, suspect in uses:
            if suspect.promised and need.space is Space.ORDINARY and not exports_of(change.after).of(need.name):
                yield need.name
    for moved in moved_names(change):
        yield moved.name
    for symbol in touched_symbols(change):
        yield f"CONFIG_{symbol}"


@rule(
    "use-outside-definition-guard",
    Severity.ERROR,
    Confidence.MEDIUM,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=_words,
    breaks_build=True,
)
def use_outside_definition_guard(change: Change) -> Iterator[Hit]:
    """Ask of every new use, of the users of names that moved, and of what the change lets be built."""
    asker = Asker(change)
    for _, uses in uses_of(change):
        for need, suspect in uses:
            found = asker.ask(need, suspect)
            if found is not None:
                yield _hit(found, _span(need.via or need.site))
    for moved in moved_names(change):
        for need in users_of(change, moved):
            found = asker.ask(need, moved.suspect)
            if found is not None:
                yield _hit(found, moved.span)
                break
    yield from _woken(change, asker)


def _woken(change: Change, asker: Asker) -> Iterator[Hit]:
    """One witness for each line that lets something be built: what its sources use, or who uses what it promises."""
    done: set[Span] = set()
    first: dict[Span, Hit] = {}
    left: dict[Span, int] = {}
    for woken in woken_sources(change):
        if left.get(woken.span, 1) <= 0:
            continue
        uses = all_uses(change, woken.path)
        _search_objects(change, uses)
        for need, suspect in uses:
            known = first.get(woken.span)
            if known is not None and (need.name in known.symbols or len(known.symbols) == MAX_SYMBOLS):
                continue
            found = asker.ask(need, suspect)
            if found is not None:
                first[woken.span] = _hit(found, woken.span) if known is None else _joined(known, found)
        if woken.span in first:
            left[woken.span] = left.get(woken.span, _MORE_SOURCES) - 1
    yield from first.values()
    done.update(first)
    for symbol, span in touched_symbols(change).items():
        names = list(guarded_by(change.after, symbol)) if span not in done else []
        for n, (name, wanted) in enumerate(names):
            if span in done:
                break
            if n % _TOGETHER == 0:
                change.after.search([one for one, _ in names[n : n + _TOGETHER]])
            moved = Moved(name, wanted, span)
            for need in users_of(change, moved):
                found = asker.ask(need, moved.suspect)
                if found is not None:
                    done.add(span)
                    yield _hit(found, span)
                    break


def _search_objects(change: Change, uses: list[Use]) -> None:
    """One search for all names whose objects are going to be looked for."""
    exports = exports_of(change.after)
    change.after.search(
        {need.name for need, s in uses if s.promised and need.space is Space.ORDINARY and not exports.of(need.name)}
    )


def _joined(hit: Hit, found: Shown) -> Hit:
    """One more name that the same line leaves without a definition."""
    need = found.lack.need
    related = Related(_span(need.via or need.site), f"{need.name} is used here")
    return replace(hit, symbols=(*hit.symbols, need.name), related=(*hit.related, related))


def _hit(found: Shown, span: Span) -> Hit:
    lack = found.lack
    need = lack.need
    return Hit(
        span,
        _message(lack),
        symbols=(need.name,),
        related=tuple(one for one in _related(lack) if one.span != span),
        arch=(lack.arch,),
        witness=found.witness,
        function=need.site.reference.function,
        severity=None if found.proven else Severity.NOTE,
    )


def _message(lack: Lack) -> str:
    name = lack.need.name
    if not lack.offers:
        return f"{name} is used here, and nothing defines it for {lack.arch}"
    what = (
        "is declared, but no object that is built then has it" if lack.linked else "is defined only under a condition"
    )
    conditions = " || ".join(dict.fromkeys(_shortened(show(offer.condition)) for offer in lack.offers[:3]))
    return f"{name} can be built here without its definition: it {what} ({conditions})"


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:97]}..."


def _related(lack: Lack) -> Iterator[Related]:
    yield Related(_span(lack.need.site), f"{lack.need.name} is used here")
    if lack.need.via is not None:
        yield Related(_span(lack.need.via), "and this brings it in")
    for offer in lack.offers[:_SHOWN]:
        item = offer.definition
        note = f"defined if {_shortened(show(offer.condition))}"
        yield Related(Span(item.path, item.line, item.column, item.column + len(item.name)), note)


def _span(site: Site) -> Span:
    reference = site.reference
    return Span(site.path, reference.line, reference.column, reference.column + len(reference.name))
