"""The registers of work as a workbook."""

from collections.abc import Mapping

from components.front_door.workbooks import made
from components.words import translate
from components.works_labels import TABLES, label_in
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services.works import exports

HEADINGS: Mapping[str, str] = {
    "on_day": N_("Day"),
    "kind": N_("Kind"),
    "title": N_("Title"),
    "about": N_("What kind"),
    "units": N_("Units"),
    "unit": N_("The one unit"),
    "persons": N_("People absent"),
    "level": N_("Adopted at"),
    "papers": N_("Papers"),
    "files": N_("Files"),
    **TABLES["stand"],
}


def of_list(actor: Actor, token: str) -> tuple[str, bytes]:
    """The lines of the list on screen, how many units stand how in each."""
    taken = exports.fetch(actor, token=token)
    into, columns = taken.language, list(taken.columns)
    frame = taken.rows[columns].astype(object)
    for name in ("kind", "about", "level"):
        frame[name] = [label_in(name, code, into) if code else "" for code in frame[name]]
    frame["papers"] = [_papers(str(codes), into) for codes in frame["papers"]]
    about = [
        (N_("List"), translate(TABLES["tab"][taken.choice.tab], into)),
        (N_("Searched for"), taken.choice.text or "–"),
        (N_("Rows"), str(len(frame))),
    ]
    headings = [HEADINGS[column] for column in columns]
    return made(actor, N_("Registers of work"), headings, frame.values.tolist(), about, into)


def _papers(codes: str, into: str) -> str:
    return translate(N_(", "), into).join(label_in("paper", code, into) for code in codes.split())
