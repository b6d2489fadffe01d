"""A rubric as a workbook: its items or rewards, and beside them parts, periods, grades and the edition they are of."""

from components import rubric_told
from components.front_door.workbooks import made
from components.rubric_labels import TABLES
from components.words import translate
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.rules.scoring.drafting import lines_of
from db.rules.scoring.words import RubricKind
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
    return made(actor, N_("Rubric"), headings, rows, rubric_told.facts(seen, into), into)


def _items(seen: RubricView, into: str) -> list[list[object]]:
    used = {True: translate(N_("Yes"), into), False: translate(N_("No"), into)}
    return [
        [one.section, one.name, one.kind, one.worth, one.entered_by, one.periods, used[one.active], one.source]
        for one in rubric_told.items(seen, into)
    ]


def _rewards(seen: RubricView) -> list[list[object]]:
    lines = lines_of(seen.document, "rewards")
    return [[float(line["percent"]), float(line["yuan"]), line.get("source", "")] for line in lines]
