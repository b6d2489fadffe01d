"""The figures of a desk: each under the reader's reach, nothing sealed, nothing small for readers of figures only."""

from datetime import timedelta

import pytest

from db import clock
from db.rules.problems import Refused
from db.services import figures
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.factories import NOW, Office


def test_each_reader_gets_figures_of_their_own_reach(office: Office) -> None:
    for _ in range(3):
        brought(office)
    brought(office, stages.HANDLING)
    brought(office, stages.CLOSED)
    told = figures.desk(office.clerk)
    assert (told.open, told.overdue, told.registered, told.closed) == (4, 0, 5, 1)
    assert told.whole_office
    own = figures.desk(office.handler)
    assert (own.open, own.registered, own.closed, own.whole_office) == (1, 2, 1, False)
    assert figures.desk(office.outsider).registered == 0


def test_sealed_matters_are_counted_for_those_who_see_them_only(office: Office) -> None:
    brought(office, sealed=True)
    assert figures.desk(office.director).open == 1
    assert figures.desk(office.clerk).open == figures.desk(office.viewer).open == 0


def test_a_reader_of_figures_gets_no_small_numbers(office: Office) -> None:
    brought(office)
    brought(office, stages.CLOSED)
    told = figures.desk(office.viewer)
    assert (told.open, told.registered, told.closed) == (None, None, None)
    assert told.overdue == 0
    assert told.weekly["registered"].isna().iloc[-1]
    assert figures.desk(office.clerk).open == 1
    for _ in range(2):
        brought(office)
    assert figures.desk(office.viewer).open == 3


def test_weeks_are_the_last_twelve_from_their_mondays(office: Office) -> None:
    with clock.at(NOW - timedelta(weeks=2)):
        brought(office)
    weekly = figures.desk(office.clerk).weekly
    assert len(weekly) == 12
    assert all(day.weekday() == 0 for day in weekly["week"])
    assert list(weekly["registered"])[-3:] == [1, 0, 0]
    with clock.at(NOW + timedelta(days=12)):
        assert figures.desk(office.clerk).overdue == 1


@pytest.mark.parametrize("who", ["admin", "auditor"])
def test_others_get_none(office: Office, who: str) -> None:
    with pytest.raises(Refused):
        figures.desk(office.people[who])
