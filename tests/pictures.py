"""Pictures of every screen from the demo office on a fixed day: `python -m tests.pictures` writes docs/pictures.

Languages and names of pictures may be given, to take only those: `python -m tests.pictures zh rota my-duty`.
"""

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import docx
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from components.screens import SCREENS
from db import clock, demo, engine, migrations
from db.documents.forms import built_in, forms
from db.engine import Database
from db.models import (
    AssessedUnit,
    Briefing,
    Case,
    CaseLikely,
    Dispute,
    DisputeMediator,
    Duty,
    Mediator,
    Meeting,
    MeetingMinutes,
    Obligation,
    Person,
    Rota,
    Rubric,
    ScorePublication,
    Unit,
    Work,
    WorkUnit,
)
from db.rules.permissions import Role
from db.services import keeping, layouts, templates
from db.services.files import Upload
from tests.db.services.test_layouts import PLAN, a_sheet
from tests.factories import actor_of, settings_for
from tests.made_imports import brought_in
from tests.serving import PASSWORD, ROOT, Served, chromium, give_passwords, settle

DAY = datetime(2026, 11, 19, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FOLDER = ROOT / "docs" / "pictures"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
SIZES = {"": (1280, 900), "-phone": (390, 844)}
ON_THE_PHONE = ("desk", "take-in", "case", "cases", "dispute", "rota", "my-duty", "work", "meeting", "chart")
# Further pictures of a screen: its name and the screen's path.
FURTHER = {"rota-draft": "rota", "duty-people": "duties", "work": "works", "rubric-draft": "rubric"}
FURTHER |= {"meeting-closed": "meeting", "chart-heat": "chart", "briefing-draft": "briefing"}
FURTHER |= {"import-done": "import", "retention-list": "retention", "data-request": "data-requests"}
WHO = {"people": "admin", "roles": "admin", "units": "admin", "codes": "admin", "limits": "admin", "calendar": "admin"}
WHO |= {"backups": "admin", "security": "admin", "emergency": "admin"}
WHO |= dict.fromkeys(("retention", "retention-list", "data-requests", "data-request", "protection"), "director")
WHO |= {"journal": "auditor", "take-in": "clerk", "case": "building2", "templates": "admin"}
WHO |= dict.fromkeys(("mediation", "dispute", "open-dispute", "mediation-figures", "committees"), "mediator")
WHO |= dict.fromkeys(("rotas", "rota", "rota-draft", "duties", "duty-people"), "director") | {"my-duty": "clerk4"}
WHO |= dict.fromkeys(("scores", "sheet", "ladder"), "assessor")
WHO |= {"results": "director"}
WHO |= dict.fromkeys(("assessments", "rubric-draft"), "director") | {"rubric": "assessor"}
WHO |= dict.fromkeys(("works", "work"), "clerk")
WHO |= dict.fromkeys(("supervision", "meetings", "meeting", "meeting-closed", "decisions", "meeting-kinds"), "director")
WHO |= dict.fromkeys(("charts", "chart", "chart-heat", "briefings", "briefing", "briefing-draft"), "director")
WHO |= dict.fromkeys(("suggestions", "ledgers", "stand-ins", "bin", "likely", "merge"), "director")
WHO |= {"layouts": "admin", "import-done": "leader"}
PICTURES = (*(screen.path for screen in SCREENS), *FURTHER)
OF_IMPORTS = ("imports", "import", "import-done")
TALLEST = 1600
EXACT = 160


def build(folder: Path, *, imports: bool = False) -> dict[str, str]:
    """The demo office of DAY in `folder`, with files brought in or not; answers what to photograph, by picture."""
    with clock.at(DAY), closing(engine.open_database(settings_for(folder))) as database:
        migrations.upgrade(database)
        demo.build(database, today=DAY.date())
        give_passwords(database)
        brought = brought_in(database) if imports else {}
        layout_id = own_papers(database)
        keeping.drill(database.settings)
        with database.reading() as session:
            pair = session.scalars(select(CaseLikely)).first()
            handled = select(Case.id).where(Case.state == "handling", Case.extended_days == 0, ~Case.sealed)
            paid = select(Dispute.id).join(Obligation, Obligation.dispute_id == Dispute.id)
            paid = paid.join(DisputeMediator, DisputeMediator.dispute_id == Dispute.id)
            paid = paid.join(Mediator, Mediator.id == DisputeMediator.mediator_id)
            paid = paid.join(Person, Person.id == Mediator.person_id).where(Person.username == "mediator")
            late = paid.where(Obligation.fulfilled_on > Obligation.due_on, Dispute.state == "agreed")
            duty = select(Duty.id).where(Duty.responsible)
            rotas = select(Rota.id).where(Rota.duty_id.in_(duty))
            published = rotas.where(Rota.state == "published", Rota.from_on <= DAY.date(), Rota.until_on >= DAY.date())
            drafts = select(Rubric.id).where(Rubric.state == "draft")
            called = select(Work.id).join(WorkUnit, WorkUnit.work_id == Work.id).where(WorkUnit.standing == "absent")
            corrected = select(ScorePublication.id).where(ScorePublication.edition > 1)
            again = select(MeetingMinutes.meeting_id).where(MeetingMinutes.edition > 1)
            briefings = {row.state: row.id for row in session.scalars(select(Briefing))}
            question = "?register=cases&measure=received&period="
            return {
                "find": "?text=路灯",
                "templates": "?form=reply",
                "layouts": f"?layout={layout_id}",
                "retention-list": "?id=1",
                "data-request": "?id=3",
                "import": f"?id={brought.get('import new')}",
                "import-done": f"?id={brought.get('import done')}",
                "merge": f"?kept={pair.other_id}&gone={pair.case_id}" if pair else "",
                "case": f"?id={session.scalars(handled.order_by(Case.received_at.desc())).first()}",
                "dispute": f"?id={session.scalars(late).first()}&part=performance",
                "rota": f"?id={session.scalars(published).one()}",
                "rota-draft": f"?id={session.scalars(rotas.where(Rota.state == 'draft')).one()}",
                "duty-people": f"?id={session.scalars(duty).one()}&part=people",
                "rubric": f"?id={session.scalars(select(Rubric.id).where(Rubric.state == 'in_force')).first()}",
                "rubric-draft": f"?id={session.scalars(drafts).first()}&section=groundwork&item=books",
                "work": f"?id={session.scalars(called.order_by(Work.on_day.desc())).first()}",
                "results": f"?id={session.scalars(corrected).first()}",
                "meeting": f"?id={session.scalars(select(Meeting.id).where(Meeting.state == 'open')).one()}",
                "meeting-closed": f"?id={session.scalars(again).one()}",
                "chart": f"{question}this_quarter&split=category&by=channel",
                "chart-heat": f"{question}last_12_months&split=weekday&by=hour",
                "briefing": f"?id={briefings['issued']}",
                "briefing-draft": f"?id={briefings['draft']}",
                "sheet": f"?id={session.scalars(select(AssessedUnit.id).order_by(AssessedUnit.id)).first()}&period=q4",
            }


def own_papers(database: Database) -> int:
    """A template of the office's own in its second version, a superior's sheet described; answers the sheet's id."""
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.username == "admin")).one()
        admin = actor_of(person, session.get_one(Unit, person.unit_id), {Role.ADMINISTRATOR})
    with engine.using(database):
        version = 0
        for said in ("（本处理意见书一式两份。）", "（本处理意见书一式两份，信访人和本单位各一份。）"):
            changed = docx.Document(BytesIO(built_in(forms()["reply"])))
            changed.add_paragraph(said)
            changed.save(out := BytesIO())
            upload = Upload("信访事项处理意见书.docx", out.getvalue())
            version = templates.replace(admin, form="reply", version=version, upload=upload, key=said)
        upload = Upload("月报表.xlsx", a_sheet())
        layout_id = layouts.add(admin, name="县中心月报表", register="cases", upload=upload, key="layout")
        which = {"layout_id": layout_id, "version": layouts.layout(admin, layout_id=layout_id).version}
        layouts.edit(admin, **which, name="县中心月报表", plan=PLAN, key="plan")
    return layout_id


