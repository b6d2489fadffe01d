"""Duties through the real app: my shifts, swaps, hand-over, the desk's line, and describing a duty."""

from datetime import date, time
from typing import Any

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.models import Duty, DutyAttendance, DutyMember, DutyPost, DutySwap, RotaPlace, Unit
from db.rules.permissions import Role
from db.services.duty import absences, describing, handover, members, pairs, posts, swaps
from db.services.office import add_code, retire_code
from tests.db.services.duty_sheets import sheet
from tests.db.services.on_duty import Scene, a_published_rota, the_account_of
from tests.factories import SYSTEM, Office, a_person, actor_of
from tests.frames import row_of
from tests.pages.conftest import Opener
from tests.pages.opening import key_of

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
MINE = SCREEN["my-duty"]


@pytest.fixture
def scene(database: Database, office: Office) -> Scene:
    """The centre duty with a published rota; the leader's crew is on now."""
    return a_published_rota(database, office, least_rest=0)


def said(page: Any) -> str:
    """Everything the page says in text, its escapes taken off."""
    parts = [*page.markdown, *page.caption, *page.info, *page.subheader, *page.error, *page.warning]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def labels(page: Any) -> set[str]:
    return {each.label for kind in (page.button, page.expander, page.selectbox) for each in kind}


# --- my shifts ---


def test_without_a_rota_my_duty_says_what_will_stand_there(office: Office, as_person: Opener) -> None:
    page = as_person(office.clerk, MINE)
    assert not page.exception
    assert "You are on no published rota." in said(page)


def test_a_shift_is_started_with_the_uniform_question_and_ended(scene: Scene, as_person: Opener) -> None:
    place = scene.place(19, "陈接访")
    record = f"{place}-{scene.member('陈接访')}"
    page = as_person(scene.office.clerk, MINE)
    page.text_input(key=f"my-duty.start:{record}:0:note").set_value("雨天")
    page.button(key=f"my-duty.start:{record}:0:start_shift").click().run()
    assert "Say whether the uniform is worn." in said(page)
    assert page.text_input(key=f"my-duty.start:{record}:0:note").value == "雨天"
    assert scene.count(DutyAttendance) == 0
    page.selectbox(key=f"my-duty.start:{record}:0:uniform").set_value("missing")
    page.button(key=f"my-duty.start:{record}:0:start_shift").click().run()
    assert not page.exception
    row = scene.row(DutyAttendance, 1)
    assert (row["place_id"], row["uniform"], row["note"]) == (place, False, "雨天")
    assert "60 min late" in said(page)
    page.button(key=f"my-duty.end:{record}:0:end_shift").click().run()
    assert not page.exception
    assert scene.row(DutyAttendance, 1)["ended_at"] is not None


def test_a_note_is_written_by_one_shift_and_read_by_the_next(scene: Scene, as_person: Opener) -> None:
    the_account_of(scene, "柯值班", scene.office.outsider)
    record = f"{scene.place(18, '柯值班')}-{scene.member('柯值班')}"
    page = as_person(scene.office.outsider, MINE)
    page.button(key=key_of(page, f"my-duty.note:{record}", "write_note")).click().run()
    assert "Nothing was saved yet." in said(page)
    page.text_area(key=key_of(page, f"my-duty.note:{record}", "text")).set_value("三号窗口\n**打印机**缺纸")
    page.button(key=key_of(page, f"my-duty.note:{record}", "write_note")).click().run()
    assert "Hand-over notes of the last week (1)" in labels(page)
    assert "Not read yet." in said(page)
    assert "1 hand-over notes wait for you." in said(as_person(scene.office.clerk, SCREEN["desk"]))
    page = as_person(scene.office.clerk, MINE)
    assert "**打印机**缺纸" in said(page)
    page.button(key="my-duty.read:1:0").click().run()
    assert not page.exception
    assert handover.unread(scene.office.clerk).empty
    assert "Read by 陈接访" in said(page)


# --- swaps ---


