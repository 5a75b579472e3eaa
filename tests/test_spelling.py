"""What an unknown symbol was meant to be."""

from __future__ import annotations

import pytest

from lint.rules._spelling import distance, meant

NAMES = (
    "GENERIC_ENTRY",
    "GENERIC_IRQ_ENTRY",
    "PAGE_SIZE_4KB",
    "PAGE_SIZE_8KB",
    "NET",
    "KVM_ARM",
    "NETWORK_A",
    "NETWORK_B",
)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("GENERIC_ENRTY", "GENERIC_ENTRY"),
        ("GENERIC_ENTRYS", "GENERIC_ENTRY"),
        ("GENERICENTRY", "GENERIC_ENTRY"),
        ("CONFIG_GENERIC_ENTRY", "GENERIC_ENTRY"),
        ("NET_MODULE", "NET"),
        ("ENTRY_GENERIC", "GENERIC_ENTRY"),
        ("GENERIC_IRQ_ENTRIES", None),
        ("PAGE_SIZE_6KB", None),
        ("NETWORK_C", None),
        ("NFT", None),
        ("KVM_ARMS", "KVM_ARM"),
        ("KVM_RAMS", None),
        ("", None),
    ],
)
def test_meant(symbol: str, expected: str | None) -> None:
    assert meant(symbol, NAMES) == expected


def test_distance() -> None:
    assert [distance("abcd", other, 9) for other in ("abcd", "abdc", "abc", "xbcd", "")] == [0, 1, 1, 1, 4]
    assert distance("abcd", "wxyz", 2) == 2
