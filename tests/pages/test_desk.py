"""My desk: what needs me, my drafts, the last things I did, figures, and calm when there is nothing."""

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.models import DisputeMediator
from db.services import intake
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import NOW, SYSTEM, Office, a_dispute, mediator_of
from tests.pages.conftest import Opener
from tests.pages.opening import key_of
from tests.pages.test_cases_pages import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
DESK = next(screen for screen in SCREENS if screen.path == "desk")


def test_what_needs_me_is_there_with_the_days_left(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.leader, DESK)
    assert "Later" in said(app)
    shown = app.dataframe[0].value
    assert shown["tab"].tolist() == ["To propose"]
    assert shown["left"].tolist() == [["5 working days left"]]


def test_a_case_that_waits_for_somebody_else_is_not_on_my_desk(office: Office, as_person: Opener) -> None:
    brought(office, stages.HANDLING)
    assert "Nothing waits for you" in said(as_person(office.deputy, DESK))
    assert as_person(office.handler, DESK).dataframe[0].value["tab"].tolist() == ["To answer"]


def test_a_draft_can_be_thrown_away(office: Office, as_person: Opener) -> None:
    intake.keep_draft(office.clerk, form="take_in", subject="t", key="t", content={"subject": "x"}, label="路灯")
    app = as_person(office.clerk, DESK)
    assert "路灯" in said(app)
    press(app, "Discard")
    assert intake.drafts(office.clerk).empty
    assert "路灯" not in said(app)


@pytest.mark.parametrize(
    ("path", "form", "name", "label"),
    [
        ("committees", "committees.add", "name", "Committees · 物业纠纷"),
        ("units", "units.add", "name", "Units · 物业纠纷"),
        ("dispute", "dispute:{id}:note", "text", "Add a note · M2026-000001"),
    ],
)
def test_a_draft_is_gone_on_with_where_it_was_typed(
    database: Database, office: Office, as_person: Opener, path: str, form: str, name: str, label: str
) -> None:
    with database.transaction(SYSTEM) as session:
        dispute = a_dispute(session, office).id
        mediator_id = mediator_of(session, office.mediator)
        session.add(DisputeMediator(dispute_id=dispute, mediator_id=mediator_id, from_on=NOW.date()))
    screen, who = next(screen for screen in SCREENS if screen.path == path), office.admin
    query = {}
    if path == "dispute":
        who, query, form = office.mediator, {"id": str(dispute)}, form.format(id=dispute)
    app = as_person(who, screen, **query, **({"form": "note"} if query else {}))
    field = next(one for one in [*app.text_input, *app.text_area] if one.key == key_of(app, form, name))
    field.set_value("物业纠纷").run()
    app = as_person(who, DESK)
    assert label in said(app).replace("\\", "")
    press(app, "Continue")
    assert not app.exception
    field = next(one for one in [*app.text_input, *app.text_area] if one.key == key_of(app, form, name))
    assert field.value == "物业纠纷"
    press(app, "Discard")
    assert intake.drafts(who).empty


def test_more_drafts_than_the_desk_shows_are_folded_away(office: Office, as_person: Opener) -> None:
    for n in range(10):
        intake.keep_draft(office.clerk, form="take_in", subject=f"{n}", key=f"{n}", content={}, label=f"第{n}件")
    app = as_person(office.clerk, DESK)
    assert "第0件" in said(app)
    assert [fold.label for fold in app.expander] == ["Older drafts"]
    assert len([button for button in app.button if button.label == "Discard"]) == 10


def test_the_last_things_i_did_are_listed(office: Office, as_person: Opener) -> None:
    brought(office, stages.HANDLING)
    app = as_person(office.handler, DESK)
    assert app.dataframe[-1].value["What"].tolist() == ["Accept the matter"]


def test_a_viewer_sees_figures_and_no_case(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.viewer, DESK)
    assert [m.label for m in app.metric] == ["Open", "Overdue", "Due soon", "New this week", "Closed this week"]
    assert app.metric[0].value == "1 or 2"
    assert not app.dataframe
    assert not [b for b in app.button if b.label == "Show"]


@pytest.mark.parametrize(("who", "words"), [("admin", "working calendar"), ("auditor", "never been verified")])
def test_who_keeps_the_office_running_has_a_calm_desk(office: Office, as_person: Opener, who: str, words: str) -> None:
    brought(office)
    app = as_person(office.people[who], DESK)
    assert not app.exception
    assert words in "\n".join([said(app), *(str(s.value) for s in app.success)])
    assert not app.metric
    assert not app.dataframe
