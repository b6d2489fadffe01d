"""A rota as a table of text: date, post, shift, role, person."""

import csv
import io
from collections.abc import Iterable

from db.rules.problems import N_, Problem, Problems
from db.rules.rostering.scenario import OPEN_WORDS, Row, as_date
from db.rules.text_tables import csv_table

COLUMNS = ("date", "post", "shift", "role", "person")


def rows_from(content: bytes) -> list[Row]:
    """The rows of a written rota, without the places that stay open; raises Problems naming the line."""
    lines = csv_table(content).lines
    heads = [name.strip().lower() for name in (lines[0][1] if lines else ())]
    missing = [column for column in COLUMNS if column not in heads]
    if missing:
        raise Problems(Problem("columns", N_("These columns are missing: {missing}."), {"missing": ", ".join(missing)}))
    found = []
    for number, line in lines[1:]:
        told = dict(zip(heads, (cell.strip() for cell in line), strict=False))
        words = {column: told.get(column, "") for column in COLUMNS}
        if words["person"].lower() in OPEN_WORDS:
            continue
        try:
            found.append(Row(as_date(words.pop("date")), **words))
        except ValueError as error:
            raise Problems(
                Problem("date", N_("Line {number}: this date can't be read."), {"number": number})
            ) from error
    return found


def as_table(rows: Iterable[Row]) -> str:
    """The same table written, open places without a person."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(COLUMNS)
    writer.writerows((row.date.isoformat(), row.post, row.shift, row.role, row.person) for row in rows)
    return page.getvalue()
