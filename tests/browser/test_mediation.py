"""Disputes seen through in two languages: settled in instalments, refused, settled by word, filed; two at one file."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Connection, create_engine, func, select

from components.dispute_labels import label_in
from db import clock, engine
from db.models import Agreement, Dispute, DisputeSession, Obligation, Performance
from db.rules.intake import Party
from db.rules.mediation.opening import PartyForm
from tests.browser.files import at, day, go_on, note, part, refuses, rows, save, sheet, spell, stands
from tests.browser.people import Seat, sit_down
from tests.db.services.stages import brought
from tests.factories import NOW, Office, a_database, mediator_of
from tests.pages.dispute_stages import APPLICANT, Way
from tests.serving import Served, give_passwords, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]
both_languages = pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
# Where the story is of two tabs or of two clicks, the words make no difference.
one_language = pytest.mark.parametrize("locale", ["zh-CN"])

TODAY = NOW.date()
RECEIVED, MET, AGREED = date(2026, 9, 20), date(2026, 10, 14), date(2026, 10, 15)
FIRST_DUE = date(2026, 10, 16)  # so that the second falls due three days before NOW, the third in a month
PARAGRAPHS = (
    "甲方陈述：屋檐水自去年起流入我家院内，院墙受潮脱落。",
    "乙方陈述：愿意改建排水，但一次拿不出三千元。",
    "调解员：建议分三期支付，先改排水，后付赔偿。",
)
STATEMENTS = "\n\n".join(PARAGRAPHS)
AGREED_WORDS = "乙方改建排水，赔偿甲方三千元，分三期付清。"
TOLD = Party("董小满", "15400001234")
NEIGHBOUR = PartyForm(side="respondent", name="程大河", contact="15400005678")
KEPT = {"en": "10 years", "zh": "10年"}


@dataclass(frozen=True)
class Ground:
    """The office, what waits in it for each language (ids), and who sits down there."""

    served: Served
    waiting: Mapping[str, Mapping[str, int]]
    seat: Callable[[str, str], Seat]


def prepared(office: Office, mediator_id: int) -> dict[str, int]:
    """A case to be mediated, and disputes as far as the others' stories need them."""

    def way(subject: str, day: date = TODAY) -> Way:
        parties = (APPLICANT, NEIGHBOUR)
        return Way(office.mediator, office.committee_a, mediator_id, day, subject=subject, parties=parties)

    case = brought(
        office, subject="院墙排水争执", category="neighbours", text="屋檐水流入院内，多次争吵。", parties=(TOLD,)
    )
    done = way("缺回访").accepted().consented().identified().met().worded().promised(first=TODAY).concluded()
    return {
        "case": case,
        "refused": way("不愿调解").id,
        "spoken": way("口头和解").accepted().consented().met().id,
        "unvisited": done.paid(0).paid(1).paid(2).id,
        "shared": way("两人同改").accepted().consented().met().worded().id,
        "typed": way("写到一半").accepted().consented().id,
        "owing": way("还款").accepted().consented().met().worded().promised().concluded().id,
    }


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Ground]:
    """One office for all stories, on the day its clock was set to; everybody signs in once."""
    folder = tmp_path_factory.mktemp("mediation") / "data"
    with clock.at(NOW):
        database, office = a_database(folder)
        with closing(database), engine.using(database):
            with database.reading() as session:
                mediator_id = mediator_of(session, office.mediator)
            waiting = {language: prepared(office, mediator_id) for language in ("en", "zh")}
            give_passwords(database)
    with Served(folder, environ={"SET_CLOCK": NOW.isoformat()}, script="tests/stopped_app.py") as served:
        yield Ground(served, waiting, cache(lambda person, locale: sit_down(browser, served, person, locale)))


@contextmanager
def the_database(ground: Ground) -> Iterator[Connection]:
    """What stands in the office's file, read beside the server."""
    engine = create_engine(f"sqlite:///file:{ground.served.folder / 'linli.db'}?mode=ro&uri=true")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def open_from_case(clerk: Seat, case_id: int) -> str:
    """Hand a registered case to the committee; the dispute's number."""
    clerk.open(f"case?id={case_id}")
    clerk.press("Open a dispute from this case")
    clerk.page.wait_for_url("**/open-dispute?case=*")
    clerk.choose("Committee", "城建所调委会")
    day(clerk, "Received", RECEIVED)
    clerk.tick(clerk.say("Privacy notice shown or read out"))
    clerk.write("Name", "程大河")
    clerk.press("Open the dispute")
    number = clerk.page.locator("[data-testid=stMetricValue]").inner_text().strip()
    clerk.reads(clerk.say("The committee has it now. You see how it stands; only its mediators see the file."))
    return number


