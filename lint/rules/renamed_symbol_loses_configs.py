"""An option gets another name, and the configurations that have the old one silently lose it.

Why: a line for a symbol that no Kconfig file knows is dropped without a word. Whoever has the option on has it off
after the next update, and so has every defconfig of the tree that still uses the old name.
Bad: a patch renames an option, and neither keeps the old symbol as transitional nor updates the defconfigs.
Good: the old symbol stays as a transitional one that the new one takes as its default, or the defconfigs follow.
Source: Documentation/kbuild/kconfig-language.rst, "transitional attribute"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lint.change import Change
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.rule import rule
from lint.rules._defconfigs import Setting, added_settings, removed_settings, settings_of
from lint.rules._renamed import Entry, gone_options, new_name, takes_over
from lint.state import State

BAD = """\
== scripts/kconfig/lexer.l
 "transitional"	return T_TRANSITIONAL;
== Kconfig
~config OLD_UART
-	bool "The serial port"
+config NEW_UART
+	bool "The serial port"
 	depends on ONE
== arch/one/Kconfig
 config ONE
 	def_bool y
== arch/one/configs/one_defconfig
 CONFIG_OLD_UART=y
"""

GOOD = """\
== scripts/kconfig/lexer.l
 "transitional"	return T_TRANSITIONAL;
== Kconfig
 config OLD_UART
-	bool "The serial port"
+	bool
+	transitional
+
+config NEW_UART
+	bool "The serial port"
 	depends on ONE
+	default OLD_UART
== arch/one/Kconfig
 config ONE
 	def_bool y
== arch/one/configs/one_defconfig
 CONFIG_OLD_UART=y
"""

_SHOWN = 5
_LANGUAGE = ("scripts/kconfig/lexer.l", "Documentation/kbuild/kconfig-language.rst")


def _words(change: Change) -> Iterable[str]:
    return (f"CONFIG_{one.symbol}" for one in gone_options(change))


@rule(
    "renamed-symbol-loses-configs",
    Severity.WARNING,
    Confidence.MEDIUM,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=_words,
    at_end=True,
)
def renamed_symbol_loses_configs(change: Change) -> Iterator[Hit]:
    """Report options that get another name while users have the old one, and removed ones that defconfigs name."""
    for old in gone_options(change):
        settings = settings_of(change.after, old.symbol)
        new = new_name(change, old)
        if new is not None:
            yield from _renamed(change, old, new, settings)
        elif settings:
            yield _removed(old, settings)


def _renamed(change: Change, old: Entry, new: Entry, settings: list[Setting]) -> Iterator[Hit]:
    """The hit for a rename, unless the defconfigs followed it and no other one has the old name."""
    if not settings and _has_followed(change, {old.symbol, new.symbol}):
        return
    known = _knows_transitional(change.after)
    keeps = takes_over(new) or not (known or settings)
    lost = "is dropped from every configuration that has it"
    if settings:
        lost = f"is dropped from {_places(settings)} and from the configurations of users"
    advice = ", for no transitional entry keeps it" if known else ""
    yield Hit(
        Span(old.path, old.line, side=Side.BEFORE),
        f"CONFIG_{old.symbol} becomes CONFIG_{new.symbol}, and {lost}{advice}",
        symbols=(old.symbol, new.symbol),
        related=(Related(Span(new.path, new.line), "the new name"), *_related(settings)),
        # What is on by default stays on for most, and where there is no way to keep a name there is nothing to mend.
        severity=Severity.NOTE if keeps else None,
    )


def _removed(old: Entry, settings: list[Setting]) -> Hit:
    return Hit(
        Span(old.path, old.line, side=Side.BEFORE),
        f"CONFIG_{old.symbol} goes, and {_places(settings)} still set{'s' if len(settings) == 1 else ''} it",
        symbols=(old.symbol,),
        related=tuple(_related(settings)),
        severity=Severity.NOTE,
    )


def _places(settings: list[Setting]) -> str:
    first, more = settings[0].path, len({one.path for one in settings}) - 1
    return f"{first} and {more} more defconfig{'s' if more > 1 else ''}" if more else first


def _related(settings: list[Setting]) -> Iterator[Related]:
    for one in settings[:_SHOWN]:
        yield Related(Span(one.path, one.line), f"CONFIG_{one.symbol} is {one.value} here")


def _has_followed(change: Change, names: set[str]) -> bool:
    """Whether this change or an earlier patch of the history edits defconfig lines of one of the symbols."""
    step: Change | None = change
    while step is not None:
        if any(one.symbol in names for one in (*added_settings(step), *removed_settings(step))):
            return True
        step = step.previous
    return False


def _knows_transitional(state: State) -> bool:
    """Whether the tree's own Kconfig language has transitional symbols."""
    texts = (state.tree.read(path) for path in _LANGUAGE)
    return any(b"transitional" in text for text in texts if text is not None)
