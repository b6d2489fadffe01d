"""Who may hold which roles, and what an account and a unit must say."""

from collections.abc import Collection, Mapping

from db.rules.permissions import Role
from db.rules.problems import N_, Check

LEVELS = 3
KINDS: Mapping[str, str] = {
    "centre": N_("Centre"),
    "department": N_("Department"),
    "village": N_("Village or community"),
    "group": N_("Group"),
}
KINDS_OF_LEVEL: Mapping[int, tuple[str, ...]] = {
    1: ("centre",),
    2: ("department", "village"),
    3: ("group",),
}


def check_roles(check: Check, roles: Collection[str]) -> None:
    """Known roles, at least one, and never the two that must watch each other (separation of duties)."""
    check.that(roles, "roles", "Choose at least one role.")
    unknown = sorted(set(roles) - {role.value for role in Role})
    check.that(not unknown, "roles", "There is no such role: {roles}.", roles=", ".join(unknown))
    both = {Role.ADMINISTRATOR.value, Role.AUDITOR.value} <= set(roles)
    check.that(not both, "roles", "Administrator and audit administrator must be two people.")


def check_person(check: Check, *, name: str, phone: str) -> None:
    """A name colleagues know, and a telephone number or none."""
    check.that(0 < len(name.strip()) <= 40, "name", "Give a name of at most {most} characters.", most=40)
    digits = phone.strip()
    fits = len(digits) <= 20 and all(c.isdecimal() or c in "+- ()" for c in digits)
    check.that(fits, "phone", "A telephone number has digits, spaces, + and - only.")


def check_unit(check: Check, *, name: str, name_en: str, kind: str, level: int) -> None:
    """A name, and a kind that fits its level."""
    check.that(0 < len(name.strip()) <= 40, "name", "Give a name of at most {most} characters.", most=40)
    check.that(len(name_en.strip()) <= 60, "name_en", "At most {most} characters.", most=60)
    if check.that(level <= LEVELS, "parent_id", "Units have three levels; nothing fits below this one."):
        check.that(kind in KINDS_OF_LEVEL[level], "kind", "This kind of unit does not belong at this level.")