def known_only(seat: Seat, number: str, state: str) -> None:
    """Reception finds number, state and committee in its list, nothing of the matter."""
    seat.open(f"mediation?tab=all&text={number}")
    found = rows(seat, number, label_in("state", state, seat.language), "城建所调委会")
    expect(found).to_have_count(1)
    shown = str(seat.page.locator("[data-testid=stMain]").text_content())
    assert number in shown
    for words in ("院墙", "董", "程", "马调解"):
        assert words not in shown


def take_on(mediator: Seat, number: str, dispute_id: int) -> None:
    """The mediator finds the file among those nobody has, takes it on and begins."""
    mediator.open("mediation?tab=to_take_on")
    expect(rows(mediator, number)).to_have_count(1)
    go_on(at(mediator, dispute_id))
    mediator.choose("Mediator", "马调解")
    day(mediator, "From which day", RECEIVED)
    save(mediator, "Assign")
    note(mediator, "Accepted on", MET, "Accept for mediation")
    for label in ("Told on", "Told on", "Consented on", "Consented on"):
        note(mediator, label, MET)


def meet(mediator: Seat) -> None:
    """Paste what was said; it stands on the page as it was pasted."""
    go_on(mediator)
    day(mediator, "Day", MET)
    spell(mediator, "Begun at", "0900")
    mediator.write("Place", "调解室")
    mediator.write("Statements of the parties", STATEMENTS)
    save(mediator, "Save the record")
    said = mediator.page.locator(".st-key-dispute-part").inner_text()
    assert said.replace("\n\n", "\n").find("\n".join(PARAGRAPHS)) > 0


def agree(mediator: Seat) -> None:
    """Word it, promise three parts, sign, seal and conclude."""
    go_on(mediator)
    mediator.write("What was agreed", AGREED_WORDS)
    mediator.write("Amount agreed (yuan, if any)", "3000")
    for label in ("Reached on", "Mediator signed on", "Committee's seal on"):
        day(mediator, label, AGREED)
    save(mediator, "Save the agreement")
    part(mediator, "performance")
    mediator.press("Add instalments")
    day(mediator, "First due on", FIRST_DUE)
    save(mediator, "Add the instalments")
    for _ in (APPLICANT, NEIGHBOUR):
        note(mediator, "Signed on", AGREED)
    conclude(mediator)


def conclude(mediator: Seat) -> None:
    """Let the agreement take effect."""
    go_on(mediator)
    save(mediator, "Conclude the agreement")
    stands(mediator, "agreed")


def pay(mediator: Seat, on: date) -> None:
    """Note the next instalment as paid."""
    go_on(mediator)
    day(mediator, "Done on", on)
    mediator.write("What proves it", "转账凭证")
    save(mediator, "Save the performance")


def perform(mediator: Seat, dispute_id: int, number: str) -> None:
    """One part in time, one late after standing overdue on the desk, one early."""
    late = mediator.page.get_by_text(mediator.say("Fulfilled late"))
    pay(mediator, FIRST_DUE)
    mediator.open("desk")
    expect(rows(mediator, number, mediator.say("Obligation overdue"))).to_have_count(1)
    at(mediator, dispute_id, "performance")
    expect(late).to_have_count(0)
    pay(mediator, TODAY)
    expect(late).to_have_count(1)
    pay(mediator, TODAY)
    expect(late).to_have_count(1)
    expect(mediator.page.get_by_text(mediator.say("Fulfilled"), exact=True)).to_have_count(2)


def follow_up(visitor: Seat, dispute_id: int) -> None:
    """Record that all is performed."""
    go_on(at(visitor, dispute_id))
    visitor.choose("How the agreement is performed", label_in("visit_performance", "full", visitor.language))
    visitor.choose("What the parties say", label_in("satisfaction", "satisfied", visitor.language))
    visitor.write("What was found", "排水已改，款已付清。")
    save(visitor, "Save the follow-up")
    visitor.reads(label_in("visit_performance", "full", visitor.language))


