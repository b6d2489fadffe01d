"""What an effect works on: the case, who acts, the units taking part, and the step's cleaned values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy.orm import Session

from db.models import Case, CaseUnit, Person, Unit
from db.rules.case_flow import FlowFacts
from db.rules.cases import Share
from db.rules.permissions import Actor
from db.rules.problems import N_, Problem, Problems
from db.services.cases.people import is_accused
from db.services.cases.standing import UnitShare

Detail = dict[str, object]


@dataclass(frozen=True)
class Scene:
    """The case, who acts, the units taking part, and the step's cleaned values."""

    session: Session
    actor: Actor
    case: Case
    shares: list[UnitShare]
    facts: FlowFacts
    values: Mapping[str, object]

    @property
    def today(self) -> date:
        """The office's day."""
        return self.facts.today

    @property
    def lead(self) -> CaseUnit:
        """The lead unit's share; the flow only allows steps that need it when there is one."""
        return next(s.row for s in self.shares if s.row.role == Share.LEAD)

    def day(self, name: str) -> date:
        """A required day among the values."""
        return cast(date, self.values[name])

    def text(self, name: str) -> str:
        """A text among the values, "" when left out."""
        return str(self.values.get(name) or "")

    def unit(self, field: str, unit_id: object) -> Unit:
        """A unit in use that the matter is not about (Art. 30); raises Problems."""
        unit = self.session.get(Unit, unit_id)
        if unit is None or not unit.active:
            raise Problems(Problem(field, N_("There is no such unit.")))
        if is_accused(self.session, self.case, unit):
            raise Problems(Problem(field, N_("An accusation never goes to the unit it is about.")))
        return unit

    def person(self, field: str, why_not: str) -> Person:
        """The person among the values, when nothing speaks against it; raises Problems."""
        found = self.session.get(Person, self.values[field])
        if why_not or found is None:
            raise Problems(Problem(field, why_not or N_("There is no such person.")))
        return found
