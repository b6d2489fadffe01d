"""Marks of attendance and hand-over notes: when they can be made, and what is missing of a shift."""

from enum import StrEnum


class Gap(StrEnum):
    """What is missing, or not as it should be, of a shift that has begun."""

    OPEN = "open"
    NO_START = "no_start"
    NO_END = "no_end"
    NO_UNIFORM = "no_uniform"
    NO_NOTE = "no_note"
    LATE_NOTE = "late_note"
    UNREAD = "unread"
