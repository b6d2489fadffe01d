"""The forms: what each is made from, its built-in template, and what a template of it may fill in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

BUILT_IN = Path(__file__).parent / "templates"
_PRESETS = Path(__file__).parents[1] / "presets"
# What a form is made from, and the groups of placeholders that belong to it.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "case": ("case", "resident"),
    "receipt": ("receipt",),
    "case_unit": ("case", "case_unit"),
    "objection": ("case", "case_unit", "objection"),
    "extension": ("case", "resident", "extension"),
    "referral": ("case", "resident", "referral"),
    "case_visit": ("case", "resident", "case_visit"),
    "conference": ("case", "conference"),
    "case_file": ("case", "resident", "case_file"),
    "dispute": ("dispute",),
    "party": ("dispute", "principal"),
    "enquiry": ("dispute", "session"),
    "session": ("dispute", "session"),
    "agreement": ("dispute", "agreement"),
    "oral": ("dispute", "agreement"),
    "visit": ("dispute", "visit"),
    "confirmation": ("dispute", "agreement"),
    "confirmation_unit": ("dispute", "agreement"),
    "performance": ("dispute", "performance"),
    "ended": ("dispute", "ended"),
    "file": ("dispute", "file"),
    "evidence": ("dispute", "file"),
    "rota": ("rota",),
    "publication": ("publication",),
    "supervision": ("supervision",),
    "meeting": ("meeting",),
    "briefing": ("briefing",),
    "data_request": ("data_request",),
    "protection": ("protection",),
}

_CASES = frozenset({"case", "receipt", "case_unit", "objection", "extension", "referral", "case_visit", "conference"})
_JOBS: Mapping[str, str] = {
    **dict.fromkeys((*_CASES, "supervision", "case_file"), "cases"),
    "rota": "duty",
    "publication": "scoring",
    "meeting": "meetings",
    "briefing": "briefings",
    "data_request": "office",
    "protection": "office",
}

Shape = Mapping[str, frozenset[str] | None]


@dataclass(frozen=True)
class Form:
    """One form; `of` is what it is made from, as the head of its preset tells.

    `number` is its place in the Ministry's set, 0 for a form of the office's own. `needs` is a field that must be
    filled in before there is anything to print.
    """

    code: str
    zh: str
    en: str
    file: str
    of: str
    number: int = 0
    needs: str = ""

    @property
    def job(self) -> str:
        """The job it belongs to: cases, mediation, duty, scoring, meetings, briefings or office."""
        return _JOBS.get(self.of, "mediation")


@dataclass(frozen=True)
class Placeholder:
    """One name a template may fill in; "parties.name" stands inside a loop over parties."""

    name: str
    zh: str
    en: str
    sample: str | list[str] = ""


@dataclass(frozen=True)
class Document:
    """A filled-in form: what to call it, and the file."""

    name: str
    content: bytes


@cache
def forms() -> Mapping[str, Form]:
    """Every form by its code, in the order of the preset."""
    return {entry["code"]: Form(**entry) for entry in _preset()["form"]}


@cache
def forms_of_cases() -> Mapping[str, Form]:
    """The forms printed from a case, by code, in the order of its way."""
    return {code: form for code, form in forms().items() if form.of in _CASES}


def placeholders(form: Form) -> tuple[Placeholder, ...]:
    """What a template of this form may fill in, in the order people look for it."""
    groups = _preset()["placeholders"]
    return tuple(Placeholder(**entry) for group in _GROUPS[form.of] for entry in groups[group])


def shape_of(form: Form) -> Shape:
    """Name to None for a text, to the names of its fields for a list."""
    names = [placeholder.name for placeholder in placeholders(form)]
    fields = {name: frozenset(n.partition(".")[2] for n in names if n.startswith(f"{name}.")) for name in names}
    return {name: fields[name] or None for name in names if "." not in name}


def samples_of(form: Form) -> dict[str, object]:
    """Values to try a template with."""
    samples = {placeholder.name: placeholder.sample for placeholder in placeholders(form)}
    shape = shape_of(form)
    return {name: _rows(samples, name, fields) if fields else samples[name] for name, fields in shape.items()}


def word_for(kind: str, code: str) -> str:
    """A stored code as the forms say it; one they do not know as it stands."""
    return str(_preset()["words"][kind].get(code, code))


def built_in(form: Form) -> bytes:
    """The template that came with the program."""
    return (BUILT_IN / form.file).read_bytes()


def _rows(samples: Mapping[str, str | list[str]], name: str, fields: frozenset[str]) -> list[dict[str, str]]:
    columns = {field: samples[f"{name}.{field}"] for field in fields}
    return [{field: values[place] for field, values in columns.items()} for place in range(2)]


@cache
def _preset() -> dict[str, Any]:
    read = [tomllib.loads((_PRESETS / name).read_text(encoding="utf-8")) for name in ("case_forms.toml", "forms.toml")]
    together: dict[str, Any] = {name: {} for name in ("words", "placeholders")}
    for part in read:
        for name, entries in together.items():
            entries.update(part[name])
    return {"form": [form for part in read for form in part["form"]], **together}
