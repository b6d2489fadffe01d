"""What a briefing begins with (presets/briefings.toml): its figures by name, and the blocks of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from db.languages import date_in, month_in
from db.rules.briefings.chart import ChartSpec, Words
from db.rules.briefings.issuing import BlockKind, Days, Kind
from db.rules.briefings.naming import Declared, Names
from db.services.office.presets import preset

PRESET = "briefings"
_HALVES = {"zh": ("上", "下"), "en": ("first", "second")}


@dataclass(frozen=True)
class Made:
    """A block as it is first written."""

    kind: BlockKind
    text: str = ""
    document: str = ""


@cache
def names() -> Names:
    """The figures that can be named in a text."""
    return Names(_declared(entry) for entry in _preset()["figure"])


@cache
def groups() -> Mapping[str, Words]:
    """What the groups of the chooser are called."""
    return {one["code"]: Words(one["zh"], one["en"]) for one in _preset()["group"]}


def due_kinds() -> tuple[Kind, ...]:
    """The kinds an office owes (R-92, R-97), in the order of the preset."""
    return tuple(Kind(one["kind"]) for one in _preset()["template"] if one.get("due"))


def title_of(kind: Kind, days: Days, language: str) -> str:
    """What a new briefing is called: 2026年11月上半月情况专报."""
    values = {
        "day": date_in(language, days.begins),
        "last_day": date_in(language, days.ends),
        "month": month_in(language, days.begins),
        "year": days.begins.year,
        "quarter": (days.begins.month - 1) // 3 + 1,
        "half": _HALVES[language][days.begins.day > 1],
    }
    return str(_template(kind)["title"][language]).format(**values)


def blocks_of(kind: Kind, language: str) -> Sequence[Made]:
    """The blocks a first briefing of a kind begins with, in a language."""
    return [_made(entry, language) for entry in _template(kind)["blocks"]]


def name_of(kind: Kind) -> Words:
    """What a kind of briefing is called."""
    return Words(**_template(kind)["name"])


def source_of(kind: Kind) -> str:
    """The rule a kind of briefing follows: R-nn, or an article."""
    return str(_template(kind).get("source", ""))


def _made(entry: Mapping[str, Any], language: str) -> Made:
    if "chart" in entry:
        told = dict(entry["chart"])
        title = told.pop("title", {}).get(language, "")
        filters = tuple((name, tuple(codes)) for name, codes in told.pop("filters", {}).items())
        return Made(BlockKind.CHART, document=ChartSpec(**told, title=title, filters=filters).to_json())
    if "figures" in entry:
        return Made(BlockKind.FIGURES, document=" ".join(entry["figures"]))
    kind = BlockKind.HEADING if "heading" in entry else BlockKind.TEXT
    return Made(kind, text=entry[kind.value][language])


def _declared(entry: Mapping[str, Any]) -> Declared:
    filters = tuple((name, tuple(codes)) for name, codes in entry.get("filters", {}).items())
    plain = {name: entry[name] for name in ("code", "register", "measure", "group")}
    return Declared(**plain, name=Words(entry["zh"], entry["en"]), filters=filters)


def _template(kind: Kind) -> Mapping[str, Any]:
    return next(one for one in _preset()["template"] if one["kind"] == kind)


@cache
def _preset() -> Mapping[str, Any]:
    return preset(PRESET)
