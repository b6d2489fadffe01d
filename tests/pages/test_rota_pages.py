"""Rotas through the real app: drawn up, filled by hand and by a search, published, changed on top, planned again."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from components.rota_grid import PICKED, Picked
from components.screens import SCREENS
from db.engine import Database
from db.models import Duty, DutyPost, DutyShift
from db.rules.duty.breaking import Rule
from db.services.duty import absences, editing, publishing, rotas, searching
from tests.factories import NOW, SYSTEM, Office, a_duty, a_member, a_patrol_lead
from tests.pages.conftest import Opener
from tests.pages.opening import key_of

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 13)


@pytest.fixture
def duty_id(database: Database, office: Office) -> int:
    with database.transaction(SYSTEM) as session:
        return a_duty(session, office, name_en="Centre duty").id


@pytest.fixture
def rota_id(office: Office, duty_id: int) -> int:
    return rotas.new_rota(office.director, duty_id=duty_id, from_on=FIRST, until_on=LAST, key="drawn up")


def said(at: Any) -> str:
    """Everything the page says in text, its escapes taken off."""
    kinds = (at.markdown, at.caption, at.info, at.success, at.warning, at.error, at.subheader)
    return " ".join(str(each.value) for kind in kinds for each in kind).replace("\\", "")


def labels(at: Any) -> set[str]:
    return {each.label for kind in (at.button, at.expander, at.selectbox, at.toggle) for each in kind}


def popovers(at: Any) -> set[str]:
    return {each.proto.popover.label for each in at.get("popover")}


def grid(at: Any) -> Any:
    """The person by day grid: the one table that has a column for each day."""
    return next(each.value for each in at.dataframe if FIRST.isoformat() in each.value.columns).set_index("name")


def members(office: Office, rota_id: int) -> dict[str, int]:
    seen = rotas.rota_view(office.director, rota_id=rota_id)
    return {str(row["name"]): int(row["id"]) for row in seen.members.to_dict("records")}


def place(office: Office, rota_id: int, on_day: date, role: str) -> Any:
    """The first place of a role on a day."""
    places = rotas.rota_view(office.director, rota_id=rota_id).places
    return places[(places["on_day"] == on_day) & (places["role"] == role)].iloc[0]


def put(office: Office, rota_id: int, on_day: date, role: str, name: str, key: str) -> int:
    chosen = place(office, rota_id, on_day, role)
    rows = {int(chosen["id"]): (int(chosen["version"]), {"member_id": members(office, rota_id)[name]})}
    assert editing.put(office.director, rota_id=rota_id, rows=rows, key=key).saved
    return int(chosen["id"])


def publish(office: Office, rota_id: int) -> None:
    version = rotas.rota_view(office.director, rota_id=rota_id).version
    assert publishing.publish(office.director, rota_id=rota_id, version=version, reason="缺人", key="published") == 1


def choose(at: Any, rota_id: int, on_day: date, place_id: int, member_id: int | None) -> Any:
    """Choose a day, a place and a person in the form below the grid."""
    at.date_input(key=f"rota-day:{rota_id}").set_value(on_day).run()
    at.selectbox(key=f"rota-place:{rota_id}").set_value(place_id).run()
    at.selectbox(key=f"rota-who:{rota_id}").set_value(member_id).run()
    assert not at.exception
    return at


def unfolded(at: Any, key: str) -> Any:
    """The page with one of its parts opened, which is drawn only then."""
    at.session_state[key] = True
    return at.run()


def button(at: Any, label: str) -> Any:
    return next(each for each in at.button if each.label == label)


# --- the list ---


@pytest.mark.parametrize("person", ["director", "clerk", "viewer"])
def test_without_a_rota_only_who_plans_is_offered_one(
    person: str, office: Office, duty_id: int, as_person: Opener
) -> None:
    at = as_person(office.people[person], SCREEN["rotas"])
    assert not at.exception
    told = "No rota yet. Draw up the first one below." if person == "director" else "No rota is published yet."
    assert told in said(at)
    assert ("New rota" in labels(at)) == (person == "director")


def test_a_patrol_lead_without_a_duty_is_told_so(database: Database, office: Office, as_person: Opener) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
        a_duty(session, office)
    at = as_person(lead, SCREEN["rotas"])
    assert not at.exception
    assert "You plan no duty yet." in said(at)
    assert "New rota" not in labels(at)


def test_a_wrong_period_is_told_beside_its_field_and_keeps_what_was_typed(
    office: Office, duty_id: int, as_person: Opener
) -> None:
    at = as_person(office.director, SCREEN["rotas"])
    at.text_input(key=key_of(at, "rotas.new", "title")).set_value("十二月")
    at.date_input(key=key_of(at, "rotas.new", "from_on")).set_value(LAST)
    at.date_input(key=key_of(at, "rotas.new", "until_on")).set_value(FIRST)
    at.button(key=key_of(at, "rotas.new", "draw_up")).click().run()
    assert "The last day is before the first." in said(at)
    assert at.text_input(key=key_of(at, "rotas.new", "title")).value == "十二月"
    assert rotas.rotas(office.director).empty
    at.date_input(key=key_of(at, "rotas.new", "from_on")).set_value(FIRST)
    at.date_input(key=key_of(at, "rotas.new", "until_on")).set_value(LAST)
    at.button(key=key_of(at, "rotas.new", "draw_up")).click().run()
    assert not at.exception
    assert list(rotas.rotas(office.director)["title"]) == ["十二月"]


def test_a_form_without_a_duty_says_so_beside_it(
    database: Database, office: Office, duty_id: int, as_person: Opener
) -> None:
    with database.transaction(SYSTEM) as session:
        a_duty(session, office, name="巡逻")
    at = as_person(office.director, SCREEN["rotas"])
    at.date_input(key=key_of(at, "rotas.new", "from_on")).set_value(FIRST)
    at.button(key=key_of(at, "rotas.new", "draw_up")).click().run()
    assert "Choose the duty." in said(at)
    assert at.date_input(key=key_of(at, "rotas.new", "from_on")).value == FIRST
    assert rotas.rotas(office.director).empty


def test_a_new_rota_is_offered_for_the_month_after_the_last_one(
    office: Office, duty_id: int, as_person: Opener
) -> None:
    fields = ("from_on", "until_on")
    at = as_person(office.director, SCREEN["rotas"])
    assert [at.date_input(key=key_of(at, "rotas.new", one)).value for one in fields] == [
        date(2026, 12, 1),
        date(2026, 12, 31),
    ]
    days: dict[str, Any] = {"from_on": date(2026, 12, 7), "until_on": date(2027, 1, 31)}
    rotas.new_rota(office.director, duty_id=duty_id, **days, key="to the end of January")
    at = as_person(office.director, SCREEN["rotas"])
    assert [at.date_input(key=key_of(at, "rotas.new", one)).value for one in fields] == [
        date(2027, 2, 1),
        date(2027, 2, 28),
    ]


def test_the_list_tells_state_version_and_open_places(office: Office, rota_id: int, as_person: Opener) -> None:
    shown = as_person(office.director, SCREEN["rotas"]).dataframe[0].value
    assert list(shown["duty"]) == ["Centre duty"]
    assert [list(states) for states in shown["state"]] == [["Draft"]]
    assert list(shown["open"]) == ["28 of 28"]
    publish(office, rota_id)
    shown = as_person(office.clerk, SCREEN["rotas"], "zh").dataframe[0].value
    assert list(shown["duty"]) == ["中心值班"]
    assert list(shown["number"]) == ["1"]


def test_what_is_in_force_today_stands_above_the_list(office: Office, duty_id: int, as_person: Opener) -> None:
    days: dict[str, Any] = {"from_on": date(2026, 11, 16), "until_on": date(2026, 11, 22)}
    now = rotas.new_rota(office.director, duty_id=duty_id, **days, key="now")
    at = as_person(office.director, SCREEN["rotas"])
    assert "No rota is published for today." in said(at)
    publish(office, now)
    at = as_person(office.clerk, SCREEN["rotas"])
    assert "version 1, until Sun 22 Nov 2026" in said(at)
    assert "Open places: 28" in said(at)


# --- one rota ---


def test_a_draft_is_not_there_for_who_does_not_plan(office: Office, rota_id: int, as_person: Opener) -> None:
    at = as_person(office.clerk, SCREEN["rota"], id=str(rota_id))
    assert not at.exception
    assert "This does not exist, or it is not yours to see." in said(at)
    assert not at.dataframe


@pytest.mark.parametrize("asked", ["", "0", "x", "99999999999"])
def test_an_address_of_nothing_is_answered_calmly(asked: str, office: Office, rota_id: int, as_person: Opener) -> None:
    at = as_person(office.director, SCREEN["rota"], id=asked)
    assert not at.exception
    assert "This does not exist, or it is not yours to see." in said(at)


@pytest.mark.parametrize("person", ["clerk", "viewer", "admin"])
def test_who_reads_a_published_rota_has_no_act(person: str, office: Office, rota_id: int, as_person: Opener) -> None:
    put(office, rota_id, FIRST, "leader", "林带班", "put")
    publish(office, rota_id)
    at = as_person(office.people[person], SCREEN["rota"], id=str(rota_id))
    assert not at.exception
    assert grid(at).loc["林带班", FIRST.isoformat()] == "全"
    acts = {
        "Publish this rota",
        "Throw the draft away",
        "Generate",
        "Change",
        "Leave open",
        "Why, and what would help?",
    }
    assert labels(at) & acts == set()
    assert not at.date_input


def test_the_grid_shows_people_by_role_with_leave_wishes_and_open_places(
    office: Office, rota_id: int, as_person: Opener
) -> None:
    ids = members(office, rota_id)
    days: dict[str, Any] = {"from_on": date(2026, 12, 8), "until_on": date(2026, 12, 9), "weight": 1, "reason": ""}
    for name, kind in (("冉值班", "leave"), ("苗值班", "unavailable"), ("柯值班", "want"), ("邢值班", "avoid")):
        absences.add_absence(office.director, member_id=ids[name], kind=kind, shift_id=None, **days, key=kind)
    put(office, rota_id, date(2026, 12, 8), "staff", "冉值班", "put")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    told = grid(at)
    assert list(told.index[2:6]) == ["林带班", "周主任", "顾带班", "杜副班"]
    tuesday, wednesday = "2026-12-08", "2026-12-09"
    assert list(told.loc["Unfilled", [FIRST.isoformat(), tuesday]]) == ["4", "3"]
    assert told.loc["冉值班", tuesday] == "全!"
    assert list(told.loc[["冉值班", "苗值班", "柯值班", "邢值班"], wednesday]) == ["L", "✕", "+", "−"]
    assert list(told.loc["冉值班", ["total", "nights", "weekends", "festivals"]]) == ["1", "1", "0", "0"]
    at.segmented_control(key="rota-counted").set_value("over").run()
    assert grid(at).loc["冉值班", "total"] == "+0.8"
    broken = next(each.value for each in at.dataframe if "wrong" in each.value.columns)
    assert list(broken["person"]) == ["冉值班"]


def test_an_empty_rota_is_not_called_fair_and_is_first_searched(
    office: Office, rota_id: int, as_person: Opener
) -> None:
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert "fair share" not in said(at).replace("Fair share: by part-time share", "")
    assert "Generate again" not in popovers(at)
    put(office, rota_id, FIRST, "leader", "林带班", "put")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert "Most over the fair share: 林带班" in said(at)
    assert "Generate again" in popovers(at)


def test_the_days_stand_again_in_a_long_grid(
    database: Database, office: Office, duty_id: int, rota_id: int, as_person: Opener
) -> None:
    heads = [str(FIRST.day + n) for n in range(7)]
    days = [(date(2026, 12, 7 + n)).isoformat() for n in range(7)]

    def numbered() -> list[int]:
        shown = grid(as_person(office.director, SCREEN["rota"], id=str(rota_id)))[days].to_numpy().tolist()
        return [place for place, row in enumerate(shown) if row == heads]

    assert numbered() == [0]
    with database.transaction(SYSTEM) as session:
        for n in range(28):
            a_member(session, session.get_one(Duty, duty_id), f"后备{n}", "staff")
    assert numbered() == [0, 14, 27, 40]


def test_posts_and_shifts_have_english_names(
    database: Database, office: Office, duty_id: int, rota_id: int, as_person: Opener
) -> None:
    with database.transaction(SYSTEM) as session:
        session.scalars(select(DutyPost).where(DutyPost.duty_id == duty_id)).one().name_en = "Centre"
        session.scalars(select(DutyShift).where(DutyShift.duty_id == duty_id)).one().name_en = "24 hours"
    spot = f"rota-place:{rota_id}"
    english = as_person(office.director, SCREEN["rota"], id=str(rota_id)).selectbox(key=spot).options[0]
    chinese = as_person(office.director, SCREEN["rota"], "zh", id=str(rota_id)).selectbox(key=spot).options[0]
    assert english.startswith("Centre · 24 hours · ")
    assert chinese.startswith("综治中心 · 全天 · ")


def test_a_broken_rule_is_told_by_name_before_and_after_it_is_made(
    office: Office, rota_id: int, as_person: Opener
) -> None:
    put(office, rota_id, FIRST, "leader", "林带班", "put")
    tuesday = place(office, rota_id, date(2026, 12, 8), "leader")
    ids = members(office, rota_id)
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    choose(at, rota_id, date(2026, 12, 8), int(tuesday["id"]), ids["周主任"])
    assert "This breaks no rule." in said(at)
    choose(at, rota_id, date(2026, 12, 8), int(tuesday["id"]), ids["林带班"])
    assert "Would break: **Rest**" in said(at)
    assert "林带班 – breaks: Rest" in at.selectbox(key=f"rota-who:{rota_id}").options
    button(at, "Put on this place").click().run()
    assert not at.exception
    assert "Stands against a rule: **Rest**" in said(at)
    assert [one.rule for one in rotas.rota_view(office.director, rota_id=rota_id).breaks] == [Rule.REST]
    assert grid(at).loc["林带班", "2026-12-08"] == "全!"
    button(at, "Leave open").click().run()
    assert not rotas.rota_view(office.director, rota_id=rota_id).breaks


def test_the_form_follows_the_cell_that_was_chosen(office: Office, rota_id: int, as_person: Opener) -> None:
    taken = put(office, rota_id, FIRST, "leader", "林带班", "put")
    ids = members(office, rota_id)
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    day, spot, who = (f"rota-{field}:{rota_id}" for field in ("day", "place", "who"))

    at.session_state[f"{PICKED}:{rota_id}"] = Picked(LAST, ids["杜副班"])
    at.run()
    assert at.date_input(key=day).value == LAST
    assert at.selectbox(key=spot).value == place(office, rota_id, LAST, "deputy")["id"]
    assert at.selectbox(key=who).value == ids["杜副班"]

    at.session_state[f"{PICKED}:{rota_id}"] = Picked(FIRST, ids["林带班"])
    at.run()
    assert (at.selectbox(key=spot).value, at.selectbox(key=who).value) == (taken, None)

    at.session_state[f"{PICKED}:{rota_id}"] = Picked(FIRST)
    at.run()
    assert at.selectbox(key=spot).value == place(office, rota_id, FIRST, "deputy")["id"]
    assert not at.exception


def test_a_rota_in_force_is_changed_from_today_on(office: Office, duty_id: int, as_person: Opener) -> None:
    days: dict[str, Any] = {"from_on": date(2026, 11, 16), "until_on": date(2026, 11, 22)}
    rota_id = rotas.new_rota(office.director, duty_id=duty_id, **days, key="now")
    day = f"rota-day:{rota_id}"
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert at.date_input(key=day).value == days["from_on"]
    publish(office, rota_id)
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert at.date_input(key=day).value == NOW.date()


def test_somebody_of_another_role_is_told_by_name(
    database: Database, office: Office, duty_id: int, rota_id: int, as_person: Opener
) -> None:
    with database.transaction(SYSTEM) as session:
        guard = a_member(session, session.get_one(Duty, duty_id), "门卫甲", "guard").id
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    at.session_state[f"{PICKED}:{rota_id}"] = Picked(FIRST, guard)
    at.run()
    assert not at.exception
    assert at.selectbox(key=f"rota-who:{rota_id}").value == guard
    assert "Would break: **Role**" in said(at)


def test_a_place_is_held_and_let_go(office: Office, rota_id: int, as_person: Opener) -> None:
    place_id = put(office, rota_id, FIRST, "leader", "林带班", "put")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    choose(at, rota_id, FIRST, place_id, None)
    button(at, "Hold in place").click().run()
    assert place(office, rota_id, FIRST, "leader")["fixed"]
    button(at, "Let searches move it").click().run()
    assert not place(office, rota_id, FIRST, "leader")["fixed"]


def test_who_placed_first_wins_and_the_second_is_told(office: Office, rota_id: int, as_person: Opener) -> None:
    leader = place(office, rota_id, FIRST, "leader")
    ids = members(office, rota_id)
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    choose(at, rota_id, FIRST, int(leader["id"]), ids["周主任"])
    put(office, rota_id, FIRST, "leader", "林带班", "meanwhile")
    button(at, "Put on this place").click().run()
    assert not at.exception
    assert place(office, rota_id, FIRST, "leader")["member_id"] == ids["林带班"]


def test_a_long_rota_shows_one_month_at_a_time(office: Office, duty_id: int, as_person: Opener) -> None:
    days: dict[str, Any] = {"from_on": date(2026, 12, 1), "until_on": date(2027, 1, 31)}
    rota_id = rotas.new_rota(office.director, duty_id=duty_id, **days, key="long")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id), month="2027-01-01")
    assert not at.exception
    shown = next(each.value for each in at.dataframe if "2027-01-31" in each.value.columns)
    assert "2026-12-31" not in shown.columns
    assert "No official calendar is known for 2027" in said(at)


def test_a_person_on_two_places_at_once_is_marked(office: Office, rota_id: int, as_person: Opener) -> None:
    put(office, rota_id, FIRST, "staff", "陈接访", "first")
    staff = rotas.rota_view(office.director, rota_id=rota_id).places.query("role == 'staff'")
    second = staff[staff["on_day"] == FIRST].iloc[1]
    rows = {int(second["id"]): (int(second["version"]), {"member_id": members(office, rota_id)["陈接访"]})}
    editing.put(office.director, rota_id=rota_id, rows=rows, key="second")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert grid(at).loc["陈接访", FIRST.isoformat()] == "全!"
    assert "Broken rules: 1" in said(at)


def test_names_are_read_literally(database: Database, office: Office, duty_id: int, as_person: Opener) -> None:
    with database.transaction(SYSTEM) as session:
        a_member(session, session.get_one(Duty, duty_id), "**甲** [乙](x)", "leader")
    rota_id = rotas.new_rota(office.director, duty_id=duty_id, from_on=FIRST, until_on=LAST, key="literal")
    put(office, rota_id, FIRST, "leader", "**甲** [乙](x)", "put")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    days = next(str(each.value) for each in at.markdown if "**Mon 7 Dec" in str(each.value))
    assert "\\*\\*甲\\*\\* \\[乙\\]\\(x\\)" in days


def test_a_month_of_two_duties_is_printed_on_one_page(database: Database, office: Office, as_person: Opener) -> None:
    with database.transaction(SYSTEM) as session:
        duties = [a_duty(session, office, name=name, responsible=False).id for name in ("东片巡逻", "西片巡逻")]
    made: list[int] = []
    for duty_id in duties:
        last = date(2027, 1, 2) if made else LAST
        made.append(rotas.new_rota(office.director, duty_id=duty_id, from_on=FIRST, until_on=last, key=f"{duty_id}"))
    at = as_person(office.director, SCREEN["rotas"])
    assert "Print a month" not in popovers(at)
    for rota_id in made:
        version = rotas.rota_view(office.director, rota_id=rota_id).version
        publishing.publish(office.director, rota_id=rota_id, version=version, reason="缺人", key=f"p{rota_id}")
    at = as_person(office.viewer, SCREEN["rotas"])
    assert not at.exception
    assert "Print a month" in popovers(at)
    month = next(one for one in at.selectbox if one.label == "Month")
    assert month.options == ["January 2027", "December 2026"]
    links = [one.proto.url for one in at.get("link_button")]
    assert f"/duty-notice/month?as=docx&month=2027-01-01&lang=en&duties={duties[1]}" in links
    month.select(date(2026, 12, 1)).run()
    links = [one.proto.url for one in at.get("link_button")]
    assert f"/duty-notice/month?as=xlsx&month=2026-12-01&lang=en&duties={duties[0]}%2C{duties[1]}" in links


# --- publishing and what comes after ---


def test_a_rota_with_a_broken_rule_is_not_published(office: Office, rota_id: int, as_person: Opener) -> None:
    put(office, rota_id, FIRST, "leader", "林带班", "first")
    put(office, rota_id, date(2026, 12, 8), "leader", "林带班", "second")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    at.text_input(key=f"rota.publish_open:{rota_id}:3:0:reason").set_value("缺人")
    button(at, "Publish with 26 open places").click().run()
    assert not at.exception
    assert "Mend what is marked first" in said(at)
    assert rotas.rota_view(office.director, rota_id=rota_id).state == "draft"


def test_publishing_says_what_stays_open_and_gives_a_number(office: Office, rota_id: int, as_person: Opener) -> None:
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert "These places stay open" in said(at)
    assert "and 18 more" in said(at)
    assert "Publish this rota" not in labels(at)
    button(at, "Publish with 28 open places").click().run()
    assert "Say why places stay open." in said(at)
    assert rotas.rota_view(office.director, rota_id=rota_id).state == "draft"
    at.text_input(key=f"rota.publish_open:{rota_id}:1:0:reason").set_value("月底再补")
    button(at, "Publish with 28 open places").click().run()
    assert not at.exception
    assert "Published, version 1" in said(at)
    assert "Published all the same: 月底再补" in said(at)
    assert any(expander.label == "Left open when published (28)" for expander in at.expander)
    left = next(frame.value for frame in at.dataframe if "Places" in frame.value)
    assert left["Places"].sum() == 28
    assert set(left["Role"]) == {"Leader on duty", "Deputy on duty", "Staff on duty"}


def test_a_patrol_lead_plans_but_does_not_publish(database: Database, office: Office, as_person: Opener) -> None:
    with database.transaction(SYSTEM) as session:
        lead = a_patrol_lead(session, office)
        duty_id = a_duty(session, office, unit_id=office.unit_a).id
    rota_id = rotas.new_rota(lead, duty_id=duty_id, from_on=FIRST, until_on=LAST, key="lead")
    at = as_person(lead, SCREEN["rota"], id=str(rota_id))
    assert not at.exception
    assert "Put on this place" in labels(at)
    assert "Publish this rota" not in labels(at)


def test_a_change_needs_a_reason_and_then_lies_on_top(office: Office, rota_id: int, as_person: Opener) -> None:
    place_id = put(office, rota_id, FIRST, "leader", "林带班", "put")
    publish(office, rota_id)
    ids = members(office, rota_id)
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    choose(at, rota_id, FIRST, place_id, ids["周主任"])
    button(at, "Change").click().run()
    assert "This is needed." in said(at)
    assert at.selectbox(key=f"rota-who:{rota_id}").value == ids["周主任"]
    at.text_input(key=f"rota.override:{place_id}:0:reason").set_value("发烧")
    button(at, "Change").click().run()
    assert not at.exception
    changes = next(each.value for each in at.dataframe if "Is now" in each.value.columns)
    assert list(changes[["Was", "Is now", "Reason", "By"]].iloc[0]) == ["林带班", "周主任", "发烧", "周主任"]
    assert grid(at).loc["周主任", FIRST.isoformat()] == "全"
    at.toggle(key=f"rota-original:{rota_id}").set_value(True).run()
    assert grid(at).loc["林带班", FIRST.isoformat()] == "全"
    assert "Change" not in labels(at)


def test_a_draft_is_thrown_away(office: Office, rota_id: int, as_person: Opener) -> None:
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    button(at, "Throw the draft away").click().run()
    assert not at.exception
    assert rotas.rotas(office.director).empty
    assert "No rota yet" in said(at)
    assert any(expander.label == "Drafts thrown away (1)" for expander in at.expander)
    button(at, "Restore").click().run()
    assert not at.exception
    assert list(rotas.rotas(office.director)["state"]) == ["draft"]


# --- asking the machine ---


@pytest.fixture
def searched(office: Office, rota_id: int) -> Iterator[int]:
    """A search of two seconds that is over."""
    search_id = searching.ask(office.director, rota_id=rota_id, seconds=2, key="asked")
    yield search_id
    searching.stop(office.director, search_id=search_id)


def wait_for_the_end(office: Office, rota_id: int) -> None:
    for _ in range(120):
        found = searching.progress(office.director, rota_id=rota_id)
        if found is not None and found.state not in ("waiting", "running"):
            return
        time.sleep(0.5)
    raise AssertionError("the search does not end")


def test_a_result_is_offered_after_coming_back_and_taken(
    office: Office, rota_id: int, searched: int, as_person: Opener
) -> None:
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert not at.exception
    wait_for_the_end(office, rota_id)
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    assert "the best fills every place" in said(at)
    button(at, "Take it into the draft").click().run()
    assert not at.exception
    assert rotas.rota_view(office.director, rota_id=rota_id).score.open == 0
    assert "no open place" in said(at)
    assert "Take it into the draft" not in labels(at)


def test_a_result_does_not_run_over_what_was_placed_meanwhile(
    office: Office, rota_id: int, searched: int, as_person: Opener
) -> None:
    wait_for_the_end(office, rota_id)
    put(office, rota_id, FIRST, "leader", "顾带班", "by hand")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    button(at, "Take it into the draft").click().run()
    assert "Places were changed by hand since the search began." in said(at)
    assert rotas.rota_view(office.director, rota_id=rota_id).score.open == 27
    at.checkbox(key=f"rota.take:{searched}:0:replace").set_value(True)
    button(at, "Take it into the draft").click().run()
    assert not at.exception
    assert rotas.rota_view(office.director, rota_id=rota_id).score.open == 0


def test_why_places_are_open_is_told_when_asked(office: Office, rota_id: int, as_person: Opener) -> None:
    put(office, rota_id, FIRST, "leader", "林带班", "put")
    at = as_person(office.director, SCREEN["rota"], id=str(rota_id))
    gaps = next(each.value for each in at.dataframe if "role" in each.value.columns)
    assert len(gaps) == 27
    assert "why" not in gaps.columns
    button(at, "Why, and what would help?").click().run()
    assert not at.exception
    gaps = next(each.value for each in at.dataframe if "role" in each.value.columns)
    tuesday = gaps[(gaps["day"] == "Tue 8 Dec 2026") & (gaps["role"] == "Leader on duty")]
    assert "Rest: 1" in tuesday["why"].iloc[0]
    assert at.selectbox(key="rota-why-place").options


def test_a_sick_call_is_entered_beside_the_rota(office: Office, rota_id: int, as_person: Opener) -> None:
    put(office, rota_id, FIRST, "leader", "林带班", "put")
    publish(office, rota_id)
    at = unfolded(as_person(office.director, SCREEN["rota"], id=str(rota_id)), f"rota-again-{rota_id}")
    button(at, "Enter the leave").click().run()
    assert "Choose who is away." in said(at)
    at.selectbox(key=key_of(at, f"rota.sick:{rota_id}", "member_id")).set_value(members(office, rota_id)["林带班"])
    assert at.date_input(key=key_of(at, f"rota.sick:{rota_id}", "from_on")).value == FIRST
    button(at, "Enter the leave").click().run()
    assert not at.exception
    assert grid(at).loc["林带班", FIRST.isoformat()] == "全!"
    assert [one.rule for one in rotas.rota_view(office.director, rota_id=rota_id).breaks] == [Rule.LEAVE]


def test_a_sick_call_is_planned_again_with_the_fewest_changes(office: Office, rota_id: int, as_person: Opener) -> None:
    put(office, rota_id, FIRST, "leader", "林带班", "put")
    publish(office, rota_id)
    sick = members(office, rota_id)["林带班"]
    days: dict[str, Any] = {"from_on": FIRST, "until_on": FIRST, "shift_id": None, "weight": 1, "reason": ""}
    absences.add_absence(office.director, member_id=sick, kind="leave", **days, key="sick")
    at = unfolded(as_person(office.director, SCREEN["rota"], id=str(rota_id)), f"rota-again-{rota_id}")
    button(at, "Look for the fewest changes").click().run(timeout=120)
    assert not at.exception
    listed = next(each.value for each in at.dataframe if "Becomes" in each.value.columns)
    assert "林带班" in list(listed["Was"])
    at.button(key=f"rota.replan:{rota_id}:0:take").click().run()
    assert "Nothing was saved yet." in said(at)
    assert rotas.rota_view(office.director, rota_id=rota_id).changes.empty
    at.text_input(key=f"rota.replan:{rota_id}:0:reason").set_value("病假")
    at.button(key=f"rota.replan:{rota_id}:0:take").click().run()
    assert not at.exception
    seen = rotas.rota_view(office.director, rota_id=rota_id)
    assert set(seen.changes["reason"]) == {"病假"}
    assert not seen.breaks
