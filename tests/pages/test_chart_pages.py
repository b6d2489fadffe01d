"""Charts on screen: two clicks, a link that asks the same, what each reader sees, saving, sharing and pinning."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import Database
from db.models import SavedChart
from db.rules.briefings.chart import ChartSpec
from db.rules.permissions import Role
from db.services import cases
from db.services.briefings import briefings, contents, saved
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import SYSTEM, Office
from tests.pages.conftest import Opener
from tests.pages.test_cases_pages import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
CHARTS = next(screen for screen in SCREENS if screen.path == "charts")
CHART = next(screen for screen in SCREENS if screen.path == "chart")
DESK = next(screen for screen in SCREENS if screen.path == "desk")
ASKED = {"register": "cases", "measure": "received", "split": "channel"}
SPEC = ChartSpec(register="cases", measure="received", split="channel")


def table(app: AppTest) -> dict[str, list[str]]:
    """The figures of the chart that is shown."""
    frame = app.dataframe[0].value
    return {str(column): list(frame[column]) for column in frame.columns}


def asked_by(app: AppTest) -> dict[str, str]:
    """What the address says."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def charts_of(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


def test_two_clicks_give_a_chart_and_its_address_gives_it_again(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.clerk, CHART)
    assert not app.dataframe
    press(app, "Matters")
    assert (charts_of(app), app.metric[0].value) == (1, "1")
    app.selectbox(key="chart-split").select("channel").run()
    assert not app.exception
    assert table(app)["1"] == ["1"]
    asked = asked_by(app)
    assert asked == ASKED | {"period": "this_month"}
    again = as_person(office.clerk, CHART, **asked)
    assert table(again) == table(app)
    assert [one.value for one in again.subheader] == ["Matters received by channel"]


def test_choices_that_do_not_go_together_fall_away(office: Office, as_person: Opener) -> None:
    app = as_person(office.clerk, CHART, **ASKED, by="grade", kind="heat", compare="before")
    app.selectbox(key="chart-split").select("grade").run()
    assert "by" not in app.query_params
    assert "kind" not in app.query_params
    app.selectbox(key="chart-period").select("ever").run()
    assert "compare" not in app.query_params
    app.selectbox(key="chart-period").select("this_month").run()
    app.selectbox(key="chart-period").select("chosen").run()
    assert (asked_by(app)["first"], asked_by(app)["last"]) == ("2026-11-01", "2026-11-19")
    assert not app.exception


def test_two_quick_changes_are_both_kept(office: Office, as_person: Opener) -> None:
    app = as_person(office.clerk, CHART, **ASKED)
    app.selectbox(key="chart-split").select("grade")
    app.selectbox(key="chart-period").select("last_year").run()
    assert {"split": "grade", "period": "last_year"}.items() <= asked_by(app).items()


def test_beside_another_period_stands_its_figure_and_the_change(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.clerk, CHART, **ASKED)
    app.pills(key="chart-compare").select("before").run()
    assert app.metric[0].delta == "+1"
    assert table(app)["2"] == ["0"]
    assert "compared with 2026-10-01 to 2026-10-19" in "\n".join(str(one.value) for one in app.caption).replace(
        "\\", ""
    )


def test_a_filter_narrows_and_is_told(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.clerk, CHART, **ASKED, filter="channel:letter")
    assert told(app) == ["Nothing was counted for this question."]
    app.selectbox(key="chart-narrowed").select("channel").run()
    app.multiselect(key="chart-filter-channel").set_value(["visit"]).run()
    assert asked_by(app)["filter"] == "channel:visit"
    assert table(app)["1"] == ["1"]
    assert "Channel: Visit" in captions(app)


def told(app: AppTest) -> list[str]:
    return [str(one.value).replace("\\", "") for one in app.info]


