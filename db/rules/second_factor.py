"""The second factor (RFC 6238): which steps a code may be of, and how codes are typed."""

import unicodedata
from datetime import datetime

STEP_SECONDS = 30
DRIFT = 1
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_GROUPS = (5, 5)
# No letters or digits that look alike, because people copy it from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def steps_at(now: datetime) -> tuple[int, ...]:
    """Steps whose code is taken at this moment, the oldest first: the present one and one to each side."""
    present = int(now.timestamp()) // STEP_SECONDS
    return tuple(range(present - DRIFT, present + DRIFT + 1))


def normal_code(typed: str) -> str:
    """One form for every way a code is typed: half width, lower case, without spaces and dashes."""
    folded = unicodedata.normalize("NFKC", typed).lower()
    return "".join(char for char in folded if char.isalnum())


def is_recovery_code(code: str) -> bool:
    """Whether a normal code has the length of a recovery code."""
    return len(code) == sum(RECOVERY_GROUPS)
