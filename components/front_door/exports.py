"""A list fetched as a workbook: the one-time id comes in a POST, the file leaves as an attachment nobody keeps."""

from collections.abc import Callable, Mapping

import pandas as pd
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from components.case_labels import TABLES, label_in
from components.front_door import (
    batch_files,
    decision_workbooks,
    dispute_workbooks,
    duty_workbooks,
    ladder_workbooks,
    layout_files,
    ledger_workbooks,
    result_workbooks,
    rubric_workbooks,
    shown_workbooks,
    works_workbooks,
)
from components.front_door.attached import attached
from components.front_door.routes import signed_in
from components.words import moment, translate
from db import clock
from db.documents import word, workbook
from db.engine import current
from db.rules.permissions import Actor
from db.rules.problems import N_
from db.services import exports, office
from db.services.exports import Kind, Taken

HEADINGS: Mapping[str, str] = {
    "number": N_("Number"),
    "subject": N_("Subject"),
    "place": N_("Place"),
    "state": N_("State"),
    "acting": N_("Next step"),
    "next_due_on": N_("Due"),
    "days_left": N_("Days left"),
    "lead_unit": N_("Lead unit"),
    "handler": N_("Handler"),
    "grade": N_("Grade"),
    "category": N_("Category"),
    "resident": N_("Resident"),
    "contact": N_("Contact"),
    "received_at": N_("Received"),
    "note": N_("Internal note"),
}


async def take(request: Request) -> Response:
    """The workbook for its owner, once."""
    actor = signed_in(request)
    form = await request.form()
    name, content = await run_in_threadpool(_workbook, actor, str(form.get("token", "")))
    return attached(name, content, MEDIA_TYPES[name.rpartition(".")[2]])


def _workbook(actor: Actor, token: str) -> tuple[str, bytes]:
    return MADE[exports.kind_of(actor, token=token)](actor, token)


def _of_cases(actor: Actor, token: str) -> tuple[str, bytes]:
    taken = exports.fetch(actor, token=token)
    into = taken.language
    frame = _told(actor, taken)
    rows = frame[list(taken.columns)].astype(object).where(frame[list(taken.columns)].notna(), None)
    content = workbook.table(
        [translate(HEADINGS.get(column, column), into) for column in taken.columns],
        rows.values.tolist(),
        sheet=translate("Cases", into),
        about=_about(actor, taken),
        about_sheet=translate("About this list", into),
        zone=current().settings.timezone,
    )
    day = clock.today(current().settings.timezone)
    kind = N_("with names") if taken.plain else N_("masked")
    return f"{translate('Cases', into)} {day:%Y-%m-%d} {translate(kind, into)}.xlsx", content


def _told(actor: Actor, taken: Taken) -> pd.DataFrame:
    """Codes as words."""
    frame, into = taken.rows, taken.language
    for column in ("state", "acting", "grade"):
        frame[column] = [label_in(column, code, into) if column in TABLES else code for code in frame[column]]
    listed = office.codes(actor, list_name="category")
    words = dict(zip(listed["code"], listed["label_en" if into == "en" else "label_zh"], strict=True))
    frame["category"] = [words.get(code) or code for code in frame["category"]]
    return frame


def _about(actor: Actor, taken: Taken) -> list[tuple[str, str]]:
    into = taken.language
    kind = N_("With names and contacts: keep it safe, pass it to nobody") if taken.plain else N_("Masked")
    lines = [
        (N_("Taken by"), actor.name),
        (N_("Taken at"), moment(clock.now())),
        (N_("List"), translate(TABLES["tab"][taken.choice.tab], into)),
        (N_("Searched for"), taken.choice.text or "–"),
        (N_("Rows"), str(len(taken.rows))),
        (N_("Sealed cases left out"), str(taken.left_out)),
        (N_("Names"), translate(kind, into)),
    ]
    return [(translate(name, into), value) for name, value in lines]


MEDIA_TYPES = {"xlsx": workbook.MEDIA_TYPE, "docx": word.MEDIA_TYPE, "zip": "application/zip"}
MADE: Mapping[Kind, Callable[[Actor, str], tuple[str, bytes]]] = {
    Kind.CASES: _of_cases,
    Kind.DECISIONS: decision_workbooks.of_list,
    Kind.DISPUTES: dispute_workbooks.of_list,
    Kind.MEDIATION_YEAR: dispute_workbooks.of_year,
    Kind.ROTA: duty_workbooks.of_rota,
    Kind.WORKS: works_workbooks.of_list,
    Kind.WORKS_YEAR: works_workbooks.of_year,
    Kind.LAYOUT: layout_files.of_layout,
    Kind.BATCH: batch_files.of_batch,
    Kind.LEDGER: ledger_workbooks.of_ledger,
    Kind.LADDER: ladder_workbooks.of_month,
    Kind.RESULT: result_workbooks.of_result,
    Kind.PUBLICATIONS: result_workbooks.of_publications,
    Kind.SHOWN: shown_workbooks.of_list,
    Kind.RUBRIC: rubric_workbooks.of_rubric,
    **dict.fromkeys(duty_workbooks.LISTS, duty_workbooks.of_list),
}
ROUTES = [Route("/export", take, methods=["POST"])]
