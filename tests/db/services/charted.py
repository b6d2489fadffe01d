"""A town's matters with everything a chart divides by, and every figure of them counted by hand in plain Python."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from db.engine import Database
from db.models import Case, CaseAccess, CaseRecusal, CaseUnit, CaseVisit
from tests.factories import NOW, SYSTEM, Office, a_case

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = NOW.date()
VALID = ("satisfied", "fairly", "dissatisfied")
Key = Callable[[Case], str]


@dataclass(frozen=True)
class Fact:
    """What one record adds to a figure on a day: to the top, and to the bottom of a rate or mean."""

    case: Case
    day: date
    top: float = 1
    bottom: int = 0


def a_town(database: Database, office: Office, size: int = 90) -> None:
    """Matters of eleven months: three categories, two units, every channel, some sealed, some accusations."""
    dice = Random(size)  # noqa: S311 - repeatable, not secret
    with database.transaction(SYSTEM) as session:
        for number in range(size):
            case = a_case(session, office, **_matter(dice, office, number))
            session.flush()
            _followed_up(session, dice, case)
            if case.lead_unit_id:
                session.add(CaseUnit(case_id=case.id, unit_id=case.lead_unit_id, role="lead", sent_on=TODAY))
            if number % 29 == 0:
                session.add(CaseRecusal(case_id=case.id, person_id=office.leader.id, reason="回避"))
            if case.sealed:
                session.add(CaseAccess(case_id=case.id, person_id=office.director.id))


def _matter(dice: Random, office: Office, number: int) -> dict[str, Any]:
    received = NOW - timedelta(days=dice.randrange(330), minutes=dice.randrange(1440))
    on = received.astimezone(ZONE).date()
    kind = dice.choice(("request", "request", "suggestion", "accusation"))
    ended = dice.random() < 0.6
    replied = min(on + timedelta(days=dice.randrange(80)), TODAY) if ended and dice.random() < 0.9 else None
    return {
        "received_at": received,
        "kind": kind,
        "sealed": (kind == "accusation" and number % 2 == 0) or number % 31 == 0,
        "category": dice.choice(("construction", "other", "a_code_deleted_since")),
        "channel": dice.choice(("visit", "letter", "telephone")),
        "source": dice.choice(("resident", "hotline")),
        "grade": dice.choice(("simple", "general", "major")),
        "state": "closed" if ended else "handling",
        "open": not ended,
        "anonymous": dice.random() < 0.2,
        "procedure": dice.choice(("ordinary", "ordinary", "other")),
        "head_count": dice.choice((1, 1, 4, 5, 9)),
        "bounces": dice.choice((0, 0, 0, 1, 2)),
        "lead_unit_id": dice.choice((None, office.unit_a, office.unit_b)),
        "outcome": dice.choice(("supported", "explained")) if ended else "",
        "satisfaction": dice.choice(("", "satisfied", "no_word")),
        "solved": dice.choice(("", "yes", "no")),
        "replied_on": replied,
        "confirmed_on": on + timedelta(days=3) if dice.random() < 0.3 else None,
        "closed_on": (replied or on) + timedelta(days=2) if ended else None,
        "transferred_on": on + timedelta(days=2) if number % 3 else None,
        "notice_on": on + timedelta(days=dice.randrange(25)) if dice.random() < 0.7 else None,
        "notice_due_on": on + timedelta(days=15) if dice.random() < 0.8 else None,
        "answer_due_on": on + timedelta(days=dice.choice((7, 60))) if dice.random() < 0.9 else None,
        "next_due_on": None if ended else on + timedelta(days=60),
    }


def _followed_up(session: Any, dice: Random, case: Case) -> None:
    if case.replied_on is None:
        return
    for _ in range(dice.randrange(3)):
        session.add(
            CaseVisit(
                case_id=case.id,
                visited_on=case.replied_on + timedelta(days=dice.randrange(-3, 20)),
                how="telephone",
                reached=dice.random() < 0.8,
                satisfaction=dice.choice((*VALID, "no_word", "")),
            )
        )


def _on(case: Case) -> date:
    return case.received_at.astimezone(ZONE).date()


def _told(case: Case) -> date | None:
    return case.replied_on or (case.confirmed_on if case.anonymous else None) or case.closed_on


def _rates(cases: list[Case], done: Callable[[Case], date | None], due: str) -> Iterator[Fact]:
    for case in cases:
        day, when = getattr(case, due), done(case)
        if day is not None and (when is not None or day < TODAY):
            yield Fact(case, day, float(when is not None and when <= day), 1)


def facts(cases: list[Case], visits: list[CaseVisit], last: date | None) -> dict[str, list[Fact]]:
    """Every figure of these matters, record by record."""
    known = {case.id: case for case in cases}
    rateable = [case for case in cases if not case.anonymous and case.procedure == "ordinary"]
    ids = {case.id for case in rateable}
    valid = [v for v in visits if v.reached and v.satisfaction in VALID and v.case_id in ids]
    rated = {v.case_id for v in valid if v.visited_on >= (known[v.case_id].replied_on or date.max)}

    def noticed(case: Case) -> date | None:
        return min((day for day in (case.notice_on, _told(case)) if day is not None), default=None)

    end = last or TODAY

    def standing(case: Case) -> bool:
        return case.open if end >= TODAY else not case.closed_on or case.closed_on > end

    return {
        "received": [Fact(case, _on(case)) for case in cases],
        "closed": [Fact(case, case.closed_on) for case in cases if case.closed_on],
        "open": [Fact(case, last or TODAY) for case in cases if standing(case) and (not last or _on(case) <= last)],
        "transferred": [Fact(case, case.transferred_on) for case in cases if case.transferred_on],
        "returned": [Fact(case, _on(case), case.bounces, int(case.bounces > 0)) for case in cases],
        "answered_rate": list(_rates(cases, _told, "answer_due_on")),
        "notice_rate": list(_rates(cases, noticed, "notice_due_on")),
        "rated_rate": [Fact(c, c.replied_on, float(c.id in rated), 1) for c in rateable if c.replied_on],
        "satisfied_rate": [Fact(known[v.case_id], v.visited_on, float(v.satisfaction == VALID[0]), 1) for v in valid],
        "fairly_rate": [Fact(known[v.case_id], v.visited_on, float(v.satisfaction in VALID[:2]), 1) for v in valid],
        "days_to_answer": [Fact(c, c.replied_on, (c.replied_on - _on(c)).days, 1) for c in cases if c.replied_on],
    }


KEYS: dict[str, Callable[[Fact], str]] = {
    "category": lambda fact: fact.case.category,
    "unit": lambda fact: str(fact.case.lead_unit_id or ""),
    "channel": lambda fact: fact.case.channel,
    "source": lambda fact: fact.case.source,
    "kind": lambda fact: fact.case.kind,
    "grade": lambda fact: fact.case.grade,
    "state": lambda fact: fact.case.state,
    "outcome": lambda fact: fact.case.outcome,
    "satisfaction": lambda fact: fact.case.satisfaction,
    "solved": lambda fact: fact.case.solved,
    "bounces": lambda fact: str(fact.case.bounces),
    "collective": lambda fact: "yes" if fact.case.head_count >= 5 else "no",
    "overdue": lambda fact: "yes" if fact.case.open and (fact.case.next_due_on or TODAY) < TODAY else "no",
    "day": lambda fact: fact.day.isoformat(),
    "week": lambda fact: (fact.day - timedelta(days=fact.day.weekday())).isoformat(),
    "month": lambda fact: f"{fact.day:%Y-%m}",
    "quarter": lambda fact: f"{fact.day:%Y}-Q{(fact.day.month + 2) // 3}",
    "year": lambda fact: f"{fact.day:%Y}",
    "weekday": lambda fact: str(_on(fact.case).weekday() + 1),
    "hour": lambda fact: f"{fact.case.received_at.astimezone(ZONE):%H}",
}


def counted(told: list[Fact], *dimensions: str) -> dict[tuple[str, ...], tuple[float, int]]:
    """Top and bottom of every place that holds something."""
    sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0, 0])
    for fact in told:
        place = sums[tuple(KEYS[code](fact) for code in dimensions)]
        place[0] += fact.top
        place[1] += fact.bottom
    return {place: (top, int(bottom)) for place, (top, bottom) in sums.items() if top or bottom}


def midnight(day: date) -> datetime:
    """The first moment of a day in the office."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
