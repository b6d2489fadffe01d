"""The matters of an open file, chunk by chunk, read with the words of the preset and of the office."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Code, Unit
from db.rules.case_import import Note, Told, plain
from db.rules.importing.telling import Cells, Words, is_no_matter, notes_of_file, told_of
from db.rules.limits import Limits
from db.rules.problems import N_
from db.rules.text_tables import Row
from db.services.importing.mapping import DEFAULTS, Chosen
from db.services.importing.reading import Layout, Open, below_header
from db.services.importing.reading import words as preset_words
from db.services.office import active_codes, limits_in_force

CHUNK = 200
LEFT_OUT = N_("Column left out: {column}")


@dataclass(frozen=True)
class Ground:
    """What every row is checked against: the preset's and the office's words, limits, categories."""

    words: Words
    limits: Limits
    categories: frozenset[str]
    headings: Mapping[str, str]


class Rows:
    """The matters of an open file, chunk by chunk."""

    def __init__(self, file: Open, chosen: Chosen) -> None:
        sheet = chosen.sheet if chosen.sheet in file.sheets else file.sheets[0]
        self.layout, self._below = below_header(file.rows(sheet), chosen.columns, chosen.header_row)
        named = zip(self.layout.header.headings, self.layout.fields, strict=True)
        self._places = [(place, heading, field) for place, (heading, field) in enumerate(named) if field]
        with reading() as session:
            self.ground = _ground(session, file, chosen, self.layout)

    @property
    def notes(self) -> list[Note]:
        """What is told of the file as a whole."""
        left_out = [Note(0, why or LEFT_OUT, {"column": heading}, heading) for heading, why in self.layout.left_out]
        return [*left_out, *notes_of_file(self.ground.words)]

    def chunks(self, *, skip: int = 0) -> Iterator[list[tuple[Told, list[Note]]]]:
        """The matters with their notes; `skip` of them were written already."""
        matters = (one for one in map(self._told, self._below) if one is not None)
        for _ in range(skip):
            next(matters, None)
        while chunk := list(islice(matters, CHUNK)):
            yield chunk

    def count(self) -> int:
        """How many matters there are; reads the file to its end."""
        return sum(self._cells(row) is not None for row in self._below)

    def _cells(self, row: Row) -> Cells | None:
        """Heading and value by field; None for a line that is no matter."""
        _, cells = row
        found: dict[str, list[tuple[str, str]]] = {}
        for place, heading, meant in self._places:
            if place < len(cells) and cells[place]:
                found.setdefault(meant, []).append((heading, cells[place]))
        told = [value for name in ("subject", "text") for _, value in found.get(name, ())]
        return None if is_no_matter(cells, self.layout.header.headings, told) else found

    def _told(self, row: Row) -> tuple[Told, list[Note]] | None:
        cells = self._cells(row)
        return None if cells is None else told_of(row[0], cells, self.ground.words)


def _ground(session: Session, file: Open, chosen: Chosen, layout: Layout) -> Ground:
    told = preset_words()
    zone = current().settings.timezone
    by_word = {
        name: {plain(w): code for code, ws in told["values"][name].items() for w in ws} for name in told["values"]
    }
    words = Words(
        zone=zone,
        now=clock.now(),
        categories=_labels(session, told["categories"]),
        values=by_word,
        units=_units(session),
        nobody=frozenset(map(plain, told["nobody"])),
        no=frozenset(map(plain, told["no"])),
        defaults={name: chosen.defaults.get(name) or told[name] for name in DEFAULTS},
        fields=frozenset(layout.fields),
        lossy=file.encoding == "gb18030",
        later_by=file.later_by,
    )
    headings: dict[str, str] = {}
    for heading, meant in zip(layout.header.headings, layout.fields, strict=True):
        headings.setdefault(meant, heading)
    limits = limits_in_force(session, clock.today(zone))
    return Ground(words, limits, active_codes(session, "category"), headings)


def _labels(session: Session, preset: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Code by plain label: the preset's and the office's own, of which the office's win."""
    query = select(Code.label_zh, Code.label_en, Code.code).where(Code.list_name == "category", Code.active)
    stored = session.execute(query).all()
    active = {row.code for row in stored}
    known = {plain(label): code for code, labels in preset.items() for label in labels if code in active}
    return known | {
        plain(label): row.code for row in stored for label in (row.label_zh, row.label_en, row.code) if label
    }


def _units(session: Session) -> dict[str, tuple[int, str]]:
    """Units by plain name, those whose name is not another's too."""
    found: dict[str, tuple[int, str]] = {}
    twice: set[str] = set()
    for unit_id, name, name_en in session.execute(select(Unit.id, Unit.name, Unit.name_en).where(Unit.active)):
        for word in {plain(name), plain(name_en)} - {""}:
            twice |= {word} & found.keys()
            found[word] = unit_id, name
    return {word: unit for word, unit in found.items() if word not in twice}
