"""The figures of a year: kept counts that equal a count of the files, the reach of each reader, nothing small."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import column, delete, select, table
from sqlalchemy.orm import Session

from db.engine import Database
from db.models import (
    Agreement,
    Committee,
    Dispute,
    DisputeCount,
    DisputeMediator,
    DisputeParty,
    DisputeSearch,
    DisputeWords,
    Mediator,
)
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Refused
from db.services.mediation import figures
from db.services.mediation.figures import EVERYBODY, NUMBERS
from tests.db.services.standing_disputes import DAY, TODAY, agreed, brought, change, mediating, owed, put
from tests.factories import NOW, SYSTEM, Office

YEAR = 2026


def told(actor: Actor, **more: int) -> figures.Figures:
    """The figures of this year."""
    return figures.figures(actor, year=YEAR, **more)


def lines(actor: Actor, **more: int) -> dict[tuple[str, str], object]:
    """The yearly table as section and code to value."""
    rows = figures.yearly_table(actor, year=YEAR, **more)
    return {(section, code): value for section, code, value in rows.astype(object).values.tolist()}


@pytest.fixture
def a_year(database: Database, office: Office) -> None:
    """Nine files: five accepted of committee A (three agreed), one of B, one refused, one failed, one last year's."""
    marked: dict[str, Any] = {"head_count": 5, "major": True, "escalation_prevented": True}
    agreed(database, office, office.mediator, amount=1200_50, accepted_on=date(YEAR, 1, 1), **marked)
    oral = agreed(database, office, office.mediator, form="oral", accepted_on=date(YEAR, 1, 31), category="contract")
    agreed(
        database, office, office.mediator, amount=10_00, accepted_on=date(YEAR, 12, 31), state="archived", open=False
    )
    mediating(database, office, office.mediator, source="court")
    ended: dict[str, Any] = {"ended_on": TODAY, "routes_told": "court"}
    mediating(database, office, office.mediator, state="failed", **ended)
    brought(database, office, state="refused", refused_by="respondent", **ended)
    brought(database, office)
    mediating(database, office, office.elsewhere, committee_id=office.committee_b)
    mediating(database, office, office.mediator, accepted_on=date(YEAR - 1, 12, 31))
    with database.transaction(SYSTEM) as session:
        session.query(Agreement).filter_by(dispute_id=oral).one().confirmation = "confirmed"
    owed(database, oral, due_on=TODAY - DAY)
    owed(database, oral, due_on=TODAY)
    owed(database, oral, due_on=TODAY - DAY, removed_at=NOW)


@pytest.mark.usefixtures("a_year")
def test_the_figures_of_the_office(office: Office) -> None:
    seen = told(office.director)
    assert (seen.accepted, seen.succeeded, seen.success_rate) == (6, 3, 0.5)
    assert (seen.refused, seen.failed, seen.open, seen.overdue_obligations) == (1, 1, 8, 1)
    assert (seen.agreements_written, seen.agreements_oral, seen.confirmed, seen.amount) == (2, 1, 1, 1210_50)
    assert seen.whole_office
    assert seen.by_category.values.tolist() == [["contract", 1, 1], ["neighbours", 5, 2]]
    assert seen.by_source.values.tolist() == [["application", 5, 3], ["court", 1, 0]]
    assert list(seen.by_month["month"]) == [date(YEAR, n, 1) for n in range(1, 13)]
    assert list(seen.by_month["accepted"]) == [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1]
    assert list(seen.cube.columns) == figures.CUBE
    assert seen.cube.values.tolist()[0] == ["contract", "application", date(YEAR, 1, 1), 1, 1]
    assert (seen.cube["accepted"].sum(), seen.cube["succeeded"].sum()) == (6, 3)


@pytest.mark.usefixtures("a_year")
def test_a_mediators_figures_are_those_of_the_committees_one_belongs_to(database: Database, office: Office) -> None:
    assert told(office.elsewhere).accepted == 1
    assert told(office.mediator).accepted == 5
    assert not told(office.mediator).whole_office
    with pytest.raises(NotThere):
        told(office.mediator, committee_id=office.committee_b)
    with pytest.raises(NotThere):
        figures.yearly_table(office.mediator, year=YEAR, committee_id=office.committee_b)
    put(database, Mediator(committee_id=office.committee_b, person_id=office.mediator.id, name="马调解"))
    assert told(office.mediator).accepted == 6
    assert told(office.mediator, committee_id=office.committee_b).accepted == 1


