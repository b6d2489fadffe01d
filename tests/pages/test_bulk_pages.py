"""Many cases at once, the bin, stand-ins and what is taken back, as people use them."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from components.screens import SCREENS
from db.services import cases, intake
from db.services.cases import stand_in
from tests.db.services import stages
from tests.db.services.stages import TODAY, brought, key
from tests.db.services.test_bulk import versions, worked_on
from tests.factories import Office
from tests.pages.conftest import Opener
from tests.pages.test_cases_pages import press, said

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCREEN = {screen.path: screen for screen in SCREENS}


def tick(app: AppTest, begins: str, *places: int) -> AppTest:
    """Tick rows of the table whose key begins so."""
    (frame,) = [one for one in app.dataframe if one.key and one.key.startswith(begins)]
    assert frame.key
    app.session_state[frame.key] = {"selection": {"rows": list(places), "columns": [], "cells": []}}
    return app.run()


def labels(app: AppTest) -> list[str]:
    """Every button."""
    return [one.label for one in app.button]


def test_ticked_cases_are_previewed_changed_and_taken_back(office: Office, as_person: Opener) -> None:
    fresh, handled = brought(office), brought(office, stages.HANDLING)
    app = as_person(office.deputy, SCREEN["cases"], tab="all", tick_cases="true")
    tick(app, "bulk:", 0, 1)
    assert "**2** cases ticked" in said(app)
    next(one for one in app.selectbox if one.label == "Handler").select(office.head.id).run()
    assert "1 stay as they are" in said(app)
    press(app, "Change 1 case")
    assert not app.exception
    assert cases.view(office.deputy, case_id=handled).fields["handler_id"] == office.head.id
    assert "1 case changed." in said(app)
    press(app, "Undo this act")
    assert cases.view(office.deputy, case_id=handled).fields["handler_id"] == office.handler.id
    assert "1 case is as before." in said(app)
    assert "Undo this act" not in labels(app)
    assert cases.view(office.deputy, case_id=fresh).version == versions(office.deputy, fresh)[fresh]


def test_what_was_ticked_and_typed_is_there_after_a_reload(office: Office, as_person: Opener) -> None:
    brought(office)
    kept = brought(office)
    app = as_person(office.deputy, SCREEN["cases"], tab="all", tick_cases="true")
    tick(app, "bulk:", 0)
    next(one for one in app.text_area if one.label.startswith("Line added")).input("写到一半").run()
    again = as_person(office.deputy, SCREEN["cases"], tab="all", tick_cases="true")
    assert [one.value for one in again.text_area] == ["写到一半"]
    assert "**1** case ticked" in said(again)
    desk = as_person(office.deputy, SCREEN["desk"])
    assert "Change many cases" in said(desk)
    worked_on(office, kept)
    press(again, "Change 1 case")
    assert "saved first" in said(again)
    assert [one.value for one in again.text_area] == ["写到一半"]
    press(again.run(), "Change 1 case")
    assert cases.view(office.deputy, case_id=kept).fields["note"] == "写到一半"


def test_a_case_goes_into_the_bin_and_its_address_says_so(office: Office, as_person: Opener) -> None:
    case_id = brought(office)
    app = as_person(office.clerk, SCREEN["case"], id=str(case_id))
    app.session_state["to-bin"] = True
    app.run()
    next(one for one in app.text_area if one.label == "Reason").input("重复登记").run()
    press(app, "Put into the bin")
    assert "was put into the bin" in said(app)
    assert "重复登记" in said(app)
    stranger = as_person(office.head, SCREEN["case"], id=str(case_id))
    assert "not yours to see" in said(stranger)
    lying = as_person(office.leader, SCREEN["bin"])
    assert "1 case" in said(lying)
    assert lying.dataframe[0].value["reason"].tolist() == ["重复登记"]
    again = as_person(office.leader, SCREEN["case"], id=str(case_id))
    press(again, "Take out of the bin")
    assert cases.view(office.clerk, case_id=case_id).fields["state"] == "registered"


def test_the_page_says_what_to_do_instead_of_the_bin(office: Office, as_person: Opener) -> None:
    case_id = brought(office, stages.ROUTED)
    app = as_person(office.director, SCREEN["case"], id=str(case_id))
    app.session_state["to-bin"] = True
    app.run()
    assert "It has been sent to a unit" in said(app)
    assert "Put into the bin" not in labels(app)


def test_own_acts_are_listed_and_taken_back_from_the_bin(office: Office, as_person: Opener) -> None:
    ids = [brought(office) for _ in range(2)]
    cases.put_in_bin(office.clerk, rows=versions(office.clerk, *ids), reason="误录", key=key())
    app = as_person(office.clerk, SCREEN["bin"])
    assert "2 cases put into the bin" in said(app)
    tick(app, "bin:", 0)
    press(app, "Take 1 out of the bin")
    assert cases.binned(office.clerk).total == 1
    press(app, "Undo this act")
    assert cases.binned(office.clerk).total == 0
    assert "not in the bin any more" in said(app)


def test_a_stand_in_is_arranged_told_and_ended(office: Office, as_person: Opener) -> None:
    case_id = brought(office, stages.HANDLING)
    app = as_person(office.director, SCREEN["stand-ins"], person=str(office.handler.id))
    next(one for one in app.selectbox if one.label == "Stand-in").select(office.outsider.id).run()
    for name, on in (("First day", TODAY), ("Last day", TODAY + timedelta(2))):
        next(one for one in app.date_input if one.label == name).set_value(on).run()
    press(app, "Arrange")
    assert "吴外人 for 王经办" in said(app)
    mine = as_person(office.outsider, SCREEN["cases"], tab="mine")
    assert mine.dataframe[0].value["handler"].tolist() == ["for 王经办"]
    assert not as_person(office.outsider, SCREEN["case"], id=str(case_id)).exception
    press(as_person(office.director, SCREEN["stand-ins"]), "End now")
    assert stand_in.stand_ins(office.director).empty


def test_open_cases_are_handed_over_without_those_left_out(office: Office, as_person: Opener) -> None:
    ids = [brought(office, stages.HANDLING) for _ in range(3)]
    app = as_person(office.head, SCREEN["stand-ins"], **{"from": str(office.handler.id)})
    tick(app, "hand-over-", 0, 2)
    next(one for one in app.selectbox if one.label == "Hand over to").select(office.head.id).run()
    press(app, "Hand 2 cases over")
    handlers = [cases.view(office.head, case_id=one).fields["handler_id"] for one in ids]
    assert sorted(str(one) for one in handlers) == sorted(
        str(one.id) for one in (office.head, office.head, office.handler)
    )
    assert "2 cases handed over." in said(app)


def test_a_correction_is_kept_and_offered_again(office: Office, as_person: Opener) -> None:
    case_id = brought(office)
    app = as_person(office.deputy, SCREEN["case"], id=str(case_id))
    app.session_state["amend"] = True
    app.run()
    next(one for one in app.text_area if one.label == "What is asked for").input("改到一半").run()
    again = as_person(office.deputy, SCREEN["case"], id=str(case_id))
    assert "改到一半" in [one.value for one in again.text_area], "the form is open where a draft is kept"
    assert set(intake.drafts(office.deputy)["form"]) == {f"case.amend:{case_id}"}
    press(again, "Save the correction")
    assert cases.view(office.deputy, case_id=case_id).fields["request"] == "改到一半"
    assert intake.drafts(office.deputy).empty