def archive(mediator: Seat, dispute_id: int) -> None:
    """Put a complete file away."""
    go_on(at(mediator, dispute_id))
    mediator.reads(mediator.say("The file is complete."))
    mediator.choose("Kept for", KEPT[mediator.language])
    save(mediator, "Archive the file")
    stands(mediator, "archived")


@pytest.mark.in_turn(1, of=4)
@both_languages
def test_a_neighbour_dispute_is_settled_in_three_instalments(ground: Ground, locale: str) -> None:
    people = ("clerk", "elsewhere", "mediator", "deputy", "viewer")
    clerk, elsewhere, mediator, deputy, viewer = (ground.seat(person, locale) for person in people)
    number = open_from_case(clerk, ground.waiting[clerk.language]["case"])
    with the_database(ground) as connection:
        found = connection.execute(select(Dispute.id, Dispute.case_id).where(Dispute.number == number)).one()
    assert found.case_id == ground.waiting[clerk.language]["case"]
    known_only(clerk, number, "registered")
    refuses(clerk, found.id)

    take_on(mediator, number, found.id)
    meet(mediator)
    agree(mediator)
    perform(mediator, found.id, number)
    refuses(elsewhere, found.id)
    elsewhere.open(f"mediation?tab=all&text={number}")
    expect(elsewhere.page.locator("[data-testid=stDataFrame]")).to_have_count(0)

    refuses(deputy, found.id)
    go_on(at(mediator, found.id))
    mediator.choose("Person", "杜副班")
    save(mediator)
    follow_up(deputy, found.id)
    at(mediator, found.id)
    for _ in (APPLICANT, NEIGHBOUR):
        mediator.press("Identity seen")
        save(mediator)
    archive(mediator, found.id)
    known_only(clerk, number, "archived")

    viewer.open("mediation-figures")
    viewer.reads(viewer.say("Succeeded"))
    expect(viewer.page.locator("[data-testid=stSidebarNav]")).not_to_contain_text(viewer.say("Disputes"))
    for path in ("mediation", f"dispute?id={found.id}"):
        viewer.open(path)
        viewer.reads(viewer.say("You may not open this page."))


@both_languages
def test_a_refused_mediation_ends_with_the_other_routes_told(ground: Ground, locale: str) -> None:
    mediator = at(ground.seat("mediator", locale), ground.waiting[locale[:2]]["refused"])
    mediator.press_key("other-acts")
    mediator.click(mediator.page.get_by_role("menuitem", name=mediator.say("Record a refusal"), exact=True))
    mediator.choose("Who refuses", "程")
    mediator.write("What the party said", "要去法院解决。")
    mediator.click(sheet(mediator).get_by_role("button", name=mediator.say("Record a refusal")))
    mediator.reads(mediator.say("Tell the parties of at least one other route."))
    expect(mediator.page.get_by_label(mediator.say("What the party said"))).to_have_value("要去法院解决。")
    routes = [label_in("route", code, mediator.language) for code in ("arbitration", "administrative", "court")]
    for route in routes:
        mediator.choose("Other ways the parties were told of", route)
        mediator.page.keyboard.press("Escape")
    save(mediator, "Record a refusal")
    stands(mediator, "refused")
    told = mediator.page.locator("[class*='st-key-dispute-ending']")
    for words in ("要去法院解决。", *routes):
        expect(told).to_contain_text(words)


@both_languages
def test_an_agreement_by_word_is_performed_at_once(ground: Ground, locale: str) -> None:
    mediator = at(ground.seat("mediator", locale), ground.waiting[locale[:2]]["spoken"])
    go_on(mediator)
    mediator.tick(mediator.say("Performed at once"))
    mediator.choose("Written or oral", label_in("form", "oral", mediator.language))
    mediator.write("What was agreed", "乙方当场道歉，甲方接受。")
    day(mediator, "Reached on", TODAY)
    save(mediator, "Save the agreement")
    conclude(mediator)
    mediator.reads(label_in("form", "oral", mediator.language))
    part(mediator, "performance")
    mediator.reads(mediator.say("There is nothing to perform."))


