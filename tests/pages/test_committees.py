"""The directory of committees through the real app: read by many, kept by two."""

from typing import Any

import pytest

from components.screens import SCREENS
from db.engine import Database
from db.services.mediation import committees, members, training
from tests.factories import NOW, SYSTEM, Office, a_dispute
from tests.frames import row_of
from tests.pages.conftest import Opener
from tests.pages.opening import key_of

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}["committees"]


def said(at: Any) -> str:
    """Everything the page says in text, its escapes taken off."""
    parts = [*at.markdown, *at.caption, *at.info, *at.subheader]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def labels(at: Any) -> set[str]:
    return {each.label for kind in (at.button, at.expander, at.toggle, at.selectbox) for each in kind}


@pytest.mark.parametrize("person", ["mediator", "clerk", "director"])
def test_the_list_shows_every_committee_with_its_badges(person: str, office: Office, as_person: Opener) -> None:
    at = as_person(office.people[person], SCREEN)
    assert not at.exception
    shown = at.dataframe[0].value
    assert list(shown["Name"]) == ["城建所调委会", "东村调委会"]
    assert [list(told) for told in shown["To look at"]] == [["Members", "Women"], ["Members", "Women", "Chair"]]
    assert ("Add a committee" in labels(at)) == (person == "director")


@pytest.mark.parametrize("person", ["mediator", "clerk"])
def test_readers_see_one_committee_and_no_form(person: str, office: Office, as_person: Opener) -> None:
    at = as_person(office.people[person], SCREEN, id=str(office.committee_a))
    assert not at.exception
    assert "Members: 2; the law asks for at least 3." in said(at)
    assert "Account" not in at.dataframe[0].value.columns
    assert labels(at) & {"Save", "Add a member", "Enter a training", "Retire", "Change a member"} == set()


def test_a_member_is_added_with_an_account(office: Office, as_person: Opener) -> None:
    at = as_person(office.director, SCREEN, id=str(office.committee_b))
    form = f"members.add:{office.committee_b}"
    at.selectbox(key=key_of(at, form, "position")).set_value("chair")
    at.selectbox(key=key_of(at, form, "sex")).set_value("female")
    at.button(key=key_of(at, form, "add_member")).click().run()
    assert "Give a name of at most 60 characters." in said(at)
    at.text_input(key=key_of(at, form, "name")).set_value("和大姐")
    at.button(key=key_of(at, form, "add_member")).click().run()
    assert not at.exception
    row = row_of(members.members(office.admin, committee_id=office.committee_b), "和大姐", by="name")
    assert (row["position"], row["sex"]) == ("chair", "female")
    assert "No chair is named yet." not in said(at)


def test_a_member_with_open_files_stays_and_one_without_is_retired_and_restored(
    database: Database, office: Office, as_person: Opener
) -> None:
    member = int(members.members(office.admin, committee_id=office.committee_b)["id"][0])
    at = as_person(office.admin, SCREEN, id=str(office.committee_b), member=str(member))
    at.button(key=f"members.retire:{member}:0").click().run()
    assert not at.exception
    assert members.members(office.admin, committee_id=office.committee_b).empty
    assert "The chair comes first" in said(at)
    at.toggle(key="members:retired").set_value(True).run()
    at.selectbox(key="pick:member").set_value(member).run()
    at.button(key=f"members.restore:{member}:0").click().run()
    assert not at.exception
    assert list(members.members(office.admin, committee_id=office.committee_b)["id"]) == [member]


def test_a_committee_with_open_files_says_why_it_stays(database: Database, office: Office, as_person: Opener) -> None:
    with database.transaction(SYSTEM) as session:
        a_dispute(session, office)
    at = as_person(office.admin, SCREEN, id=str(office.committee_a))
    at.button(key=f"committees.retire:{office.committee_a}:0").click().run()
    assert "1 open files are still with this committee." in said(at)
    assert committees.committee_names(office.admin)[office.committee_a] == "城建所调委会"


def test_a_training_is_entered_for_all_removed_and_restored(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN, id=str(office.committee_a))
    form = f"trainings.add:{office.committee_a}"
    at.text_input(key=key_of(at, form, "subject")).set_value("调解文书")
    at.button(key=key_of(at, form, "add_training")).click().run()
    assert not at.exception
    first, second = training.trainings(office.admin, committee_id=office.committee_a)["id"]
    at.selectbox(key="pick:training").set_value(first).run()
    at.button(key=f"training.remove:{first}:0").click().run()
    assert list(training.trainings(office.admin, committee_id=office.committee_a)["id"]) == [second]
    at.toggle(key="trainings:removed").set_value(True).run()
    at.selectbox(key="pick:training").set_value(first).run()
    at.button(key=f"training.restore:{first}:0").click().run()
    assert not at.exception
    assert len(training.trainings(office.admin, committee_id=office.committee_a)) == 2


def test_a_search_is_entered(office: Office, as_person: Opener) -> None:
    at = as_person(office.director, SCREEN, id=str(office.committee_a))
    form = f"searches.add:{office.committee_a}"
    at.number_input(key=key_of(at, form, "found")).set_value(6)
    at.number_input(key=key_of(at, form, "prevented")).set_value(2)
    at.button(key=key_of(at, form, "add_search")).click().run()
    assert not at.exception
    row = training.searches(office.admin, committee_id=office.committee_a).iloc[0]
    assert (row["held_on"], row["found"], row["prevented"]) == (NOW.date(), 6, 2)


def test_a_specialised_committee_is_added_and_corrected(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN)
    at.text_input(key=key_of(at, "committees.add", "name")).set_value("物业纠纷调委会")
    at.selectbox(key=key_of(at, "committees.add", "kind")).set_value("specialised")
    at.button(key=key_of(at, "committees.add", "add_committee")).click().run()
    assert "Say which field this committee is for." in said(at)
    at.selectbox(key=key_of(at, "committees.add", "field")).set_value("property_service")
    at.button(key=key_of(at, "committees.add", "add_committee")).click().run()
    assert not at.exception
    added = row_of(committees.committees(office.admin), "物业纠纷调委会", by="name")
    assert added["field"] == "property_service"
    at = as_person(office.admin, SCREEN, id=str(added["id"]))
    at.text_input(key=key_of(at, f"committees.edit:{added['id']}", "name_en")).set_value("Property services")
    at.button(key=key_of(at, f"committees.edit:{added['id']}", "edit_committee")).click().run()
    assert not at.exception
    assert "Property services" in said(at)


def test_an_empty_directory_says_what_to_do(office: Office, as_person: Opener) -> None:
    for committee_id in (office.committee_a, office.committee_b):
        committees.retire_committee(office.admin, committee_id=committee_id, version=1, key=f"{committee_id}")
    assert "then its chair and members" in said(as_person(office.admin, SCREEN))
    at = as_person(office.mediator, SCREEN)
    assert "The director or the administrator enters them." in said(at)
    at.toggle(key="committees:retired").set_value(True).run()
    assert [list(told) for told in at.dataframe[0].value["To look at"]] == [["Retired"], ["Retired"]]


def test_an_unknown_committee_shows_the_list(office: Office, as_person: Opener) -> None:
    at = as_person(office.mediator, SCREEN, id="999")
    assert not at.exception
    assert len(at.dataframe[0].value) == 2
