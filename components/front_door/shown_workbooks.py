"""A list of a screen as a workbook: what was shown, in its order."""

from components.front_door.workbooks import made
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services import shown_lists


def of_list(actor: Actor, token: str) -> tuple[str, bytes]:
    """The rows as they were drawn."""
    taken = shown_lists.fetch(actor, token=token)
    about = [(N_("Rows"), str(len(taken.rows))), *taken.about]
    return made(actor, taken.title, taken.headings, taken.rows, about, taken.language)
