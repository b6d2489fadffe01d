"""The administrator's and the auditor's screens through the real app, page by page."""

import pytest

from components.grid_state import revision
from components.labels import PERMISSIONS, ROLES
from components.screens import SCREENS
from db.rules.permissions import Permission, Role
from db.services import office as office_services
from db.services import people
from db.services.office.presets import preset
from tests.factories import Office
from tests.frames import row_of
from tests.pages.conftest import Opener
from tests.pages.opening import key_of

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}


def test_a_person_is_added_with_a_password_shown_once(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN["people"])
    at.text_input(key=key_of(at, "people.add", "username")).set_value("new.one")
    at.text_input(key=key_of(at, "people.add", "name")).set_value("新人")
    at.multiselect(key=key_of(at, "people.add", "roles")).set_value(["clerk"])
    at.button(key=key_of(at, "people.add", "add_person")).click().run()
    assert "Choose a unit that is in use." in " ".join(m.value for m in at.markdown).replace("\\", "")
    assert at.text_input(key=key_of(at, "people.add", "username")).value == "new.one"
    at.selectbox(key=key_of(at, "people.add", "unit_id")).set_value(office.unit_a)
    at.button(key=key_of(at, "people.add", "add_person")).click().run()
    assert not at.exception
    assert len(at.code[0].value) >= 16
    assert "new.one" in set(people.people(office.admin)["username"])


def test_a_second_save_sees_both_versions_and_keeps_mine(office: Office, as_person: Opener) -> None:
    who = office.clerk.id
    assert who is not None
    at = as_person(office.admin, SCREEN["people"], person=str(who))
    before = row_of(people.people(office.admin), who)
    people.edit_person(
        office.admin,
        person_id=who,
        version=int(before["version"]),
        name="陈一",
        unit_id=office.centre,
        phone="",
        roles=["clerk"],
        active=True,
        key="theirs",
    )
    field = key_of(at, f"people.edit:{who}", "name")
    at.text_input(key=field).set_value("陈二")
    at.button(key=key_of(at, f"people.edit:{who}", "edit_person")).click().run()
    assert at.text_input(key=field).value == "陈二"
    assert row_of(people.people(office.admin), who)["name"] == "陈一"
    at.button(key=f"people.edit:{who}:mine").click().run()
    at.button(key=key_of(at, f"people.edit:{who}", "edit_person")).click().run()
    assert not at.exception
    assert row_of(people.people(office.admin), who)["name"] == "陈二"


def test_the_grid_saves_by_record_and_takes_only_what_may_be_edited(office: Office, as_person: Opener) -> None:
    codes = office_services.codes(office.admin, list_name="category").set_index("id")
    at = as_person(office.admin, SCREEN["codes"])
    key = f"grid:codes:category:{revision(codes)}"
    edits = {1: {"label_en": "Environment", "code": "hacked", "active": False}, 999: {"label_en": "nowhere"}}
    at.session_state[key] = {"edited_rows": edits, "added_rows": [{"code": "x"}], "deleted_rows": [0]}
    at.button(key=f"{key}:save").click().run()
    assert not at.exception
    after = office_services.codes(office.admin, list_name="category").set_index("id")
    row = after.loc[codes.index[1]]
    assert (row["label_en"], row["code"], row["active"]) == ("Environment", "environment", True)
    assert len(after) == len(codes)


def test_the_auditor_reads_and_verifies_the_journal(office: Office, as_person: Opener) -> None:
    at = as_person(office.auditor, SCREEN["journal"])
    assert len(at.dataframe[0].value) == 50
    at.button(key="journal:verify").click().run()
    assert not at.exception
    assert at.success
    at.button(key="journal:older").click().run()
    assert not at.exception
    assert at.button(key="journal:newest")


def test_every_permission_has_its_row_on_the_roles_screen(office: Office, as_person: Opener) -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert set(ROLES) == set(Role)
    shown = as_person(office.admin, SCREEN["roles"]).dataframe[0].value
    assert shown.loc["Keep mediation files", "Mediator"] == "own"
    assert shown.loc["Keep mediation files", "Reception clerk"] == ""
    assert len(shown) == len(Permission)


def test_every_preset_list_can_be_edited(office: Office, as_person: Opener) -> None:
    assert {part["name"] for part in preset("codes")["list"]} == set(office_services.LISTS)
    at = as_person(office.admin, SCREEN["codes"])
    at.selectbox(key="pick:list").set_value("dispute_category").run()
    assert not at.exception
    assert "traffic" in set(at.dataframe[0].value["code"])
