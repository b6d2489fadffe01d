"""Some real acts, to be run under strace; prints how many commits they made."""

import sys
from pathlib import Path
from typing import Any

from db import engine
from db.settings import Settings
from tests.faults.writers import people_of, write_for_ever

ACTS = 4


class Enough(Exception):
    """As many acts as were asked for."""


def main(folder: Path, times: int) -> int:
    """Take `times` rounds of acts; answers the commits of writing transactions."""
    database = engine.open_database(Settings(data_dir=str(folder), password_cost=10))
    actors, unit_id = people_of(database)
    commits = acts = 0
    usual = database.engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        nonlocal commits
        commits += connection.execute("PRAGMA query_only").fetchone()[0] == 0
        usual(connection)

    def say(_line: str) -> None:
        nonlocal acts
        acts += 1
        if acts == times * ACTS:
            raise Enough

    database.engine.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]
    try:
        write_for_ever(actors, unit_id, 0, say)
    except Enough:
        database.close()
    return commits


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2])))  # noqa: T201 - what the caller reads