def test_a_swap_is_asked_taken_and_approved(scene: Scene, as_person: Opener) -> None:
    place = scene.place(22, "陈接访")
    page = as_person(scene.office.clerk, MINE, place=str(place))
    page.button(key=key_of(page, f"swap.ask:{place}", "ask_swap")).click().run()
    assert "Nothing was saved yet." in said(page)
    page.text_input(key=key_of(page, f"swap.ask:{place}", "reason")).set_value("家里有事")
    page.button(key=key_of(page, f"swap.ask:{place}", "ask_swap")).click().run()
    assert not page.exception
    assert scene.row(DutySwap, 1)["state"] == "asked"
    taker = scene.member("王经办")
    page = as_person(scene.office.handler, MINE)
    page.button(key=f"swap.take:1-{taker}:0").click().run()
    assert not page.exception
    assert scene.row(DutySwap, 1)["state"] == "taken"
    page = as_person(scene.office.director, MINE)
    page.button(key="swap.approve:1:0").click().run()
    assert not page.exception
    assert (scene.row(DutySwap, 1)["state"], scene.holder(22, "陈接访")) == ("approved", "王经办")
    assert scene.chain() == [("swap", "陈接访", "王经办", "家里有事")]


def test_a_swap_is_refused_with_a_reason(scene: Scene, as_person: Opener) -> None:
    place = scene.place(22, "陈接访")
    swaps.ask_swap(scene.office.clerk, place_id=place, version=1, reason="家里有事", key="ask")
    page = as_person(scene.office.director, MINE)
    page.button(key="swap.refuse:1:0:refuse").click().run()
    assert "Nothing was saved yet." in said(page)
    page.text_input(key="swap.refuse:1:0:reason").set_value("人手不足")
    page.button(key="swap.refuse:1:0:refuse").click().run()
    assert not page.exception
    row = scene.row(DutySwap, 1)
    assert (row["state"], row["decision"]) == ("refused", "人手不足")
    assert scene.row(RotaPlace, place)["version"] == 1
    assert scene.holder(22, "陈接访") == "陈接访"


def test_who_asked_withdraws(scene: Scene, as_person: Opener) -> None:
    place = scene.place(22, "陈接访")
    swaps.ask_swap(scene.office.clerk, place_id=place, version=1, reason="家里有事", key="ask")
    page = as_person(scene.office.clerk, MINE)
    assert not {"Approve", "Refuse"} & labels(page)
    page.text_input(key="swap.withdraw:1:0:reason").set_value("不用了")
    page.button(key="swap.withdraw:1:0:withdraw").click().run()
    assert scene.row(DutySwap, 1)["state"] == "withdrawn"


def test_a_swap_asks_a_colleague_for_a_place_in_return(scene: Scene, as_person: Opener) -> None:
    place, back = scene.place(22, "陈接访"), scene.place(23, "王经办")
    page = as_person(scene.office.clerk, MINE, place=str(place))
    page.text_input(key=key_of(page, f"swap.ask:{place}", "reason")).set_value("家里有事")
    page.selectbox(key=key_of(page, f"swap.ask:{place}", "return_place_id")).set_value(back)
    page.button(key=key_of(page, f"swap.ask:{place}", "ask_swap")).click().run()
    assert "Name the colleague whose place is taken in return." in said(page)
    page.selectbox(key=key_of(page, f"swap.ask:{place}", "taker_id")).set_value(scene.member("王经办"))
    page.button(key=key_of(page, f"swap.ask:{place}", "ask_swap")).click().run()
    assert not page.exception
    row = scene.row(DutySwap, 1)
    assert (row["state"], row["return_place_id"]) == ("offered", back)
    page = as_person(scene.office.handler, MINE)
    assert "In return: Mon 23 Nov 2026, 全天." in said(page)
    page.button(key="swap.decline:1:0").click().run()
    assert scene.row(DutySwap, 1)["state"] == "asked"


def test_the_leader_on_shift_has_a_place_taken_over_and_the_director_undoes_it(scene: Scene, as_person: Opener) -> None:
    place = scene.place(19, "冉值班")
    assert "Somebody does not come: take over at once" not in labels(as_person(scene.office.clerk, MINE))
    page = as_person(scene.office.leader, MINE, missing=str(place))
    page.selectbox(key=f"swap.take-over:{place}:0:taker_id").set_value(scene.member("邢值班"))
    page.button(key=f"swap.take-over:{place}:0:take_over_now").click().run()
    assert "Nothing was saved yet." in said(page)
    page.text_input(key=f"swap.take-over:{place}:0:reason").set_value("突发疾病")
    page.button(key=f"swap.take-over:{place}:0:take_over_now").click().run()
    assert not page.exception
    assert scene.holder(19, "冉值班") == "邢值班"
    page = as_person(scene.office.director, MINE)
    page.text_input(key="swap.undo:1:0:reason").set_value("本人已到岗")
    page.button(key="swap.undo:1:0:undo").click().run()
    assert not page.exception
    assert scene.holder(19, "冉值班") == "冉值班"


