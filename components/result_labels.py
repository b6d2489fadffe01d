"""What the words of published results are called in the person's language."""

from collections.abc import Mapping
from typing import Any

from components.words import language
from db.services.scoring.result_words import named_in, names_of, word_in

COLOURS = {"asked": "orange", "accepted": "green", "corrected": "green", "refused": "red", "withdrawn": "gray"}
Row = Mapping[str, Any]


def word(kind: str, code: object) -> str:
    """A stored code in the person's language."""
    return word_in(kind, str(code or ""), language())


def said(row: Row, name: str = "name") -> str:
    """A name with its English form beside it, in the person's language."""
    return named_in(row, language(), name)


def unit_name(row: Row) -> str:
    """The unit of a row in the person's language."""
    return said(row, "unit")


def title(document: Row) -> str:
    """The assessment with its year and what is announced of it."""
    assessment = document["assessment"]
    return f"{said(assessment)} {assessment['year']} · {said(document['scope'])}"


def appeal_state(row: Row) -> str:
    """How an appeal stands; an accepted one is corrected once the result was announced again."""
    return "corrected" if row["state"] == "accepted" and not row["latest"] else str(row["state"])


def pieces_named(document: Row) -> dict[str, str]:
    """What the pieces of a total are called: parts or sections, bonuses, deductions."""
    return names_of(document, language())
