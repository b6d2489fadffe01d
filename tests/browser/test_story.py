"""A citizen's message seen through from the list to the archive, a visit taken in, and two people at one case."""

import csv
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Connection, create_engine, select

from components.case_labels import label_in
from db.models import Case, CaseEntry, CaseLink
from db.services.importing import command
from tests.browser.people import Seat, sit_down
from tests.factories import a_database
from tests.serving import ROOT, Served, give_passwords

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REAL = ROOT.parent / "shared" / "data" / "complaints-sample.csv"
OWN = Path(__file__).with_name("messages.csv")
MOST = 60
ANSWER = "您反映的问题属实，已安排本月内解决。"
RESIDENT, TELEPHONE = "测试群众甲", "15400138000"
WAY = ["propose", "approve", "accept", "answer", "sign", "confirm", "reply", "visit", "close", "archive"]


def messages(folder: Path) -> Path:
    """The first real messages; a few of our own when the sample is not beside this repository."""
    source = REAL if REAL.exists() else OWN
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[: MOST + 1]
    target = folder / "messages.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return target


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An office that received citizens' messages from another system."""
    folder = tmp_path_factory.mktemp("story") / "data"
    database, _ = a_database(folder)
    with closing(database):
        report = command.run(database, messages(folder))
        assert report.counts["added"] > 2
        give_passwords(database)
    with Served(folder) as server:
        yield server


@contextmanager
def the_database(served: Served) -> Iterator[Connection]:
    """What stands in the office's file, read beside the server."""
    engine = create_engine(f"sqlite:///file:{served.folder / 'linli.db'}?mode=ro&uri=true")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def begin(seat: Seat, case_id: int) -> Seat:
    """Open the case and its next step's form."""
    seat.open(f"case?id={case_id}")
    seat.press_key("next-step")
    return seat


def take(seat: Seat, step: str, state: str, acting: str) -> None:
    """Take the open step; the page says what happened, where the case stands and who is next."""
    seat.click(seat.page.locator("[class*='st-key-step-'][class*='-take'] button"))
    seat.reads(f"{label_in('step', step, 'zh')} → {label_in('state', state, 'zh')}")
    expect(seat.page.locator("[class*='st-key-case-head']")).to_contain_text(label_in("state", state, "zh"))
    if acting:
        seat.reads(label_in("acting", acting, "zh"))


def test_a_citizens_message_is_seen_through_to_the_archive(served: Served, browser: Browser) -> None:
    with the_database(served) as connection:
        case = connection.execute(
            select(Case.id, Case.number, Case.subject).where(Case.state == "registered").order_by(Case.id)
        ).first()
    assert case is not None

    clerk = sit_down(browser, served, "clerk")
    clerk.open("cases")
    search = clerk.page.locator("[class*='st-key-list-text'] input")
    search.fill(case.number)
    search.press("Enter")
    expect(clerk.page.get_by_text(clerk.say("{n} cases", n=1), exact=True)).to_be_visible()
    expect(clerk.page.locator("[data-testid=stDataFrame] [role=row]").filter(has_text=case.number)).to_have_count(1)
    clerk.click_cell(clerk.page.locator("[data-testid=stDataFrame] .dvn-scroller").first, {"x": 60, "y": 54})
    clerk.page.wait_for_url(f"**/case?id={case.id}")
    clerk.reads(case.subject)
    clerk.reads(label_in("acting", "proposer", "zh"))

    deputy = begin(sit_down(browser, served, "deputy"), case.id)
    deputy.choose("Lead unit", "城建所")
    deputy.write("Proposed handling", "请城建所到现场核实后答复。")
    take(deputy, "propose", "proposed", "approver")

    leader = begin(sit_down(browser, served, "leader"), case.id)
    leader.reads("请城建所到现场核实后答复。")
    take(leader, "approve", "routed", "accepter")

    handler = begin(sit_down(browser, served, "handler"), case.id)
    take(handler, "accept", "handling", "handler")
    handler.press_key("next-step")
    handler.tick(label_in("outcome", "supported", "zh"))
    handler.write("Facts and reasons", "现场核实，反映属实。")
    handler.write("Legal basis", "《信访工作条例》第三十二条")
    handler.write("Opinion for the resident", ANSWER)
    take(handler, "answer", "answered", "signer")

    take(begin(sit_down(browser, served, "head"), case.id), "sign", "signed", "confirmer")
    take(begin(leader, case.id), "confirm", "confirmed", "replier")

    begin(clerk, case.id).tick(label_in("how", "telephone", "zh"))
    expect(clerk.page.get_by_label(re.compile("^" + clerk.say("Words to the resident")))).to_have_value(ANSWER)
    take(clerk, "reply", "replied", "visitor")

    begin(deputy, case.id)
    for kind, code in (("how", "telephone"), ("satisfaction", "satisfied"), ("solved", "yes")):
        deputy.tick(label_in(kind, code, "zh"))
    take(deputy, "visit", "visited", "closer")

    take(begin(leader, case.id), "close", "closed", "")
    take(begin(clerk, case.id), "archive", "archived", "")

    with the_database(served) as connection:
        end = connection.execute(
            select(Case.state, Case.outcome, Case.satisfaction, Case.answer).where(Case.id == case.id)
        ).one()
        steps = list(connection.scalars(select(CaseEntry.step).where(CaseEntry.case_id == case.id)))
    assert tuple(end) == ("archived", "supported", "satisfied", ANSWER)
    assert steps[-len(WAY) :] == WAY


