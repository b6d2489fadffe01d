"""Which row of a sheet names the columns, and which column means what: one line or two, merged or not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from db.rules.case_import import PREFIX, plain
from db.rules.problems import N_

HEADER_WITHIN = 20
Line = tuple[int, tuple[str, ...]]
_ASIDE = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]")


@dataclass(frozen=True)
class Field:
    """What a column may mean; `many`: several columns may mean it together."""

    name: str
    many: bool = False


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "number": Field(N_("The sender's number")),
        "received": Field(N_("Received")),
        "channel": Field(N_("Channel")),
        "kind": Field(N_("Kind")),
        "subject": Field(N_("Subject")),
        "text": Field(N_("What was said")),
        "place": Field(N_("Place"), many=True),
        "category": Field(N_("Category"), many=True),
        "grade": Field(N_("Grade")),
        "unit": Field(N_("Handling unit (a proposal only)")),
        "name": Field(N_("Resident's name")),
        "contact": Field(N_("Contact"), many=True),
        "user": Field(N_("The resident's code there")),
        "due": Field(N_("Due date set by the sender")),
        "note": Field(N_("Reply, result and other words (into the note)"), many=True),
        "flag": Field(N_("Marks such as urged or extended (into the note)"), many=True),
    }
)


@dataclass(frozen=True)
class Header:
    """The rows that name the columns, from `first` to `last` (as a spreadsheet counts), and the names."""

    first: int
    last: int
    headings: tuple[str, ...]


def meanings(synonyms: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, int]]:
    """Plain heading to its field and its rank there; the first field that claims a word has it."""
    found: dict[str, tuple[str, int]] = {}
    for field, words in synonyms.items():
        for rank, word in enumerate(words):
            found.setdefault(plain(word), (field, rank))
    return found


def meaning_of(heading: str, known: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    """What a heading means: as it stands, without what is in brackets, without the hotline's prefix."""
    for spelling in (heading, _ASIDE.sub("", heading)):
        word = plain(spelling)
        found = known.get(word) or known.get(word.removeprefix(PREFIX))
        if found:
            return found
    return None


def fields_of(headings: Sequence[str], known: Mapping[str, tuple[str, int]]) -> tuple[str, ...]:
    """The field of each column ("" for none); where one column is enough, the word that says it best has it."""
    meant = [meaning_of(heading, known) for heading in headings]
    best: dict[str, tuple[int, int]] = {}
    for column, found in enumerate(meant):
        if found:
            best[found[0]] = min(best.get(found[0], (found[1], column)), (found[1], column))
    return tuple(
        found[0] if found and (_is_many(found[0]) or best[found[0]][1] == column) else ""
        for column, found in enumerate(meant)
    )


def _is_many(field: str) -> bool:
    return not field or FIELDS[field].many


def header_of(lines: Iterable[Line], known: Mapping[str, tuple[str, int]]) -> Header | None:
    """The header among the first lines: the row, or two rows together, most of whose names are known.

    Where none is known: the first row with most cells filled. None without a row of two cells.
    """
    rows = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)][:HEADER_WITHIN]
    found: list[tuple[int, int, Header]] = []
    for place, (number, cells) in enumerate(rows):
        found.append(_weighed(Header(number, number, _unique(cells)), known, 0))
        if place + 1 < len(rows) and rows[place + 1][0] == number + 1:
            joined = _joined(cells, rows[place + 1][1], known)
            found.append(_weighed(Header(number, number + 1, _unique(joined)), known, -1))
    if not found:
        return None
    score, _, best = max(found, key=lambda one: (one[0], one[1], -one[2].last))
    if score:
        return best
    fullest = max(rows, key=lambda row: (sum(bool(cell.strip()) for cell in row[1]), -row[0]))
    filled = sum(bool(cell.strip()) for cell in fullest[1])
    return Header(fullest[0], fullest[0], _unique(fullest[1])) if filled > 1 else None


def header_at(lines: Iterable[Line], number: int) -> Header | None:
    """The header in the row somebody pointed at; None when nothing stands there."""
    cells = next((cells for row, cells in lines if row == number), ())
    return Header(number, number, _unique(cells)) if any(cell.strip() for cell in cells) else None


def _weighed(header: Header, known: Mapping[str, tuple[str, int]], rank: int) -> tuple[int, int, Header]:
    """How many columns are known; a single word that happens to be known makes no header."""
    matched = sum(meaning_of(heading, known) is not None for heading in header.headings)
    return matched if matched > 1 else 0, rank, header


def _joined(upper: Sequence[str], lower: Sequence[str], known: Mapping[str, tuple[str, int]]) -> list[str]:
    """Two header lines as one: a merged cell above stands over the columns beneath it."""
    width = max(len(upper), len(lower))
    above, names = "", []
    for column in range(width):
        own = upper[column].strip() if column < len(upper) else ""
        below = lower[column].strip() if column < len(lower) else ""
        above = own or (above if below else "")
        both = f"{above}{below}"
        names.append(both if below and meaning_of(both, known) else below or own)
    return names


def _unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Names without line breaks, every one different; a column without a name is called by its letter."""
    names: list[str] = []
    for column, cell in enumerate(cells):
        name = " ".join(cell.split())[:100] or f"({letters(column)})"
        twin = 2
        while name in names:
            name, twin = f"{' '.join(cell.split())[:100]} ({twin})", twin + 1
        names.append(name)
    return tuple(names)


def letters(column: int) -> str:
    """A spreadsheet's letters for a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
