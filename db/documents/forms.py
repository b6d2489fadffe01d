"""The forms: what each is made from, its built-in template, and what a template of it may fill in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

BUILT_IN = Path(__file__).parent / "templates"
_PRESET = Path(__file__).parents[1] / "presets" / "forms.toml"
# What a form is made from, and the groups of placeholders that belong to it.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "dispute": ("dispute",),
    "enquiry": ("dispute", "session"),
    "session": ("dispute", "session"),
    "agreement": ("dispute", "agreement"),
    "oral": ("dispute", "agreement"),
    "visit": ("dispute", "visit"),
    "rota": ("rota",),
    "publication": ("publication",),
    "supervision": ("supervision",),
    "meeting": ("meeting",),
    "briefing": ("briefing",),
}

Shape = Mapping[str, frozenset[str] | None]


@dataclass(frozen=True)
class Form:
    """One form; `of` is dispute, enquiry, session, agreement (written), oral, visit, rota, publication,
    supervision, meeting or briefing.

    `number` is its place in the Ministry's set, 0 for a form of the office's own.
    """

    code: str
    zh: str
    en: str
    file: str
    of: str
    number: int = 0


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
    return tomllib.loads(_PRESET.read_text(encoding="utf-8"))