@pytest.mark.usefixtures("a_year")
def test_one_committee_of_the_office(office: Office) -> None:
    seen = told(office.director, committee_id=office.committee_b)
    assert (seen.accepted, seen.succeeded, seen.open, seen.overdue_obligations) == (1, 0, 1, 0)
    assert told(office.director, committee_id=office.committee_a).overdue_obligations == 1


def test_a_year_without_files_has_no_rate(office: Office) -> None:
    seen = told(office.director)
    assert (seen.accepted, seen.succeeded, seen.success_rate, seen.amount) == (0, 0, None, 0)
    assert (list(seen.by_category.columns), len(seen.by_category)) == (figures.BY_CATEGORY, 0)
    assert len(seen.by_month) == 12
    assert lines(office.director)["files", "success_rate"] is None


@pytest.mark.usefixtures("a_year")
def test_who_may_open_no_file_gets_no_small_number(database: Database, office: Office) -> None:
    reader = office.viewer
    seen = told(reader)
    assert (seen.accepted, seen.succeeded, seen.success_rate, seen.open) == (6, 3, 0.5, 8)
    assert (seen.refused, seen.failed, seen.confirmed, seen.agreements_oral) == (None, None, None, None)
    assert seen.by_category["accepted"].isna().tolist() == [True, False]
    assert seen.by_category["succeeded"].isna().tolist() == [True, True]
    large = lines(reader)
    assert (large["category", "contract"], large["category", "neighbours"], large["category", "other"]) == (None, 5, 0)
    small = lines(reader, committee_id=office.committee_b)
    assert (small["files", "accepted"], small["files", "success_rate"], small["persons", ""]) == (None, None, None)
    change(database, 3, accepted_on=date(YEAR - 1, 1, 1))
    few = told(reader)
    assert (few.accepted, few.succeeded, few.success_rate, few.amount) == (5, None, None, None)


@pytest.mark.usefixtures("a_year")
def test_the_yearly_table(database: Database, office: Office) -> None:
    put(
        database,
        Committee(name="行业调委会", kind="specialised"),
        Committee(name="旧调委会", kind="street", active=False),
        DisputeSearch(committee_id=office.committee_a, held_on=date(YEAR, 1, 1), found=7, prevented=2),
        DisputeSearch(committee_id=office.committee_a, held_on=date(YEAR, 12, 31), found=1),
        DisputeSearch(committee_id=office.committee_a, held_on=date(YEAR, 5, 1), found=100, removed_at=NOW),
        DisputeSearch(committee_id=office.committee_a, held_on=date(YEAR + 1, 1, 1), found=100),
    )
    with database.transaction(SYSTEM) as session:
        session.query(Mediator).filter_by(person_id=office.chair.id).one().full_time = True
    found = lines(office.director)
    assert list(dict.fromkeys(key[0] for key in found)) == [
        "committees", "mediators", "searches", "files", "source", "category", "agreements", "amount", "persons",
        "difficult", "prevented",
    ]  # fmt: skip
    wanted = {
        ("committees", "village"): 2, ("committees", "specialised"): 1, ("committees", "street"): 0,
        ("mediators", "full_time"): 1, ("mediators", "part_time"): 2,
        ("searches", "made"): 2, ("searches", "found"): 8, ("searches", "prevented"): 2,
        ("files", "accepted"): 6, ("files", "succeeded"): 3, ("files", "success_rate"): 0.5,
        ("source", "application"): 5, ("source", "court"): 1, ("source", "police"): 0,
        ("category", "neighbours"): 5, ("category", "contract"): 1, ("category", "medical"): 0,
        ("agreements", "oral"): 1, ("agreements", "written"): 2, ("agreements", "confirmed"): 1,
        ("amount", ""): 1210_50, ("persons", ""): 15, ("difficult", ""): 1, ("prevented", ""): 1,
    }  # fmt: skip
    assert {key: found[key] for key in wanted} == wanted
    own = lines(office.elsewhere)
    assert (own["committees", "village"], own["committees", "specialised"], own["searches", "made"]) == (1, 0, 0)
    assert (own["files", "accepted"], own["mediators", "part_time"]) == (1, 1)


