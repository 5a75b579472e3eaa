"""A patch changes what users can configure, or what is built for them, and its text does not say so.

Why: a select far away can take an option from the users of an architecture, or bring a feature along that nobody asked
for. It is not to be seen in the diff; when the text is silent too, nobody reviews it.
Bad: an architecture selects a generic facility, by which a debug option disappears, and the changelog is silent.
Good: the changelog or the cover letter names the option, its prompt, the object or the feature.
Source: Documentation/process/submitting-patches.rst, "Describe your changes"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.effects.model import Effect, EffectKind, Link
from lint.finding import MAX_SYMBOLS, Confidence, Hit, Related, Severity, Side, Span
from lint.rule import rule
from lint.rules._own_kconfig import own_lines
from lint.rules._undisclosed import Undisclosed, undisclosed

BAD = """\
@@ one: use the generic entry
> It does the same as our own.
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_ENTER
 	bool

 config DEBUG_CALLS
 	bool "Check every call"
 	depends on !GENERIC_ENTER
== arch/one/Kconfig
 config ONE
 	def_bool y
!	select GENERIC_ENTER
"""

GOOD = """\
@@ one: use the generic entry
> It does the same as our own. DEBUG_CALLS can no longer be set: the generic
> entry has no such checks.
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_ENTER
 	bool

 config DEBUG_CALLS
 	bool "Check every call"
 	depends on !GENERIC_ENTER
== arch/one/Kconfig
 config ONE
 	def_bool y
+	select GENERIC_ENTER
"""

_APART = 3
_SHOWN = 5


def _words(change: Change) -> Iterable[str]:
    return own_lines(change).leaves


@rule("undisclosed-config-effect", Severity.WARNING, Confidence.MEDIUM, since="0.1", bad=BAD, good=GOOD, words=_words)
def undisclosed_config_effect(change: Change) -> Iterator[Hit]:
    """Report options and features that come or go beyond the patch's own lines and words, one finding per cause."""
    groups: dict[tuple[object, ...], list[Undisclosed]] = {}
    for one in undisclosed(change):
        groups.setdefault((one.effect.chain[:1], one.what, one.effect.arch, one.cause), []).append(one)
    for key, together in groups.items():
        options = key[1] in (EffectKind.OPTION_GAINED, EffectKind.OPTION_LOST)
        if options and len(together) <= _APART:
            for one in together:
                yield _hit(change, [one])
        else:
            yield _hit(change, together)


def _hit(change: Change, together: list[Undisclosed]) -> Hit:
    first = together[0]
    symbols = [name for one in together for name in one.symbols]
    related = [Related(_span(change, link), _note(link)) for link in first.effect.chain[1:]]
    for one in together[1:]:
        related += [Related(_span(change, link), _note(link)) for link in one.effect.chain[-1:]]
    for one in together:
        related += [Related(Span(link.path, link.line), f"flips with it: {link.text}") for link in one.flips]
    severity = None
    if first.what is EffectKind.CONDITIONAL or not change.claims.text.strip():
        severity = Severity.NOTE  # nothing that users see, or no text yet that could have said so
    return Hit(
        _span(change, first.effect.chain[0]),
        f"{_what(together)}, {_silence(change)}",
        symbols=tuple(dict.fromkeys(symbols))[:MAX_SYMBOLS],
        related=tuple(dict.fromkeys(related)),
        arch=first.effect.arch,
        witness=first.effect.witness,
        severity=severity,
    )


def _what(together: list[Undisclosed]) -> str:
    first = together[0].effect
    kind = together[0].what
    names = [_named(one.effect) for one in together[:_SHOWN]]
    more = len(together) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    arch = ", ".join(first.arch)
    if kind is EffectKind.CONDITIONAL:
        count = sum(len(one.flips) for one in together)
        branches = "an untouched #if branch" if count == 1 else f"{count} untouched #if branches"
        return (
            f"{listed} {'is' if len(together) == 1 else 'are'} always {first.after} on {arch} now and flips {branches}"
        )
    if kind is EffectKind.OBJECT:
        begins = first.before == "not built"
        return f"{listed} {'is' if len(together) == 1 else 'are'} {'now' if begins else 'no longer'} built on {arch}"
    plural = "option" if len(together) == 1 else "options"
    verb = "is no longer offered" if kind is EffectKind.OPTION_LOST else "is newly offered"
    verb = verb if len(together) == 1 else verb.replace("is ", "are ", 1)
    return f"the {plural} {listed} {verb} on {arch}"


def _named(effect: Effect) -> str:
    return f'{effect.subject} ("{effect.prompt}")' if effect.prompt else effect.subject


def _silence(change: Change) -> str:
    if not change.claims.text.strip():
        return "which its changelog has to say"
    return "of which the changelog says nothing"


def _note(link: Link) -> str:
    return link.text or "here"


def _span(change: Change, link: Link) -> Span:
    """The place of a link; what the patch removed counts in the state before it."""
    file = next((one for one in change.files if link.path == one.old_path), None)
    gone = link.text.startswith(("removed: ", "no longer "))
    return Span(link.path, link.line, side=Side.BEFORE if file is not None and gone else Side.AFTER)
