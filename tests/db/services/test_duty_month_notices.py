"""One page for a month: several duties side by side, only what is published, nothing out of reach."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from docx import Document
from sqlalchemy import func, select

from db.engine import Database
from db.journal import JournalRow
from db.models import Duty, DutyPeriod, DutyPost
from db.rules.problems import NotThere, Problems, Refused
from db.services.duty import month_notices, publishing
from tests.db.services.standing_rotas import add, new, serve, view
from tests.factories import SYSTEM, Office, a_duty

DECEMBER = date(2026, 12, 9)
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)


@pytest.fixture
def duties(database: Database, office: Office) -> list[int]:
    """The centre duty published for December, another for its first half."""
    made: list[int] = []
    for name, english, last in (("中心值班", "Centre duty", LAST), ("巡逻值班", "Patrol", date(2026, 12, 15))):
        with database.transaction(SYSTEM) as session:
            duty = a_duty(session, office, name=name, name_en=english, responsible=name == "中心值班")
        rota_id = new(office.director, duty.id, FIRST, last, key=name)
        if not made:
            serve(database, rota_id, FIRST, "林带班")
        version = view(office.director, rota_id).version
        publishing.publish(office.director, rota_id=rota_id, version=version, reason="缺人", key=f"p{name}")
        made.append(duty.id)
    return made


def test_the_duties_stand_side_by_side_on_one_page(database: Database, office: Office, duties: list[int]) -> None:
    period = {"duty_id": duties[1], "name": "冬季巡查", "name_en": "Winter watch"}
    add(database, DutyPeriod(**period, from_on=date(2026, 12, 3), until_on=date(2026, 12, 3)))
    made = month_notices.workbook(office.clerk, month=DECEMBER, duty_ids=duties, language="en")
    assert made.name == "Duty rota December 2026.xlsx"
    page = openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0]
    rows = [[str(cell.value or "") for cell in row] for row in page]
    assert rows[0][0] == "Duty rota December 2026"
    assert page.page_setup.fitToHeight in (None, 1)
    said = [one for row in rows for one in row]
    assert "Centre duty: version 1；Patrol: version 1" in said
    heads = next(n for n, row in enumerate(rows) if "Patrol" in row)
    assert rows[heads].index("Centre duty") < rows[heads].index("Patrol")
    days = {row[0]: row for row in rows[heads + 2 :] if row[0].isdecimal()}
    assert len(days) == 31
    assert days["1"][2] == "林带班"
    assert days["15"][5] != ""
    assert days["16"][5:8] == ["", "", ""], "the patrol is published for half the month"
    assert "Winter watch" in days["3"]


def test_it_is_chinese_as_word_and_each_printing_is_journalled(
    database: Database, office: Office, duties: list[int]
) -> None:
    with database.transaction(SYSTEM) as session:
        session.add(DutyPost(duty_id=duties[0], name="侧门"))
    made = month_notices.document(office.clerk, month=DECEMBER, duty_ids=duties)
    paper = Document(io.BytesIO(made.content))
    assert "中心值班" in {cell.text for cell in paper.tables[0].rows[0].cells}
    assert "2026年12月" in "\n".join(one.text for one in paper.paragraphs)
    with database.reading() as session:
        printed = select(func.count()).where(JournalRow.event == "print", JournalRow.tbl == "rota")
        assert session.scalar(printed) == 2


def test_what_is_not_published_or_not_there_is_on_no_page(
    database: Database, office: Office, duties: list[int]
) -> None:
    asked: dict[str, Any] = {"month": DECEMBER, "language": "zh"}
    for wrong in ([], [999], [*duties, 999]):
        with pytest.raises(NotThere):
            month_notices.workbook(office.clerk, duty_ids=wrong, **asked)
    with pytest.raises(Refused):
        month_notices.workbook(office.auditor, duty_ids=duties, **asked)
    new(office.director, duties[0], date(2027, 1, 1), date(2027, 1, 9), key="draft")
    with pytest.raises(Problems, match="nothing yet"):
        month_notices.workbook(office.director, month=date(2027, 1, 1), duty_ids=duties, language="zh")
    with database.transaction(SYSTEM) as session:
        many = [Duty(name=f"值班{n}") for n in range(month_notices.MOST)]
        session.add_all(many)
    with pytest.raises(Problems, match="At most 8"):
        month_notices.workbook(office.director, duty_ids=[duties[0], *(one.id for one in many)], **asked)
