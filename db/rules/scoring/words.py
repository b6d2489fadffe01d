"""The words of scoring, stored as they stand here."""

from enum import StrEnum


class RubricKind(StrEnum):
    """What a rubric comes to: a total of 100 points, or a ranking of one figure by its increase."""

    POINTS = "points"
    LADDER = "ladder"


class ItemKind(StrEnum):
    """What an item does to a score."""

    BASE = "base"
    BONUS = "bonus"
    DEDUCTION = "deduction"
    MINIMUM = "minimum"
    TARGET = "target"
    VETO = "veto"


class Award(StrEnum):
    """How a base item comes to its points: given, begun full with points taken off, or its share by a rate."""

    GIVEN = "given"
    TAKEN = "taken"
    RATE = "rate"


class Standing(StrEnum):
    """Where a unit's score of one period stands."""

    MISSING = "missing"
    LEFT_OUT = "left_out"
    SCORED = "scored"


class Card(StrEnum):
    """Steps of the ladder for a unit among the highest increases (R-29 to R-32)."""

    NONE = "none"
    NOTICE = "notice"
    RECTIFY = "rectify"
    YELLOW = "yellow"
    NOT_EXCELLENT = "not_excellent"
