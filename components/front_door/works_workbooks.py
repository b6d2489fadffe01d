"""The registers of work as a workbook."""

from collections.abc import Mapping

from babel.dates import get_month_names

from components.front_door.workbooks import made
from components.words import translate
from components.works_labels import OF_YEAR, TABLES, label_in
from db.rules.permissions import Actor
from db.rules.problems import N_, Named
from db.services.works import exports
from db.services.works.years import MONTHS, UnitYear

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
    for name in columns:
        if name == "papers":
            frame[name] = [_papers(str(codes), into) for codes in frame[name]]
        elif name in ("kind", "about", "level"):
            frame[name] = [label_in(name, code, into) if code else "" for code in frame[name]]
    about = [
        (N_("List"), translate(TABLES["tab"][taken.choice.tab], into)),
        (N_("Searched for"), taken.choice.text or "–"),
        (N_("Rows"), str(len(frame))),
    ]
    headings = [HEADINGS[column] for column in columns]
    return made(actor, N_("Registers of work"), headings, frame.values.tolist(), about, into)


def of_year(actor: Actor, token: str) -> tuple[str, bytes]:
    """Units by months: a row for each way a unit stood, and one for the months it was left out of."""
    taken = exports.fetch_year(actor, token=token)
    into = taken.language
    names = get_month_names("abbreviated", locale=into)
    headings = [N_("Unit"), N_("Standing"), *(names[month] for month in MONTHS), N_("In the year")]
    rows = [row for unit in taken.rows for row in _of_unit(unit, into)]
    register = translate(TABLES["tab"][taken.kind], into)
    about = [(N_("List"), register), (N_("Year"), str(taken.year)), (N_("Rows"), str(len(rows)))]
    return made(actor, N_("Registers of work by unit"), headings, rows, about, into)


def _of_unit(unit: UnitYear, into: str) -> list[list[object]]:
    """A row for each way this unit stood in the year; the figure of absence is people."""
    name = Named(unit.name, unit.name_en).within(into)
    told: dict[str, dict[int, int]] = {
        translate(words, into): {month: stands[code] for month, stands in unit.months.items() if code in stands}
        for code, words in OF_YEAR.items()
    }
    told[translate(N_("No monthly inspection"), into)] = dict.fromkeys(unit.left_out, 1)
    return [
        [name, how, *(months.get(month) for month in MONTHS), sum(months.values())]
        for how, months in told.items()
        if months
    ] or [[name, "", *(None for _ in MONTHS), 0]]


def _papers(codes: str, into: str) -> str:
    return translate(N_(", "), into).join(label_in("paper", code, into) for code in codes.split())
