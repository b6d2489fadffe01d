"""The screen of Word templates: what stands, a replacement taken or refused, the built-in one put back."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.documents.forms import forms
from db.engine import Database
from db.models import PersonRole
from db.services import templates
from tests.db.services.test_templates import own
from tests.factories import SYSTEM, Office, a_case
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = next(screen for screen in SCREENS if screen.path == "templates")


def said(at: AppTest) -> str:
    return " ".join(element.value for element in (*at.markdown, *at.caption)).replace("\\", "")


def hand_in(at: AppTest, code: str, text: str) -> None:
    upload = own(text)
    at.file_uploader(key=f"template.replace:{code}:file:0").upload(upload.name, upload.content, "").run()
    at.button(key=f"template.replace:{code}:0").click().run()
    assert not at.exception


@pytest.mark.parametrize(("language", "name"), [("en", "Mediation agreement"), ("zh", "人民调解协议书")])
def test_every_form_with_what_stands_and_what_it_may_fill_in(
    office: Office, as_person: Opener, language: str, name: str
) -> None:
    at = as_person(office.admin, SCREEN, language, form="agreement")
    assert not at.exception
    listed = at.dataframe[0].value
    assert len(listed) == len(forms())
    assert at.subheader[0].value == name
    assert "{{ agreement_content }}" in set(at.dataframe[1].value.iloc[:, 0])
    assert "{{ visit_day }}" not in set(at.dataframe[1].value.iloc[:, 0])


def test_a_replacement_is_taken_and_the_built_in_one_put_back(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN, form="record")
    hand_in(at, "record", "本会格式 {{ statements }}")
    stands = templates.templates(office.admin).set_index("code").loc["record"]
    assert stands["own"]
    assert "your own, since 2026-11-19 09:00" in said(at)
    at.button(key=f"template.put_back:record:{stands['version']}:0").click().run()
    assert not at.exception
    assert not templates.templates(office.admin)["own"].any()
    assert "Template in use: built-in" in said(at)


def test_a_broken_replacement_is_told_beside_the_field(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN, form="record")
    hand_in(at, "record", "{{ statments }}")
    assert "There is no such placeholder: {{ statments }}" in said(at)
    assert not templates.templates(office.admin)["own"].any()
    assert at.file_uploader(key="template.replace:record:file:0").value is not None


def test_nothing_chosen_is_told_too(database: Database, office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN, form="record")
    at.button(key="template.replace:record:0").click().run()
    assert "Choose a Word file (.docx)." in said(at)


def test_forms_are_found_by_job_and_by_words(office: Office, as_person: Opener) -> None:
    at = as_person(office.admin, SCREEN)
    at.pills(key="templates:job").set_value("cases").run()
    at.text_input(key="templates:words").set_value("转办").run()
    assert not at.exception
    assert len(at.dataframe[0].value) == 3
    at.text_input(key="templates:words").set_value("nothing of the kind").run()
    assert not at.exception
    assert not at.dataframe


def test_a_replaced_template_can_be_used_again(office: Office, as_person: Opener) -> None:
    first = own("一 {{ result }}")
    version = templates.replace(office.admin, form="record", version=0, upload=first, key="a")
    version = templates.replace(office.admin, form="record", version=version, upload=own("二 {{ result }}"), key="b")
    [kept] = templates.earlier_ones(office.admin, form="record")
    at = as_person(office.admin, SCREEN, form="record")
    assert office.admin.name in said(at)
    at.button(key=f"template.use_earlier:record:{kept.kept}:{version}:0").click().run()
    assert not at.exception
    assert templates.fetch(office.admin, form="record").content == first.content


def test_a_form_is_tried_with_a_record_by_those_who_may_read_it(
    database: Database, office: Office, as_person: Opener
) -> None:
    with database.transaction(SYSTEM) as session:
        number = a_case(session, office).number
    assert "template-number:registration" not in at_keys(as_person(office.admin, SCREEN, form="registration"))
    both = replace(office.admin, roles=office.admin.roles | office.clerk.roles)
    with database.transaction(SYSTEM) as session:
        session.add(PersonRole(person_id=both.id, role="clerk"))
    at = as_person(both, SCREEN, form="registration")
    at.text_input(key="template-number:registration").set_value("2020-999999").run()
    assert "There is no case with this number." in said(at)
    at.text_input(key="template-number:registration").set_value(number).run()
    assert not at.exception
    links = [link.proto.url for link in at.get("link_button")]
    assert "/case-document/registration?case=1" in links


def at_keys(at: AppTest) -> set[str]:
    return {str(widget.key) for widget in at.text_input}
