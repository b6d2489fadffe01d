"""Reading a confidential record in an emergency: what must be said before, and how long it lasts."""

from enum import StrEnum

from db.rules.problems import Check

SHORTEST_REASON = 10
LIMIT = "emergency_reading"


class Register(StrEnum):
    """Where the record is kept."""

    CASES = "cases"
    DISPUTES = "disputes"


def check_reading(check: Check, *, register: str | None, number: str, reason: str) -> None:
    """The register, a number and a reason of at least ten characters."""
    check.that(register in set(Register), "register", "Choose where the record is kept.")
    check.that(number.strip(), "number", "Enter the number of the record.")
    check.that(
        len(reason.strip()) >= SHORTEST_REASON,
        "reason",
        "Say in at least {n} characters why this can't wait.",
        n=SHORTEST_REASON,
    )
