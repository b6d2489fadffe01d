"""What the office says about itself and decides itself: facts, code lists, limits, notices."""

from db.services.limits_in_force import limits_in_force, limits_of
from db.services.office.codes import (
    LISTS,
    active_codes,
    add_code,
    codes,
    edit_codes,
    labels_of,
    restore_code,
    retire_code,
)
from db.services.office.facts import (
    Facts,
    Notice,
    add_notice,
    edit_fact,
    fact_rows,
    facts,
    facts_of,
    notice,
    notice_of,
    notices,
)
from db.services.office.limits import (
    activate_limits,
    copy_limits,
    edit_limits,
    limit_rules,
    limit_sets,
)
from db.services.office.presets import load_presets

__all__ = [
    "LISTS",
    "Facts",
    "Notice",
    "activate_limits",
    "active_codes",
    "add_code",
    "add_notice",
    "codes",
    "copy_limits",
    "edit_codes",
    "edit_fact",
    "edit_limits",
    "fact_rows",
    "facts",
    "facts_of",
    "labels_of",
    "limit_rules",
    "limit_sets",
    "limits_in_force",
    "limits_of",
    "load_presets",
    "notice",
    "notice_of",
    "notices",
    "restore_code",
    "retire_code",
]
