"""One dispute as its page shows it: masks, rights, days, what is owed, what is missing, and who looked."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db import clock
from db.engine import Database
from db.journal import JournalRow
from db.models import (
    Agreement,
    Dispute,
    DisputeExtension,
    DisputeMediator,
    DisputePaper,
    DisputeParty,
    DisputeSession,
    DisputeVisit,
    Performance,
)
from db.rules.mediation.words import Step
from db.rules.problems import NotThere, Refused
from db.services.journal.looks import SEEN
from db.services.mediation import contents, read, timeline
from tests.db.services.standing_disputes import DAY, TODAY, agreed, brought, mediating, owed, party_ids, put
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, mediator_of


def test_the_page_of_a_new_file(database: Database, office: Office) -> None:
    dispute_id = brought(database, office)
    seen = read.view(office.chair, dispute_id=dispute_id)
    assert (seen.committee, seen.case_number, seen.fields["subject"]) == ("城建所调委会", "", "院墙排水")
    assert [(p["name"], p["name_mask"], p["side"]) for p in seen.parties] == [
        ("甲**", "甲**", "applicant"),
        ("乙**", "乙**", "respondent"),
    ]
    assert seen.people == {office.clerk.id: "陈接访"}
    assert seen.steps == (Step.ACCEPT, Step.REFUSE, Step.WITHDRAW)
    assert seen.agreement is None
    assert (seen.sessions, seen.obligations, seen.bin) == ((), (), ())
    assert [n.message.format(**n.values) for n in seen.needs] == [
        "Not told their rights yet: 甲**、乙**.",
        "No consent yet: 甲**、乙**.",
        "No mediator is assigned.",
    ]
    assert (seen.days_left, seen.working_left, seen.today) == (None, None, TODAY)


def test_no_identity_leaves_but_as_a_mask(database: Database, office: Office) -> None:
    dispute_id = brought(database, office)
    put(
        database, DisputeParty(dispute_id=dispute_id, side="respondent", name=b"secret", guardian=b"g", name_mask="丙*")
    )
    seen = read.view(office.director, dispute_id=dispute_id)
    assert not any(isinstance(value, bytes) for row in seen.parties for value in row.values())
    assert [(p["name"], p["has_guardian"]) for p in seen.parties] == [("甲**", False), ("乙**", False), ("丙*", True)]


def test_days_to_the_due_day(database: Database, office: Office) -> None:
    near = mediating(database, office, office.mediator, due=TODAY + 5 * DAY)
    far = mediating(database, office, office.mediator, due=TODAY + 45 * DAY)
    past = mediating(database, office, office.mediator, due=TODAY - DAY)
    days = [read.view(office.mediator, dispute_id=i) for i in (near, far, past)]
    assert [(d.days_left, d.working_left) for d in days] == [(5, 3), (45, None), (-1, -1)]


@pytest.mark.parametrize(
    ("who", "steps", "rights"),
    [
        ("mediator", {Step.EXTEND, Step.CONCLUDE, Step.REFUSE, Step.TERMINATE, Step.WITHDRAW}, (1, 0, 1, 0)),
        ("chair", {Step.EXTEND, Step.CONCLUDE, Step.REFUSE, Step.TERMINATE, Step.WITHDRAW}, (1, 0, 1, 1)),
        ("director", {Step.EXTEND, Step.CONCLUDE, Step.REFUSE, Step.TERMINATE, Step.WITHDRAW}, (1, 1, 1, 1)),
        ("clerk", set(), (0, 0, 1, 1)),
    ],
)
def test_steps_and_rights_are_those_of_the_reader(
    database: Database, office: Office, who: str, steps: set[Step], rights: tuple[int, ...]
) -> None:
    dispute_id = mediating(database, office, office.mediator, visitor_id=office.clerk.id)
    seen = read.view(office.people[who], dispute_id=dispute_id)
    assert set(seen.steps) == steps
    assert (seen.may_keep, seen.may_sign, seen.may_unmask, seen.may_visit) == tuple(map(bool, rights))


def test_a_mediator_named_for_the_visit_keeps_nothing_of_the_file(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator, visitor_id=office.elsewhere.id)
    seen = read.view(office.elsewhere, dispute_id=dispute_id)
    assert (seen.steps, seen.may_keep, seen.may_unmask, seen.may_visit) == ((), False, True, True)
    assert read.who_has_seen(office.elsewhere, dispute_id=dispute_id) is None


def test_an_archived_file_is_only_reopened(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office, office.mediator, state="archived", open=False)
    told = read.view(office.director, dispute_id=dispute_id)
    assert told.steps == (Step.REOPEN,)
    assert (told.may_keep, told.may_visit, told.may_unmask) == (False, False, True)
    assert read.view(office.mediator, dispute_id=dispute_id).steps == ()


def test_who_mediated_once_does_not_visit(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office, office.mediator)
    with database.transaction(SYSTEM) as session:
        chair = mediator_of(session, office.chair)
        session.add(
            DisputeMediator(
                dispute_id=dispute_id, mediator_id=chair, from_on=TODAY, ended_on=TODAY, end_kind="replaced"
            )
        )
    seen = read.view(office.chair, dispute_id=dispute_id)
    assert not seen.may_visit
    assert [(m["name"], m["standing"], m["committee"]) for m in seen.mediators] == [
        ("马调解", True, "城建所调委会"),
        ("方主委", False, "城建所调委会"),
    ]


def test_what_is_owed_done_left_late_and_overdue(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office, office.mediator, amount=300_00)
    third = owed(database, dispute_id, due_on=TODAY + DAY, standing="part")
    first = owed(database, dispute_id, due_on=TODAY - 2 * DAY, standing="fulfilled", fulfilled_on=TODAY)
    second = owed(database, dispute_id, due_on=TODAY - DAY)
    put(
        database,
        Performance(obligation_id=third, done_on=TODAY, amount=40_00),
        Performance(obligation_id=third, done_on=TODAY, amount=10_00),
        Performance(obligation_id=third, done_on=TODAY, amount=5_00, removed_at=NOW),
        Performance(obligation_id=first, done_on=TODAY, amount=100_00),
    )
    rows = read.view(office.mediator, dispute_id=dispute_id).obligations
    assert [(r["id"], r["performed"], r["left"], r["overdue"], r["late"]) for r in rows] == [
        (first, 100_00, 0, False, True),
        (second, 0, 100_00, True, False),
        (third, 50_00, 50_00, False, False),
    ]
    assert {(r["debtor"], r["creditor"]) for r in rows} == {("乙**", "甲**")}
    assert [p["amount"] for p in rows[2]["performances"]] == [40_00, 10_00]


def test_nothing_is_overdue_before_the_agreement_is_concluded(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator)
    owed(database, dispute_id, due_on=TODAY - DAY)
    assert [r["overdue"] for r in read.view(office.mediator, dispute_id=dispute_id).obligations] == [False]


def test_confirmation_is_counted_down_until_it_is_asked_for(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office, office.mediator)
    with database.transaction(SYSTEM) as session:
        agreement = session.query(Agreement).one()
        agreement.confirm_by = TODAY + 30 * DAY
    seen = read.view(office.mediator, dispute_id=dispute_id)
    assert (seen.confirm_by, seen.confirm_days_left) == (TODAY + 30 * DAY, 30)
    with database.transaction(SYSTEM) as session:
        session.query(Agreement).one().confirmation = "requested"
    seen = read.view(office.mediator, dispute_id=dispute_id)
    assert (seen.confirm_by, seen.confirm_days_left) == (TODAY + 30 * DAY, None)
    with database.transaction(SYSTEM) as session:
        agreement = session.query(Agreement).one()
        agreement.confirmation, agreement.excluded_matter = "", "adoption"
    assert read.view(office.mediator, dispute_id=dispute_id).confirm_by is None


def test_what_was_taken_out_stands_in_the_bin_only(database: Database, office: Office) -> None:
    dispute_id = agreed(database, office, office.mediator)
    obligation = owed(database, dispute_id, due_on=TODAY, removed_at=NOW)
    put(
        database,
        DisputeParty(dispute_id=dispute_id, side="respondent", name_mask="丁*", removed_at=NOW),
        DisputeSession(dispute_id=dispute_id, kind="session", held_at=NOW, place="村委会", removed_at=NOW),
        DisputeVisit(dispute_id=dispute_id, visited_on=TODAY, how="visit", performance="full", removed_at=NOW),
        DisputeExtension(
            dispute_id=dispute_id, days=10, reason="取证", consented_on=TODAY, consented_how="written", removed_at=NOW
        ),
        DisputePaper(dispute_id=dispute_id, document="evidence", title="照片", removed_at=NOW),
        Performance(obligation_id=obligation, done_on=TODAY, amount=12_50, removed_at=NOW),
    )
    seen = read.view(office.mediator, dispute_id=dispute_id)
    assert (seen.obligations, seen.sessions, seen.visits, seen.extensions, seen.papers) == ((), (), (), (), ())
    assert len(seen.parties) == 2
    assert {row["what"]: row["label"] for row in seen.bin} == {
        "dispute_party": "丁*",
        "dispute_session": "2026-11-19 · 村委会",
        "obligation": "2026-11-19 · 100.00",
        "performance": "2026-11-19 · 12.50",
        "dispute_extension": "2026-11-19 · 取证",
        "dispute_visit": "2026-11-19",
        "dispute_paper": "照片",
    }
    assert {row["what"] for row in seen.bin} <= set(contents.LABELS)
    assert "No follow-up visit is recorded." in [need.message for need in seen.needs]


def test_a_caucus_is_its_mediators_alone_even_in_the_bin(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator)
    with database.reading() as session:
        mediator = mediator_of(session, office.mediator)
    applicant = party_ids(database, dispute_id)[0]
    for removed_at in (None, NOW):
        put(
            database,
            DisputeSession(
                dispute_id=dispute_id, kind="caucus", held_at=NOW, statements="私下说的话", present=f"[{applicant}]",
                mediators=f"[{mediator}]", removed_at=removed_at,
            ),
        )  # fmt: skip
    own = read.view(office.mediator, dispute_id=dispute_id)
    assert [(s["party_names"], s["mediator_names"], s["held_on"]) for s in own.sessions] == [
        (("甲**",), ("马调解",), TODAY)
    ]
    assert len(own.bin) == 1
    for who in (office.director, office.chair):
        other = read.view(who, dispute_id=dispute_id)
        assert (other.sessions, other.bin) == ((), ())


@pytest.mark.parametrize(
    ("who", "problem"), [("elsewhere", NotThere), ("clerk", NotThere), ("viewer", Refused), ("handler", Refused)]
)
def test_others_see_nothing_and_change_nothing(
    database: Database, office: Office, who: str, problem: type[Exception]
) -> None:
    dispute_id = mediating(database, office, office.mediator)
    with nothing_changes(database):
        for service in (read.view, read.who_has_seen):
            with pytest.raises(problem):
                service(office.people[who], dispute_id=dispute_id)


def test_each_look_is_journalled_once_in_a_few_minutes(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator)
    for _ in range(3):
        read.view(office.director, dispute_id=dispute_id)
    read.view(office.mediator, dispute_id=dispute_id)
    with clock.at(NOW + timedelta(minutes=11)):
        read.view(office.director, dispute_id=dispute_id)
    with database.reading() as session:
        query = select(func.count()).where(JournalRow.event == "look", JournalRow.tbl == "dispute")
        assert session.scalar(query) == 3
    seen = read.who_has_seen(office.mediator, dispute_id=dispute_id)
    assert seen is not None
    assert list(seen.rows.columns) == SEEN
    assert seen.rows[["person", "times"]].values.tolist() == [["周主任", 2], ["马调解", 1]]


def test_the_last_line_says_who_saved_last(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office, office.mediator)
    assert read.view(office.mediator, dispute_id=dispute_id).last_saved_at is None
    with database.transaction(office.mediator) as session:
        dispute = session.get_one(Dispute, dispute_id)
        timeline.line(session, office.mediator, dispute, Step.NOTE, text="电话约定时间", detail={"on": TODAY})
    seen = read.view(office.mediator, dispute_id=dispute_id)
    assert (seen.last_saved_at, seen.last_saved_by) == (NOW, "马调解")
    assert (seen.timeline[0]["text"], seen.timeline[0]["detail"]) == ("电话约定时间", {"on": "2026-11-19"})
