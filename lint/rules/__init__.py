"""One file per rule; ``RULES`` lists them, sorted by id."""

from __future__ import annotations

from typing import Final

from lint.rule import Rule
from lint.rules.broken_bisect_step import broken_bisect_step
from lint.rules.call_signature_mismatch import call_signature_mismatch
from lint.rules.config_flip_symbol_conflict import config_flip_symbol_conflict
from lint.rules.constant_config_guard import constant_config_guard
from lint.rules.duplicate_definition import duplicate_definition
from lint.rules.flag_bit_collision import flag_bit_collision
from lint.rules.ignored_result import ignored_result
from lint.rules.index_before_bounds_check import index_before_bounds_check
from lint.rules.inverted_return_convention import inverted_return_convention
from lint.rules.leftover_include import leftover_include
from lint.rules.lost_select import lost_select
from lint.rules.missing_arch_contract import missing_arch_contract
from lint.rules.missing_export import missing_export
from lint.rules.missing_header import missing_header
from lint.rules.missing_include import missing_include
from lint.rules.missing_object_source import missing_object_source
from lint.rules.missing_prototype import missing_prototype
from lint.rules.non_static_definition_in_header import non_static_definition_in_header
from lint.rules.orphaned_definition import orphaned_definition
from lint.rules.recursive_dependency import recursive_dependency
from lint.rules.redundant_select import redundant_select
from lint.rules.removed_flag_without_equivalent import removed_flag_without_equivalent
from lint.rules.removed_name_in_text import removed_name_in_text
from lint.rules.removed_name_still_used import removed_name_still_used
from lint.rules.renamed_symbol_loses_configs import renamed_symbol_loses_configs
from lint.rules.stale_flag_snapshot import stale_flag_snapshot
from lint.rules.syntax_error_added import syntax_error_added
from lint.rules.undefined_config_symbol import undefined_config_symbol
from lint.rules.undefined_name_used import undefined_name_used
from lint.rules.undisclosed_config_effect import undisclosed_config_effect
from lint.rules.unmet_dependency import unmet_dependency
from lint.rules.unpaired_flag_update import unpaired_flag_update
from lint.rules.unused_flag_definition import unused_flag_definition
from lint.rules.use_before_declaration import use_before_declaration
from lint.rules.use_outside_definition_guard import use_outside_definition_guard
from lint.rules.width_mismatch import width_mismatch

RULES: Final[tuple[Rule, ...]] = (
    broken_bisect_step,
    call_signature_mismatch,
    config_flip_symbol_conflict,
    constant_config_guard,
    duplicate_definition,
    flag_bit_collision,
    ignored_result,
    index_before_bounds_check,
    inverted_return_convention,
    leftover_include,
    lost_select,
    missing_arch_contract,
    missing_export,
    missing_header,
    missing_include,
    missing_object_source,
    missing_prototype,
    non_static_definition_in_header,
    orphaned_definition,
    recursive_dependency,
    redundant_select,
    removed_flag_without_equivalent,
    removed_name_in_text,
    removed_name_still_used,
    renamed_symbol_loses_configs,
    stale_flag_snapshot,
    syntax_error_added,
    undefined_config_symbol,
    undefined_name_used,
    undisclosed_config_effect,
    unmet_dependency,
    unpaired_flag_update,
    unused_flag_definition,
    use_before_declaration,
    use_outside_definition_guard,
    width_mismatch,
)
