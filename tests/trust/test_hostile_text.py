"""G11: hostile texts come back as they went, or are refused with a sentence beside their field; nothing breaks."""

import time

import pytest

from db.rules import text as rules
from db.services import search
from tests.factories import Office
from tests.trust import hostile

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
TAKEN = 72


def test_there_are_enough_of_them() -> None:
    assert len(hostile.strings()) >= 600
    assert len(hostile.every()) >= 1100


@on_sqlite
@pytest.mark.usefixtures("database")
def test_every_text_comes_back_as_it_went_or_is_refused(office: Office) -> None:
    every = hostile.every()
    figures = hostile.travel(office, every[:: len(every) // TAKEN])
    assert figures.wrong == []
    assert figures.trips >= 500
    assert figures.refused > 10
    assert figures.exported > 50
    assert figures.brought_back > 40


@pytest.mark.parametrize("piece", ["a", "路", "(", " a", "\\", "![](", "\u0301", "1，", "<"])
def test_a_long_text_costs_no_more_than_its_length(piece: str) -> None:
    def taken(times: int) -> float:
        words = piece * times
        begun = time.process_time()
        rules.cleaned(words)
        search.fts_query(words)
        return time.process_time() - begun

    taken(100)
    assert taken(40_000) < 40 * max(taken(4_000), 0.002)
