"""An office with many disputes, made as `ground` makes cases: twenty committees, five years, one in twenty files open.

Of ten files seven are agreed, mostly in writing and with something to perform; each has a session, a mediator and a
timeline. The newest is agreed and open, so that a file of its kind is there in the smallest office too.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table

from db.engine import Database
from db.models import (
    Agreement,
    Committee,
    Dispute,
    DisputeCount,
    DisputeEntry,
    DisputeMediator,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    DisputeWords,
    Mediator,
    Obligation,
    Performance,
)
from db.rules.mediation.words import State
from tests.bench import ground
from tests.bench.ground import Filling
from tests.factories import SYSTEM, Office, mediator_of

COMMITTEES, MEMBERS = 20, 5
KINDS = ("village", "residents", "township", "street", "enterprise", "organisation", "specialised")
CATEGORIES = "marriage_family neighbours housing_land contract business damages forest_land medical other".split()  # noqa: SIM905 - one line of words
SOURCES = ("application", "application", "initiative", "court", "police")
ENDED = (State.AGREED,) * 7 + (State.REFUSED, State.FAILED, State.WITHDRAWN)
GOING = (State.AGREED, State.MEDIATING, State.AGREED, State.REGISTERED, State.MEDIATING, State.AGREED)
INSTALMENTS = 3


def opened(size: int) -> AbstractContextManager[tuple[Database, Office]]:
    """The office with so many disputes."""
    folder = ground.folder_of(size).with_name(f"disputes-{size}")
    return ground.opened_at(folder, size, lambda database, office: Rows(database, office, size).filling())


class Rows(ground.Rows):
    """The rows of every table, dispute by dispute; the same for the same size."""

    def __init__(self, database: Database, office: Office, size: int) -> None:
        super().__init__(database, office, size)
        self.going = max(1, size // 20)
        self.members = _members(database, office)

    def filling(self) -> Filling:
        """Everything that goes into the office; the counts are taken from the view the triggers take them from."""
        made: list[tuple[Any, Callable[[], Iterator[tuple[object, ...]]]]] = [
            (Dispute, self.disputes), (DisputeParty, self.parties), (DisputeMediator, self.mediators),
            (DisputeSession, self.sessions), (Agreement, self.agreements), (Obligation, self.obligations),
            (Performance, self.performances), (DisputeVisit, self.visits), (DisputeEntry, self.lines),
            (DisputeWords, self.dispute_words),
        ]  # fmt: skip
        return Filling(
            [(model.__table__, rows()) for model, rows in made],
            ["INSERT INTO dispute_words_search(dispute_words_search) VALUES ('rebuild')", *map(_counted, (0, 1))],
        )

    def age(self, number: int) -> int:
        """How many files are newer."""
        return self.size - number

    def is_open(self, number: int) -> bool:
        """The newest are."""
        return self.age(number) < self.going

    def result(self, number: int) -> State:
        """Where the file stands or how it ended."""
        return GOING[self.age(number) % len(GOING)] if self.is_open(number) else ENDED[number % len(ENDED)]

    def day(self, number: int) -> date:
        """Received: the open ones in the last forty days, the others evenly over five years."""
        if self.is_open(number):
            return self.today - timedelta(days=40 * self.age(number) // self.going)
        return self.today - timedelta(days=41 + 1800 * self.age(number) // self.size)

    def agreed(self) -> Iterator[int]:
        """The files with an agreement."""
        return (number for number in self._numbers() if self.result(number) is State.AGREED)

    def _numbers(self) -> range:
        return range(1, self.size + 1)

    def _row(self, model: Any, **values: object) -> tuple[object, ...]:
        table: Table = model.__table__
        return self.row(table, version=1, **values) if "version" in table.columns else self.row(table, **values)

    def disputes(self) -> Iterator[tuple[object, ...]]:
        """dispute"""
        for number in self._numbers():
            subject, text, place, request = self._texts[number % ground.TEXTS]
            result, day, going = self.result(number), self.day(number), self.is_open(number)
            accepted = None if result in (State.REGISTERED, State.REFUSED) else ground._day(day)
            over = result in (State.REFUSED, State.FAILED, State.WITHDRAWN)
            due = day + timedelta(days=30 if result is State.MEDIATING else 45)
            yield self._row(
                Dispute, id=number, number=f"M{day.year}-{number:06}", year=day.year, running=number,
                state=result.value if going else "archived", open=going,
                committee_id=self.members[self.age(number) % COMMITTEES][0], source=SOURCES[number % len(SOURCES)],
                category=CATEGORIES[number % len(CATEGORIES)], major=number % 20 == 0, child=number % 40 == 0,
                subject=subject, facts=text, request=request, place=place, head_count=2 + number % 3,
                received_on=ground._day(day), registered_at=f"{ground._day(day)} 09:00:00.000000",
                registered_by_id=self.office.clerk.id, limit_set_id=1, accepted_on=accepted,
                due_on=ground._day(due) if accepted else None,
                next_due_on=ground._day(due) if going and accepted else None,
                ended_on=ground._day(day + timedelta(days=9)) if over else None,
                refused_by="respondent" if result is State.REFUSED else "",
                routes_told="arbitration,administrative,court" if over and result is not State.WITHDRAWN else "",
                archived_on=None if going else ground._day(day + timedelta(days=40)),
            )  # fmt: skip

    def parties(self) -> Iterator[tuple[object, ...]]:
        """dispute_party: one on each side"""
        for number in self._numbers():
            for i, side in enumerate(("applicant", "respondent")):
                person = self._people[(number + i * 7) % len(self._people)]
                known = {name: person[name] for name in ("name", "contact", "name_mask", "contact_mask")}
                day = ground._day(self.day(number))
                yield self._row(
                    DisputeParty, id=number * 2 + i, dispute_id=number, side=side, told_on=day, told_how="in_person",
                    consent="yes", consent_on=day, signed_on=day, **known,
                )  # fmt: skip

    def mediators(self) -> Iterator[tuple[object, ...]]:
        """dispute_mediator: one on every file but a few newly registered ones"""
        for number in self._numbers():
            if self.result(number) is State.REGISTERED and number % 2:
                continue
            people, turn = self.members[self.age(number) % COMMITTEES][1], self.age(number) // COMMITTEES
            yield self._row(
                DisputeMediator, id=number, dispute_id=number, mediator_id=people[turn % len(people)],
                lead=True, from_on=ground._day(self.day(number)),
            )  # fmt: skip

    def sessions(self) -> Iterator[tuple[object, ...]]:
        """dispute_session: one, of a few hundred characters"""
        for number in self._numbers():
            if self.result(number) is not State.REGISTERED:
                yield self._row(
                    DisputeSession, id=number, dispute_id=number, kind="session", place="村委会",
                    held_at=f"{ground._day(self.day(number))} 10:00:00.000000", statements="双方各自陈述经过。" * 40,
                    present=f"[{number * 2}, {number * 2 + 1}]", result="双方同意继续协商。",
                )  # fmt: skip

    def agreements(self) -> Iterator[tuple[object, ...]]:
        """agreement: four of five in writing, one of ten of these confirmed by a court"""
        for number in self.agreed():
            day = ground._day(self.day(number) + timedelta(days=5))
            yield self._row(
                Agreement, id=number, dispute_id=number, form="oral" if number % 5 == 4 else "written", copies=3,
                content="改道排水，赔偿损失。", amount=300_000, reached_on=day, mediator_signed_on=day, sealed_on=day,
                effective_on=day, confirmation="confirmed" if number % 10 == 0 else "",
            )  # fmt: skip

    def obligations(self) -> Iterator[tuple[object, ...]]:
        """obligation: three instalments; of the open files one in ten has one overdue"""
        for number in self.agreed():
            for i in range(INSTALMENTS):
                due, done = self._instalment(number, i)
                yield self._row(
                    Obligation, id=number * INSTALMENTS + i, dispute_id=number, position=i, debtor_id=number * 2 + 1,
                    creditor_id=number * 2, kind="money", amount=100_000, due_on=ground._day(due), series=1,
                    standing="fulfilled" if done else "due", fulfilled_on=ground._day(due) if done else None,
                )  # fmt: skip

    def _instalment(self, number: int, i: int) -> tuple[date, bool]:
        if not self.is_open(number):
            return self.day(number) + timedelta(days=10 + i), True
        late = i == 0 and self.age(number) % 60 == 0
        return self.today + timedelta(days=-3 if late else 10 + 30 * i), False

    def performances(self) -> Iterator[tuple[object, ...]]:
        """performance: of what is fulfilled"""
        for number in self.agreed():
            for i in range(INSTALMENTS):
                due, done = self._instalment(number, i)
                if done:
                    one = number * INSTALMENTS + i
                    yield self._row(Performance, id=one, obligation_id=one, done_on=ground._day(due), amount=100_000)

    def visits(self) -> Iterator[tuple[object, ...]]:
        """dispute_visit: of every agreed file that is closed"""
        for number in self.agreed():
            if not self.is_open(number):
                day = ground._day(self.day(number) + timedelta(days=35))
                yield self._row(
                    DisputeVisit, id=number, dispute_id=number, visited_on=day, how="visit", performance="full"
                )

    def lines(self) -> Iterator[tuple[object, ...]]:
        """dispute_entry: six each"""
        for number in self._numbers():
            for i, step in enumerate(("open", "assign", "tell", "consent", "accept", "session")):
                yield self._row(
                    DisputeEntry, id=number * 6 + i, dispute_id=number, step=step, person_id=self.office.clerk.id,
                    at=f"{ground._day(self.day(number))} 09:{i:02}:00.000000",
                )  # fmt: skip

    def dispute_words(self) -> Iterator[tuple[object, ...]]:
        """dispute_words"""
        for number in self._numbers():
            words = f"m{self.day(number).year} {number:06d} {self._words[number % ground.TEXTS]}"
            yield self._row(DisputeWords, dispute_id=number, words=words)


def _members(database: Database, office: Office) -> list[tuple[int, list[int]]]:
    """Twenty committees (ids) with their members: those of the office first, so that its people have files."""
    with database.transaction(SYSTEM) as session:
        made = [
            (office.committee_a, [mediator_of(session, office.mediator), mediator_of(session, office.chair)]),
            (office.committee_b, [mediator_of(session, office.elsewhere)]),
        ]
        for i in range(2, COMMITTEES):
            committee = Committee(name=f"第{i}调委会", kind=KINDS[i % len(KINDS)])
            session.add(committee)
            session.flush()
            made.append((committee.id, []))
        for i, (committee_id, people) in enumerate(made):
            more = [Mediator(committee_id=committee_id, name=f"调解员{i}-{n}") for n in range(MEMBERS - len(people))]
            session.add_all(more)
            session.flush()
            people += [one.id for one in more]
        return made


def _counted(own: int) -> str:
    """The counts of every committee, or of all at once (0), added up from the view of the migration."""
    names = DisputeCount.__table__.columns.keys()
    sums = ", ".join(f"SUM({name})" for name in names[4:])
    return f"""INSERT INTO dispute_count ({", ".join(names)})
        SELECT committee_id * {own}, month, category, source, {sums} FROM dispute_figures GROUP BY 1, 2, 3, 4"""  # noqa: S608 - names of our own
