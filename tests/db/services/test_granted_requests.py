"""What a granted request changes: emptied where the period is over, withheld from everybody where it is not."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database
from db.identity import decrypt
from db.journal import JournalRow
from db.models import Case, CaseParty, DataRequestRecord, Dispute, DisputeParty
from db.rules.problems import Problems, Refused
from db.services import cases, data_requests, finding
from db.services.mediation import parties
from tests.db.services.stages import key
from tests.db.services.test_data_requests import CONTACT, NAME, OTHER, OTHERS, TODAY, a_matter, act, asked, found
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_dispute

ANSWER = {"words": "依法处理", "article": "PIPL 47"}


def closed(database: Database, office: Office, on: date) -> int:
    """A matter of the person and somebody else, closed on that day."""
    case_id = a_matter(office, (NAME, CONTACT), (OTHER, OTHERS))
    with database.transaction(SYSTEM) as session:
        case = session.get_one(Case, case_id)
        case.state, case.open, case.closed_on = "closed", False, on
    return case_id


def people(database: Database, case_id: int) -> list[tuple[str, str, str]]:
    """Name in clear, contact in clear, mask of each party."""
    with database.reading() as session:
        rows = session.scalars(select(CaseParty).where(CaseParty.case_id == case_id).order_by(CaseParty.id)).all()
    clear = [[decrypt(database, f"case_party.{field}", getattr(row, field)) for field in ("name", "contact")]
             for row in rows]  # fmt: skip
    return [(name, contact, row.name_mask) for (name, contact), row in zip(clear, rows, strict=True)]


def granted(office: Office, request_id: int, how: str = "grant", who: str = "director") -> int:
    return act(office, data_requests.answer, request_id, who=who, act=how, **ANSWER)


def checked(office: Office, kind: str) -> int:
    """A request the leader made sure of."""
    request_id = asked(office, kind, checked=False)
    act(office, data_requests.identify, request_id, who="leader", how="card", on=TODAY)
    return request_id


def test_a_granted_deletion_empties_what_no_law_keeps(database: Database, office: Office) -> None:
    case_id = closed(database, office, TODAY - timedelta(days=4000))
    request_id = checked(office, "delete")
    with nothing_changes(database), pytest.raises(Refused):
        granted(office, request_id, who="leader")
    own = asked(office, "delete")
    with nothing_changes(database), pytest.raises(Problems, match="Somebody else"):
        granted(office, own)
    granted(office, request_id)
    assert people(database, case_id) == [("", "", ""), (OTHER, OTHERS, "诸***")], "nobody else's data go"
    seen = data_requests.view(office.director, request_id=request_id)
    (number,) = seen.records["number"]
    assert (seen.state, seen.course[-1]["detail"]) == ("granted", {"emptied": [number]})
    with database.reading() as session:
        of_party = select(JournalRow.actor_id).where(JournalRow.tbl == "case_party", JournalRow.event == "update")
        assert session.scalars(of_party).all() == [office.director.id]
    assert found(office, asked(office, "access")) == {}
    granted(office, checked(office, "delete"))


def test_what_the_law_keeps_is_restricted_and_told_again(database: Database, office: Office) -> None:
    case_id = closed(database, office, TODAY - timedelta(days=30))
    request_id = checked(office, "delete")
    with nothing_changes(database), pytest.raises(Problems, match="The law keeps these"):
        granted(office, request_id)
    granted(office, request_id, "partly")
    assert people(database, case_id)[0] == ("司***", "139******78", "司***")
    assert cases.unmask(office.director, case_id=case_id)["name"].tolist() == ["司***", OTHER]
    assert finding.find(office.director, text=NAME).empty
    for who, name in (("leader", ""), ("director", NAME)):
        seen = data_requests.view(office.people[who], request_id=request_id, clear=True)
        assert seen.records[["withheld", "name"]].to_numpy().tolist() == [[True, name]]
    again = checked(office, "restrict")
    assert len(found(office, again)) == 1, "found through the earlier request"
    granted(office, again, who="leader")
    with pytest.raises(Refused):
        act(office, data_requests.lift, request_id, who="leader")
    with pytest.raises(Problems, match="Nothing is withheld"):
        act(office, data_requests.lift, again)
    act(office, data_requests.lift, request_id)
    assert people(database, case_id)[0] == (NAME, CONTACT, "司***")
    assert set(found(office, asked(office)).values()) == {("both", True)}
    with database.reading() as session:
        assert set(session.scalars(select(DataRequestRecord.withheld))) == {None}


def test_parties_of_disputes_alike(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        dispute_id = a_dispute(session, office).id
        row = session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == dispute_id)).first()
        assert row is not None
        about: dict[str, Any] = {"dispute_id": dispute_id, "party_id": row.id, "version": row.version}
    parties.edit_party(office.director, side="applicant", name=NAME, contact=CONTACT, key=key(), **about)
    before = parties.unmask(office.director, dispute_id=dispute_id)
    request_id = checked(office, "restrict")
    granted(office, request_id)
    told = parties.unmask(office.director, dispute_id=dispute_id)
    assert NAME not in set(told["name"])
    assert "司***" in set(told["name"])
    act(office, data_requests.lift, request_id)
    assert parties.unmask(office.director, dispute_id=dispute_id).equals(before)
    granted(office, checked(office, "restrict"))
    with database.transaction(SYSTEM) as session:
        dispute = session.get_one(Dispute, dispute_id)
        dispute.state, dispute.open, dispute.ended_on = "ended", False, TODAY - timedelta(days=12000)
    granted(office, checked(office, "delete"))
    with database.reading() as session:
        assert NAME not in set(parties.unmask(office.director, dispute_id=dispute_id)["name"])
        assert session.get_one(DisputeParty, about["party_id"]).name is None
        assert set(session.scalars(select(DataRequestRecord.withheld))) == {None}


def test_a_copy_for_the_person_is_in_clear_while_everybody_else_reads_masks(database: Database, office: Office) -> None:
    case_id = closed(database, office, TODAY - timedelta(days=30))
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, case_id).text = f"{NAME}与{OTHER}争执，电话{CONTACT}"
        dispute_id = a_dispute(session, office).id
        row = session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == dispute_id)).first()
        assert row is not None
        about: dict[str, Any] = {"dispute_id": dispute_id, "party_id": row.id, "version": row.version}
    parties.edit_party(office.director, side="applicant", name=NAME, contact=CONTACT, key=key(), **about)
    restricted = checked(office, "restrict")
    said = data_requests.passages(office.director, request_id=restricted)
    keys = said.loc[said["place"] == "case_file.text", "key"].tolist()
    act(office, data_requests.answer, restricted, act="grant", others=keys, **ANSWER)
    with database.reading() as session:
        assert NAME not in session.get_one(Case, case_id).text
    waiting = asked(office, "copy", checked=False)
    with pytest.raises(Problems, match="Check first who asks"):
        data_requests.copied(office.director, request_id=waiting, language="en")
    request_id = asked(office, "copy")
    act(office, data_requests.take, request_id,
        record_ids=data_requests.view(office.director, request_id=request_id).records["id"].tolist())  # fmt: skip
    frame, left_out = data_requests.copied(office.director, request_id=request_id, language="en")
    told = frame.groupby("what")["value"].agg(list)
    assert left_out == ()
    assert told["Name"] == [NAME, NAME]
    assert told["Contact"] == [CONTACT, CONTACT]
    assert f"{NAME}与诸***争执，电话{CONTACT}" in told["What was told"], "others stay masked"
    assert OTHER not in "".join(frame["value"])
    assert people(database, case_id)[0][0] == "司***", "nobody else reads more than before"
