"""Ledgers, the file of a case, a batch in one document and a filled layout, opened by LibreOffice in one start."""

from datetime import date
from pathlib import Path

import pytest

from components.front_door import exports as door
from db.documents import layout_book
from db.documents.merging import together
from db.engine import Database
from db.services import exports as doors
from db.services.cases import dossier, papers
from db.services.ledgers import exports
from db.services.ledgers.asking import Choice
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.db.services.test_layouts import PLAN, a_sheet
from tests.factories import Office
from tests.opened import pages_of

pytestmark = [pytest.mark.office, pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


def test_what_leaves_is_opened_and_nothing_is_cut_off(database: Database, office: Office, tmp_path: Path) -> None:
    assert database
    case_ids = [brought(office, stages.ROUTED, subject=f"第{n}件：{'路灯不亮，' * 12}请修。") for n in range(3)]
    files: dict[str, bytes] = {}
    for paper in ("A4", "A3"):
        doors._asked._inside._left.clear()
        choice = Choice(begins=date(2026, 1, 1), ends=date(2026, 12, 31))
        asked = exports.ask(office.director, code="matters", choice=choice, paper=paper, language="zh")
        files[f"{paper}.xlsx"] = door._workbook(office.director, asked.token)[1]
    files["cover.docx"] = dossier.cover(office.director, case_id=case_ids[0]).content
    slips = [papers.document(office.director, form="registration", case_id=one).content for one in case_ids]
    files["many.docx"] = together(slips)
    rows = [[n, f"2026-{n}", date(2026, 1, 2), "事由"] for n in range(60)]
    files["layout.xlsx"] = layout_book.filled(a_sheet(), PLAN, rows, {"office": "中心", "begins": "", "ends": ""})
    told = pages_of(files, tmp_path)
    for paper in ("A4", "A3"):
        first = "".join(told[f"{paper}.xlsx"][0].split())
        assert "求决事项受理台账" in first
        assert "请修。" in first
        assert not any("###" in page for page in told[f"{paper}.xlsx"])
        assert len(told[f"{paper}.xlsx"]) == 2, "the ledger, and the sheet about it"
    assert [("封面" in page or "卷宗" in page.replace(" ", ""), "卷内目录" in page) for page in told["cover.docx"]] == [
        (True, False),
        (False, True),
    ]
    numbers = [f"第{n}件" for n in range(3)]
    assert [n for page in told["many.docx"] for n in numbers if n in "".join(page.split())] == numbers
    assert "合计" in told["layout.xlsx"][-1]
