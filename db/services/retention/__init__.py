"""How long records are kept: the schedule, review lists, and what happens to what was approved."""

from db.services.retention.reviews import (
    HOLDS,
    ITEMS,
    PROTOCOL,
    QUOTED,
    approve,
    drop,
    holds,
    items,
    keep,
    propose,
    protocol,
    quoted,
    release,
)
from db.services.retention.running import carry_out, resume
from db.services.retention.schedule import EDITABLE, RULES, edit_rules, load_rules, schedule

__all__ = [
    "EDITABLE",
    "HOLDS",
    "ITEMS",
    "PROTOCOL",
    "QUOTED",
    "RULES",
    "approve",
    "carry_out",
    "drop",
    "edit_rules",
    "holds",
    "items",
    "keep",
    "load_rules",
    "propose",
    "protocol",
    "quoted",
    "release",
    "resume",
    "schedule",
]
