"""What came of a click, read in the database beside the server."""

from typing import Any

from sqlalchemy import func, select

from tests.browser.people import Seat
from tests.browser.rosters import the_database
from tests.serving import PATIENCE


def rows(seat: Seat, *columns: Any) -> list[Any]:
    """What the database says, beside the server."""
    with the_database(seat) as connection:
        return list(connection.execute(select(*columns)))


def comes_to(seat: Seat, wanted: int, counted: Any) -> None:
    """Wait until so many rows stand there."""
    found = 0
    for _ in range(PATIENCE // 200):
        found = rows(seat, func.count(counted))[0][0]
        if found == wanted:
            return
        seat.page.wait_for_timeout(200)
    raise AssertionError(f"{found} and not {wanted}; {seat.page.get_by_role('alert').all_inner_texts()}")
