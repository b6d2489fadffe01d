"""One line of the registers of work: what it is, how units stand, its files, its correction, what happened."""

import pandas as pd
import streamlit as st

from components import asked, saved_by, works_files, works_form, works_history, works_roll
from components.case_texts import fact, unit_of
from components.forms import plain, press
from components.tables import table
from components.words import N_, day, t
from components.works_address import PART, back
from components.works_labels import day_label, label
from db.rules.permissions import Actor
from db.rules.scoring.works import Kind, Paper, Stand, is_missing
from db.services.duty.rows import records
from db.services.works import keeping
from db.services.works.read import WorkView
from db.services.works.scope import reads_all

PARTS = {"units": N_("Units"), "files": N_("Files"), "correct": N_("Correct"), "history": N_("Who changed what")}


def show(actor: Actor, seen: WorkView) -> None:
    """The head, and the part the address asks for."""
    _head(seen)
    _facts(seen)
    saved_by.show(actor, "work", seen.id)
    if seen.removed:
        _removed(seen)
        parts = ["units", "files", "history"]
    else:
        parts = [part for part in PARTS if part in ("units", "files") or seen.may_keep]
    part = _ask_part(seen, parts)
    if part == "files":
        works_files.show(seen)
    elif part == "correct":
        works_form.correct(seen)
        _remove(seen)
    elif part == "history" and reads_all(actor):
        works_history.show(actor, seen)
    elif seen.may_keep and not seen.removed:
        works_roll.show(actor, seen)
    else:
        _units(seen)


def _head(seen: WorkView) -> None:
    st.button(t("All lines"), icon=":material/arrow_back:", type="tertiary", on_click=back, key="works-back")
    st.subheader(plain(seen.title), anchor=False)
    with st.container(horizontal=True):
        st.badge(label("kind", seen.kind), color="blue")
        st.badge(label("about", seen.about), color="gray")
        if seen.level:
            st.badge(t("Adopted: {level}", level=label("level", seen.level)), color="green")
        if seen.removed:
            st.badge(t("Removed"), color="red")


def _facts(seen: WorkView) -> None:
    lines = [(day_label(seen.kind, seen.about), day(seen.on_day))]
    if seen.kind == Kind.ACTIVITY:
        have = t(", ").join(label("paper", paper) for paper in seen.papers) or "–"
        lines.append((t("Papers ({n} of {all})", n=len(seen.papers), all=len(Paper)), have))
    if seen.written_by:
        lines.append((t("Entered by"), seen.written_by))
    for place, (name, value) in zip(st.columns(len(lines)), lines, strict=True):
        place.markdown(fact(name, value))
    if seen.note:
        st.markdown(fact(t("Note"), seen.note))


def _ask_part(seen: WorkView, parts: list[str]) -> str:
    chosen = st.query_params.get(PART, "")
    chosen = chosen if chosen in parts else "units"
    count = {"units": len(seen.parts), "files": int((~seen.files["removed"].astype(bool)).sum())}
    names = {part: f"{t(PARTS[part])} ({count[part]})" if part in count else t(PARTS[part]) for part in parts}
    asked.widget(
        st.pills,
        PART,
        chosen,
        label=t("Part of the line"),
        options=parts,
        format_func=lambda code: names[code],
        required=True,
        label_visibility="collapsed",
    )
    return chosen


def _units(seen: WorkView) -> None:
    """How the units stand, to read."""
    shown = seen.parts.assign(
        unit=[unit_of(row) for row in records(seen.parts)],
        standing=[_stands(seen, code) for code in seen.parts["standing"]],
        persons=pd.array([n or None for n in seen.parts["persons"]], dtype="Int64"),
    )
    columns = {"unit": t("Unit"), "standing": t("Standing")}
    columns |= {"persons": t("People absent")} if shown["persons"].notna().any() else {}
    columns |= {"handed_in_on": t("Handed in on")} if seen.kind == Kind.REPORT else {}
    table(pd.DataFrame(shown), columns | {"note": t("Note")}, shows={"handed_in_on": day}, key=f"works-units-{seen.id}")


def _stands(seen: WorkView, code: str) -> str:
    open_still = code == Stand.MISSING and not is_missing(code, seen.on_day, seen.today)
    return label("stand", "expected" if open_still else code)


def _removed(seen: WorkView) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"works-gone-{seen.id}"):
        st.markdown(f":material/delete: {plain(t('This line was removed; it counts nowhere.'))}", width="stretch")
        if seen.may_keep:
            press("works.restore", t("Restore"), keeping.restore, record=seen.id, work_id=seen.id, version=seen.version)


def _remove(seen: WorkView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"works-remove-{seen.id}"):
        st.caption(t("A removed line counts nowhere. It stays under “Removed” and can be restored."), width="stretch")
        act, icon = keeping.remove, ":material/delete:"
        press("works.remove", t("Remove"), act, record=seen.id, icon=icon, work_id=seen.id, version=seen.version)
