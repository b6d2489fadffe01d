"""An assessment whose sheets are filled in at once, to publish from: unit A and unit B, every period finished."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from db.engine import Database
from db.models import AssessedUnit, ScoreEntry, ScorePublication, ScoreResult, ScoreSheet
from db.rules.permissions import Actor, Role
from db.services.scoring import assessments, entries, ledger, publishing
from tests.factories import NOW, SYSTEM, Office, an_assessment

PERIODS = ("q1", "q2", "q3", "q4", "half", "year")
GIVEN = ("publicity", "plans", "streets", "places")
RATES = ("on_time_acceptance", "on_time_completion", "rated_share", "satisfaction")
EVERYBODY = ("director", "leader", "assessor", "viewer", "head", "clerk", "handler", "admin", "auditor")


@dataclass(frozen=True)
class Scored:
    """What tests of publishing stand on."""

    database: Database
    office: Office
    assessment: int

    def assessed(self, unit_id: int) -> int:
        """The assessed unit of a unit of this assessment."""
        wanted = select(AssessedUnit.id).where(
            AssessedUnit.assessment_id == self.assessment, AssessedUnit.unit_id == unit_id
        )
        with self.database.reading() as session:
            return session.scalars(wanted).one()

    def fill(self, unit_id: int, period: str, plans: int) -> None:
        """A finished sheet: everything full but "plans", which gets so many of its 10 points; 70 points in all."""
        with self.database.transaction(SYSTEM) as session:
            sheet = entries.sheet_of(session, self.assessed(unit_id), period)
            on_day = date(2026, 3, 31)
            for item in GIVEN:
                points = plans * 100 if item == "plans" else 1000
                session.add(_entry(sheet.id, item, on_day, points=points, author_id=self.office.assessor.id))
            session.add_all(_entry(sheet.id, item, on_day, computed=item) for item in RATES)
            sheet.finished_at, sheet.finished_by_id = NOW, self.office.assessor.id

    def book(self, unit_id: int, item: str, count: int = 1) -> int:
        """A bonus or deduction in the year's book; answers the entry's id."""
        with self.database.transaction(SYSTEM) as session:
            sheet = entries.sheet_of(session, self.assessed(unit_id), "")
            row = _entry(sheet.id, item, date(2026, 5, 1), count=count, author_id=self.office.assessor.id)
            session.add(row)
            session.flush()
            entry_id = row.id
        self.add_up()
        return entry_id

    def correct(self, unit_id: int, period: str, plans: int) -> None:
        """The points of "plans" are others now."""
        with self.database.transaction(SYSTEM) as session:
            row = session.scalars(
                select(ScoreEntry)
                .join(ScoreSheet, ScoreSheet.id == ScoreEntry.sheet_id)
                .where(ScoreSheet.assessed_unit_id == self.assessed(unit_id), ScoreSheet.period == period)
                .where(ScoreEntry.item == "plans")
            ).one()
            row.points = plans * 100
        self.add_up()

    def score(self, *unit_ids: int) -> None:
        """These units are scored instead of unit A and unit B."""
        before = assessments.units_digest(sorted((self.office.unit_a, self.office.unit_b)))
        assessments.set_units(
            self.office.director, assessment_id=self.assessment, version=before, unit_ids=unit_ids, key="units"
        )

    def add_up(self) -> None:
        """Every total as it stands."""
        with self.database.transaction(SYSTEM) as session:
            ledger.refresh_all(session, self.assessment)

    def publish(self, scope: str = "q1", *, key: str = "", actor: Actor | None = None, **more: Any) -> int:
        """Announced by the director; answers the publication's id."""
        return publishing.publish(
            actor or self.office.director, assessment_id=self.assessment, scope=scope, key=key or f"p-{scope}", **more
        )

    def frozen(self, publication_id: int) -> dict[str, Any]:
        """Everything kept of a publication, as it stands in the database."""
        with self.database.reading() as session:
            row = session.get_one(ScorePublication, publication_id)
            kept = session.scalars(select(ScoreResult).where(ScoreResult.publication_id == publication_id))
            units = {one.unit_id: (one.tenths, one.rank, one.grade, one.card, json.loads(one.document)) for one in kept}
            return {"document": json.loads(row.document), "edition": row.edition, "units": units}

    def two_hats(self, *roles: Role) -> Actor:
        """The head of unit A with further roles."""
        head = self.office.head
        return Actor(head.id, head.name, head.roles | set(roles), head.unit_id, head.unit_path, origin="test")


def _entry(sheet_id: int, item: str, on_day: date, **more: Any) -> ScoreEntry:
    return ScoreEntry(sheet_id=sheet_id, item=item, on_day=on_day, reason="检查记录", written_at=NOW, **more)


def a_scored_year(database: Database, office: Office, *, periods: tuple[str, ...] = PERIODS) -> Scored:
    """Unit A gets 10 of 10 for plans in every period, unit B 3 of 10: 100 and 90."""
    scored = Scored(database, office, an_assessment(office))
    for period in periods:
        scored.fill(office.unit_a, period, 10)
        scored.fill(office.unit_b, period, 3)
    scored.add_up()
    return scored
