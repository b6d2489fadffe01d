"""What the records know by themselves, so that nobody types it: each trigger, what it measures and of what.

Nothing here counts how many people complained, how often somebody signed in, or how much was typed in: a unit never
scores better because less was brought to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Measure(StrEnum):
    """A share of what was there, or a number."""

    RATE = "rate"
    NUMBER = "number"


class Of(StrEnum):
    """What a trigger looks at. The last three are here to be refused."""

    HANDLING = "handling"
    OPINION = "opinion"
    MEDIATION = "mediation"
    DUTY = "duty"
    MEETINGS = "meetings"
    REPORTS = "reports"
    INSPECTIONS = "inspections"
    ACTIVITIES = "activities"
    MATTERS_BROUGHT = "matters_brought"
    SIGN_INS = "sign_ins"
    ENTRIES = "entries"


NEVER = frozenset({Of.MATTERS_BROUGHT, Of.SIGN_INS, Of.ENTRIES})


@dataclass(frozen=True)
class Trigger:
    """What is measured, of what, and the rule it follows."""

    measure: Measure
    of: Of
    source: str = ""


TRIGGERS: Mapping[str, Trigger] = MappingProxyType(
    {
        "on_time_acceptance": Trigger(Measure.RATE, Of.HANDLING),
        "on_time_completion": Trigger(Measure.RATE, Of.HANDLING),
        "rated_share": Trigger(Measure.RATE, Of.OPINION),
        "satisfaction": Trigger(Measure.RATE, Of.OPINION, "R-39"),
        "satisfied_or_fairly": Trigger(Measure.RATE, Of.OPINION, "R-39"),
        "resolved_locally": Trigger(Measure.RATE, Of.MEDIATION, "R-40"),
        "overdue": Trigger(Measure.NUMBER, Of.HANDLING),
        "supervised": Trigger(Measure.NUMBER, Of.HANDLING),
        "late_acceptance": Trigger(Measure.NUMBER, Of.HANDLING, "R-21"),
        "disputes_found": Trigger(Measure.NUMBER, Of.MEDIATION, "R-08"),
        "standard_files": Trigger(Measure.NUMBER, Of.MEDIATION, "R-09"),
        "duty_gaps": Trigger(Measure.NUMBER, Of.DUTY, "R-11"),
        "missed_attendance": Trigger(Measure.NUMBER, Of.DUTY, "R-55"),
        "uniform_missing": Trigger(Measure.NUMBER, Of.DUTY, "R-66"),
        "meetings_led": Trigger(Measure.NUMBER, Of.MEETINGS, "R-07"),
        "meetings_missed": Trigger(Measure.NUMBER, Of.MEETINGS, "R-19"),
        "reports_missing": Trigger(Measure.NUMBER, Of.REPORTS, "R-20"),
        "adopted_town": Trigger(Measure.NUMBER, Of.REPORTS, "R-12"),
        "adopted_county": Trigger(Measure.NUMBER, Of.REPORTS, "R-13"),
        "adopted_city": Trigger(Measure.NUMBER, Of.REPORTS, "R-14"),
        "adopted_central": Trigger(Measure.NUMBER, Of.REPORTS, "R-15"),
        "inspections": Trigger(Measure.NUMBER, Of.INSPECTIONS, "R-05"),
        "activities": Trigger(Measure.NUMBER, Of.ACTIVITIES, "R-27"),
    }
)
