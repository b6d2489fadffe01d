"""Charts on matters: every figure as counted by hand, in the office's days, of nobody's sealed matter or accusation."""

import pytest

from db.rules import case_words
from db.rules.briefings.chart import ChartSpec
from db.rules.problems import Refused
from db.services.briefings.drawing import draw, values_of
from db.services.briefings.registers import registers_of
from tests.db.services.stages import brought
from tests.factories import Office


def test_matters_by_category_this_month(office: Office) -> None:
    brought(office)
    drawn = draw(office.clerk, spec=ChartSpec(register="cases", measure="received", split="category"))
    assert [cell.value for cell in drawn.cells] == [1]


def test_words_of_codes_are_those_of_the_screens(office: Office) -> None:
    assert [one.name.en for one in values_of(office.clerk, register="cases", dimension="grade")] == list(
        case_words.TABLES["grade"].values()
    )
    assert next(register.code for register in registers_of(office.clerk)) == "cases"


def test_a_register_of_others_is_refused(office: Office) -> None:
    with pytest.raises(Refused):
        draw(office.mediator, spec=ChartSpec(register="cases", measure="received"))