def test_a_wish_is_made_and_taken_back(scene: Scene, as_person: Opener) -> None:
    member, office = scene.member("陈接访"), scene.office
    days: dict[str, Any] = {"from_on": date(2026, 11, 19), "until_on": date(2026, 12, 31)}
    page = as_person(office.clerk, MINE)
    page.date_input(key=key_of(page, f"wish.add:{member}", "from_on")).set_value(date(2026, 12, 5))
    page.button(key=key_of(page, f"wish.add:{member}", "add_wish")).click().run()
    assert "This is not one of the choices." in said(page)
    page.selectbox(key=key_of(page, f"wish.add:{member}", "kind")).set_value("avoid")
    page.button(key=key_of(page, f"wish.add:{member}", "add_wish")).click().run()
    assert not page.exception
    found = absences.absences(office.clerk, duty_id=scene.duty, **days)
    assert list(found["kind"]) == ["avoid"]
    page.button(key="wish.remove_wish:1:0").click().run()
    assert absences.absences(office.clerk, duty_id=scene.duty, **days).empty
    page.toggle(key=f"wishes:removed:{member}").set_value(True).run()
    page.button(key="wish.restore_wish:1:0").click().run()
    assert not page.exception
    assert list(absences.absences(office.clerk, duty_id=scene.duty, **days)["kind"]) == ["avoid"]


# --- the desk ---


@pytest.mark.parametrize("person", ["clerk", "director", "viewer", "admin"])
def test_the_desk_says_who_is_on(person: str, scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.people[person], SCREEN["desk"])
    assert not page.exception
    told = said(page)
    assert "Who is on now" in told
    for name in ("林带班", "杜副班", "陈接访", "冉值班"):
        assert name in told
    assert ("To my shifts" in labels(page)) == (person in ("clerk", "director"))


def test_the_desk_of_an_auditor_does_not(scene: Scene, as_person: Opener) -> None:
    assert "林带班" not in said(as_person(scene.office.auditor, SCREEN["desk"]))


# --- describing duties ---

DUTIES = SCREEN["duties"]


def test_a_duty_is_described_from_a_preset(office: Office, as_person: Opener) -> None:
    page = as_person(office.director, DUTIES)
    assert "Begin with a preset below" in said(page)
    page.button(key="duties.preset:0:load_duty_preset").click().run()
    assert "Choose a duty to begin with." in said(page)
    page.selectbox(key="duties.preset:0:preset").set_value("reception")
    page.button(key="duties.preset:0:load_duty_preset").click().run()
    assert not page.exception
    seen = describing.duty_view(office.director, duty_id=1)
    assert (seen.name, set(seen.needs["on_holiday"])) == ("领导接访日", {"next_working"})
    assert page.query_params["id"] == "1"
    page = as_person(office.director, DUTIES, id="1", part="needs")
    assert set(page.dataframe[0].value["Days"]) == {"Wednesday, on a holiday, the next working day"}


def test_wrong_input_keeps_what_was_typed(office: Office, as_person: Opener) -> None:
    page = as_person(office.admin, DUTIES)
    page.text_input(key=key_of(page, "duties.add", "source")).set_value("R-50")
    page.number_input(key=key_of(page, "duties.add", "window_most")).set_value(3)
    page.button(key=key_of(page, "duties.add", "add_duty")).click().run()
    assert "Give the days this number is counted in." in said(page)
    assert page.text_input(key=key_of(page, "duties.add", "source")).value == "R-50"
    assert page.number_input(key=key_of(page, "duties.add", "window_most")).value == 3
    assert describing.duties(office.admin).empty
    page.text_input(key=key_of(page, "duties.add", "name")).set_value("中心值班")
    page.number_input(key=key_of(page, "duties.add", "window_days")).set_value(7)
    page.button(key=key_of(page, "duties.add", "add_duty")).click().run()
    assert not page.exception
    seen = describing.duty_view(office.admin, duty_id=1)
    assert (seen.name, seen.source, seen.rules["window_days"]) == ("中心值班", "R-50", 7)


