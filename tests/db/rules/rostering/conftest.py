"""Searches of the tests give up early: what they find need not be the best, only sound."""

import pytest

from db.rules.rostering import search


@pytest.fixture(autouse=True)
def give_up_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less work for the whole and for each part."""
    monkeypatch.setattr(search, "WHOLE_WORK", 0.3)
    monkeypatch.setattr(search, "PART_WORK", 0.05)
