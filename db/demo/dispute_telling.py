"""One dispute of the demo on its way: its dice, its days, its people, its file as it stands."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from db.demo.town import Town
from db.engine import reading
from db.models import Case, Dispute, DisputeMediator, DisputeParty, Mediator
from db.rules.mediation.opening import PartyForm
from db.rules.mediation.words import Side
from db.rules.permissions import Actor

NOON, LAST_MORNING = time(10, 50), time(8, 40)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Hall:
    """What all disputes share: the town, ids of committees by key and of mediators by name, the preset, the end."""

    town: Town
    committees: Mapping[str, int]
    mediators: Mapping[tuple[str, str], int]
    told: Mapping[str, Any]
    end: datetime


class DisputeTelling:
    """One dispute on its way: its dice, its day, its file; days are counted back from the demo's last."""

    def __init__(self, hall: Hall, row: Mapping[str, Any], parties: tuple[PartyForm, ...]) -> None:
        self.hall, self.row, self.parties = hall, row, parties
        self.town, self.committee_id = hall.town, hall.committees[row["committee"]]
        self.lead: str = row.get("mediator", "")
        self.dice = Random(row["key"])  # noqa: S311 - a demo must come out the same each time
        self.at = datetime.min.replace(tzinfo=hall.end.tzinfo)
        self.dispute_id = 0
        self.wording: dict[str, Any] = {}
        self._keys, self._taken = 0, Counter[str]()

    # --- time ---

    @property
    def today(self) -> date:
        """The day of the present moment."""
        return self.at.date()

    def day(self, ago: int) -> date:
        """So many days before the demo's last, whatever day it is; a day to come when negative."""
        return self.hall.end.date() - timedelta(days=ago)

    def next_moment(self, ago: int) -> datetime:
        """A moment on the working day so many days ago or the one before, after the moment before."""
        day = self.day(ago)
        while not self.town.calendar.is_working(day):
            day -= timedelta(days=1)
        last = day == self.hall.end.date()
        opens = datetime.combine(day, LAST_MORNING if last else NOON, self.at.tzinfo)
        first = opens + self.dice.randint(0, 20 if last else 330) * MINUTE
        self.at = max(first, self.at + self.dice.randint(2, 12) * MINUTE) if self.today == day else first
        return self.at

    # --- people ---

    @property
    def keeper(self) -> Actor:
        """Who keeps the file: its mediator, or the chair for a mediator without an account."""
        return self._accounts.get(self.lead) or self.town.people[self.hall.told["chairs"][self.row["committee"]]]

    @property
    def _accounts(self) -> Mapping[str, Actor]:
        return {actor.name: actor for actor in self.town.people.values()}

    def mediator(self, name: str) -> int:
        """A member of this dispute's committee."""
        return self.hall.mediators[self.row["committee"], name]

    def standing(self) -> list[int]:
        """The mediators on the file now."""
        query = select(DisputeMediator.mediator_id).where(
            DisputeMediator.dispute_id == self.dispute_id, DisputeMediator.ended_on.is_(None)
        )
        with reading() as session:
            return list(session.scalars(query))

    def seat(self, name: str) -> tuple[int, int]:
        """Id and version of a mediator's row on the file."""
        query = (
            select(DisputeMediator.id, DisputeMediator.version)
            .join(Mediator, Mediator.id == DisputeMediator.mediator_id)
            .where(DisputeMediator.dispute_id == self.dispute_id, Mediator.name == name)
        )
        with reading() as session:
            row = session.execute(query).one()
            return row.id, row.version

    def sides(self, side: str = "") -> list[tuple[int, int]]:
        """Ids and versions of the parties, of one side when it is named."""
        wanted = (side,) if side else tuple(Side)
        query = select(DisputeParty.id, DisputeParty.version).where(
            DisputeParty.dispute_id == self.dispute_id, DisputeParty.side.in_(wanted)
        )
        with reading() as session:
            return [(row.id, row.version) for row in session.execute(query.order_by(DisputeParty.id))]

    def party(self, side: str) -> int:
        """The first party of a side."""
        return self.sides(side)[0][0]

    # --- the file ---

    def key(self) -> str:
        """The next submission key."""
        self._keys += 1
        return f"linli-dispute-{self.row['key']}-{self._keys}"

    def version(self) -> int:
        """The dispute's version as it stands."""
        with reading() as session:
            return session.get_one(Dispute, self.dispute_id).version

    def text(self, act: str) -> dict[str, Any]:
        """What the preset says of the next act of this kind, on top of what it says of all of them."""
        mine = self.row.get(act, [])[self._taken[act] :]
        self._taken[act] += 1
        return {**self.hall.told["always"].get(act, {}), **(mine[0] if mine else {})}

    def case(self) -> int | None:
        """A case of the category taken in before, an open one if there is one."""
        query = select(Case.id).where(
            Case.category == self.row["from_case"],
            Case.id.in_([case_id for case_id, *_ in self.town.registered]),
        )
        with reading() as session:
            return session.scalar(query.order_by(Case.open.desc(), Case.id.desc()).limit(1))
