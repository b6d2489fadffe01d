"""A rubric as a workbook: its items or rewards, and beside them parts, periods, grades and the edition they are of."""

from functools import partial
from typing import Any

from components.front_door.workbooks import made
from components.rubric_labels import TABLES, entered_by, worth
from components.score_labels import TABLES as SCORING
from components.words import translate
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.rules.scoring.drafting import lines_of
from db.rules.scoring.words import RubricKind
from db.rules.scoring.written import day_in
from db.services.scoring import rubric_exports
from db.services.scoring.rubrics import RubricView

_ITEMS = (
    N_("Section"),
    N_("Item"),
    N_("Kind"),
    N_("What it brings"),
    N_("Computed from"),
    N_("Scored in"),
    N_("In use"),
    N_("Source"),
)


def of_rubric(actor: Actor, token: str) -> tuple[str, bytes]:
    """The edition asked for."""
    seen, into = rubric_exports.fetch_rubric(actor, token=token)
    ladder = seen.kind == RubricKind.LADDER
    headings = [TABLES["field"][name] for name in ("percent", "yuan", "source")] if ladder else list(_ITEMS)
    rows = _rewards(seen) if ladder else _items(seen, into)
    return made(actor, N_("Rubric"), headings, rows, _about(seen, into), into)


def _items(seen: RubricView, into: str) -> list[list[object]]:
    say = partial(_say, into)
    names = {
        line["code"]: _name(line, into) for what in ("sections", "periods") for line in lines_of(seen.document, what)
    }
    return [
        [
            names.get(item.get("section", ""), ""),
            _name(item, into),
            say(SCORING["item_kind"][item["kind"]]),
            worth(item, say),
            entered_by(item, say),
            say(", ").join(names.get(code, code) for code in item.get("periods", ())),
            say(N_("Yes")) if item.get("active", True) else say(N_("No")),
            item.get("source", ""),
        ]
        for item in lines_of(seen.document, "items")
    ]


def _rewards(seen: RubricView) -> list[list[object]]:
    lines = lines_of(seen.document, "rewards")
    return [[float(line["percent"]), float(line["yuan"]), line.get("source", "")] for line in lines]


def _about(seen: RubricView, into: str) -> list[tuple[str, str]]:
    say, field, document = partial(_say, into), TABLES["field"], seen.document
    lines = [
        (N_("Assessment"), f"{_name({'name': seen.name, 'name_en': seen.name_en}, into)} {seen.year}"),
        (N_("Edition"), str(seen.edition)),
        (N_("State"), say(TABLES["state"][seen.state])),
        (N_("Source"), seen.source),
    ]
    lines += [(field[name], str(document[name])) for name in ("base", "bonus_cap") if document.get(name)]
    lines += [
        (field[name], str(document[name])) for name in ("told", "rectify_after", "yellow_after") if name in document
    ]
    for part in lines_of(document, "parts"):
        spans = [f"{_name(one, into)} {_span(one, seen.year)}" for one in part["periods"]]
        lines.append((field["part"], f"{_name(part, into)} {part['weight']} %: {say(', ').join(spans)}"))
    lines += [(N_("Grade"), f"{_name(line, into)}: {line['least']}") for line in lines_of(document, "grades")]
    return lines


def _span(period: dict[str, Any], year: int) -> str:
    return f"{day_in(period['begins'], year):%Y-%m-%d} – {day_in(period['ends'], year):%Y-%m-%d}"


def _name(line: dict[str, Any], into: str) -> str:
    return str((into == "en" and line.get("name_en")) or line["name"])


def _say(into: str, message: str, /, **values: object) -> str:
    return translate(message, into, **values)