def test_a_post_a_shift_and_a_need_are_added_and_retired(office: Office, as_person: Opener) -> None:
    describing.add_duty(office.director, name="护学值班", key="duty")
    page = as_person(office.director, DUTIES, id="1", part="needs")
    assert "Enter a post and a shift first." in said(page)
    page = as_person(office.director, DUTIES, id="1", part="posts")
    page.text_input(key=key_of(page, "post.add:1", "name")).set_value("校门")
    page.button(key=key_of(page, "post.add:1", "add_post")).click().run()
    assert not page.exception
    page = as_person(office.director, DUTIES, id="1", part="shifts")
    page.text_input(key=key_of(page, "shift.add:1", "name")).set_value("早班")
    page.button(key=key_of(page, "shift.add:1", "add_shift")).click().run()
    assert "Give the time of day it begins." in said(page)
    page.time_input(key=key_of(page, "shift.add:1", "begins")).set_value(time(7, 0))
    page.number_input(key=key_of(page, "shift.add:1", "minutes")).set_value(90)
    page.button(key=key_of(page, "shift.add:1", "add_shift")).click().run()
    assert not page.exception
    assert list(page.dataframe[0].value["Begins"]) == ["07:00"]
    assert list(page.dataframe[0].value["Lasts"]) == ["1 h 30 min"]
    page = as_person(office.director, DUTIES, id="1", part="needs")
    for field, value in (("post_id", 1), ("shift_id", 1), ("role", "guard"), ("days", "working")):
        page.selectbox(key=key_of(page, "need.add:1", field)).set_value(value)
    page.number_input(key=key_of(page, "need.add:1", "count")).set_value(2)
    page.button(key=key_of(page, "need.add:1", "add_need")).click().run()
    assert not page.exception
    needs = describing.duty_view(office.director, duty_id=1).needs
    assert [tuple(row) for row in needs[["role", "count", "days"]].to_numpy()] == [("guard", 2, "working")]
    page = as_person(office.director, DUTIES, id="1", part="posts", post="1")
    page.button(key="post.retire:1:0").click().run()
    assert "Needs that still ask for this: 1." in said(page)
    page = as_person(office.director, DUTIES, id="1", part="needs", need="1")
    page.button(key="need.retire:1:0").click().run()
    assert not page.exception
    page = as_person(office.director, DUTIES, id="1", part="posts", post="1")
    page.button(key="post.retire:1:0").click().run()
    assert not describing.duty_view(office.director, duty_id=1).posts["active"].any()


def test_a_need_asks_for_a_team_and_a_unit(scene: Scene, as_person: Opener) -> None:
    office, duty = scene.office, str(scene.duty)
    page = as_person(office.director, DUTIES, id=duty, part="needs")
    assert "Only of this team" not in labels(page), "nobody is of a team yet"
    scene.change(DutyMember, scene.member("冉值班"), team="一队")
    page = as_person(office.director, DUTIES, id=duty, part="needs")
    asked = {"post_id": scene.post, "shift_id": scene.shift, "role": "staff", "team": "一队", "unit_id": office.unit_b}
    for field, value in asked.items():
        page.selectbox(key=key_of(page, f"need.add:{duty}", field)).set_value(value)
    page.button(key=key_of(page, f"need.add:{duty}", "add_need")).click().run()
    assert not page.exception
    assert list(page.dataframe[0].value["Team"])[-1] == "一队"
    assert list(page.dataframe[0].value["Unit"])[-1] == "East village"
    page = as_person(office.director, DUTIES, id=duty)
    assert "Staff on duty: 1 of East village are needed at once, 0 serve." in said(page)
    page = as_person(office.director, DUTIES, id=duty, part="people", member=str(scene.member("冉值班")))
    page.selectbox(key=key_of(page, f"member.edit:{scene.member('冉值班')}", "unit_id")).set_value(office.unit_b)
    page.button(key=key_of(page, f"member.edit:{scene.member('冉值班')}", "edit_member")).click().run()
    assert not page.exception
    assert scene.row(DutyMember, scene.member("冉值班"))["unit_id"] == office.unit_b
    assert "needed at once" not in said(as_person(office.director, DUTIES, id=duty))


