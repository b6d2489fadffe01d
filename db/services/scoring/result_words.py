"""The words of published results, for screens, notices and workbooks: spans, pieces, cards, differences, appeals."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from db.languages import month_in, translate
from db.rules.problems import N_
from db.rules.scoring.issuing import TOTAL, month_of
from db.services.scoring.standing import FIGURE

WORDS: Mapping[str, Mapping[str, str]] = {
    "span": {
        "month": N_("Monthly result"),
        "quarter": N_("Quarterly result"),
        "half": N_("Half-year result"),
        "year": N_("Yearly result"),
    },
    "piece": {"bonus": N_("Bonus"), "deduction": N_("Deductions")},
    "card": {
        "yellow": N_("Yellow card"),
        "red": N_("Red card"),
        "veto": N_("Veto"),
        "notice": N_("Notice"),
        "rectify": N_("To be put right"),
        "not_excellent": N_("Not “excellent”"),
    },
    "what": {
        "added": N_("Unit added"),
        "left": N_("Unit left out"),
        "total": N_("Total"),
        "rank": N_("Rank"),
        "grade": N_("Grade"),
        "card": N_("Card"),
        "item": N_("Item"),
    },
    "appeal": {
        "asked": N_("Under appeal"),
        "accepted": N_("Accepted, to be corrected"),
        "corrected": N_("Accepted, corrected"),
        "refused": N_("Refused"),
        "withdrawn": N_("Withdrawn"),
    },
}
DASH = "–"
Row = Mapping[str, Any]


def word_in(kind: str, code: str, into: str) -> str:
    """A stored code in a language; an unknown one as it stands, nothing as an en dash."""
    known = WORDS[kind].get(code)
    return translate(known, into) if known else code or DASH


def named_in(row: Row, into: str, name: str = "name") -> str:
    """A name of the office's own, in English where one is given and asked for."""
    return str((into == "en" and row.get(f"{name}_en")) or row[name])


def names_of(document: Row, into: str) -> dict[str, str]:
    """What a publication's parts, sections, items, grades and pieces are called, by code."""
    coded = [row for kind in ("parts", "sections", "items", "grades") for row in document["rubric"].get(kind, ())]
    pieces = {code: translate(message, into) for code, message in WORDS["piece"].items()}
    return {row["code"]: named_in(row, into) for row in coded} | pieces


def pieces_of(document: Row) -> list[str]:
    """The pieces totals of a publication are made of, in their order."""
    return list(dict.fromkeys(code for one in document["board"].values() for code, _ in one["pieces"]))


def is_ladder(document: Row) -> bool:
    """Whether it ranks the increase of one figure instead of points."""
    return bool(document["assessment"]["kind"] == "ladder")


def difference_in(difference: Row, document: Row, into: str) -> tuple[str, str, str]:
    """What differs, before and after, in a language."""
    kind = difference["what"]
    known: Mapping[str, str] = names_of(document, into) if kind == "grade" else {}
    if kind == "card":
        known = {code: translate(message, into) for code, message in WORDS["card"].items()}
    before, after = (known.get(difference[when], difference[when]) or DASH for when in ("before", "after"))
    if kind == "total" and is_ladder(document):
        return translate(N_("Increase (%)"), into), before, after
    if kind != "item":
        return word_in("what", kind, into), before, after
    if difference["item"] == FIGURE:
        month = month_in(into, date(document["assessment"]["year"], month_of(difference["period"]) or 1, 1))
        return month, before, after
    item = named_in(difference, into, "item_name")
    period = _periods(document, into).get(difference["period"], "") if document["scope"]["code"] == TOTAL else ""
    return f"{item} ({period})" if period else item, before, after


def _periods(document: Row, into: str) -> dict[str, str]:
    return {one["code"]: named_in(one, into) for part in document["rubric"].get("parts", ()) for one in part["periods"]}
