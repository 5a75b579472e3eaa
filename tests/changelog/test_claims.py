"""What a text names, and what it does not."""

from __future__ import annotations

import pytest

from lint.changelog.claims import Claims

TEXT = """\
toy: select GENERIC_ENTRY

This turns on Syscall
User Dispatch (CONFIG_DEBUG_RSEQ stays) and touches kernel/entry/common.c.

 init/Kconfig           |  2 +-
 include/linux/big.bin  | Bin 0 -> 9 bytes
Reviewed-by: A Name <fork.c@example.org>
"""


@pytest.mark.parametrize("name", ["GENERIC_ENTRY", "CONFIG_GENERIC_ENTRY", "DEBUG_RSEQ"])
def test_symbols(name: str) -> None:
    assert Claims.of([TEXT]).names(name)


@pytest.mark.parametrize("name", ["ENTRY", "GENERIC", "RSEQ"])
def test_parts_of_symbols_are_no_symbols(name: str) -> None:
    assert not Claims.of([TEXT]).names(name)


def test_features_are_the_words_of_a_stem() -> None:
    claims = Claims.of([TEXT])
    assert claims.names_feature("syscall_user_dispatch")
    assert not claims.names_feature("dispatch"), "one word is too common"


def test_a_single_word_counts_in_capitals() -> None:
    assert Claims.of(["add support for the STACKLEAK plugin"]).names_feature("stackleak")
    assert not Claims.of(["a stackleak"]).names_feature("stackleak")
    assert not Claims.of(["make a CALL"]).names_feature("call"), "short words are in capitals for other reasons"


def test_files_by_path_or_name() -> None:
    claims = Claims.of([TEXT])
    assert claims.names_file("kernel/entry/common.c")
    assert claims.names_file("kernel/entry/common.o")
    assert not Claims.of(["see common"]).names_file("kernel/entry/common.o")


@pytest.mark.parametrize("path", ["init/Kconfig", "include/linux/big.bin", "kernel/fork.c"])
def test_diffstats_and_trailers_say_nothing(path: str) -> None:
    assert not Claims.of([TEXT]).names_file(path)


def test_an_empty_text_names_nothing() -> None:
    assert not Claims.of([""]).says("")
    assert not Claims.of([""]).names("")