def test_a_special_period_is_entered(scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.admin, DUTIES, id=str(scene.duty), part="periods")
    assert "they come on top" in said(page)
    page.text_input(key=key_of(page, "period.add:1", "name")).set_value("重要会议")
    page.button(key=key_of(page, "period.add:1", "add_period")).click().run()
    assert "Choose the day." in said(page)
    page.date_input(key=key_of(page, "period.add:1", "from_on")).set_value(date(2026, 12, 1))
    page.date_input(key=key_of(page, "period.add:1", "until_on")).set_value(date(2026, 12, 5))
    page.button(key=key_of(page, "period.add:1", "add_period")).click().run()
    assert not page.exception
    assert list(page.dataframe[0].value["Name"]) == ["重要会议"]


def test_a_member_is_added_corrected_and_stays_while_shifts_are_ahead(scene: Scene, as_person: Opener) -> None:
    office = scene.office
    page = as_person(office.director, DUTIES, id=str(scene.duty))
    page.text_input(key=key_of(page, "member.add:1", "name")).set_value("新值班")
    page.button(key=key_of(page, "member.add:1", "add_member")).click().run()
    assert "Choose at least one role." in said(page)
    page.multiselect(key=key_of(page, "member.add:1", "roles")).set_value(["staff"])
    page.text_input(key=key_of(page, "member.add:1", "phone")).set_value("15400001234")
    page.number_input(key=key_of(page, "member.add:1", "begin_total")).set_value(7)
    page.button(key=key_of(page, "member.add:1", "add_member")).click().run()
    assert not page.exception
    row = row_of(members.members(office.director, duty_id=scene.duty), "新值班", by="name")
    assert (row["phone"], row["roles"], row["begin_total"]) == ("15400001234", ("staff",), 7)
    form = f"member.edit:{row['id']}"
    page = as_person(office.director, DUTIES, id=str(scene.duty), member=str(row["id"]))
    page.number_input(key=key_of(page, form, "share")).set_value(50)
    page.button(key=key_of(page, form, "edit_member")).click().run()
    assert not page.exception
    row = row_of(members.members(office.director, duty_id=scene.duty), "新值班", by="name")
    assert (row["phone"], row["share"], row["version"]) == ("15400001234", 50, 2)
    serving = scene.member("冉值班")
    page = as_person(office.director, DUTIES, id=str(scene.duty), member=str(serving))
    page.button(key=f"member.retire:{serving}:0").click().run()
    assert "Published shifts still to serve" in said(page)


def test_leave_is_entered_and_taken_back(scene: Scene, as_person: Opener) -> None:
    office = scene.office
    days: dict[str, Any] = {"from_on": date(2026, 11, 19), "until_on": date(2026, 12, 31)}
    page = as_person(office.director, DUTIES, id=str(scene.duty), part="leave")
    page.button(key=key_of(page, "absences.add:1", "add_absence")).click().run()
    assert "Choose a member." in said(page)
    page.selectbox(key=key_of(page, "absences.add:1", "member_id")).set_value(scene.member("苗值班"))
    page.date_input(key=key_of(page, "absences.add:1", "from_on")).set_value(date(2026, 12, 1))
    page.button(key=key_of(page, "absences.add:1", "add_absence")).click().run()
    assert not page.exception
    found = absences.absences(office.director, duty_id=scene.duty, **days)
    assert list(found["until_on"]) == [date(2026, 12, 1)]
    page = as_person(office.director, DUTIES, id=str(scene.duty), part="leave", absence="1")
    page.button(key="remove_absence:1:0").click().run()
    assert not page.exception
    assert absences.absences(office.director, duty_id=scene.duty, **days).empty
    page = as_person(office.director, DUTIES, id=str(scene.duty), part="leave")
    page.toggle(key="leave:removed").set_value(True).run()
    assert list(page.dataframe[0].value["State"]) == ["Taken back"]
    page.selectbox(key="pick:absence").set_value(1).run()
    page.button(key="restore_absence:1:0").click().run()
    assert not page.exception
    assert len(absences.absences(office.director, duty_id=scene.duty, **days)) == 1


