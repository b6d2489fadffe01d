"""Merging through the real app: pairs decided, two cases side by side, merged, taken back; a letter split."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.engine import transaction
from db.services import cases
from db.services.cases import merged
from db.services.cases.likely_pairs import look_for
from tests.db.services.stages import VISITED, brought, key
from tests.db.services.test_merging import FIRST, SECOND, merge, row_of, two, version_of
from tests.factories import SYSTEM, Office
from tests.pages.conftest import Opener
from tests.pages.test_supervision import labels, press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}
LIKELY, MERGE, CASE, LIST = (SCREEN[path] for path in ("likely", "merge", "case", "cases"))
NOISE = "东门工地每晚十一点后仍在打桩，老人孩子无法休息，请有关部门到现场核实。"


def a_pair(office: Office) -> tuple[int, int]:
    pair = brought(office, text=NOISE), brought(office, text=f"{NOISE}已有半年。")
    with transaction(SYSTEM) as session:
        look_for(session, pair)
    return pair


def area(at: AppTest, name: str) -> Any:
    (found,) = [each for each in at.text_area if str(each.key).endswith(name)]
    return found


def test_a_pair_is_shown_with_its_reasons_and_decided(office: Office, as_person: Opener) -> None:
    first, later = a_pair(office)
    at = as_person(office.deputy, LIKELY)
    shown = said(at)
    assert "1 pair" in shown
    assert "same contact" in shown
    assert "like words" in shown
    assert ":orange-background[已有半年]" in shown.replace("。", "")
    at = press(at, "Not the same")
    assert "No pairs wait." in said(at)
    at = press(as_person(office.deputy, LIKELY, tab="different"), "Ask again")
    at = as_person(office.deputy, LIKELY, reason="number")
    assert "No pair for this reason." in said(at)
    at = press(as_person(office.deputy, LIKELY), "Merge…")
    assert [at.query_params[name] for name in ("kept", "gone")] == [str(first), str(later)]


def test_two_become_one_and_two_again(office: Office, as_person: Opener) -> None:
    kept, gone = two(office)
    before = row_of(gone)
    at = as_person(office.deputy, MERGE, kept=str(kept), gone=str(gone))
    assert "The days of 2026-000001 stand: received 2026-11-19 09:00" in said(at)
    for name, take in (("Grade", "gone"), ("What was said", "kept")):
        (field,) = [each for each in at.selectbox if each.label == name]
        field.set_value(take)
    area(at, "reason").set_value("同一路灯")
    at.run()
    desk = as_person(office.deputy, SCREEN["desk"])
    assert "2026-000002 → 2026-000001" in said(desk).replace("\\", "")
    assert area(press(desk, "Continue"), "reason").value == "同一路灯"
    at = as_person(office.deputy, MERGE, kept=str(kept), gone=str(gone))
    at = press(at, "Merge")
    assert "Merged into this one" in said(at)
    assert cases.view(office.deputy, case_id=kept).fields["grade"] == "major"
    at = as_person(office.deputy, CASE, id=str(kept))
    assert "Merged into this one" in said(at)
    assert "Undo this act" in labels(at)
    assert SECOND["text"] in said(at)
    assert "Open 2026-000001" in labels(as_person(office.clerk, CASE, id=str(gone)))
    at = as_person(office.clerk, LIST, text="2026-000002", tab="all")
    assert "2026-000002 was merged into 2026-000001" in said(at)
    at = press(as_person(office.deputy, CASE, id=str(kept)), "Undo this act")
    assert "Merged into this one" not in said(at)
    assert row_of(gone) == before
    merge(office, kept, gone)
    at = press(as_person(office.deputy, CASE, id=str(kept)), "Take it back")
    assert row_of(gone) == before
    assert FIRST["text"] == cases.view(office.deputy, case_id=kept).fields["text"]


def test_why_two_do_not_become_one_is_said_and_who_saved_first(office: Office, as_person: Opener) -> None:
    kept, gone = two(office)
    at = as_person(office.deputy, MERGE, kept=str(kept), gone=str(kept))
    assert "can't be merged with itself" in said(at)
    assert "Merge" not in labels(at)
    assert "does not exist" in said(as_person(office.deputy, MERGE, kept=str(kept), gone="99"))
    at = as_person(office.deputy, MERGE, kept=str(gone), gone=str(kept))
    assert "Keep 2026-000001 instead" in labels(at)
    values = {"subject": "路灯仍然不亮"}
    cases.amend(office.leader, case_id=kept, version=version_of(kept), values=values, key=key())
    at = press(at, "Merge")
    assert "林带班 changed one of the two meanwhile" in said(at)
    assert "路灯仍然不亮" in said(at)
    assert merged.where_it_went(office.deputy, case_id=kept) is None


def test_a_letter_is_split_and_parts_are_waited_for(office: Office, as_person: Opener) -> None:
    case_id = brought(office, VISITED, subject="路灯和垃圾", text="路灯不亮。垃圾没人收。")
    part = brought(office)
    cases.link(office.deputy, case_id=part, number="2026-000001", kind="part_of", key=key())
    shown = said(as_person(office.leader, CASE, id=str(case_id)))
    assert "Parts of this matter are still open: 2026-000002." in shown
    assert "Parts of this matter" in shown
    assert "Part of a larger matter" in said(as_person(office.leader, CASE, id=str(part)))
    shown = said(as_person(office.director, CASE, "zh", id=str(case_id)))
    assert "2026-000002" in shown
    merge(office, part, brought(office))
    assert "Merged into this one" not in said(as_person(office.clerk, CASE, id=str(case_id)))


def test_another_case_is_put_beside_this_one_by_its_number(office: Office, as_person: Opener) -> None:
    first, later = a_pair(office)
    number = str(row_of(first)["number"])
    at = as_person(office.deputy, CASE, id=str(later))
    at.session_state["to-merge"] = True
    field = f"case-pair-{later}-number"
    at = at.run()
    for typed in ("<b>甲</b>", number):
        at.text_input(key=field).set_value(typed)
        at = at.button(key=f"case-pair-{later}-go").click().run()
        assert not at.exception
        if typed != number:
            assert "There is no other case with this number." in said(at)
            assert at.text_input(key=field).value == typed
    assert "Stays" in said(at)
    assert str(row_of(later)["number"]) in said(at)
