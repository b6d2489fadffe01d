"""Every state has a sentence for the resident, and none of them gives anything away."""

import pytest

from db.rules.case_flow import State
from db.rules.progress import PUBLIC_WORDS


@pytest.mark.parametrize("state", State)
def test_every_state_is_told(state: State) -> None:
    assert PUBLIC_WORDS[state].endswith(".")


def test_who_waits_for_whom_inside_stays_inside() -> None:
    assert PUBLIC_WORDS[State.REGISTERED] == PUBLIC_WORDS[State.PROPOSED]
    assert PUBLIC_WORDS[State.ANSWERED] == PUBLIC_WORDS[State.SIGNED]