# --- roles and skills are lists the office edits ---


def test_a_role_of_the_office_is_offered_and_stays_where_it_is_used_once_retired(
    scene: Scene, as_person: Opener
) -> None:
    office, duty, people = scene.office, str(scene.duty), {"list_name": "duty_role", "code": "cook"}
    code = add_code(office.admin, **people, label_zh="炊事员", label_en="Cook", key="cook")
    page = as_person(office.director, DUTIES, id=duty)
    page.text_input(key=key_of(page, "member.add:1", "name")).set_value("新值班")
    page.multiselect(key=key_of(page, "member.add:1", "roles")).set_value(["cook", "staff"])
    page.button(key=key_of(page, "member.add:1", "add_member")).click().run()
    page = as_person(office.director, DUTIES, id=duty, part="needs")
    for field, value in (("post_id", 1), ("shift_id", 1), ("role", "cook")):
        page.selectbox(key=key_of(page, "need.add:1", field)).set_value(value)
    page.button(key=key_of(page, "need.add:1", "add_need")).click().run()
    assert not page.exception
    retire_code(office.admin, code_id=code, version=1, key="gone")
    need = int(describing.duty_view(office.director, duty_id=scene.duty).needs["id"].max())
    page = as_person(office.director, DUTIES, id=duty, part="needs", need=str(need))
    assert "Cook" in set(page.dataframe[0].value["Role"])
    assert "Cook" not in page.selectbox(key=key_of(page, "need.add:1", "role")).options
    page.number_input(key=key_of(page, f"need.edit:{need}", "count")).set_value(2)
    page.button(key=key_of(page, f"need.edit:{need}", "edit_need")).click().run()
    assert not page.exception
    row = describing.duty_view(office.director, duty_id=scene.duty).needs.set_index("id").loc[need]
    assert (row["role"], row["count"]) == ("cook", 2)
    member = row_of(members.members(office.director, duty_id=scene.duty), "新值班", by="name")
    page = as_person(office.director, DUTIES, id=duty, member=str(member["id"]))
    assert "Cook, " in "".join(page.dataframe[0].value["Roles"])
    page.text_input(key=key_of(page, f"member.edit:{member['id']}", "team")).set_value("食堂")
    page.button(key=key_of(page, f"member.edit:{member['id']}", "edit_member")).click().run()
    assert not page.exception
    member = row_of(members.members(office.director, duty_id=scene.duty), "新值班", by="name")
    assert (set(member["roles"]), member["team"]) == ({"cook", "staff"}, "食堂")


def test_names_are_told_in_the_language_of_the_reader(scene: Scene, as_person: Opener) -> None:
    scene.change(Duty, scene.duty, name_en="Centre duty")
    describing.add_duty(scene.office.director, name="护学值班", key="two")
    posts.add_post(scene.office.director, duty_id=scene.duty, name="校门", name_en="School gate", key="gate")
    page = as_person(scene.office.director, SCREEN["rotas"])
    assert page.selectbox(key="list-duty").options == ["Centre duty", "护学值班"]
    assert "School gate needs nobody yet." in said(as_person(scene.office.director, DUTIES, id=str(scene.duty)))
    assert "My wishes and leave: Centre duty" in labels(as_person(scene.office.clerk, MINE))
    page = as_person(scene.office.director, SCREEN["rotas"], "zh")
    assert page.selectbox(key="list-duty").options == ["中心值班", "护学值班"]


def test_a_role_nobody_has_is_said_where_it_is_chosen_and_above(scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.director, DUTIES, id=str(scene.duty), part="needs")
    roles = page.selectbox(key=key_of(page, "need.add:1", "role"))
    assert {"Staff on duty", "School guard (nobody yet)"} <= set(roles.options)
    page.selectbox(key=key_of(page, "need.add:1", "post_id")).set_value(scene.post)
    page.selectbox(key=key_of(page, "need.add:1", "shift_id")).set_value(scene.shift)
    roles.set_value("guard")
    page.button(key=key_of(page, "need.add:1", "add_need")).click().run()
    assert not page.exception
    assert "School guard: nobody of this duty has this role." in said(page)


