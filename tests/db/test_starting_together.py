"""Several processes of one office may start at the same moment: one upgrades, the others wait for it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from db import migrations
from db.engine import Database


@pytest.mark.parametrize("engine_name", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_four_upgrades_at_once(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: migrations.upgrade(database), range(8)))
    assert migrations.pending(database) == []
