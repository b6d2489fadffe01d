"""Opening a dispute, alone or from a case, and correcting it: identities encrypted, earlier words kept."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from db.engine import Database
from db.identity import decrypt
from db.journal import JournalRow
from db.models import Case, Code, DisputeParty, DisputeWords, PrivacyNotice, RunningNumber
from db.rules.intake import Intake, Party
from db.rules.mediation.opening import Opening, PartyForm
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import intake
from db.services.mediation import opening
from tests.db.services.disputes import (
    TODAY,
    TOLD,
    archived,
    key,
    lines,
    mediating,
    mediator_rows,
    member,
    party_rows,
    registered,
    row,
)  # fmt: skip
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office

MATTER: dict[str, object] = {
    "subject": "院墙排水", "facts": "甲家屋檐水流入乙家院内。", "request": "改道排水", "place": "东村三组",
    "category": "neighbours", "source": "application", "head_count": 2, "amount": "1200.50",
}  # fmt: skip
RISK: dict[str, object] = {"escalation": True, "escalation_measure": "已劝离，报派出所"}


def told(office: Office, **changes: object) -> Opening:
    """The usual dispute of committee A."""
    return replace(TOLD, **({"committee_id": office.committee_a} | changes))  # type: ignore[arg-type]


def from_intake(office: Office, **changes: object) -> int:
    """A case as the clerk registers it, with a resident whose identity is kept."""
    usual = Intake(
        subject="院墙排水", text="屋檐水流入我家。", request="改道", place="东村三组", category="neighbours",
        parties=(Party(name="江一平", contact="15400000001", address="东村12号", guardian="江母"),),
    )  # fmt: skip
    return intake.register(office.clerk, intake=replace(usual, **changes), key=key()).case_id  # type: ignore[arg-type]


def clear(row: DisputeParty, database: Database, field: str) -> str:
    """One identity of a party."""
    return decrypt(database, f"dispute_party.{field}", getattr(row, field))


def problems_of(act: Callable[[], object]) -> dict[str, str]:
    """Field to sentence."""
    with pytest.raises(Problems) as wrong:
        act()
    return {problem.field: problem.message for problem in wrong.value.problems}


# --- opening ---


@pytest.mark.parametrize("who", ["clerk", "deputy", "leader", "director", "mediator", "elsewhere"])
def test_reception_and_mediators_open(who: str, database: Database, office: Office) -> None:
    opened = opening.open_dispute(office.people[who], opening=told(office), key=key())
    assert opened.number == "M2026-000001"
    dispute = row(database, opened.dispute_id)
    assert (dispute.state, dispute.open, dispute.received_on) == ("registered", True, TODAY)
    assert (dispute.amount, dispute.registered_by_id, dispute.child) == (120_050, office.people[who].id, False)
    assert dispute.next_due_on is None
    assert [(line.step, line.from_state, line.to_state) for line in lines(database, dispute.id)] == [
        ("open", "", "registered")
    ]


@pytest.mark.parametrize("who", ["head", "handler", "outsider", "viewer", "admin", "auditor"])
def test_nobody_else_opens(who: str, database: Database, office: Office) -> None:
    case_id = from_intake(office)
    with nothing_changes(database), pytest.raises(Refused):
        opening.open_dispute(office.people[who], opening=told(office), key="k")
    with nothing_changes(database), pytest.raises(Refused):
        opening.from_case(office.people[who], case_id=case_id)


def test_identities_are_kept_encrypted_with_their_masks(database: Database, office: Office) -> None:
    agent = replace(TOLD.parties[1], agent="代三四", agent_contact="15400000003", agent_until=TODAY)
    dispute_id = registered(database, office, parties=(TOLD.parties[0], agent))
    first, second = party_rows(database, dispute_id)
    assert (first.side, first.name_mask, first.contact_mask, first.agent_mask) == (
        "applicant",
        "江**",
        "154******01",
        "",
    )
    assert (second.side, second.name_mask, second.agent_mask) == ("respondent", "河**", "代**")
    assert clear(first, database, "name") == "江一平"
    assert clear(second, database, "agent_contact") == "15400000003"
    assert first.guardian is None
    with database.reading() as session:
        journalled = session.scalars(select(JournalRow.after).where(JournalRow.tbl == "dispute_party"))
        assert not [after for after in journalled if after and ("江一平" in after or "15400000001" in after)]


def test_it_may_come_with_its_mediator(database: Database, office: Office) -> None:
    yesterday = TODAY - timedelta(days=1)
    dispute_id = registered(database, office, received_on=yesterday)
    assert [(r.mediator_id, r.lead, r.how, r.from_on) for r in mediator_rows(database, dispute_id)] == [
        (member(database, office, "mediator"), True, "assigned", yesterday)
    ]
    assert [line.step for line in lines(database, dispute_id)] == ["open", "assign"]


def test_numbers_run_on_within_the_year(database: Database, office: Office) -> None:
    numbers = [opening.open_dispute(office.clerk, opening=told(office), key=key()).number for _ in range(3)]
    assert numbers == ["M2026-000001", "M2026-000002", "M2026-000003"]
    with database.reading() as session:
        assert session.get_one(RunningNumber, ("dispute", 2026)).last == 3


def test_the_notice_that_was_shown_is_kept(database: Database, office: Office) -> None:
    with database.reading() as session:
        notice = session.scalars(select(PrivacyNotice.id)).one()
    assert row(database, registered(database, office, notice_shown=True)).privacy_notice_id == notice
    assert row(database, registered(database, office)).privacy_notice_id is None


def test_its_words_are_indexed(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    version = row(database, dispute_id).version
    for wanted in ("院墙", "东村"):
        with database.reading() as session:
            assert wanted in session.get_one(DisputeWords, dispute_id).words.split()
    opening.correct(office.mediator, dispute_id=dispute_id, version=version, **MATTER | {"subject": "栅栏"}, key=key())  # type: ignore[arg-type]
    with database.reading() as session:
        words = session.get_one(DisputeWords, dispute_id).words.split()
        assert "栅栏" in words
        assert "院墙" not in words


def test_a_child_among_the_parties_makes_the_file_a_childs(database: Database, office: Office) -> None:
    child = replace(TOLD.parties[0], child=True, guardian="江母")
    assert row(database, registered(database, office, parties=(child, TOLD.parties[1]))).child


def test_the_same_key_opens_once(database: Database, office: Office) -> None:
    first = opening.open_dispute(office.clerk, opening=told(office), key="k")
    with nothing_changes(database):
        assert opening.open_dispute(office.clerk, opening=told(office), key="k") == first
        with pytest.raises(Problems, match=first.number):
            opening.open_dispute(office.clerk, opening=told(office, subject="栅栏"), key="k")


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(database: Database, office: Office) -> None:
    other = member(database, office, "elsewhere")
    wrong = {
        "committee_id": told(office, committee_id=None),
        "mediator_id": told(office, mediator_id=other),
        "category": told(office, category="construction"),
        "amount": told(office, amount="-5"),
        "parties": told(office, parties=TOLD.parties[:1]),
        "received_on": told(office, received_on=TODAY + timedelta(days=1)),
    }
    for field, asked in wrong.items():
        with nothing_changes(database):
            assert list(problems_of(partial(opening.open_dispute, office.clerk, opening=asked, key="k"))) == [field]


def test_a_retired_code_opens_nothing_new(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        query = select(Code).where(Code.list_name == "dispute_category", Code.code == "neighbours")
        session.scalars(query).one().active = False
    with nothing_changes(database):
        asked = partial(opening.open_dispute, office.clerk, opening=told(office), key="k")
        assert list(problems_of(asked)) == ["category"]


# --- from a case ---


def test_a_case_tells_what_it_knows_as_masks(office: Office) -> None:
    found = opening.from_case(office.clerk, case_id=from_intake(office, grade="major", head_count=1))
    assert (found.subject, found.facts, found.request, found.place) == (
        "院墙排水",
        "屋檐水流入我家。",
        "改道",
        "东村三组",
    )
    assert (found.source, found.category, found.major, found.head_count) == ("petition_office", "neighbours", True, 2)
    first, second = found.parties
    assert (first.side, first.name, first.contact, first.address) == ("applicant", "江**", "154******01", "")
    assert first.of_case is not None
    assert second == PartyForm(side="respondent")


def test_a_category_only_cases_have_is_left_to_choose(office: Office) -> None:
    assert opening.from_case(office.clerk, case_id=from_intake(office, category="construction")).category == ""


def test_an_anonymous_case_leaves_both_sides_to_be_named(office: Office) -> None:
    found = opening.from_case(office.clerk, case_id=from_intake(office, anonymous=True, parties=(Party(),)))
    assert found.parties == (PartyForm(side="applicant"), PartyForm(side="respondent"))


def test_identities_of_the_case_are_copied_without_being_shown(database: Database, office: Office) -> None:
    case_id = from_intake(office, child=True)
    with database.reading() as session:
        case_version = session.get_one(Case, case_id).version
    found = opening.from_case(office.clerk, case_id=case_id)
    asked = replace(found, committee_id=office.committee_a, parties=(found.parties[0], TOLD.parties[1]))
    opened = opening.open_dispute(office.clerk, opening=asked, key="k")
    dispute, (first, _) = row(database, opened.dispute_id), party_rows(database, opened.dispute_id)
    assert (dispute.case_id, dispute.child, first.child) == (case_id, True, True)
    told_to = {field: clear(first, database, field) for field in ("name", "contact", "address", "guardian")}
    assert told_to == {"name": "江一平", "contact": "15400000001", "address": "东村12号", "guardian": "江母"}
    assert first.name_mask == "江**"
    with database.reading() as session:
        noted = session.scalars(select(JournalRow).where(JournalRow.event == "copy")).one()
        assert (noted.case_id, noted.actor_id) == (case_id, office.clerk.id)
        assert json.loads(noted.after or "") == {"what": opened.number, "parties": [found.parties[0].of_case]}
        assert session.get_one(Case, case_id).version == case_version
    with nothing_changes(database):
        assert opening.open_dispute(office.clerk, opening=asked, key="k") == opened


def test_what_is_typed_over_a_mask_counts(database: Database, office: Office) -> None:
    found = opening.from_case(office.clerk, case_id=from_intake(office))
    first = replace(found.parties[0], name="江大平", contact="", address="西村1号")
    asked = replace(found, committee_id=office.committee_a, parties=(first, TOLD.parties[1]))
    party = party_rows(database, opening.open_dispute(office.clerk, opening=asked, key=key()).dispute_id)[0]
    assert [clear(party, database, f) for f in ("name", "contact", "address")] == ["江大平", "", "西村1号"]


def test_a_party_of_another_case_is_not_there(database: Database, office: Office) -> None:
    found = opening.from_case(office.clerk, case_id=from_intake(office))
    asked = told(office, case_id=from_intake(office), parties=(found.parties[0], TOLD.parties[1]))
    with nothing_changes(database), pytest.raises(NotThere):
        opening.open_dispute(office.clerk, opening=asked, key="k")


def test_without_its_case_a_mask_is_only_what_was_typed(database: Database, office: Office) -> None:
    found = opening.from_case(office.clerk, case_id=from_intake(office))
    dispute_id = registered(database, office, parties=(found.parties[0], TOLD.parties[1]))
    assert clear(party_rows(database, dispute_id)[0], database, "name") == "江**"


def test_a_case_that_is_not_seen_is_not_opened(database: Database, office: Office) -> None:
    case_id = from_intake(office)
    for act in (
        partial(opening.from_case, office.mediator, case_id=case_id),
        partial(opening.open_dispute, office.mediator, opening=told(office, case_id=case_id), key="k"),
    ):
        with nothing_changes(database), pytest.raises(NotThere):
            act()
    with database.reading() as session:
        assert not session.scalars(select(JournalRow).where(JournalRow.event == "look")).all()


def test_a_sealed_matter_is_not_opened(database: Database, office: Office) -> None:
    case_id = from_intake(office, kind="accusation", taken_by_id=office.director.id, accused_unit_id=office.unit_b)
    for act in (
        partial(opening.from_case, office.director, case_id=case_id),
        partial(opening.open_dispute, office.director, opening=told(office, case_id=case_id), key="k"),
    ):
        with nothing_changes(database):
            assert list(problems_of(act)) == ["case_id"]


def test_looking_into_the_case_is_journalled(database: Database, office: Office) -> None:
    case_id = from_intake(office)
    opening.from_case(office.clerk, case_id=case_id)
    with database.reading() as session:
        looks = session.scalars(select(JournalRow).where(JournalRow.event == "look")).all()
        assert [(look.case_id, look.actor_id) for look in looks] == [(case_id, office.clerk.id)]


# --- correcting ---


def correct(actor: Actor, dispute_id: int, version: int, key: str = "k", /, **changes: object) -> int:
    return opening.correct(actor, dispute_id=dispute_id, version=version, **(MATTER | changes), key=key)  # type: ignore[arg-type]


def risk(actor: Actor, dispute_id: int, version: int, key: str = "k", /, **changes: object) -> int:
    return opening.set_escalation(actor, dispute_id=dispute_id, version=version, **(RISK | changes), key=key)  # type: ignore[arg-type]


def note(actor: Actor, dispute_id: int, version: int, key: str = "k", text: str = "已电话联系") -> None:
    opening.add_note(actor, dispute_id=dispute_id, text=text, key=key)


ACTS: dict[str, Callable[..., object]] = {"correct": correct, "risk": risk, "note": note}


def test_a_correction_keeps_the_earlier_words(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office)
    before = row(database, dispute_id).version
    after = correct(office.mediator, dispute_id, before, facts="第一段。\n\n第二段。" * 2000, amount="", major=True)
    dispute = row(database, dispute_id)
    assert dispute.version == after > before
    assert (dispute.amount, dispute.major, len(dispute.facts)) == (0, True, 20_000)
    line = lines(database, dispute_id)[-1]
    detail = json.loads(line.detail)
    assert (line.step, detail["before"]["amount"], detail["after"]["amount"]) == ("correct", 120_050, 0)
    assert detail["before"]["facts"] == TOLD.facts
    assert set(detail["before"]) == {"facts", "amount", "major"}


def test_a_correction_that_changes_nothing_writes_no_line(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    version, known = row(database, dispute_id).version, len(lines(database, dispute_id))
    assert correct(office.mediator, dispute_id, version) == version
    assert len(lines(database, dispute_id)) == known


def test_a_retired_code_may_stay(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    with database.transaction(SYSTEM) as session:
        for code in session.scalars(select(Code).where(Code.code.in_(("neighbours", "application", "damages")))):
            code.active = False
    version = row(database, dispute_id).version
    with nothing_changes(database):
        act = partial(correct, office.mediator, dispute_id, version, category="damages")
        assert list(problems_of(act)) == ["category"]
    assert correct(office.mediator, dispute_id, version, subject="屋檐") > version


def test_a_childs_file_names_a_guardian_and_stays_a_childs(database: Database, office: Office) -> None:
    plain = registered(database, office)
    version = row(database, plain).version
    with nothing_changes(database):
        assert list(problems_of(partial(correct, office.director, plain, version, child=True))) == ["child"]
    child = replace(TOLD.parties[0], child=True, guardian="江母")
    childs = registered(database, office, parties=(child, TOLD.parties[1]))
    version = row(database, childs).version
    with nothing_changes(database):
        assert list(problems_of(partial(correct, office.director, childs, version, child=False))) == ["child"]
    about = registered(database, office, child=True, parties=(replace(child, child=False), TOLD.parties[1]))
    version = row(database, about).version
    assert correct(office.mediator, about, version, child=False) > version


def test_a_risk_keeps_its_measure_and_when_the_police_was_told(database: Database, office: Office) -> None:
    dispute_id = mediating(database, office)
    version = row(database, dispute_id).version
    when: dict[str, object] = {
        "police_reported_on": TODAY,
        "police_reported_time": time(8, 30),
        "escalation_prevented": True,
    }
    after = risk(office.mediator, dispute_id, version, **when)
    dispute = row(database, dispute_id)
    assert (dispute.version, dispute.escalation, dispute.escalation_prevented) == (after, True, True)
    assert dispute.police_reported_at is not None
    assert dispute.police_reported_at.isoformat() == "2026-11-19T00:30:00+00:00"
    assert lines(database, dispute_id)[-1].step == "escalation"
    empty = {"escalation": False, "escalation_measure": "", "escalation_prevented": False}
    risk(office.mediator, dispute_id, after, "k2", **empty)
    assert row(database, dispute_id).police_reported_at is None
    assert "劝离" in lines(database, dispute_id)[-1].detail


def test_a_note_is_a_line_and_changes_nothing_else(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    version = row(database, dispute_id).version
    note(office.mediator, dispute_id, version, text="一。\n\n二。")
    line = lines(database, dispute_id)[-1]
    assert (line.step, line.text, line.person_id) == ("note", "一。\n\n二。", office.mediator.id)
    assert row(database, dispute_id).version == version
    with nothing_changes(database):
        note(office.mediator, dispute_id, version, text="一。\n\n二。")
        assert list(problems_of(partial(note, office.mediator, dispute_id, version, "k2", " "))) == ["text"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("who", "why"), [("clerk", Refused), ("viewer", Refused), ("elsewhere", NotThere)])
def test_who_does_not_keep_the_file_changes_nothing(
    act: str, who: str, why: type[Exception], database: Database, office: Office
) -> None:
    dispute_id = mediating(database, office)
    version = row(database, dispute_id).version
    with nothing_changes(database), pytest.raises(why):
        ACTS[act](office.people[who], dispute_id, version)


@pytest.mark.parametrize("act", ACTS)
def test_an_archived_file_is_not_changed(act: str, database: Database, office: Office) -> None:
    dispute_id = archived(database, office)
    version = row(database, dispute_id).version
    with nothing_changes(database), pytest.raises(Problems, match="archived"):
        ACTS[act](office.director, dispute_id, version)


@pytest.mark.parametrize("act", ["correct", "risk"])
def test_the_same_key_changes_once_and_who_is_late_is_told(act: str, database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    version = row(database, dispute_id).version
    changes: dict[str, str] = {"subject": "栅栏"} if act == "correct" else {}
    first = ACTS[act](office.mediator, dispute_id, version, **changes)
    with nothing_changes(database):
        assert ACTS[act](office.mediator, dispute_id, version, **changes) == first
        with pytest.raises(Changed) as late:
            ACTS[act](office.chair, dispute_id, version, "another", **changes)
    assert late.value.by == "马调解"
    assert late.value.version == first


def test_a_wrong_risk_is_said_beside_its_field(database: Database, office: Office) -> None:
    dispute_id = registered(database, office)
    version = row(database, dispute_id).version
    wrong: dict[str, dict[str, object]] = {
        "escalation_measure": {"escalation_measure": ""},
        "escalation": {"escalation": False},
        "police_reported_time": {"police_reported_on": TODAY},
    }
    for field, changes in wrong.items():
        with nothing_changes(database):
            assert list(problems_of(partial(risk, office.mediator, dispute_id, version, **changes))) == [field]