def take(
    served: Served,
    browser: Browser,
    asked: Mapping[str, str],
    chosen: Collection[str],
    language: str,
    size: str,
    scheme: str,
) -> None:
    """The chosen screens in one language and size."""
    width, height = SIZES[size]
    for who, names in _by_person(chosen, size):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if scheme else "light",
            bypass_csp=True,
        )
        page = context.new_page()
        page.goto(served.url)
        settle(page)
        if who == "leader" and not size and "sign-in" in chosen:
            _keep(page, FOLDER / f"sign-in-{language}{scheme}.png")
        _sign_in(page, who)
        for name in names:
            page.goto(f"{served.url}/{FURTHER.get(name, name)}{asked.get(name, '')}")
            settle(page)
            _photograph(page, FOLDER / f"{name}-{language}{size}{scheme}.png", width, height)
        context.close()


def _by_person(chosen: Collection[str], size: str) -> Iterator[tuple[str, list[str]]]:
    """Who looks at what; on the phone only what is done there."""
    wanted = [name for name in PICTURES if name in chosen and (not size or name in ON_THE_PHONE)]
    for who in dict.fromkeys(WHO.get(name, "leader") for name in wanted):
        yield who, [name for name in wanted if WHO.get(name, "leader") == who]


def _sign_in(page: Page, who: str) -> None:
    page.locator("input[type=text]").first.fill(who)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")
    page.locator("[data-testid=stSidebar]").wait_for(state="attached", timeout=60_000)
    settle(page)


