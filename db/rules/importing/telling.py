"""One row of a file as a matter: its cells joined, their words turned into ours, and what is worth telling about it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from db.rules.case_import import (
    LOST_DIGITS,
    NO_NUMBER,
    Note,
    Told,
    digest_of,
    first_sentence,
    line_of,
    moment_of,
    number_of,
    paragraphs,
    plain,
)
from db.rules.importing.identity_numbers import is_identity_number, masked
from db.rules.intake import LONGEST_LINE
from db.rules.problems import N_

SHOWN = 80
TOTALS = ("合计", "总计", "小计", "共计", "累计", "本页小计", "本页合计", "total", "subtotal", "grandtotal")
_FOOT = re.compile(
    r"\s*(说明|备注|注|附注|填表说明|制表|填表|审核|数据来源|统计时间|制表人|填表人|note|notes)\s*\d?\s*[:：]"
)
Cells = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Words:
    """What the office and its presets make of another system's words; every mapping is by plain word.

    `units` answers id and name; `defaults` gives channel, source, kind, grade and category where a file has none;
    `fields` are those some column means: what no column tells is said once of the file, not of every row.
    """

    zone: str
    now: datetime
    categories: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    units: Mapping[str, tuple[int, str]]
    nobody: frozenset[str]
    no: frozenset[str]
    defaults: Mapping[str, str]
    fields: frozenset[str] = frozenset()
    lossy: bool = False
    later_by: int = 0
    told_once: set[tuple[str, str]] = field(default_factory=set)


def is_no_matter(cells: Sequence[str], headings: Sequence[str], told: Sequence[str]) -> bool:
    """Whether a line below the header is a total, a foot note or the header again; `told`: its subject and text."""
    filled = [cell for cell in cells if cell and not cell.isspace()]
    if len(filled) > 1 and all(" ".join(c.split()) in h for h, c in zip(headings, cells, strict=False)):
        return True
    if plain(filled[0][:SHOWN]) in TOTALS:
        return not _says_something(told)
    return len(filled) <= 2 and _FOOT.match(filled[0]) is not None and (len(filled) == 1 or not _says_something(told))


def _says_something(told: Sequence[str]) -> bool:
    """Whether one of the cells holds more than a number."""
    return any(plain(cell) and not plain(cell).isdecimal() for cell in told)


NO_COLUMN: Mapping[str, str] = {
    "number": N_("No column tells a number; rows are known by their text."),
    "received": N_("No column tells a date; the day of the import stands for it."),
    "category": N_("No column tells a category; every row is taken as {code}."),
}


def notes_of_file(words: Words) -> list[Note]:
    """What no column of a file tells."""
    code = {"code": words.defaults["category"]}
    return [Note(0, said, code) for name, said in NO_COLUMN.items() if name not in words.fields]


def told_of(row: int, cells: Cells, words: Words) -> tuple[Told, list[Note]]:
    """The row as a matter, and the notes about it; `cells` are heading and value by field."""
    teller = _Teller(row, cells, words)
    told = teller.tell()
    return told, teller.notes if told.text else []


class _Teller:
    """Reads one row; collects notes as it goes."""

    def __init__(self, row: int, cells: Cells, words: Words) -> None:
        self.row, self.cells, self.words = row, cells, words
        self.notes: list[Note] = []

    def tell(self) -> Told:
        subject, text = self.wording()
        number = self.number(subject, text)
        received, due = self.received(), self.moment("due")
        lines = {name: self.line(name) for name in ("user", "name")}
        lines["contact"] = next((line_of(value) for _, value in self.of("contact") if value.strip()), "")
        hidden = plain(lines["name"]) in self.words.nobody
        unit, unit_id = self.unit()
        return Told(
            self.row,
            number,
            subject,
            text,
            **{**lines, "name": "" if hidden else masked(lines["name"]), "contact": masked(lines["contact"])},
            place=self.place(),
            category=self.category(),
            received_at=received,
            due_on=due.date() if due else None,
            channel=self.mapped("channel"),
            kind=self.mapped("kind"),
            grade=self.mapped("grade", quietly=True),
            note=self.remarks(),
            unit=unit,
            unit_id=unit_id,
            anonymous=hidden,
        )

    def of(self, name: str) -> Sequence[tuple[str, str]]:
        return self.cells.get(name, ())

    def line(self, name: str) -> str:
        return next((line_of(value) for _, value in self.of(name)), "")

    def say(self, message: str, name: str = "", **values: object) -> None:
        heading, value = next(iter(self.of(name)), ("", ""))
        self.notes.append(Note(self.row, message, values, heading, masked(line_of(value))[:SHOWN]))

    def wording(self) -> tuple[str, str]:
        text, subject = (paragraphs(self.of("text")[0][1]) if self.of("text") else ""), self.line("subject")
        if masked(subject) != subject or masked(text) != text:
            subject, text = masked(subject), masked(text)
            self.say(N_("A number of an identity card was made unreadable."))
        if len(subject) > LONGEST_LINE:
            text, subject = f"{subject}\n{text}".strip(), first_sentence(subject)
        if text and not subject:
            subject = first_sentence(text)
            if "subject" in self.words.fields:
                self.say(N_("No subject; the first sentence of the text stands for it."))
        text = text or subject
        if self.words.lossy and "?" in subject + text:
            self.say(N_("A question mark inside the text may stand for a character the sender's program lost."))
        return subject, text

    def number(self, subject: str, text: str) -> str:
        written = self.of("number")[0][1] if self.of("number") else ""
        number = number_of(written)
        if LOST_DIGITS.fullmatch(number):
            message = N_("The number {number} lost its digits in a spreadsheet and can't be used.")
            self.say(message, "number", number=number)
            number = ""
        if is_identity_number(written):
            self.say(N_("A number of an identity card was left out."))
            number = ""
        if not number and text:
            number = NO_NUMBER + digest_of(f"{subject}\n{text}")[:20]
            if "number" in self.words.fields:
                self.say(N_("No number; the row is known by its text."))
        return number

    def moment(self, name: str) -> datetime | None:
        return moment_of(self.of(name)[0][1], self.words.zone, self.words.later_by) if self.of(name) else None

    def received(self) -> datetime | None:
        received = self.moment("received")
        if received is not None and received <= self.words.now:
            return received
        written = self.line("received")
        if written:
            message = N_("The date can't be read: {written}. The day of the import stands for it.")
            self.say(message, "received", written=written[:40])
        elif "received" in self.words.fields:
            self.say(N_("No date; the day of the import stands for it."))
        return None

    def mapped(self, name: str, *, quietly: bool = False) -> str:
        """The code for the sender's word; a word nobody knows is told once for the whole file."""
        written, otherwise = self.line(name), self.words.defaults[name]
        code = self.words.values[name].get(plain(written))
        if code or not written:
            return code or otherwise
        if not quietly and (name, plain(written)) not in self.words.told_once:
            self.words.told_once.add((name, plain(written)))
            message = N_("Not known here: {written}; the usual one is taken. Said once for the whole file.")
            self.say(message, name, written=written[:SHOWN])
        return otherwise

    def category(self) -> str:
        """The deepest level that is known here."""
        levels = [(heading, line_of(value)) for heading, value in self.of("category") if value.strip()]
        for _, label in reversed(levels):
            if code := self.words.categories.get(plain(label)):
                return code
        otherwise = self.words.defaults["category"]
        if levels:
            heading, label = levels[-1]
            values = {"label": label[:SHOWN]}
            self.notes.append(
                Note(self.row, N_("Unknown category: {label}; the usual one is taken."), values, heading, label[:SHOWN])
            )
        elif "category" in self.words.fields:
            self.say(N_("No category; the usual one is taken."))
        return otherwise

    def place(self) -> str:
        """The parts in the order of the columns, each once."""
        parts: list[str] = []
        for _, value in self.of("place"):
            part = masked(line_of(value))
            if part and not any(part in other for other in parts):
                parts = [other for other in parts if other not in part] + [part]
        return " ".join(parts)

    def unit(self) -> tuple[str, int | None]:
        """The unit the sender names, and ours when exactly one is called so."""
        written = self.line("unit")
        unit_id, _ = self.words.units.get(plain(written), (None, ""))
        return written[:LONGEST_LINE], unit_id

    def remarks(self) -> str:
        """What has no place of its own, a line each: replies and results, marks that are set, unit and urgency."""
        lines = [(heading, masked(paragraphs(value))) for heading, value in self.of("note")]
        lines += [(h, line_of(value)) for h, value in self.of("flag") if plain(value) not in self.words.no]
        lines += [(h, line_of(value)) for h, value in self.of("unit")]
        known = self.words.values["grade"]
        lines += [(h, line_of(value)) for h, value in self.of("grade") if plain(value) not in known]
        return "\n".join(f"{heading}：{value}" for heading, value in lines if value)