def captions(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in app.caption).replace("\\", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_period_is_an_empty_chart_with_a_sentence(office: Office, as_person: Opener, language: str) -> None:
    app = as_person(office.clerk, CHART, language, **ASKED)
    assert not app.exception
    assert charts_of(app) == 0
    assert app.metric[0].value == "0"
    assert len(told(app)) == 1
    if language == "en":
        assert told(app) == ["Nothing was counted for this question."]
        assert "Nothing was counted" not in captions(app)


def test_a_deleted_category_and_nonsense_still_open(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.clerk, CHART, **ASKED, filter="category:gone")
    assert not app.exception
    assert "Category: gone" in captions(app)
    for wrong in ({"measure": "nobody"}, {"split": "resident"}, {"period": "soon"}, {"kind": "pie"}, {"register": "x"}):
        app = as_person(office.clerk, CHART, **(ASKED | wrong))
        assert not app.exception, wrong
        assert not app.dataframe
        assert app.selectbox


def test_an_address_that_names_a_register_only_asks_its_first_question(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.director, CHART, register="cases")
    assert app.metric[0].value == "1"
    for register in ("disputes", "supervisions", "decisions", "duty", "scoring", "works"):
        assert not as_person(office.director, CHART, register=register).exception
    assert as_person(office.viewer, CHART, register="decisions").info


def test_a_viewer_sees_no_small_number_and_no_record(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.viewer, CHART, register="cases", measure="received")
    assert app.metric[0].value == "\\<5"
    app = as_person(office.viewer, CHART, **ASKED)
    assert "1" not in table(app)["1"]
    assert "You read the figures of this register, not its records." in captions(app)


def test_a_handler_sees_the_figures_of_the_own_unit(office: Office, as_person: Opener) -> None:
    brought(office, stages.HANDLING)
    brought(office)
    seen = {one: as_person(one, CHART, **ASKED).metric[0].value for one in (office.clerk, office.handler)}
    assert seen == {office.clerk: "2", office.handler: "1"}
    assert as_person(office.outsider, CHART, **ASKED).metric[0].value == "0"


def test_who_may_share_chooses_the_roles(office: Office, as_person: Opener) -> None:
    pk = saved.save(office.clerk, name="按渠道", spec=SPEC, key="k")
    app = as_person(office.clerk, CHART, id=str(pk))
    (roles,) = [one for one in app.multiselect if one.label == "Shared with"]
    roles.set_value(["director", "viewer"])
    press(app, "Share")
    assert saved.chart(office.clerk, chart_id=pk).roles == (Role.DIRECTOR, Role.VIEWER)
    listed = as_person(office.viewer, CHARTS)
    assert "Shared with me" in [one.value for one in listed.subheader]
    own = saved.save(office.handler, name="按渠道", spec=SPEC, key="h")
    assert not [one for one in as_person(office.handler, CHART, id=str(own)).multiselect if one.label == "Shared with"]


def test_a_cell_of_the_table_shows_its_records(office: Office, as_person: Opener) -> None:
    number = cases.view(office.clerk, case_id=brought(office)).fields["number"]
    app = as_person(office.clerk, CHART, **ASKED)
    key = str(app.dataframe[0].key)
    app.session_state[key] = {"selection": {"rows": [], "columns": [], "cells": [(0, "1")]}}
    app.run()
    assert not app.exception
    assert app.dataframe[1].value["number"].tolist() == [number]


def test_a_chart_is_saved_under_its_name_and_listed(office: Office, as_person: Opener) -> None:
    brought(office)
    app = as_person(office.clerk, CHART, **ASKED)
    next(one for one in app.text_input if str(one.key).endswith("name")).input("<b>=1+1</b>")
    press(app, "Save")
    assert not app.exception
    assert [one.name for one in saved.charts(office.clerk)] == ["<b>=1+1</b>"]
    listed = as_person(office.clerk, CHARTS)
    assert "**\\<b\\>=1\\+1\\</b\\>**" in said(listed)


def test_what_is_changed_in_a_saved_chart_waits_for_save(office: Office, as_person: Opener) -> None:
    pk = saved.save(office.clerk, name="按渠道", spec=SPEC, key="k")
    app = as_person(office.clerk, CHART, id=str(pk))
    app.selectbox(key="chart-split").select("grade").run()
    assert asked_by(app)["id"] == str(pk)
    press(app, "Save")
    assert saved.chart(office.clerk, chart_id=pk).spec.split == "grade"
    press(app, "Remove")
    assert saved.charts(office.clerk) == []
    assert "Restore" in [one.label for one in app.button]
    press(as_person(office.clerk, CHARTS), "Restore")
    assert [one.id for one in saved.charts(office.clerk)] == [pk]


def test_a_shared_chart_without_the_right_to_its_register_says_so(office: Office, as_person: Opener) -> None:
    pk = saved.save(office.clerk, name="按渠道", spec=SPEC, key="k")
    saved.share(office.clerk, chart_id=pk, roles=[Role.MEDIATOR, Role.VIEWER], key="s")
    app = as_person(office.mediator, CHART, id=str(pk))
    assert "You may not read the figures of this register." in [one.value for one in app.info]
    assert not app.exception
    assert not as_person(office.viewer, CHART, id=str(pk)).exception
    gone = as_person(office.handler, CHART, id=str(pk))
    assert "not shared with you" in gone.info[0].value


def test_a_saved_chart_that_cannot_be_drawn_any_more_can_be_taken_away(
    office: Office, as_person: Opener, database: Database
) -> None:
    pk = saved.save(office.clerk, name="按渠道", spec=SPEC, key="k")
    saved.pin(office.clerk, chart_id=pk, key="p")
    with database.transaction(SYSTEM) as session:
        gone = ChartSpec(register="cases", measure="gone").to_json()
        session.execute(update(SavedChart).values(document=gone))
    assert "can't be drawn any more" in captions(as_person(office.clerk, DESK))
    app = as_person(office.clerk, CHART, id=str(pk))
    assert not app.exception
    press(app, "Remove")
    assert saved.charts(office.clerk) == []


def test_pinned_charts_stand_on_the_desk(office: Office, as_person: Opener) -> None:
    brought(office)
    pk = saved.save(office.clerk, name="按渠道", spec=SPEC, key="k")
    app = as_person(office.clerk, CHART, id=str(pk))
    press(app, "On my desk")
    assert [one.id for one in saved.pinned(office.clerk)] == [pk]
    desk = as_person(office.clerk, DESK)
    assert not desk.exception
    assert "**按渠道**" in said(desk)


def test_a_chart_goes_to_the_end_of_a_briefing_that_is_being_written(office: Office, as_person: Opener) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 15)
    pk = briefings.new(office.clerk, kind="half_month", begins=first, ends=last, title="上半月", language="zh", key="b")
    app = as_person(office.clerk, CHART, **ASKED)
    press(app, "Put in")
    assert not app.exception
    drawn = contents.parts(office.clerk, briefing_id=pk)[-1].drawn
    assert drawn is not None
    assert drawn.spec.split == "channel"


def test_every_kind_of_file_has_a_link_that_asks_the_same(office: Office, as_person: Opener) -> None:
    app = as_person(office.clerk, CHART, **ASKED)
    links = [urlsplit(one.proto.url) for one in app.get("link_button")]
    told = [parse_qs(one.query) for one in links if one.path == "/chart-file"]
    assert [one["as"][0] for one in told] == ["png", "svg", "xlsx", "pptx", "docx"]
    assert {ChartSpec.from_json(one["spec"][0]) for one in told} == {SPEC}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_standard_set_opens(office: Office, as_person: Opener, language: str) -> None:
    app = as_person(office.viewer, CHARTS, language)
    assert not app.exception
    assert len([one for one in app.button if str(one.key).startswith("standard-open-")]) > 3
