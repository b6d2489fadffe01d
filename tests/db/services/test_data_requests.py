"""What people ask about their own data: found by exact keys, told only to who is known, nobody else's among it."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from db import clock
from db.base import Base
from db.engine import Database
from db.journal import JournalRow
from db.models import Case, CaseEntry, CaseParty, CaseRecusal, DisputeParty
from db.rules.data_requests import MOVES, OPEN, Act, State
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import data_requests, intake
from db.services.data_requests import Tab
from db.services.data_requests.copying import masked
from db.services.mediation import parties
from db.services.office.limits import KEPT_UNDER, edit_limits, limit_rules, limit_sets
from tests.db.services.stages import key
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_dispute

TODAY = NOW.date()
NAME, CONTACT, OTHER, OTHERS = "司徒问询", "13900005678", "诸葛旁人", "13711112222"
TOLD = f"我家与{OTHER}（电话{OTHERS}）为院墙争执，我的电话是139 0000 5678"


def a_matter(office: Office, *people: tuple[str, str], kind: str = "request", **changes: Any) -> int:
    """A matter these people brought."""
    about = Intake(
        parties=tuple(Party(name=name, contact=contact, address="柳林路1号") for name, contact in people),
        category="construction", notice_shown=True, subject="院墙", text=TOLD, channel="visit", kind=kind,
        head_count=len(people), **changes,
    )  # fmt: skip
    return intake.register(office.clerk, intake=about, key=key()).case_id


def asked(office: Office, kind: str = "copy", *, who: str = "director", checked: bool = True, **changes: Any) -> int:
    """A request of the person, whose card was seen."""
    usual = {
        "kind": kind,
        "for_whom": "self",
        "name": NAME,
        "contact": CONTACT,
        "wants": "请提供副本",
        "received_on": TODAY,
    }
    request_id = data_requests.register(office.people[who], **{**usual, **changes}, key=key())
    if checked:
        act(office, data_requests.identify, request_id, how="card", on=TODAY)
    return request_id


def act(office: Office, what: Any, request_id: int, *, who: str = "director", **changes: Any) -> int:
    """One act on a request as it stands."""
    actor: Actor = office.people[who]
    version = data_requests.view(actor, request_id=request_id).version
    return int(what(actor, request_id=request_id, **{"version": version, **changes}, key=key()))


def found(office: Office, request_id: int, who: str = "director") -> dict[str, tuple[str, bool]]:
    """Number → by what it was found, and whether it was taken."""
    rows = data_requests.view(office.people[who], request_id=request_id).records.to_dict("records")
    return {str(row["number"]): (str(row["found_by"]), bool(row["taken"])) for row in rows}


def number_of(database: Database, case_id: int) -> str:
    with database.reading() as session:
        return session.scalars(select(Case.number).where(Case.id == case_id).execution_options(with_gone=True)).one()


def test_found_by_exact_keys_and_nothing_else(database: Database, office: Office) -> None:
    both = a_matter(office, (NAME, "139-0000-5678"), (OTHER, OTHERS))
    namesake = a_matter(office, (NAME, "13800000000"))
    phone = a_matter(office, ("司徒家人", CONTACT))
    a_matter(office, (f"{NAME}远", f"{CONTACT}9"))
    sealed = a_matter(
        office, (NAME, CONTACT), kind="accusation", accused_unit_id=office.unit_a, taken_by_id=office.director.id
    )
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, both).gone = "binned"
        dispute = a_dispute(session, office)
        row = session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == dispute.id)).first()
        assert row is not None
        party_id, version, dispute_id, number = row.id, row.version, dispute.id, dispute.number
    parties.edit_party(office.director, dispute_id=dispute_id, party_id=party_id, version=version, side="applicant",
                       name=NAME, contact=CONTACT, key=key())  # fmt: skip
    request_id = asked(office, who="leader", checked=False)
    numbers = {one: number_of(database, one) for one in (both, namesake, phone, sealed)}
    assert found(office, request_id) == {
        numbers[both]: ("both", True),
        numbers[namesake]: ("name", False),
        numbers[phone]: ("contact", False),
        number: ("both", True),
    }, "neither a part of a number or name, nor a sealed matter"
    assert data_requests.search(office.leader, request_id=request_id, key=key()) == 0


def test_a_copy_holds_only_this_person_s_own_data(database: Database, office: Office) -> None:
    case_id = a_matter(office, (NAME, CONTACT), (OTHER, OTHERS))
    waiting = asked(office, checked=False)
    for read in (data_requests.copied, data_requests.document):
        with pytest.raises(Problems, match="Check first who asks"):
            read(office.director, request_id=waiting, language="zh")
    request_id = asked(office)
    frame, closed = data_requests.copied(office.director, request_id=request_id, language="en")
    told = "\n".join(str(value) for value in frame["value"])
    assert closed == ()
    assert NAME in told
    assert CONTACT in told
    assert "139 0000 5678" in told, "one's own number stays"
    assert OTHER not in told
    assert OTHERS not in told
    assert "诸***" in told
    made = data_requests.document(office.director, request_id=request_id, language="zh")
    text = "\n".join(p.text for p in Document(io.BytesIO(made.content)).paragraphs)
    assert NAME in text
    assert OTHER not in text
    assert number_of(database, case_id) in text
    with database.reading() as session:
        noted = [row.event for row in session.scalars(select(JournalRow).where(JournalRow.tbl == "data_request"))]
        assert {"export", "print"} <= set(noted)
        whole = "".join(f"{row.before}{row.after}" for row in session.scalars(select(JournalRow)))
    assert NAME not in whole
    assert CONTACT not in whole


def test_who_may_not_read_a_file_leaves_it_to_who_may(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office)
        row = session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == dispute.id)).first()
        assert row is not None
        about: dict[str, Any] = {"dispute_id": dispute.id, "party_id": row.id, "version": row.version}
        number = dispute.number
    parties.edit_party(office.director, side="applicant", name=NAME, contact=CONTACT, key=key(), **about)
    request_id = asked(office)
    assert data_requests.copied(office.leader, request_id=request_id, language="zh")[1] == (number,)
    assert data_requests.copied(office.director, request_id=request_id, language="zh")[1] == ()


def test_a_matter_one_stepped_aside_from_is_left_to_others(database: Database, office: Office) -> None:
    case_id = a_matter(office, (NAME, CONTACT))
    request_id = asked(office)
    assert data_requests.copied(office.director, request_id=request_id, language="zh")[1] == ()
    with database.transaction(SYSTEM) as session:
        session.add(CaseRecusal(case_id=case_id, person_id=office.director.id, reason="亲属"))
    frame, closed = data_requests.copied(office.director, request_id=request_id, language="zh")
    assert (len(frame), closed) == (0, (number_of(database, case_id),))


def test_a_correction_is_read_by_the_handler_masked(database: Database, office: Office) -> None:
    case_id = a_matter(office, (NAME, CONTACT))
    request_id = asked(office, "correct")
    (record,) = data_requests.view(office.director, request_id=request_id).records["id"]
    wrong: dict[str, Any] = {"record_id": int(record), "field": "contact", "value": " "}
    with nothing_changes(database), pytest.raises(Problems):
        act(office, data_requests.correct, request_id, **wrong)
    act(office, data_requests.correct, request_id, **wrong | {"value": "13600009999"})
    with database.reading() as session:
        party = session.scalars(select(CaseParty).where(CaseParty.case_id == case_id)).one()
        line = session.scalars(
            select(CaseEntry).where(CaseEntry.case_id == case_id).order_by(CaseEntry.id.desc())
        ).first()
        assert line is not None
    assert party.contact_mask == "136******99"
    assert (line.step, "139******78" in line.detail, "136******99" in line.detail) == ("amend", True, True)
    assert "13600009999" not in line.detail
    again = asked(office, "copy", contact="13600009999")
    assert set(found(office, again).values()) == {("both", True)}, "found under the new number"


def test_the_clock_and_every_way_through(database: Database, office: Office) -> None:
    request_id = asked(office, checked=False)
    seen = data_requests.view(office.leader, request_id=request_id)
    assert (seen.number, seen.due_on, seen.name, seen.state) == ("P2026-0001", date(2026, 12, 10), "司***", "received")
    assert data_requests.view(office.director, request_id=request_id, clear=True).name == NAME
    assert data_requests.overdue(office.leader) == (1, 0)
    with clock.at(NOW + timedelta(days=30)):
        assert data_requests.overdue(office.leader) == (1, 1)
        (row,) = data_requests.requests(office.leader).rows.itertuples()
        assert row.days_left == -9
    reasons = {"words": "依法公开会损害他人权益", "article": "PIPL 44"}
    with pytest.raises(Problems, match="Check first who asks"):
        act(office, data_requests.answer, request_id, act="grant", words="好", article="")
    for lacking in ({"article": ""}, {"words": " "}):
        with nothing_changes(database), pytest.raises(Problems):
            act(office, data_requests.answer, request_id, act="refuse", **reasons | lacking)
    with pytest.raises(Changed):
        act(office, data_requests.withdraw, request_id, version=99)
    act(office, data_requests.answer, request_id, act="refuse", **reasons)
    assert data_requests.view(office.leader, request_id=request_id).state == "refused"
    with pytest.raises(Problems, match="settled"):
        act(office, data_requests.withdraw, request_id)
    for last, changes in (("grant", {"words": "已提供"}), ("partly", reasons)):
        one = asked(office)
        act(office, data_requests.answer, one, act=last, **{"article": "", **changes})
    one = asked(office, checked=False)
    act(office, data_requests.withdraw, one, who="leader")
    assert data_requests.requests(office.leader).rows.empty
    assert set(data_requests.requests(office.leader, tab=Tab.ALL).rows["state"]) == {
        "refused",
        "granted",
        "partly",
        "withdrawn",
    }
    assert {state for state, _ in MOVES} == set(OPEN)
    assert set(MOVES.values()) == set(State) - {State.RECEIVED}
    assert {"received", "checked"} == set(OPEN)
    assert Act.GRANT in {one for _, one in MOVES}


def test_what_is_wrong_is_told_and_who_may_not_learns_nothing(database: Database, office: Office) -> None:
    bad: dict[str, Any] = {"for_whom": "agent", "name": " ", "wants": "", "received_on": TODAY + timedelta(days=1)}
    with nothing_changes(database), pytest.raises(Problems) as told:
        asked(office, "x", checked=False, **bad)
    assert {p.field for p in told.value.problems} == {"kind", "name", "wants", "received_on", "applicant"}
    for who in ("clerk", "handler", "mediator", "admin", "viewer", "auditor", "head"):
        with pytest.raises(Refused):
            data_requests.requests(office.people[who])
    with pytest.raises(NotThere):
        data_requests.view(office.director, request_id=99)
    request_id = asked(office, checked=False)
    with pytest.raises(Problems):
        act(office, data_requests.identify, request_id, how="card", on=TODAY + timedelta(days=1))
    act(office, data_requests.take, request_id, record_ids=[])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("打13711112222找张三丰", "打137******22找张**"),
        ("我的139-0000-5678", "我的139-0000-5678"),
        ("2026年11月2日5号楼", "2026年11月2日5号楼"),
    ],
)
def test_others_are_masked_in_a_text(said: str, told: str) -> None:
    assert masked(said, [("张三丰", "张**"), ("张三", "张*")], [CONTACT]) == told


def test_a_request_keeps_the_set_of_limits_it_is_counted_by(office: Office) -> None:
    counted = {table.name for table in Base.metadata.sorted_tables if "limit_set_id" in table.columns} - {"limit_rule"}
    assert counted == {str(model.__tablename__) for model in KEPT_UNDER}
    before = int(limit_sets(office.admin)["kept"].sum())
    asked(office)
    sets = limit_sets(office.admin)
    assert int(sets["kept"].sum()) == before + 1
    kept = int(sets.sort_values("kept")["id"].iloc[-1])
    rule = limit_rules(office.admin, limit_set_id=kept).iloc[0]
    saved = edit_limits(office.admin, rows={int(rule["id"]): (int(rule["version"]), {"amount": 99})}, key=key())
    assert set(saved.rejected) == {int(rule["id"])}
