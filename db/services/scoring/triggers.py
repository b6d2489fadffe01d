"""What each trigger reads, and what it comes to for units and the units below them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AssessedUnit, Unit
from db.rules.scoring.works import Level
from db.services.scoring.facts import cases, disputes, duty, works
from db.services.scoring.facts.fact import Fact, Reader, Span

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "on_time_acceptance": cases.on_time_acceptance,
        "on_time_completion": cases.on_time_completion,
        "rated_share": cases.rated_share,
        "satisfaction": cases.satisfaction,
        "satisfied_or_fairly": cases.satisfied_or_fairly,
        "overdue": cases.overdue,
        "supervised": cases.supervised,
        "late_acceptance": cases.late_acceptance,
        "resolved_locally": disputes.resolved_locally,
        "disputes_found": disputes.disputes_found,
        "standard_files": disputes.standard_files,
        "duty_gaps": duty.duty_gaps,
        "missed_attendance": duty.missed_attendance,
        "uniform_missing": duty.uniform_missing,
        "meetings_led": works.meetings_led,
        "meetings_missed": works.meetings_missed,
        "reports_missing": works.reports_missing,
        "adopted_town": works.adopted(Level.TOWN),
        "adopted_county": works.adopted(Level.COUNTY),
        "adopted_city": works.adopted(Level.CITY),
        "adopted_central": works.adopted(Level.CENTRAL),
        "inspections": works.inspections,
        "activities": works.activities,
    }
)
# What a trigger found: assessed unit to its facts.
Found = Mapping[int, list[Fact]]


def read(session: Session, triggers: Iterable[str], span: Span, assessed: Collection[AssessedUnit]) -> dict[str, Found]:
    """The facts of each trigger in these days, each trigger one statement for every unit.

    A unit's facts are those of the units below it, too.
    """
    above = _assessed_above(session, assessed)
    return {trigger: _by_assessed(READERS[trigger](session, span), above) for trigger in dict.fromkeys(triggers)}


def _by_assessed(facts: Iterable[Fact], above: Mapping[int, tuple[int, ...]]) -> Found:
    found: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        for assessed_unit_id in above.get(fact.unit_id or 0, ()):
            found[assessed_unit_id].append(fact)
    return found


def _assessed_above(session: Session, assessed: Collection[AssessedUnit]) -> dict[int, tuple[int, ...]]:
    """Every unit's assessed units: itself, and those it lies below."""
    by_unit = {one.unit_id: one.id for one in assessed}
    paths = session.execute(select(Unit.id, Unit.path))
    return {
        unit_id: tuple(by_unit[int(one)] for one in path.split("/") if one and int(one) in by_unit)
        for unit_id, path in paths
    }
