"""Who is told who has seen a case."""

import pytest

from db.rules.looks import EMERGENCY, LOOKS, may_be_told
from db.rules.permissions import Actor, Role


@pytest.mark.parametrize(
    ("role", "person", "told"),
    [
        (Role.DIRECTOR, 9, True),
        (Role.CLERK, 1, True),
        (Role.HANDLER, 2, True),
        (Role.CLERK, 9, False),
        (Role.DUTY_LEADER, 9, False),
        (Role.ADMINISTRATOR, 9, False),
        (Role.AUDITOR, 9, False),
    ],
)
def test_the_director_and_who_answers_for_it_are_told(role: Role, person: int, *, told: bool) -> None:
    assert may_be_told(Actor(id=person, name="x", roles=frozenset({role})), (1, 2, None)) is told


def test_nobody_without_an_account_answers_for_anything() -> None:
    assert not may_be_told(Actor(id=None, name="x"), ())
    assert EMERGENCY in LOOKS
