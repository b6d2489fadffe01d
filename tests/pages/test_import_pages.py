"""Imports through the real app: what is wrong is told in place, the result opens its cases, a broken one goes on."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.rules.permissions import Actor
from db.services import cases
from db.services.cases import Choice, Tab
from db.services.files import Upload
from db.services.importing import running, waiting
from tests.db.services.test_importing_running import ended
from tests.factories import Office
from tests.made_imports import UNKNOWN, Orders, orders
from tests.pages.conftest import Opener

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
LIST, ONE, CASES = SCREEN["imports"], SCREEN["import"], SCREEN["cases"]
ROWS = 200


def said(at: AppTest) -> str:
    parts: list[Any] = [*at.markdown, *at.caption, *at.info, *at.subheader, *at.error, *at.warning, *at.title]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def press(at: AppTest, label: str) -> AppTest:
    (found,) = [each for each in at.button if each.label.replace("\\", "") == label]
    at = found.click().run()
    assert not at.exception
    return at


def metrics(at: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in at.metric}


def upload(at: AppTest, name: str, content: bytes) -> AppTest:
    (field,) = at.file_uploader
    at = field.upload(name, content, "").run()
    assert not at.exception
    return at


def put_by(actor: Actor, made: Orders) -> tuple[int, waiting.Waiting]:
    """A file put by, its unknown heading said to be the text."""
    import_id = waiting.put_by(actor, upload=Upload("工单.csv", made.content), key=f"put {made.read}")
    seen = waiting.waiting(actor, import_id=import_id)
    assert seen is not None
    chosen = replace(seen.chosen, columns={**seen.chosen.columns, UNKNOWN: "text"})
    waiting.choose(actor, import_id=import_id, chosen=chosen)
    return import_id, replace(seen, chosen=chosen)


def brought_in(actor: Actor, made: Orders) -> int:
    """A file brought in."""
    import_id, seen = put_by(actor, made)
    waiting.begin(actor, import_id=import_id, chosen=seen.chosen, key=f"begin {import_id}")
    assert ended(actor, import_id).state == "done"
    return import_id


def test_a_file_that_cannot_be_read_is_told_beside_its_field(office: Office, as_person: Opener) -> None:
    at = as_person(office.clerk, LIST)
    assert "Nothing was brought in yet." in said(at)
    assert "Never brought in: numbers of identity cards" in said(at)
    at = upload(as_person(office.clerk, ONE), "工单.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert "old Excel format" in said(at)
    assert at.file_uploader[0].value is not None
    assert "id" not in at.query_params
    for asked in ("99", "x"):
        assert (
            "To the imports" in {each.label for each in as_person(office.clerk, ONE, id=asked).button} or asked == "x"
        )


def test_from_the_file_to_the_button_that_says_what_will_happen(office: Office, as_person: Opener) -> None:
    made = orders(ROWS)
    at = upload(as_person(office.clerk, ONE), "工单.csv", made.content)
    assert "GB18030" in said(at)
    assert "What the columns mean: 7 of 9 are used" in said(at)
    fields = {each.label: each for each in at.selectbox}
    assert fields[UNKNOWN].value == ""
    fields["反映人"].set_value("text")
    at = fields[UNKNOWN].set_value("text").run()
    assert said(at).count("Another column has this meaning already.") == 1
    assert next(each for each in at.button if each.label == "Look at every row").disabled
    at = next(each for each in at.selectbox if each.label == "反映人").set_value("name").run()
    at = press(at, "Look at every row")
    assert metrics(at)["New"] == str(made.added)
    assert metrics(at)["Can't be brought in"] == str(made.rejected)
    rows = next(table.value for table in at.dataframe if "verdict" in table.value)
    assert set(rows["name"]) <= {"", "虚**", "虚***"}
    begin = f"Bring in {made.added}, update {made.updated}" if made.updated else f"Bring in {made.added}"
    assert begin in {each.label for each in at.button}
    at = as_person(office.clerk, ONE, id="1")
    assert {each.label: each.value for each in at.selectbox}[UNKNOWN] == "text"
    assert "工单.csv" in said(at)
    listed = as_person(office.clerk, LIST, language="zh").dataframe[0].value
    assert listed["file_name"].tolist() == ["工单.csv"]


def test_a_mapping_is_saved_offered_and_removed(office: Office, as_person: Opener) -> None:
    import_id, _ = put_by(office.clerk, orders(20))
    at = as_person(office.clerk, ONE, id=str(import_id))
    (name,) = [each for each in at.text_input if str(each.key).startswith("import.mapping")]
    name.set_value("热线工单")
    at = press(at, "Save")
    offered = next(each for each in at.selectbox if each.label == "Use a saved mapping")
    assert offered.options == ["热线工单"]
    field = next(each for each in at.selectbox if each.label == UNKNOWN)
    at = field.set_value("").run()
    offered = next(each for each in at.selectbox if each.label == "Use a saved mapping")
    at = offered.set_value(1).run()
    assert next(each for each in at.selectbox if each.label == UNKNOWN).value == "text"
    at = press(at, "Remove")
    assert "Use a saved mapping" not in {each.label for each in at.selectbox}


def test_the_result_opens_its_cases_and_is_taken_back(office: Office, as_person: Opener) -> None:
    made = orders(ROWS)
    import_id = brought_in(office.clerk, made)
    at = as_person(office.clerk, ONE, id=str(import_id))
    assert metrics(at)["New"] == str(made.added)
    assert f"{made.added} cases: what was added is deleted for good" in said(at)
    at = as_person(office.clerk, CASES, tab="all", import_id=str(import_id), brought="added")
    assert f"{made.added} cases" in said(at)
    first = cases.register(office.clerk, choice=Choice(tab=Tab.ALL, import_id=import_id)).rows.iloc[0]
    cases.amend(
        office.deputy, case_id=int(first["id"]), version=int(first["version"]), values={"note": "已电话核实。"}, key="k"
    )
    at = as_person(office.clerk, ONE, id=str(import_id))
    assert str(first["number"]) in said(at)
    at = press(at, f"Take back the other {made.added - 1}")
    assert cases.register(office.clerk, choice=Choice(tab=Tab.ALL)).total == 1
    at = press(at, "Bring in another file with the same mapping")
    at = upload(at, "工单.csv", orders(21).content)
    assert next(each for each in at.selectbox if each.label == UNKNOWN).value == "text"


def test_an_import_that_broke_off_is_gone_on_with(office: Office, as_person: Opener) -> None:
    made = orders(ROWS)
    _, seen = put_by(office.clerk, made)
    broken = running.begin(office.clerk, source=made.content, name="工单.csv", chosen=seen.chosen, key="broken")
    at = as_person(office.clerk, ONE, id=str(broken))
    assert "The import broke off after 0 rows; nothing is half written." in said(at)
    at = press(at, "Go on with it")
    assert ended(office.clerk, broken).counts["added"] == made.added
    at = as_person(office.clerk, ONE, language="zh", id=str(broken))
    assert metrics(at)["新增"] == str(made.added)


def test_a_look_for_likely_duplicates_that_broke_off_is_gone_on_with(office: Office, as_person: Opener) -> None:
    made = orders(ROWS)
    _, seen = put_by(office.clerk, made)
    done = running.begin(office.clerk, source=made.content, name="工单.csv", chosen=seen.chosen, key="done")
    running.work(office.clerk, done)
    at = as_person(office.clerk, ONE, id=str(done))
    assert f"Likely duplicates were looked for among 0 new cases; {made.added} are left." in said(at)
    press(at, "Go on looking")
    assert ended(office.clerk, done).looked == made.added
    assert "Likely duplicates were looked for" not in said(as_person(office.clerk, ONE, id=str(done)))
