"""What sheets are made from: scope, nothing internal, identities only for those who may, each printing noted."""

import pytest
from sqlalchemy import select

from db.engine import Database
from db.models import JournalRow
from db.rules.case_flow import Step
from db.rules.problems import NotThere, Problems, Refused
from db.services import sheets
from db.services.sheets import Sheet
from tests.db.services import stages
from tests.factories import Office

SECRET = "请勿外传：内部意见"


def test_an_acceptance_notice_names_unit_and_days(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.HANDLING)
    sheet = sheets.case_sheet(office.clerk, sheet=Sheet.ACCEPTANCE, case_id=case_id)
    assert sheet.units[0]["zh"] == "城建所"
    assert sheet.fields["handling"] == 60
    assert sheet.fields["extension_most"] == 30


def test_a_reply_needs_an_answer(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.HANDLING)
    with pytest.raises(Problems):
        sheets.case_sheet(office.clerk, sheet=Sheet.REPLY, case_id=case_id)
    answered = stages.brought(office, stages.CONFIRMED)
    sheet = sheets.case_sheet(office.clerk, sheet=Sheet.REPLY, case_id=answered)
    assert sheet.fields["outcome"] == "supported"


def test_internal_words_are_on_no_sheet(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.HANDLING)
    stages.take(office, "handler", case_id, Step.NOTE, reason=SECRET)
    for sheet in (Sheet.CASE, Sheet.ACCEPTANCE, Sheet.TRANSFER):
        assert SECRET not in repr(sheets.case_sheet(office.clerk, sheet=sheet, case_id=case_id))


def test_identities_are_for_those_who_may_unmask(database: Database, office: Office) -> None:
    case_id = stages.brought(office, stages.HANDLING)
    masked = sheets.case_sheet(office.leader, sheet=Sheet.CASE, case_id=case_id)
    assert masked.parties[0]["name"] == "李**"
    clear = sheets.case_sheet(office.leader, sheet=Sheet.CASE, case_id=case_id, identities=True)
    assert clear.parties[0]["name"] == "李小明"
    with pytest.raises(NotThere):
        sheets.case_sheet(office.outsider, sheet=Sheet.CASE, case_id=case_id, identities=True)
    with pytest.raises(Refused):
        sheets.case_sheet(office.viewer, sheet=Sheet.CASE, case_id=case_id)


def test_every_printing_is_noted(database: Database, office: Office) -> None:
    case_id = stages.brought(office)
    sheets.case_sheet(office.clerk, sheet=Sheet.CASE, case_id=case_id)
    sheets.receipt_sheet(office.clerk, case_id=case_id)
    with database.reading() as session:
        wanted = select(JournalRow.event).where(JournalRow.case_id == case_id, JournalRow.event == "print")
        assert len(session.scalars(wanted).all()) == 2