@pytest.mark.parametrize(("language", "sentence"), [("en", "Centre asks for this role twice"), ("zh", "综治中心")])
def test_a_role_asked_twice_at_one_time_is_said_beside_its_shift(
    language: str, sentence: str, scene: Scene, as_person: Opener
) -> None:
    scene.change(DutyPost, scene.post, name_en="Centre")
    page = as_person(scene.office.director, DUTIES, language, id=str(scene.duty), part="needs")
    for field, value in (("post_id", scene.post), ("shift_id", scene.shift), ("role", "staff")):
        page.selectbox(key=key_of(page, "need.add:1", field)).set_value(value)
    page.button(key=key_of(page, "need.add:1", "add_need")).click().run()
    told = next(str(each.value) for each in page.markdown if ":red[" in str(each.value))
    assert sentence in told
    assert page.selectbox(key=key_of(page, "need.add:1", "role")).value == "staff"
    assert len(describing.duty_view(scene.office.director, duty_id=scene.duty).needs) == 3


# --- people and leave from Excel ---


def test_people_come_from_a_sheet_looked_at_first_and_taken_back(scene: Scene, as_person: Opener) -> None:
    office, form = scene.office, f"duty.sheet.people:{scene.duty}"
    page = as_person(office.director, DUTIES, id=str(scene.duty))
    rows = (
        {"姓名": "邓志愿", "角色": "工作人员"},
        {"姓名": "邓二", "角色": "厨师"},
        {"姓名": "冉值班", "班组": "二组"},
    )
    page.file_uploader(key=f"{form}:file:0").upload("人员.xlsx", sheet(*rows), "").run()
    assert not page.exception
    assert "New people: 1 · corrected: 1 · as before: 0" in said(page)
    wrong, lines = (frame.value for frame in page.dataframe if "Row" in frame.value)
    assert wrong.to_numpy().tolist() == [[3, "邓二", "Roles", "厨师", "This is not known here: 厨师."]]
    assert list(lines["What happens"]) == ["New", "Corrected"]
    assert list(lines["What changes"]) == ["", "Team"]
    assert "邓志愿" not in set(members.members(office.director, duty_id=scene.duty)["name"])
    page.button(key=f"{form}:0").click().run()
    assert not page.exception
    found = members.members(office.director, duty_id=scene.duty)
    assert "邓志愿" in set(found["name"])
    assert "Rows left out: 1" in said(page)
    assert page.file_uploader(key=f"{form}:file:1").value is None
    next(each for each in page.button if each.label == "Undo this sheet").click().run()
    assert not page.exception
    assert "Taken back: 2." in said(page)
    found = members.members(office.director, duty_id=scene.duty)
    assert "邓志愿" not in set(found["name"])
    assert row_of(found, "冉值班", by="name")["team"] == ""


def test_a_file_that_is_no_sheet_gets_a_sentence_and_stays(scene: Scene, as_person: Opener) -> None:
    form = f"duty.sheet.leave:{scene.duty}"
    page = as_person(scene.office.director, DUTIES, id=str(scene.duty), part="leave")
    page.file_uploader(key=f"{form}:file:0").upload("请假.xls", b"\xd0\xcf\x11\xe0", "").run()
    assert "This is not an Excel workbook (.xlsx) that can be read." in said(page)
    assert page.file_uploader(key=f"{form}:file:0").value is not None
    assert "Take this sheet" not in labels(page)


def test_leave_comes_from_a_sheet(scene: Scene, as_person: Opener) -> None:
    form = f"duty.sheet.leave:{scene.duty}"
    days: dict[str, Any] = {"from_on": date(2026, 11, 19), "until_on": date(2026, 12, 31)}
    page = as_person(scene.office.director, DUTIES, "zh", id=str(scene.duty), part="leave")
    content = sheet({"姓名": "苗值班", "请假开始": "2026-12-01"}, head=["姓名", "请假开始"])
    page.file_uploader(key=f"{form}:file:0").upload("请假.xlsx", content, "").run()
    page.button(key=f"{form}:0").click().run()
    assert not page.exception
    found = absences.absences(scene.office.director, duty_id=scene.duty, **days)
    assert list(found["member"]) == ["苗值班"]
    page = as_person(scene.office.director, DUTIES, id=str(scene.duty), part="leave")
    page.file_uploader(key=f"{form}:file:0").upload("请假.xlsx", content, "").run()
    assert "Nothing of this sheet is new." in said(page)
    assert page.button(key=f"{form}:0").disabled


