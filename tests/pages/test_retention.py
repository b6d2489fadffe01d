"""Retention and data requests through the real app: proposed by one, approved by another; asked, checked, answered."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import Database
from db.journal import JournalRow
from db.models import Case
from db.services import data_requests, retention
from tests.db.services.test_data_requests import CONTACT, NAME, OTHER, TODAY, a_matter
from tests.db.services.test_granted_requests import checked, closed
from tests.db.services.test_retention import WORDS, old_case
from tests.factories import SYSTEM, Office
from tests.pages.conftest import Opener
from tests.pages.test_supervision import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}


def written(at: AppTest, label: str, value: str, choices: str = "") -> None:
    """Type into the field of that name, or choose."""
    kinds = [*at.text_input, *at.text_area, *at.selectbox] if not choices else [*at.selectbox]
    (field,) = [one for one in kinds if one.label == label]
    field.set_value(value) if not choices else field.select(choices)


def test_one_proposes_another_approves(database: Database, office: Office, as_person: Opener) -> None:
    old_case(database, office)
    at = as_person(office.leader, SCREEN["retention"])
    assert not at.exception
    at = press(at, "Put them on a list")
    assert not at.exception
    (row,) = retention.protocol(office.leader).rows.to_dict("records")
    own = as_person(office.leader, SCREEN["retention"], id=str(row["id"]))
    assert "Somebody else approves than who proposed." in said(own)
    assert not [b for b in own.button if b.label == "Approve the rest"]
    at = as_person(office.director, SCREEN["retention"], id=str(row["id"]))
    assert WORDS not in said(at)
    at = press(at, "Approve the rest")
    at = press(at, "Carry it out")
    assert "Backups made before still hold what went" in said(at)
    assert retention.protocol(office.leader).rows["state"].tolist() == ["done"]
    assert not as_person(office.director, SCREEN["retention"]).exception
    assert "does not exist" in said(as_person(office.director, SCREEN["retention"], id="99"))


def test_a_request_from_the_counter_to_the_copy(database: Database, office: Office, as_person: Opener) -> None:
    a_matter(office, (NAME, CONTACT), (OTHER, "13711112222"))
    at = as_person(office.leader, SCREEN["data-requests"], new="1")
    assert "No request waits" in said(at)
    for label, value in (("Whose data: name", NAME), ("Their telephone (optional)", CONTACT)):
        written(at, label, value)
    written(at, "What they want, in their words", "请提供副本")
    at = press(at, "Take the request in")
    assert not at.exception
    (row,) = data_requests.requests(office.leader).rows.to_dict("records")
    desk = as_person(office.leader, SCREEN["desk"])
    assert "Data requests waiting for an answer" in said(desk)
    at = as_person(office.leader, SCREEN["data-requests"], id=str(row["id"]))
    assert NAME not in said(at)
    written(at, "How it was made sure who asks", "", choices="Identity card seen")
    at = press(at, "Identity checked")
    (toggle,) = [one for one in at.toggle if one.label == "Show the copy (journalled)"]
    at = toggle.set_value(True).run()
    assert not at.exception
    (copy,) = [frame.value for frame in at.dataframe if "What it is" in frame.value]
    told = " ".join(str(value) for value in copy["Value"])
    assert NAME in told
    assert OTHER not in told
    written(at, "What the person is told, with the reason", "已提供副本")
    at = press(at, "Answer")
    assert data_requests.requests(office.leader).rows.empty
    assert "Granted" in said(as_person(office.leader, SCREEN["data-requests"], id=str(row["id"])))
    assert not as_person(office.director, SCREEN["data-requests"], tab="all").exception


def test_others_words_are_ticked_by_who_decides(database: Database, office: Office, as_person: Opener) -> None:
    case_id = closed(database, office, TODAY)
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, case_id).answer = f"已答复{NAME}"
    request_id = checked(office, "restrict")
    leader = as_person(office.leader, SCREEN["data-requests"], id=str(request_id))
    assert "15 working days are an assumption" in said(leader)
    own = as_person(office.leader, SCREEN["data-requests"], id=str(checked(office, "delete")))
    (decision,) = [one for one in own.selectbox if one.label == "Decision"]
    assert decision.options == ["Refused"]
    assert "The director grants a deletion" in said(own)
    assert not [one for one in leader.toggle if one.label.startswith("Words others wrote")], "the director decides"
    at = as_person(office.director, SCREEN["data-requests"], id=str(request_id))
    assert NAME not in said(at)
    (toggle,) = [one for one in at.toggle if one.label.startswith("Words others wrote")]
    at = toggle.set_value(True).run()
    assert "已答复司徒问询" in said(at).replace("\\", "")
    assert "2 of 2 passages" in said(at)
    at = press(at, "Tick none")
    assert "0 of 2 passages" in said(at)
    next(one for one in at.checkbox if "Name" in one.label).set_value(True)
    written(at, "What the person is told, with the reason", "已限制显示")
    at = press(at.run(), "Answer")
    assert not at.exception
    with database.reading() as session:
        assert session.get_one(Case, case_id).answer == "已答复司***"
        looks = session.scalars(select(JournalRow.after).where(JournalRow.event == "unmask"))
        assert len([one for one in looks if "others_words" in (one or "")]) == 1, "reruns are no new looks"
    assert "Words of others masked in" in said(as_person(office.director, SCREEN["data-requests"], id=str(request_id)))
