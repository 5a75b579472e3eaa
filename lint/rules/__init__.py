"""One file per rule; ``RULES`` lists them, sorted by id."""

from __future__ import annotations

from typing import Final

from lint.rule import Rule
from lint.rules.missing_arch_contract import missing_arch_contract
from lint.rules.removed_name_still_used import removed_name_still_used
from lint.rules.undefined_config_symbol import undefined_config_symbol

RULES: Final[tuple[Rule, ...]] = (missing_arch_contract, removed_name_still_used, undefined_config_symbol)