@pytest.mark.in_turn(3, of=4)
@both_languages
def test_a_file_is_archived_only_with_its_follow_up(ground: Ground, locale: str) -> None:
    dispute_id = ground.waiting[locale[:2]]["unvisited"]
    mediator, director, chair = (ground.seat(person, locale) for person in ("mediator", "director", "chair"))
    missing = mediator.say("No follow-up visit is recorded.")
    at(mediator, dispute_id, "file").reads(missing)
    mediator.reads(mediator.say("Only the director may sign that an incomplete file is archived."))
    at(director, dispute_id, "file").press("Archive the file")
    director.choose("Kept for", KEPT[director.language])
    director.click(sheet(director).get_by_role("button", name=director.say("Archive the file")))
    expect(sheet(director)).to_contain_text(missing)
    follow_up(chair, dispute_id)
    archive(mediator, dispute_id)


@one_language
def test_two_who_write_the_agreement_at_once_lose_nothing(ground: Ground, locale: str) -> None:
    dispute_id = ground.waiting[locale[:2]]["shared"]
    first, second = (ground.seat(person, locale) for person in ("mediator", "chair"))
    theirs, mine = "乙方本月内改建排水。", "乙方改建排水并道歉。"
    for seat, words in ((first, theirs), (second, mine)):
        at(seat, dispute_id, "agreement").press("Edit")
        seat.write("What was agreed", words)
    save(first, "Save the agreement")
    second.press("Save the agreement")
    second.reads(second.say("{who} saved first. Nothing of yours is lost: choose.", who="马调解"))
    both = second.page.locator("[data-testid=stTable]")
    expect(both).to_be_in_viewport()
    for words in (theirs, mine):
        expect(both).to_contain_text(words)
    expect(second.page.get_by_label(second.say("What was agreed"))).to_have_value(mine)
    assert content_of(ground, dispute_id) == theirs
    second.press("Keep mine: save again")
    save(second, "Save the agreement")
    assert content_of(ground, dispute_id) == mine


def content_of(ground: Ground, dispute_id: int) -> str:
    """What was agreed, in the database."""
    with the_database(ground) as connection:
        return str(connection.scalar(select(Agreement.content).where(Agreement.dispute_id == dispute_id)))


@one_language
def test_a_record_half_typed_is_offered_back(ground: Ground, locale: str) -> None:
    dispute_id = ground.waiting[locale[:2]]["typed"]
    mediator = at(ground.seat("mediator", locale), dispute_id, "sessions")
    go_on(mediator)
    mediator.write("Statements of the parties", STATEMENTS)
    mediator.reads(mediator.say("Draft kept {time}").partition(" {")[0])
    mediator.page.reload()
    offer = mediator.say("You began: {what} (kept {time})", what=mediator.say("Session"), time="|")
    mediator.reads(offer.partition("|")[0].strip())
    mediator.press("Continue")
    typed = mediator.page.get_by_label(mediator.say("Statements of the parties"))
    expect(typed).to_have_value(STATEMENTS)
    spell(mediator, "Begun at", "0900")
    save(mediator, "Save the record")
    with the_database(ground) as connection:
        kept = connection.scalars(
            select(DisputeSession.statements).where(DisputeSession.dispute_id == dispute_id)
        ).all()
    assert kept == [STATEMENTS]


@one_language
def test_a_double_click_notes_one_payment(ground: Ground, locale: str) -> None:
    dispute_id = ground.waiting[locale[:2]]["owing"]
    mediator = at(ground.seat("mediator", locale), dispute_id, "performance")
    go_on(mediator)
    mediator.write("Amount (yuan)", "400")
    sheet(mediator).get_by_role("button", name=mediator.say("Save the performance")).dblclick()
    expect(sheet(mediator)).to_have_count(0)
    settle(mediator.page)
    with the_database(ground) as connection:
        paid = (
            select(func.count(), func.sum(Performance.amount))
            .join(Obligation, Obligation.id == Performance.obligation_id)
            .where(Obligation.dispute_id == dispute_id)
        )
        assert tuple(connection.execute(paid).one()) == (1, 40_000)
