"""The file of a case: papers in the official order with their pages, what is missing, and its prints."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pytest

from db.documents.folder import zipped
from db.engine import Database
from db.models import CaseUnit, Supervision
from db.rules.case_file import Facts, Paper, lines_of, problems_of
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere, Refused
from db.services.cases import dossier
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import NOW, SYSTEM, Office

DAY = date(2026, 11, 20)
DONE = Facts(
    anonymous=False,
    grade="general",
    state="closed",
    not_accepted=False,
    withdrawn=False,
    accepted_on=DAY,
    notice_on=DAY,
    transferred_on=DAY,
    answered_on=DAY,
    signed=True,
    confirmed_on=DAY,
    replied_on=DAY,
    visited_on=DAY,
)


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, []),
        ({"notice_on": None}, ["acceptance_notice"]),
        ({"notice_on": None, "replied_on": None, "visited_on": None, "anonymous": True}, []),
        ({"visited_on": None}, ["case_visit"]),
        ({"visited_on": None, "grade": "simple"}, []),
        ({"signed": False}, ["reply_receipt"]),
        ({"unanswered": ("东村",)}, ["transfer_slip"]),
        ({"replied_on": None}, ["reply"]),
        ({"open_notices": ("督〔2026〕1号",)}, ["supervision_notice"]),
        ({"transferred_on": None, "replied_on": None, "signed": False, "visited_on": None}, []),
    ],
)
def test_what_a_file_lacks(changes: dict[str, object], lacking: list[str]) -> None:
    facts = replace(DONE, **changes)  # type: ignore[arg-type]
    lines = lines_of(dossier.documents(), facts, [])
    assert [problem.field for problem in problems_of(lines, facts)] == lacking


def test_pages_count_through_the_file_in_its_order() -> None:
    papers = [
        Paper("files", 1, title="a.jpg", pages=3),
        Paper("registration"),
        Paper("transfer_slip", 1),
        Paper("reply"),
    ]
    lines = lines_of(dossier.documents(), DONE, papers)
    assert [(line.code, line.from_page, line.to_page) for line in lines] == [
        ("registration", 1, 2),
        ("transfer_slip", 3, 3),
        ("reply", 4, 4),
        ("files", 5, 7),
    ]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_file_of_a_case_is_printed(database: Database, office: Office) -> None:
    case_id = brought(office, stages.ROUTED)
    found = dossier.dossier(office.director, case_id=case_id)
    assert [line.code for line, _ in found.papers][:2] == ["registration", "transfer_slip"]
    assert found.problems
    made = dossier.cover(office.director, case_id=case_id)
    cells = [
        cell.text
        for table in docx.Document(io.BytesIO(made.content)).tables
        for row in table.rows
        for cell in row.cells
    ]
    assert "中心求决事项受理登记表" in cells
    every = dossier.everything(office.director, case_id=case_id)
    assert [name[:3] for name, _ in every] == [f"{n:02}_" for n in range(len(found.papers) + 1)]
    with zipfile.ZipFile(io.BytesIO(zipped(every))) as folder:
        assert folder.testzip() is None
    with pytest.raises(NotThere):
        dossier.dossier(office.outsider, case_id=case_id)
    assert not office.viewer.may(Permission.CASES_READ)
    with pytest.raises(Refused):
        dossier.cover(office.viewer, case_id=case_id)
    assert dossier.sheet(office.handler, case_id=case_id).parties
    with pytest.raises(NotThere):
        dossier.sheet(office.handler, case_id=case_id, identities=True)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_notice_to_another_unit_is_told_to_those_who_may_open_it(database: Database, office: Office) -> None:
    case_id = brought(office, stages.ROUTED)
    with database.transaction(SYSTEM) as session:
        session.add(CaseUnit(case_id=case_id, unit_id=office.unit_b, role="co", sent_on=DAY, state="handling"))
        days = {"drafted_at": NOW, "issued_at": NOW, "answer_by": DAY}
        notice = {"number": "督〔2026〕1号", "state": "issued", "why": "overdue", "text": "请尽快办理"}
        session.add(Supervision(case_id=case_id, unit_id=office.unit_a, **notice, **days))

    def told(actor: Actor) -> list[object]:
        lacking = dossier.dossier(actor, case_id=case_id).problems
        return [one.values["number"] for one in lacking if one.field == "supervision_notice"]

    assert told(office.director) == told(office.head) == ["督〔2026〕1号"]
    assert told(office.outsider) == []