def _photograph(page: Page, path: Path, width: int, height: int) -> None:
    page.wait_for_timeout(800)  # charts and grids are painted after the script is done
    tall = int(page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight"))
    page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
    page.wait_for_timeout(500)
    _keep(page, path)
    page.set_viewport_size({"width": width, "height": height})


def _keep(page: Page, path: Path) -> None:
    """A picture of 256 colours, a third of the size: those seen most as they are, and the others' nearest."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    counted = sorted(picture.getcolors(picture.width * picture.height) or (), reverse=True)
    others = picture.quantize(256 - EXACT, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
    colours = [colour for _, colour in (*counted[:EXACT], *(others.getcolors() or ()))]
    palette = Image.new("P", (1, 1))
    palette.putpalette(bytes(chain.from_iterable(colours)))
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


def main(said: list[str]) -> None:
    """All pictures, or only those of the languages and names given."""
    languages, chosen = [one for one in said if one in LOCALES], [one for one in said if one not in LOCALES]
    if unknown := sorted({*chosen} - {*PICTURES, "sign-in"}):
        sys.exit(f"No such picture: {', '.join(unknown)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = chosen or [*PICTURES, "sign-in"]
    for imports in (False, True):
        names = [name for name in wanted if (name in OF_IMPORTS) is imports]
        if names:
            _take_all(names, languages, imports=imports)


def _take_all(names: Collection[str], languages: Collection[str], *, imports: bool) -> None:
    """The named pictures from one office; files brought in would stand in everybody else's lists."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        asked = build(folder, imports=imports)
        served = Served(folder, environ={"SET_CLOCK": DAY.isoformat()}, script="tests/stopped_app.py")
        with served, chromium() as browser:
            for language in languages or LOCALES:
                for size in SIZES:
                    take(served, browser, asked, names, language, size, "")
            if not languages or "zh" in languages:
                take(served, browser, asked, names, "zh", "", "-dark")


if __name__ == "__main__":
    main(sys.argv[1:])