def test_two_people_are_kept_apart_and_no_longer(scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.director, DUTIES, id=str(scene.duty), part="pairs")
    page.selectbox(key=key_of(page, "pairs.set:1", "first_id")).set_value(scene.member("柯值班"))
    page.selectbox(key=key_of(page, "pairs.set:1", "second_id")).set_value(scene.member("苗值班"))
    page.selectbox(key=key_of(page, "pairs.set:1", "kind")).set_value("apart")
    page.button(key=key_of(page, "pairs.set:1", "set_pair")).click().run()
    assert not page.exception
    assert list(page.dataframe[0].value["How"]) == ["Never together"]
    page = as_person(scene.office.director, DUTIES, id=str(scene.duty), part="pairs", pair="1")
    page.button(key="remove_pair:1:0").click().run()
    assert not page.exception
    assert pairs.pairs(scene.office.director, duty_id=scene.duty).empty
    page.toggle(key="pairs:removed").set_value(True).run()
    page.selectbox(key="pick:pair").set_value(1).run()
    page.button(key="restore_pair:1:0").click().run()
    assert not page.exception
    assert list(pairs.pairs(scene.office.director, duty_id=scene.duty)["kind"]) == ["apart"]


@pytest.mark.parametrize("part", ["rules", "posts", "shifts", "needs", "people", "leave", "pairs", "periods", "gaps"])
@pytest.mark.parametrize("person", ["viewer", "clerk"])
def test_readers_see_every_part_and_no_form(person: str, part: str, scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.people[person], DUTIES, id=str(scene.duty), part=part)
    assert not page.exception
    assert not {"Add", "Save", "Retire", "Enter leave or a wish", "Retire this duty"} & labels(page)


def test_the_administrator_describes_and_leaves_people_to_who_plans(scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.admin, DUTIES, id=str(scene.duty), part="people")
    assert "People are entered by whoever plans this duty." in said(page)
    assert "Add" not in labels(page)
    page = as_person(scene.office.admin, DUTIES, id=str(scene.duty), part="rules")
    page.button(key=f"duties.retire:{scene.duty}:0").click().run()
    assert "A rota is published until" in said(page)


@pytest.mark.parametrize(("unit", "plans"), [("unit_a", True), ("unit_b", False)])
def test_a_patrol_lead_enters_people_in_duties_of_the_own_unit(
    unit: str, plans: bool, scene: Scene, as_person: Opener
) -> None:
    with scene.database.transaction(SYSTEM) as session:
        home = session.get_one(Unit, scene.office.unit_a)
        person = a_person(session, "patrol", unit=home, roles={Role.PATROL_LEAD})
        lead = actor_of(person, home, {Role.PATROL_LEAD})
    scene.change(Duty, scene.duty, unit_id=getattr(scene.office, unit))
    page = as_person(lead, DUTIES, id=str(scene.duty), part="people")
    assert not page.exception
    assert ("Add" in labels(page)) == plans
    page = as_person(lead, DUTIES, id=str(scene.duty), part="rules")
    assert "Least rest between shifts" in said(page)
    assert "Save" not in labels(page)


def test_what_is_missing_is_listed_to_who_plans_and_ones_own_to_others(scene: Scene, as_person: Opener) -> None:
    page = as_person(scene.office.director, DUTIES, id=str(scene.duty), part="gaps")
    shown = page.dataframe[0].value
    assert set(shown["Name"]) > {"林带班", "冉值班"}
    assert "No hand-over note" in set(shown["Missing"])
    shown = as_person(scene.office.clerk, DUTIES, id=str(scene.duty), part="gaps").dataframe[0].value
    assert set(shown["Name"]) == {"陈接访"}


def test_an_unknown_duty_says_so(office: Office, as_person: Opener) -> None:
    page = as_person(office.clerk, DUTIES, id="99")
    assert not page.exception
    assert "This does not exist" in said(page)
