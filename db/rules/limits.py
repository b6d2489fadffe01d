"""The office's numbers: a set of limits in force from a day on, each with its basis."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LimitUnit(StrEnum):
    """What an amount counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MINUTES = "minutes"
    COUNT = "count"
    FLAG = "flag"


@dataclass(frozen=True)
class Limit:
    """One number; `basis` names the rule R-nn or the article it follows."""

    code: str
    amount: int
    unit: LimitUnit
    basis: str
    source: str = ""


@dataclass(frozen=True)
class Limits:
    """One version of all numbers; a record keeps the version it was made under."""

    id: int
    name: str
    effective_from: date
    rules: Mapping[str, Limit]

    def __getitem__(self, code: str) -> Limit:
        """The limit of that code; raises KeyError when the set lacks it."""
        return self.rules[code]
