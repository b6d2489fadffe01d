"""A rubric told in a language, for what leaves the screen: its items by section, and the facts of the edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from components.rubric_labels import TABLES, entered_by, label_in, worth
from components.score_labels import PROPOSED
from components.score_labels import TABLES as SCORING
from components.words import translate
from db.rules.problems import N_
from db.rules.scoring.drafting import lines_of
from db.rules.scoring.written import day_in
from db.services.scoring.rubrics import RubricView


@dataclass(frozen=True)
class Told:
    """One item in words."""

    section: str
    name: str
    kind: str
    worth: str
    entered_by: str
    periods: str
    source: str
    active: bool


def items(seen: RubricView, into: str) -> list[Told]:
    """Every item, section by section as the rubric lists them."""
    say, document = partial(_say, into), seen.document
    names = {line["code"]: name_of(line, into) for what in ("sections", "periods") for line in lines_of(document, what)}
    told = [
        Told(
            section=names.get(item.get("section", ""), ""),
            name=name_of(item, into),
            kind=say(SCORING["item_kind"][item["kind"]]),
            worth=worth(item, say),
            entered_by=entered_by(item, say),
            periods=say(", ").join(names.get(code, code) for code in item.get("periods", ())),
            source=say(", ").join(say(one) if one == PROPOSED else one for one in item.get("source", "").split(", ")),
            active=bool(item.get("active", True)),
        )
        for item in lines_of(document, "items")
    ]
    order = list(dict.fromkeys(names.values()))
    return sorted(told, key=lambda one: order.index(one.section) if one.section in order else len(order))


def facts(seen: RubricView, into: str) -> list[tuple[str, str]]:
    """What the edition is, and its parts, periods and grades: a message and what it comes to."""
    say, field, document = partial(_say, into), TABLES["field"], seen.document
    lines = [
        (N_("Assessment"), title(seen, into)),
        (N_("Edition"), str(seen.edition)),
        (N_("State"), label_in("state", seen.state, into)),
        (N_("Source"), seen.source),
    ]
    named = ("base", "bonus_cap", "told", "rectify_after", "yellow_after")
    lines += [(field[name], str(document[name])) for name in named if document.get(name)]
    for part in lines_of(document, "parts"):
        spans = [f"{name_of(one, into)} {_span(one, seen.year)}" for one in part["periods"]]
        lines.append((field["part"], f"{name_of(part, into)} {part['weight']} %: {say(', ').join(spans)}"))
    return lines + [(N_("Grade"), f"{name_of(line, into)}: {line['least']}") for line in lines_of(document, "grades")]


def title(seen: RubricView, into: str) -> str:
    """Name and year of the assessment."""
    return f"{name_of({'name': seen.name, 'name_en': seen.name_en}, into)} {seen.year}"


def name_of(line: Mapping[str, Any], into: str) -> str:
    """The name of a line in a language."""
    return str((into == "en" and line.get("name_en")) or line["name"])


def _span(period: Mapping[str, Any], year: int) -> str:
    return f"{day_in(period['begins'], year):%Y-%m-%d} – {day_in(period['ends'], year):%Y-%m-%d}"


def _say(into: str, message: str, /, **values: object) -> str:
    return translate(message, into, **values)
