"""Changing the working calendar: a yearly file looked at first, and one day after another; what is typed is kept."""

from datetime import date
from typing import Any

import streamlit as st

from components import asked
from components.calendar_preview import show_preview
from components.forms import attempt
from components.kept_forms import KeptForm
from components.words import N_, day, t
from db.rules.calendar_files import KINDS, ORDINARY
from db.rules.permissions import Actor
from db.rules.problems import Problem, Problems
from db.services import calendar
from db.services.files import Upload

DAY = "day"
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
_ORDINARY: dict[str, Any] = {"name": "", "source": ""}


def import_form(actor: Actor) -> None:
    """A yearly file, what it would change, and the notice its days come from."""
    st.caption(
        t("JSON as in the holiday-cn data set, or CSV with the columns date, kind (holiday or workday) and name.")
    )
    with KeptForm("calendar.import", label=t("Import a year")) as form:
        file = form.files("file", t("Yearly file"), type=["json", "csv"], accept_multiple_files=False)
        if file is not None:
            preview = attempt(calendar.preview_import, actor, content=file.getvalue(), name=file.name)
            if preview is not None:
                show_preview(preview)
        form.text("source", t("Notice the days come from"))
        form.submit(t("Import and recompute"), _import_file)


def _import_file(actor: Actor, *, file: Upload | None, source: str, key: str) -> int:
    if file is None:
        raise Problems(Problem("file", N_("Choose a file.")))
    return calendar.import_year(actor, content=file.content, name=file.name, source=source, key=key)


def day_form(actor: Actor) -> None:
    """One day made a holiday, a make-up day or ordinary again; which one stands in the address."""
    wanted = asked.day_of(st.query_params.get(DAY))
    chosen = wanted if wanted is not None and FIRST <= wanted <= LAST else None
    limits = {"value": None, "min_value": FIRST, "max_value": LAST}
    asked.widget(st.date_input, DAY, chosen, label=t("Day"), format="YYYY-MM-DD", **limits)
    if chosen is None:
        return
    standing, kinds = calendar.one_day(actor, day=chosen), {kind: t(label) for kind, label in KINDS.items()}
    label = f"{t('Change one day')} · {day(chosen)}"
    with KeptForm("calendar.day", record=chosen, version=standing.version, label=label) as form:
        kind = form.choose("kind", t("Kind"), kinds, standing.kind)
        name, rest = "", _ORDINARY
        if kind != ORDINARY:
            name, rest = form.text("name", t("Holiday"), standing.name), {}
            form.text("source", t("Source"), standing.source)
        preview = attempt(calendar.preview_day, actor, day=chosen, kind=kind, name=name)
        if preview is not None:
            show_preview(preview)
            form.submit(t("Save and recompute"), calendar.edit_day, day=chosen, **rest)
