"""Rows of other systems: which column means what, how dates are written, and what becomes of each row. All pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from zoneinfo import ZoneInfo

from db.rules.intake import LONGEST_LINE
from db.rules.problems import N_, Problem, Problems
from db.rules.text import cleaned
from db.rules.text_tables import Table

HEADER_WITHIN = 10
SUBJECT_LENGTH = 60
SHORTEST_SUBJECT = 5
SHORTEST_REPEAT = 10
SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is added to the answer
SERIALS = (20_000, 80_000)
OLDEST_YEAR = 1980
PREFIX = "12345"
PREFIXED_LENGTH = 15

NO_NUMBER = "text-"
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(\d{1,2})\s*[:时点]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2}))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_QUIET = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Note:
    """Something to tell about one row of the file (0: about the file)."""

    row: int
    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


@dataclass(frozen=True)
class Told:
    """One row as told: texts tidied, the date read, the identity settled."""

    row: int
    number: str
    subject: str
    text: str
    user: str = ""
    name: str = ""
    contact: str = ""
    place: str = ""
    category: str = ""
    received_at: datetime | None = None
    due_on: date | None = None

    @cached_property
    def content(self) -> str:
        """A digest of what the matter says, to know an exact repeat."""
        return digest_of(f"{self.subject}\n{self.text}")

    @cached_property
    def key(self) -> str:
        """The submission key of this very content under this number, used up when it is brought in."""
        return f"import:{sha256(f'{self.number} {self.content}'.encode()).hexdigest()[:40]}"

    @cached_property
    def words(self) -> str:
        """A digest of the text alone, to know the same matter under another number ("" when too short to tell)."""
        return words_digest(self.text)


class Verdict(StrEnum):
    """What becomes of a row."""

    ADD = "added"
    UPDATE = "updated"
    SKIP = "skipped_duplicate"
    REJECT = "rejected"


@dataclass(frozen=True)
class Planned:
    """A row and what becomes of it; `repeat_of` is a stored case's id or the number of an earlier row."""

    told: Told
    verdict: Verdict
    repeat_of: int | str | None = None
    reason: Note | None = None
    note: Note | None = None


# --- columns ---


