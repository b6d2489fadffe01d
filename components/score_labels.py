"""What the words of scoring are called: kinds of items, standings, cards, evidence; names in the reader's language."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from components.words import N_, language, t

TABLES: Mapping[str, Mapping[str, str]] = {
    "item_kind": {
        "base": N_("Base points"),
        "bonus": N_("Bonus"),
        "deduction": N_("Deduction"),
        "minimum": N_("Minimum"),
        "target": N_("Target"),
        "veto": N_("Veto"),
    },
    "award": {
        "given": N_("Points given"),
        "taken": N_("Begun full, points taken off"),
        "rate": N_("Share by a rate"),
    },
    "standing": {
        "missing": N_("Not finished"),
        "left_out": N_("Not applicable"),
        "scored": N_("Scored"),
    },
    "card": {"yellow": N_("Yellow card"), "red": N_("Red card"), "veto": N_("Veto")},
    "evidence": {"case": N_("Case"), "dispute": N_("Dispute"), "work": N_("Work register")},
    "behind": {
        "case": N_("Case"),
        "dispute": N_("Dispute"),
        "search": N_("Search for disputes"),
        "place": N_("Place on a rota"),
        "work": N_("Work register"),
        "more": N_("More"),
    },
    "piece": {"bonus": N_("Bonus"), "deduction": N_("Deductions")},
    "unit_of": {
        "times": N_("times"),
        "disputes": N_("disputes"),
        "files": N_("files"),
        "households": N_("households"),
        "share": N_("share"),
    },
    "unit_of_one": {
        "times": N_("time"),
        "disputes": N_("dispute"),
        "files": N_("file"),
        "households": N_("household"),
    },
}
Row = Mapping[str, Any]
PROPOSED = N_("proposed")
DASH = "–"


def label(kind: str, code: object) -> str:
    """A stored code in the person's language; an unknown one as it stands, nothing as an en dash."""
    known = TABLES[kind].get(str(code))
    return t(known) if known else str(code or DASH)


def labels(kind: str) -> dict[str, str]:
    """Every code of a table with its label, in order."""
    return {code: t(message) for code, message in TABLES[kind].items()}


def named(row: Row) -> str:
    """The name of an item, part, period, unit or assessment in the person's language."""
    return str((language() == "en" and row.get("name_en")) or row["name"])


def shown(number: Row) -> str:
    """A number as told by the service, with one decimal; a dash where there is none."""
    return str(number["shown"]) or DASH


def measure(exact: str, unit: str) -> str:
    """What a minimum or target was measured at: a share as a percentage, anything else with its unit."""
    if not exact:
        return DASH
    value = Fraction(exact)
    if unit == "share":
        return f"{float(value):.1%}"
    return f"{float(value):g} {label('unit_of', unit)}".strip()


def rule(source: str) -> str:
    """The rules an item follows, and in the person's language that its points are only proposed."""
    return t(", ").join(t(PROPOSED) if one == PROPOSED else one for one in source.split(", "))


def names_in(document: Row) -> dict[str, str]:
    """Every part, period, item and section of a rubric's document by its code."""
    parts = document.get("parts", ())
    rows = [*parts, *(one for part in parts for one in part["periods"]), *document.get("items", ())]
    return {row["code"]: named(row) for row in [*rows, *document.get("sections", ()), *document.get("grades", ())]}
