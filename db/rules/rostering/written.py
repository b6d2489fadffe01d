"""A rota as a table of text: date, post, shift, role, person."""

import csv
import io
from collections.abc import Iterable

from db.rules.problems import N_, Problem, Problems
from db.rules.rostering.scenario import OPEN_WORDS, Row, as_date

COLUMNS = ("date", "post", "shift", "role", "person")


def rows_from(content: bytes) -> list[Row]:
    """The rows of a written rota, UTF-8 or GB 18030, without the places that stay open."""
    reader = csv.DictReader(io.StringIO(_text(content), newline=""))
    found = []
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise Problems(Problem("columns", N_("These columns are missing: {missing}."), {"missing": ", ".join(missing)}))
    for number, line in enumerate(reader, start=2):
        words = {column: (line[names[column]] or "").strip() for column in COLUMNS}
        if words["person"].lower() in OPEN_WORDS:
            continue
        try:
            found.append(Row(as_date(words.pop("date")), **words))
        except ValueError as error:
            raise Problems(
                Problem("date", N_("Line {number}: this date can't be read."), {"number": number})
            ) from error
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def as_table(rows: Iterable[Row]) -> str:
    """The same table written, open places without a person."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(COLUMNS)
    writer.writerows((row.date.isoformat(), row.post, row.shift, row.role, row.person) for row in rows)
    return page.getvalue()
