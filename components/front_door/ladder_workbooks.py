"""A month of a ladder as a workbook."""

from components.front_door.workbooks import made
from components.ladder_labels import step_in, why_in
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services.duty.rows import records
from db.services.scoring import ladder_exports

_HEADINGS = (
    N_("Rank"),
    N_("Unit"),
    N_("Year before"),
    N_("This year"),
    N_("Increase (%)"),
    N_("Step"),
    N_("Reason"),
    N_("Reward (yuan)"),
    N_("Note"),
)
_FIGURES = ("before", "now", "percent")


def of_month(actor: Actor, token: str) -> tuple[str, bytes]:
    """Every unit of the month by its rank, with the step that follows and why."""
    seen, into = ladder_exports.fetch(actor, token=token)
    rows: list[list[object]] = [
        [
            row["rank"],
            (into == "en" and row["unit_en"]) or row["unit"],
            *(row[name] for name in _FIGURES),
            "" if row["card"] == "none" else step_in(row["card"], into),
            why_in(row["card"], seen.rules, into),
            row["reward"] or None,
            row["note"],
        ]
        for row in records(seen.units)
    ]
    name = (into == "en" and seen.name_en) or seen.name
    about = [(N_("Assessment"), name), (N_("Month"), f"{seen.year}-{seen.month:02}"), (N_("Rows"), str(len(rows)))]
    return made(actor, N_("Monthly ladder"), list(_HEADINGS), rows, about, into)