def tell(clerk: Seat, subject: str) -> None:
    """Type what a resident says, as far as the draft keeps it."""
    clerk.open("take-in")
    clerk.write("Name", RESIDENT)
    clerk.write("Telephone or another contact", TELEPHONE)
    clerk.write("In a line", subject)
    clerk.write("What was said, in their words", "东村村口的路灯坏了两个月，夜里走路不方便。")
    clerk.page.wait_for_url("**draft=*")
    expect(clerk.page.get_by_text(clerk.say("Draft kept {time}").partition(" {")[0]).first).to_be_visible()


def receipt(clerk: Seat) -> tuple[str, str]:
    """Register; the number and the query code on the receipt."""
    clerk.press("Register")
    values = clerk.page.locator("[data-testid=stMetricValue]")
    expect(values).to_have_count(3)
    number, code, state = values.all_inner_texts()
    assert state.strip() == label_in("state", "registered", "zh")
    return number.strip(), code.strip()


def test_a_visit_is_taken_in_and_its_progress_told(served: Served, browser: Browser) -> None:
    clerk = sit_down(browser, served, "clerk")
    tell(clerk, "东村村口路灯不亮")
    clerk.page.reload()
    expect(clerk.page.get_by_label(clerk.say("In a line"), exact=True)).to_have_value("东村村口路灯不亮")
    clerk.reads(clerk.say("Draft restored, kept {time}").partition(" {")[0])
    clerk.choose("Category", "交通运输")
    number, code = receipt(clerk)

    tell(clerk, "路灯还是不亮")
    clerk.reads(clerk.say("Likely earlier matters"))
    clerk.reads(number)
    clerk.press("This is a repeat of it")
    clerk.choose("Category", "交通运输")
    again, _ = receipt(clerk)
    with the_database(served) as connection:
        ids = {row.number: row.id for row in connection.execute(select(Case.number, Case.id))}
        links = connection.execute(select(CaseLink.case_id, CaseLink.other_id, CaseLink.kind)).all()
    assert (ids[again], ids[number], "repeat") in [tuple(link) for link in links]

    resident = sit_down(browser, served, "", viewport={"width": 390, "height": 844})
    resident.page.goto(f"{served.url}/query")
    resident.page.get_by_label(resident.say("Number")).fill(number)
    resident.page.get_by_label(resident.say("Query code")).fill("0000 0000")
    resident.page.get_by_role("button", name=resident.say("Look up")).click()
    expect(resident.page.get_by_role("alert")).to_be_visible()
    resident.page.get_by_label(resident.say("Query code")).fill(code)
    resident.page.get_by_role("button", name=resident.say("Look up")).click()
    expect(resident.page.get_by_text(number)).to_be_visible()
    shown = resident.page.locator("body").inner_text()
    for secret in (RESIDENT, TELEPHONE, "路灯", "陈接访"):
        assert secret not in shown


def test_who_saves_second_sees_both_versions_and_chooses(served: Served, browser: Browser) -> None:
    with the_database(served) as connection:
        case_id = connection.scalars(select(Case.id).where(Case.state == "registered").order_by(Case.id.desc())).first()
    first, second = (sit_down(browser, served, person) for person in ("deputy", "leader"))
    for seat in (first, second):
        seat.open(f"case?id={case_id}")
        seat.click(seat.page.get_by_text(seat.say("Correct the record")))
    for seat, place in ((first, "东村村口"), (second, "西村村口")):
        seat.write("Place", place)
        seat.press("Save the correction")
    second.reads(second.say("{who} saved first. Nothing of yours is lost: choose.", who="杜副班"))
    expect(second.page.get_by_label(second.say("Place"), exact=True)).to_have_value("西村村口")
    assert place_of(served, case_id) == "东村村口"
    second.press("Keep mine: save again")
    second.press("Save the correction")
    expect(second.page.get_by_text(second.say("Saved at {time}.").partition("{")[0]).first).to_be_visible()
    assert place_of(served, case_id) == "西村村口"


def place_of(served: Served, case_id: int | None) -> str:
    """Where the matter is, in the database."""
    with the_database(served) as connection:
        return str(connection.scalar(select(Case.place).where(Case.id == case_id)))
