"""A database file that was damaged below Linli: nobody works upon it, and nobody takes it for sound."""

import dataclasses
import os
from pathlib import Path

import pytest

from db import clock
from tests.factories import NOW, a_database
from tests.faults import damaged
from tests.trust import world

DAMAGES = int(os.environ.get("FAULT_DAMAGES", "6"))


@pytest.mark.slow
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_damaged_file_is_not_taken_for_sound(tmp_path: Path, encrypted: bool) -> None:
    with clock.at(NOW):
        database, _ = a_database(tmp_path / "office", encrypt_database=encrypted)
        world.fill(database)
        database.close()
        kinds = {**damaged.OF_PAGES, **(damaged.A_BIT if encrypted else {})}
        figures = damaged.run(database.settings, DAMAGES, kinds)
    print(f"\n{dataclasses.asdict(figures)}")  # noqa: T201 - the figures are what this test is for
    assert figures.unseen == []
    assert figures.refused_at_start >= figures.damages / 2
    assert figures.damages >= DAMAGES
