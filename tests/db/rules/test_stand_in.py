"""Who may stand in for whom on which days."""

from datetime import date, timedelta

import pytest

from db.rules.problems import Problems
from db.rules.stand_in import Arranged, check_stand_in

TODAY = date(2026, 11, 19)
X, Y, Z = 1, 2, 3


def arranged(person: int = X, acting: int = Y, first: int = 0, last: int = 4) -> Arranged:
    """An arrangement whose days are counted from today."""
    return Arranged(person, acting, TODAY + timedelta(first), TODAY + timedelta(last))


@pytest.mark.parametrize(
    ("wanted", "others", "wrong"),
    [
        (arranged(), (), []),
        (arranged(first=0, last=0), (), []),
        (arranged(acting=X), (), ["stand_in_id"]),
        (arranged(first=4, last=3), (), ["ends"]),
        (arranged(first=-1), (), ["begins"]),
        (arranged(first=-3, last=-1), (), ["begins", "ends"]),
        (arranged(), (arranged(acting=Z, first=4, last=9),), ["begins"]),
        (arranged(), (arranged(acting=Z, first=5, last=9),), []),
        (arranged(), (arranged(person=Y, acting=X, first=2, last=2),), ["stand_in_id", "begins"]),
        (arranged(), (arranged(person=Y, acting=Z, first=4, last=9),), ["stand_in_id"]),
        (arranged(), (arranged(person=Z, acting=X, first=-5, last=0),), ["begins"]),
        (arranged(), (arranged(person=Z, acting=Y),), []),
    ],
)
def test_days_and_circles(wanted: Arranged, others: tuple[Arranged, ...], wrong: list[str]) -> None:
    found: list[str] = []
    try:
        check_stand_in(wanted, others, TODAY)
    except Problems as problems:
        found = [problem.field for problem in problems.problems]
    assert found == wrong


def test_what_has_begun_keeps_its_first_day() -> None:
    began = TODAY - timedelta(2)
    check_stand_in(arranged(first=-2, last=1), (), TODAY, began=began)
    with pytest.raises(Problems, match="begun already"):
        check_stand_in(arranged(first=1, last=1), (), TODAY, began=began)
    check_stand_in(arranged(first=1), (), TODAY, began=TODAY + timedelta(3))
    assert arranged().covers(TODAY)
    assert not arranged().covers(TODAY + timedelta(5))
