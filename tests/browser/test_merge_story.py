"""Two cases that look alike become one and two again, at the browser, in English and in Chinese."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from db import engine
from db.models import Case, CaseMerge
from db.services import search
from db.services.cases.likely_pairs import look_for
from tests.browser.effects import comes_to, rows
from tests.browser.people import sit_down
from tests.factories import SYSTEM, a_case, a_database
from tests.serving import Served, give_passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAMPS = {"en-GB": "东村村口的路灯坏了两个月，晚上看不清路", "zh-CN": "西村水渠堵塞多日，农田被淹，请清理"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An office with a pair of like matters for each language."""
    folder = tmp_path_factory.mktemp("merge") / "data"
    database, office = a_database(folder)
    with closing(database), engine.using(database):
        give_passwords(database)
        with database.transaction(SYSTEM) as session:
            made = [
                a_case(session, office, subject=text[:6], text=words)
                for text in LAMPS.values()
                for words in (f"{text}。", f"{text}，一直没人管。")
            ]
            for case in made:
                search.index(session, case)
            session.flush()
            assert look_for(session, [case.id for case in made]) == len(LAMPS)
    with Served(folder) as server:
        yield server


@pytest.mark.in_turn(1, of=4)
@pytest.mark.parametrize("locale", LAMPS)
def test_two_become_one_and_two_again(served: Served, browser: Browser, locale: str) -> None:
    seat = sit_down(browser, served, "deputy", locale)
    before = len(rows(seat, CaseMerge.id))
    seat.open("likely")
    pair = seat.page.locator("[class*='st-key-pair-']").filter(has_text=LAMPS[locale][:6]).first
    seat.click(pair.get_by_role("button", name=seat.say("Merge…"), exact=True))
    seat.reads(seat.say("What the kept case will say"))
    seat.press("Merge")
    comes_to(seat, before + 1, CaseMerge.id)
    seat.reads(seat.say("Merged into this one"))
    kept_id, gone_id = rows(seat, CaseMerge.kept_id, CaseMerge.gone_id)[-1]
    numbers = dict(tuple(row) for row in rows(seat, Case.id, Case.number))
    seat.open(f"case?id={gone_id}")
    seat.press("Open {number}", number=numbers[kept_id])
    seat.reads(seat.say("Merged into this one"))
    merged = seat.page.locator(f"[class*='st-key-merged-{gone_id}']")
    seat.click(merged.locator("summary"))
    back = merged.get_by_role("button", name=seat.say("Take it back"), exact=True)
    expect(back).to_be_visible()
    seat.click(back)
    comes_to(seat, before + 1, CaseMerge.undone_at)
    expect(seat.page.get_by_text(seat.say("Merged into this one"), exact=True)).to_be_hidden()
    seat.open(f"case?id={gone_id}")
    seat.reads(seat.say("Out of the other matter again"))
    seat.page.context.close()
