"""Small Kconfig texts, and what conf makes of them: by version where it has changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from lint.kconfig.evaluate import Preset

OLD, NEW = "6.1", "7.3"
MODULES = 'config MODULES\n\tbool "modules"\n\tmodules\n\n'
NO, YES, MOD, DEF = Preset.ALLNOCONFIG, Preset.ALLYESCONFIG, Preset.ALLMODCONFIG, Preset.ALLDEFCONFIG


@dataclass(frozen=True, slots=True)
class Case:
    """``lines``: what .config says on the named symbols, in order: ``A=y``, or ``A=n`` for "is not set"."""

    label: str
    text: str
    preset: Preset
    lines: str
    user: dict[str, str] = field(default_factory=dict)
    versions: tuple[str, ...] = (OLD, NEW)


NUMBERS = """
config N
	int

config ZERO
	def_bool N = 0

config SHOWN
	hex "h"
"""
SELECTED = """
config BUS
	tristate

config CARD
	tristate "card"
	select BUS

config FIXED
	bool
	depends on CARD
	default y

config WEAK
	bool
	depends on ABSENT

config WISH
	bool "wish"
	imply WEAK
	imply SOFT

config SOFT
	tristate "soft"
"""
RANGES = """
config LOW
	int "low"
	default 5

config BITS
	int "bits"
	range LOW 9
	range 0 3
	default 12

config ADDRESS
	hex "address"
	range 0x10 0x20 if BITS > 8
	default 0x5

config OPEN
	int "open"
	range 1 UNKNOWN
	default 7
"""
CHOICE = """
config OUTER
	bool "outer"

choice
	prompt "one"
	default SECOND if OUTER
	default THIRD

config FIRST
	bool "first"

config SECOND
	bool "second"

config THIRD
	bool "third"
	depends on OUTER
	select TAKEN

endchoice

config TAKEN
	bool
"""
INNER = """
config HOST
	tristate "host"

if HOST
choice
	prompt "mode"

config PLAIN
	bool "plain"
	select ROLE

config OTHER
	bool "other"

endchoice
endif

config ROLE
	tristate
"""
LOOSE = """
choice
	tristate "gadgets"
	optional

config ETHER
	tristate "ether"

config DISK
	tristate "disk"

config BUILTIN
	bool "built in"

endchoice
"""
TRANSITIONAL = """
config OLD_NAME
	tristate
	transitional

config NEW_NAME
	tristate "new"
	default OLD_NAME

config HIDDEN
	bool
	default OLD_NAME
"""
TEXTS = """
config NAME
	string "name"
	default "a \\"b\\" \\\\ c"

config COPY
	string
	default NAME

config SAME
	def_bool NAME = COPY

config NOWHERE_IS_ITS_NAME
	def_bool UNKNOWN = "UNKNOWN"

config NOT_NO
	def_bool UNKNOWN != n

config ORDER
	def_bool 010 < 9 && 0x10 > 15
"""

CASES = (
    Case("a number without a value", NUMBERS, DEF, "ZERO=y SHOWN=0x0", versions=(NEW,)),
    Case("a number without a value is empty up to 6.11", NUMBERS, DEF, "SHOWN=", versions=(OLD,)),
    Case("nothing is m without modules", SELECTED, MOD, "BUS=y CARD=y FIXED=y WEAK=n WISH=y SOFT=y"),
    Case("m with modules", MODULES + SELECTED, MOD, "MODULES=y BUS=m CARD=m FIXED=y WEAK=n WISH=y SOFT=m"),
    Case("all yes", MODULES + SELECTED, YES, "MODULES=y BUS=y CARD=y FIXED=y WEAK=n WISH=y SOFT=y"),
    Case("all no", MODULES + SELECTED, NO, "MODULES=n CARD=n WISH=n SOFT=n"),
    Case("an implied symbol is raised", SELECTED, DEF, "CARD=n WEAK=n WISH=y SOFT=y", {"WISH": "y"}),
    Case("a user's n beats imply", SELECTED, DEF, "CARD=n WEAK=n WISH=y SOFT=n", {"WISH": "y", "SOFT": "n"}),
    Case("m is no answer to a bool", SELECTED, DEF, "CARD=n WISH=n SOFT=n", {"WISH": "m"}),
    Case("ranges", RANGES, DEF, "LOW=5 BITS=9 ADDRESS=0x10 OPEN=UNKNOWN"),
    Case("a user's number is clamped", RANGES, YES, "LOW=4 BITS=4 ADDRESS=0x5 OPEN=UNKNOWN", {"LOW": "4", "BITS": "1"}),
    Case("a bad number is ignored", RANGES, DEF, "LOW=5 BITS=9 ADDRESS=0x10 OPEN=UNKNOWN", {"LOW": "0x8"}),
    Case("the first default that is shown", CHOICE, NO, "OUTER=n FIRST=y SECOND=n"),
    Case("the first default that holds", CHOICE, YES, "OUTER=y FIRST=n SECOND=y THIRD=n"),
    Case(
        "the last user's y",
        CHOICE,
        YES,
        "OUTER=y FIRST=n SECOND=n THIRD=y TAKEN=y",
        {"FIRST": "y", "THIRD": "y"},
    ),
    Case("a refused default", CHOICE, YES, "OUTER=y FIRST=y SECOND=n THIRD=n", {"SECOND": "n"}, (NEW,)),
    Case(
        "all refused: the first refusal weighs least",
        CHOICE,
        YES,
        "OUTER=y FIRST=n SECOND=n THIRD=y TAKEN=y",
        {"THIRD": "n", "SECOND": "n", "FIRST": "n"},
        (NEW,),
    ),
    Case("an m around a choice", MODULES + INNER, MOD, "MODULES=y HOST=m PLAIN=y OTHER=n ROLE=m", versions=(NEW,)),
    Case("hidden by a y choice", MODULES + INNER, MOD, "MODULES=y HOST=m PLAIN=y OTHER=n ROLE=y", versions=(OLD,)),
    Case("a choice of m", MODULES + LOOSE, MOD, "MODULES=y ETHER=m DISK=m", versions=(OLD,)),
    Case("a choice of y", MODULES + LOOSE, YES, "MODULES=y ETHER=y DISK=n BUILTIN=n", versions=(OLD,)),
    Case("a file answers a choice", MODULES + LOOSE, YES, "MODULES=y", {"MODULES": "y"}, (OLD,)),
    Case("an optional choice", MODULES + LOOSE, DEF, "MODULES=y", {"MODULES": "y"}, (OLD,)),
    Case("a user in a choice", MODULES + LOOSE, DEF, "MODULES=y ETHER=n DISK=y BUILTIN=n", {"MODULES": "y", "DISK": "y"}, (OLD,)),
    Case("transitional", TRANSITIONAL, DEF, "NEW_NAME=y HIDDEN=y", {"OLD_NAME": "y"}, (NEW,)),
    Case("transitional without a user", TRANSITIONAL, DEF, "NEW_NAME=n", {}, (NEW,)),
    Case("a new answer beats an old one", TRANSITIONAL, DEF, "NEW_NAME=n HIDDEN=y", {"OLD_NAME": "y", "NEW_NAME": "n"}, (NEW,)),
    Case("strings", TEXTS, DEF, r'NAME="a \"b\" \\ c" COPY="a \"b\" \\ c" SAME=y NOWHERE_IS_ITS_NAME=y NOT_NO=y ORDER=y'),
)  # fmt: skip