@pytest.mark.parametrize("who", ["clerk", "handler", "head", "admin", "auditor"])
def test_others_get_none(office: Office, who: str) -> None:
    for service in (figures.figures, figures.yearly_table):
        with pytest.raises(Refused):
            service(office.people[who], year=YEAR)


def counted(session: Session) -> dict[tuple[object, ...], tuple[int, ...]]:
    """The kept counts that hold something."""
    rows = session.execute(select(DisputeCount.__table__)).all()
    kept = {tuple(map(str, row[:4])): tuple(int(n) for n in row[4:]) for row in rows}
    return {place: numbers for place, numbers in kept.items() if any(numbers)}


def recounted(session: Session) -> dict[tuple[object, ...], tuple[int, ...]]:
    """The same, counted anew from every file."""
    made: dict[tuple[object, ...], tuple[int, ...]] = {}
    lines = table("dispute_figures", *map(column, ("committee_id", "month", "category", "source", *NUMBERS)))
    for row in session.execute(select(lines)):
        for committee in (row[0], EVERYBODY):
            place = tuple(map(str, (committee, *row[1:4])))
            was = made.get(place, (0,) * len(NUMBERS))
            made[place] = tuple(a + int(b) for a, b in zip(was, row[4:], strict=True))
    return made


def test_the_kept_counts_follow_every_change(database: Database, office: Office) -> None:
    """Two hundred random changes of disputes and agreements, some in one transaction."""
    dice = Random(7)  # noqa: S311 - the same changes on every run
    ids = [brought(database, office) for _ in range(8)]
    choices: dict[str, Callable[[], object]] = {
        "accepted_on": lambda: dice.choice([None, date(YEAR, dice.randrange(1, 13), 28), date(YEAR - 1, 3, 1)]),
        "ended_on": lambda: dice.choice([None, date(YEAR, dice.randrange(1, 13), 15)]),
        "routes_told": lambda: dice.choice(["", "court"]),
        "refused_by": lambda: dice.choice(["", "respondent"]),
        "category": lambda: dice.choice(["neighbours", "contract"]),
        "source": lambda: dice.choice(["application", "court"]),
        "committee_id": lambda: dice.choice([office.committee_a, office.committee_b]),
        "major": lambda: dice.random() < 0.5,
        "escalation_prevented": lambda: dice.random() < 0.5,
        "head_count": lambda: dice.randrange(2, 9),
    }
    for _ in range(50):
        with database.transaction(SYSTEM) as session:
            for _ in range(4):
                dispute_id = dice.choice(ids)
                if dice.random() < 0.6:
                    name = dice.choice(list(choices))
                    setattr(session.get_one(Dispute, dispute_id), name, choices[name]())
                else:
                    _change_agreement(session, dice, dispute_id)
                session.flush()
    with database.reading() as session:
        assert counted(session) == {k: v for k, v in recounted(session).items() if any(v)}
        assert counted(session)


def _change_agreement(session: Session, dice: Random, dispute_id: int) -> None:
    row = session.query(Agreement).filter_by(dispute_id=dispute_id).one_or_none()
    if row is None:
        session.add(Agreement(dispute_id=dispute_id, form="oral", amount=dice.randrange(10**6)))
    elif dice.random() < 0.2:
        session.delete(row)
    else:
        row.form = dice.choice(["oral", "written"])
        row.effective_on = dice.choice([None, TODAY])
        row.amount = dice.randrange(10**11)
        row.confirmation = dice.choice(["", "confirmed", "rejected"])


def test_a_file_taken_away_is_counted_no_more(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator)
    assert told(office.director).accepted == 1
    with database.transaction(SYSTEM) as session:
        for model in (DisputeWords, DisputeParty, DisputeMediator):
            session.execute(delete(model).where(model.dispute_id == dispute_id))
        session.delete(session.get_one(Dispute, dispute_id))
    assert told(office.director).accepted == 0


def test_hidden_numbers_are_no_zeros(database: Database, office: Office) -> None:
    mediating(database, office, office.mediator)
    assert pd.isna(told(office.viewer).by_source["accepted"].iloc[0])
    assert told(office.viewer).by_source["succeeded"].iloc[0] == 0