def header_of(table: Table, synonyms: Mapping[str, Sequence[str]]) -> tuple[int, dict[str, int], list[str]]:
    """Where the header stands, which column means what, and the columns left out; raises Problems without one."""
    meant = {plain(word): name for name, words in synonyms.items() for word in words}
    for place, (_, cells) in enumerate(table.lines[:HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for index, cell in enumerate(cells):
            name = meant.get(plain(cell))
            if name and name not in columns:
                columns[name] = index
        if len(columns) > 1 and ("text" in columns or "subject" in columns):
            kept = set(columns.values())
            return place, columns, [c.strip() for i, c in enumerate(cells) if i not in kept and c.strip()]
    raise Problems(Problem("file", N_("No row names the columns; a column for the text or the subject is needed.")))


def told_rows(
    table: Table, synonyms: Mapping[str, Sequence[str]], zone: str, now: datetime
) -> tuple[list[Told], list[Note]]:
    """Every row below the header, and what is worth telling about them."""
    place, columns, left_out = header_of(table, synonyms)
    notes = [Note(0, N_("Column left out: {column}"), {"column": name}) for name in left_out]
    rows = []
    for row, cells in table.lines[place + 1 :]:
        cell = {name: cells[i] if i < len(cells) else "" for name, i in columns.items()}
        told, said = _told(row, cell, zone, now, table.encoding)
        rows.append(told)
        notes += said
    return rows, notes


def _told(row: int, cell: Mapping[str, str], zone: str, now: datetime, encoding: str) -> tuple[Told, list[Note]]:
    notes: list[Note] = []

    def note(message: str, **values: object) -> None:
        notes.append(Note(row, message, values))

    lines = {name: line_of(cell.get(name, "")) for name in ("user", "name", "contact", "place", "category")}
    text, subject = paragraphs(cell.get("text", "")), line_of(cell.get("subject", ""))
    if len(subject) > LONGEST_LINE:
        text, subject = f"{subject}\n{text}".strip(), first_sentence(subject)
    if text and not subject:
        subject = first_sentence(text)
        note(N_("No subject; the first sentence of the text stands for it."))
    text = text or subject
    number = number_of(cell.get("number", ""))
    if _SCIENTIFIC.fullmatch(number):
        note(N_("The number {number} lost its digits in a spreadsheet and can't be used."), number=number)
        number = ""
    if not number and text:
        number = NO_NUMBER + digest_of(f"{subject}\n{text}")[:20]
        note(N_("No number; the row is known by its text."))
    received = moment_of(cell.get("received", ""), zone)
    if received is not None and received > now:
        received = None
    if received is None:
        written = line_of(cell.get("received", ""))
        if written:
            note(N_("The date can't be read: {written}. The day of the import stands for it."), written=written[:40])
        else:
            note(N_("No date; the day of the import stands for it."))
    if encoding == "gb18030" and "?" in subject + text:
        note(N_("A question mark inside the text may stand for a character the sender's program lost."))
    due = moment_of(cell.get("due", ""), zone)
    told = Told(row, number, subject, text, received_at=received, due_on=due.date() if due else None, **lines)
    return told, notes if text else []


# --- cells ---


def plain(text: str) -> str:
    """What two spellings of one thing share: half width, lower case, letters and digits only."""
    return _QUIET.sub("", unicodedata.normalize("NFKC", text).lower())


def digest_of(text: str) -> str:
    """A digest that does not see spaces, width or punctuation."""
    return sha256(plain(text).encode()).hexdigest()


def words_digest(text: str) -> str:
    """The digest of a text long enough to say that two matters are the same."""
    return digest_of(text) if len(plain(text)) >= SHORTEST_REPEAT else ""


def line_of(cell: str) -> str:
    """A cell as one line without surrounding space."""
    return " ".join(cleaned(cell).split())


def paragraphs(cell: str) -> str:
    """A cell's text, its paragraphs without indentation and blank lines."""
    lines = (line.strip() for line in cleaned(cell).splitlines())
    return "\n".join(line for line in lines if line)


def first_sentence(text: str) -> str:
    """The first sentence long enough to say something, cut to a subject's length."""
    sentences = [str(s).strip() for s in _SENTENCE.findall(text)] or [text.strip()]
    chosen = next((s for s in sentences if len(plain(s)) >= SHORTEST_SUBJECT), sentences[0])
    chosen = chosen.rstrip("。！!；;")
    return chosen if len(chosen) <= SUBJECT_LENGTH else chosen[: SUBJECT_LENGTH - 1] + "…"


def number_of(cell: str) -> str:
    """An order number: half width, without spaces, spreadsheet's ".0" and hotline's prefix."""
    number = "".join(unicodedata.normalize("NFKC", cleaned(cell)).split()).lstrip("'")
    number = re.sub(r"(?<=\d)\.0+$", "", number)
    if number.startswith(PREFIX) and (len(number) >= PREFIXED_LENGTH or not number[len(PREFIX) :][:1].isdigit()):
        number = number.removeprefix(PREFIX).lstrip("-_:") or number
    return number[:LONGEST_LINE]


def moment_of(cell: str, zone: str) -> datetime | None:
    """A date with or without a time, in the notations offices use, or an Excel serial; None when it is none."""
    written = unicodedata.normalize("NFKC", cell).strip()
    try:
        found = _moment(written)
    except ValueError:
        return None
    return found.replace(tzinfo=ZoneInfo(zone)) if found and found.year >= OLDEST_YEAR else None


def _moment(written: str) -> datetime | None:
    if _SERIAL.fullmatch(written):
        days = float(written)
        seconds = round((days % 1) * 86_400)
        return SERIAL_EPOCH + timedelta(int(days), seconds) if SERIALS[0] <= days <= SERIALS[1] else None
    day = _DATE.match(written) or _COMPACT.fullmatch(written)
    if day is None:
        return None
    time = _TIME.search(written, day.end())
    parts = [int(part or 0) for part in time.groups()] if time else [0, 0, 0]
    return datetime(*map(int, day.groups()), *parts)  # type: ignore[arg-type]  # noqa: DTZ001 - the zone follows


# --- what becomes of each row ---


@dataclass
class Known:
    """What is stored: contents by number, numbers closed, keys used up by imports, cases by their text's digest."""

    contents: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    words: dict[str, int | str] = field(default_factory=dict)


def plan(rows: Iterable[Told], known: Known, why_not: Mapping[int, Note]) -> list[Planned]:
    """What becomes of each row in turn; an earlier row counts as stored for a later one. `why_not`: rejected rows."""
    return [_plan(told, known, why_not.get(told.row)) for told in rows]


def _plan(told: Told, known: Known, why_not: Note | None) -> Planned:
    if why_not is not None:
        return Planned(told, Verdict.REJECT, reason=why_not)
    standing = known.contents.get(told.number)
    if standing == told.content or told.key in known.keys:
        return Planned(told, Verdict.SKIP)
    known.keys.add(told.key)
    known.contents[told.number] = told.content
    if standing is not None:
        reopen = N_("{number} has new words but is closed; look whether it must be taken up again.")
        is_closed = told.number in known.closed
        note = Note(told.row, reopen, {"number": told.number}) if is_closed else None
        return Planned(told, Verdict.UPDATE, note=note)
    first = known.words.get(told.words) if told.words else None
    if told.words:
        known.words.setdefault(told.words, told.number)
    return Planned(told, Verdict.ADD, repeat_of=first)


def categories_by_label(preset: Mapping[str, Sequence[str]], labels: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Code by plain label: the preset's and the office's own (label, code), of which the office's win."""
    known = {plain(label): code for code, words in preset.items() for label in words}
    return known | {plain(label): code for label, code in labels if label}


def with_category(told: Told, codes: Mapping[str, str], otherwise: str) -> tuple[Told, Note | None]:
    """The row with its label turned into a code, and a note when the label is unknown."""
    code = codes.get(plain(told.category))
    if code:
        return replace(told, category=code), None
    message = (
        N_("Unknown category: {label}. Taken as {code}.") if told.category else N_("No category. Taken as {code}.")
    )
    note = Note(told.row, message, {"label": told.category, "code": otherwise})
    return replace(told, category=otherwise), note
