"""Rows of other systems: how cells, dates and numbers are written, and what becomes of each row. All pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from zoneinfo import ZoneInfo

from db.rules.intake import LONGEST_LINE
from db.rules.problems import N_
from db.rules.text import cleaned

SUBJECT_LENGTH = 60
SHORTEST_SUBJECT = 5
SHORTEST_REPEAT = 10
SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is added to the answer
SERIALS = (20_000, 80_000)
OLDEST_YEAR = 1980
NOON = 12
PREFIX = "12345"
PREFIXED_LENGTH = 15

NO_NUMBER = "text-"
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"(\d{1,2})\s*[:时点]\s*(\d{1,2})(?:\s*[:分]\s*(\d{1,2}))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s*(\d{2})(\d{2})(\d{2})?)?")
_AFTERNOON = re.compile(r"下午|晚上|傍晚|pm", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
LOST_DIGITS = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_QUIET = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Note:
    """Something to tell about one row of the file (0: about the file), and the cell it is about."""

    row: int
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    heading: str = ""
    value: str = ""

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
    channel: str = ""
    kind: str = ""
    grade: str = ""
    note: str = ""
    unit: str = ""
    unit_id: int | None = None
    anonymous: bool = False

    @cached_property
    def content(self) -> str:
        """A digest of what the matter says, to know an exact repeat: `digest_of` subject and text."""
        return sha256(f"{plain(self.subject)}{self._plain_text}".encode()).hexdigest()

    @cached_property
    def key(self) -> str:
        """The submission key of this very content under this number, used up when it is brought in."""
        return f"import:{sha256(f'{self.number} {self.content}'.encode()).hexdigest()[:40]}"

    @cached_property
    def words(self) -> str:
        """A digest of the text alone, to know the same matter under another number ("" when too short to tell)."""
        return _words_digest(self._plain_text)

    @cached_property
    def _plain_text(self) -> str:
        return plain(self.text)


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
    repeat_name: str = ""
    reason: Note | None = None
    note: Note | None = None


# --- cells ---


def half_width(text: str) -> str:
    """The text with full-width letters, digits and signs as the usual ones."""
    return unicodedata.normalize("NFKC", text)


def plain(text: str) -> str:
    """What two spellings of one thing share: half width, lower case, letters and digits only."""
    return _QUIET.sub("", half_width(text).lower())


def digest_of(text: str) -> str:
    """A digest that does not see spaces, width or punctuation."""
    return sha256(plain(text).encode()).hexdigest()


def words_digest(text: str) -> str:
    """The digest of a text long enough to say that two matters are the same."""
    return _words_digest(plain(text))


def _words_digest(plain_text: str) -> str:
    return sha256(plain_text.encode()).hexdigest() if len(plain_text) >= SHORTEST_REPEAT else ""


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
    number = "".join(half_width(cleaned(cell)).split()).lstrip("'")
    number = re.sub(r"(?<=\d)\.0+$", "", number)
    if number.startswith(PREFIX) and (len(number) >= PREFIXED_LENGTH or not number[len(PREFIX) :][:1].isdigit()):
        number = number.removeprefix(PREFIX).lstrip("-_:") or number
    return number[:LONGEST_LINE]


def moment_of(cell: str, zone: str, later_by: int = 0) -> datetime | None:
    """A date with or without a time, in the notations offices use, or an Excel serial; None when it is none.

    `later_by`: days to add to a serial, for a workbook that counts from 1904.
    """
    written = half_width(cell).strip()
    try:
        found = _serial(written, later_by) if _SERIAL.fullmatch(written) else _moment(written)
    except ValueError:
        return None
    return found.replace(tzinfo=ZoneInfo(zone)) if found and found.year >= OLDEST_YEAR else None


def _serial(written: str, later_by: int) -> datetime | None:
    days = float(written)
    seconds = round((days % 1) * 86_400)
    return SERIAL_EPOCH + timedelta(int(days) + later_by, seconds) if SERIALS[0] <= days <= SERIALS[1] else None


def _moment(written: str) -> datetime | None:
    if compact := _COMPACT.fullmatch(written):
        return datetime(*(int(part or 0) for part in compact.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - the zone follows
    day = _DATE.match(written)
    if day is None:
        return None
    time = _TIME.search(written, day.end())
    hour, minute, second = [int(part or 0) for part in time.groups()] if time else [0, 0, 0]
    if hour < NOON and _AFTERNOON.search(written):
        hour += NOON
    year, month, of_month = map(int, day.groups())
    return datetime(year, month, of_month, hour, minute, second)  # noqa: DTZ001 - the zone follows


# --- what becomes of each row ---


@dataclass
class Known:
    """What is stored: contents by number, numbers closed, keys used up by imports.

    `words`: cases or earlier rows by the digest of their text, each with what it is called.

    `barred` are numbers whose case can't take new words (binned, merged, sealed, archived), each with the reason.
    """

    contents: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    barred: dict[str, Note] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    words: dict[str, tuple[int | str, str]] = field(default_factory=dict)


def plan(rows: Iterable[Told], known: Known, why_not: Mapping[int, Note]) -> list[Planned]:
    """What becomes of each row in turn; an earlier row counts as stored for a later one. `why_not`: rejected rows."""
    return [_plan(told, known, why_not.get(told.row)) for told in rows]


def _plan(told: Told, known: Known, why_not: Note | None) -> Planned:
    if why_not is not None:
        return Planned(told, Verdict.REJECT, reason=why_not)
    standing = known.contents.get(told.number)
    if standing == told.content or told.key in known.keys:
        return Planned(told, Verdict.SKIP)
    if told.number in known.barred:
        return Planned(told, Verdict.REJECT, reason=replace(known.barred[told.number], row=told.row))
    known.keys.add(told.key)
    known.contents[told.number] = told.content
    if standing is not None:
        reopen = N_("{number} has new words but is closed; look whether it must be taken up again.")
        is_closed = told.number in known.closed
        note = Note(told.row, reopen, {"number": told.number}) if is_closed else None
        return Planned(told, Verdict.UPDATE, note=note)
    first = known.words.get(told.words, (None, "")) if told.words else (None, "")
    if told.words:
        known.words.setdefault(told.words, (told.number, told.number))
    return Planned(told, Verdict.ADD, repeat_of=first[0], repeat_name=first[1])
