"""Entering and correcting a line of the registers of work."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components.kept_forms import KeptForm
from components.tables import unit_names
from components.words import t
from components.works_address import ADDING, CORRECTING, NEW, open_line
from components.works_labels import abouts, day_label, label, labels
from db import clock
from db.engine import current
from db.rules.permissions import Actor
from db.rules.scoring.works import ABOUTS, About, Kind
from db.services import units
from db.services.works import keeping
from db.services.works.lists import Tab
from db.services.works.read import WorkView

CHOSEN = "chosen"
_WENT = "works_added"


def new(actor: Actor, tab: Tab, *, empty: bool) -> None:
    """A new line of the tab's kind; on the other tabs its kind is asked for first."""
    asked = st.query_params.get(NEW, "")
    kind = tab.value if tab.value in set(Kind) else ""
    heading = t("Enter a line") if not kind else t("Enter: {kind}", kind=label("kind", kind))
    # Decided once: the form that was just sent must be drawn again to lead to its line.
    opened = st.session_state.setdefault(f"works-new-began-{tab}", empty or asked in set(Kind))
    with st.expander(
        heading, icon=":material/add:", expanded=opened, key=f"works-new-{tab}", on_change="rerun"
    ) as part:
        if part.open:
            _new(actor, tab, Kind(kind or _kind_asked(asked)))


def _kind_asked(asked: str) -> str:
    kinds = labels("kind")
    st.session_state.setdefault("works-new-kind", asked if asked in kinds else Kind.MEETING.value)
    return str(
        st.segmented_control(
            t("Kind"), list(kinds), format_func=lambda code: kinds[code], key="works-new-kind", required=True
        )
    )


def _new(actor: Actor, tab: Tab, kind: Kind) -> None:
    every = units.units(actor)
    with KeptForm(ADDING, record=kind.value, border=False, label=label("kind", kind)) as form:
        about = _fields(form, kind, None)
        _units(form, kind, about, every)
        form.area("note", t("Note (units named here read it)"), height=80)
        form.files("uploads", t("Minutes, attendance sheet or other files (optional)"))
        form.tick("shared", t("Units named here may open these files"))
        form.submit(t("Enter"), _adding(every), kind=kind.value)
    if form.result is not None and st.session_state.get(_WENT) != form.result:
        st.session_state[_WENT], st.session_state[f"works-new-began-{tab}"] = form.result, False
        open_line(int(form.result))


def correct(seen: WorkView) -> None:
    """What the line says; how units stand is changed in the roll."""
    with KeptForm(CORRECTING, record=seen.id, version=seen.version, border=False, label=seen.title) as form:
        _fields(form, Kind(seen.kind), seen)
        form.area("note", t("Note (units named here read it)"), seen.note, height=80)
        form.submit(t("Save"), keeping.edit, work_id=seen.id)


def _fields(form: KeptForm, kind: Kind, seen: WorkView | None) -> str:
    """What kind, day, title, and what only some kinds have; answers what kind it is now."""
    left, right = st.columns(2)
    first = ABOUTS[kind][0].value
    with left:
        about = str(form.choose("about", t("What kind"), abouts([kind]), seen.about if seen else first))
    with right:
        today = clock.today(current().settings.timezone)
        owed = kind is Kind.REPORT and about != About.INFORMATION
        most = {} if owed else {"max_value": max(today, seen.on_day) if seen else today}
        form.day("on_day", day_label(kind, about), seen.on_day if seen else today, **most)
    form.text("title", t("Title"), seen.title if seen else "", max_chars=200)
    if about == About.INFORMATION:
        levels = {"": t("Not adopted, or not yet")} | labels("level")
        form.choose("level", t("Adopted at, the highest level"), levels, seen.level if seen else "")
    if kind is Kind.ACTIVITY:
        form.choose_many(
            "papers", t("Which of the seven papers are there"), labels("paper"), seen.papers if seen else ()
        )
    return about


def _units(form: KeptForm, kind: Kind, about: str, every: pd.DataFrame) -> None:
    """Whom the line names: all of a level or those chosen; what one unit does alone names only those chosen."""
    names = unit_names(every)
    reach = CHOSEN
    if kind is not Kind.ACTIVITY and about not in (About.INFORMATION, About.LEADERS):
        counts = {code: len(_of(every, code)) for code in ("second", "village", "department")}
        words = {
            "second": t("All villages and departments ({n})", n=counts["second"]),
            "village": t("All villages ({n})", n=counts["village"]),
            "department": t("All departments ({n})", n=counts["department"]),
            CHOSEN: t("Chosen units"),
        }
        reach = str(form.choose("reach", t("Who takes part"), words, "second"))
    if reach == CHOSEN:
        form.choose_many("unit_ids", t("Units"), names)


def _of(every: pd.DataFrame, reach: str) -> list[int]:
    second = every[every["level"] == 2]
    return [int(unit_id) for unit_id in (second if reach == "second" else second[second["kind"] == reach])["id"]]


def _adding(every: pd.DataFrame) -> Any:
    """keeping.add, told whom the choice of the form means."""

    def add(actor: Actor, *, reach: str = CHOSEN, unit_ids: Sequence[int] = (), **typed: Any) -> int:
        named = list(unit_ids) if reach == CHOSEN else _of(every, reach)
        return keeping.add(actor, unit_ids=named, **typed)

    return add
