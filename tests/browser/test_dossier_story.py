"""The file of a closed case at the browser: its panel, its cover and contents as Word, opened by two programs."""

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from db import clock
from db.languages import date_in
from db.models import Case, Unit
from tests.browser.people import Seat, sit_down
from tests.browser.rosters import the_database
from tests.opened import pages_of
from tests.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.office]


def kept(seat: Seat, case_id: int) -> Any:
    """The record, with its lead unit's name."""
    query = select(Case.__table__, Unit.name.label("unit")).outerjoin(Unit, Unit.id == Case.lead_unit_id)
    with the_database(seat) as connection:
        return connection.execute(query.where(Case.id == case_id)).one()


@pytest.mark.in_turn(2, of=4)
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_the_file_of_a_case_is_looked_at_taken_away_and_opened(
    demo_served: Served, demo_cases: dict[str, int], browser: Browser, tmp_path: Path, locale: str
) -> None:
    seat, case_id = sit_down(browser, demo_served, "director", locale), demo_cases["closed"]
    case, panel = kept(seat, case_id), seat.page.locator(".st-key-case-file")
    seat.open(f"case?id={demo_cases['handling']}")
    seat.click(panel.locator("summary"))
    seat.reads(seat.say("The file is not complete yet:"))
    seat.reads(seat.say("The resident has no reply."))
    expect(panel.get_by_role("link", name=seat.say("To the next step")).first).to_be_visible()
    seat.open(f"case?id={case_id}")
    seat.click(panel.locator("summary"))
    expect(panel.get_by_role("link", name=seat.say("Every paper (.zip)"))).to_be_visible()
    with seat.page.expect_download() as taken:
        panel.get_by_role("link", name=seat.say("Cover and contents (.docx)")).click()
    assert taken.value.suggested_filename == f"求决事项卷宗封面和目录 {case.number}.docx"
    content = taken.value.path().read_bytes()
    cover, contents = docx.Document(io.BytesIO(content)).tables
    told = {"".join(name.text.split()): value.text for name, value in (row.cells for row in cover.rows)}
    received = date_in("zh", clock.day_of(case.received_at, "Asia/Shanghai"))
    assert (told["编号"], told["事由"], told["主办单位"]) == (case.number, case.subject, case.unit or "")
    assert (told["接收日期"], told["办结日期"]) == (received, date_in("zh", case.closed_on))
    assert "*" in told["信访人"], "masked until somebody who may asks for names"
    rows = [[cell.text for cell in row.cells] for row in contents.rows[1:]]
    days = {row[1]: row[2] for row in rows}
    assert days["中心求决事项受理登记表"] == received
    assert days["信访事项处理意见书"] == date_in("zh", case.replied_on or case.answered_on)
    assert days["结案审批表"] == date_in("zh", case.closed_on)
    assert told["页数"] == rows[-1][3].rpartition("—")[2]
    first, second = ("".join(page.split()) for page in pages_of({"file.docx": content}, tmp_path)["file.docx"])
    assert "求决事项卷宗" in first
    assert "".join(case.subject.split()) in first
    assert all(row[1].partition("：")[0] in second for row in rows)
    seat.page.goto(f"{demo_served.url}/print/case-file/{case_id}?lang={seat.language}")
    expect(seat.page.locator("table.contents tbody tr")).to_have_count(len(rows))
    closed_on = date_in(seat.language, case.closed_on)
    expect(seat.page.locator(".cover td").filter(has_text=closed_on).first).to_be_visible()
    seat.page.context.close()
