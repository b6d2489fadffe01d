"""People or their leave from an Excel sheet: an empty one to fill in, what a filled one would do, taking it, undo."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from components.duty_labels import days_told, label
from components.duty_parts import telling
from components.forms import attempt, megabytes, plain, press, state_of
from components.tables import table
from components.words import N_, language, t, told
from db.rules.permissions import Actor
from db.services.duty import import_undo, importing
from db.services.duty.describing import DutyView
from db.services.duty.importing import Line, SheetTaken, Wrong

TAKE = "duty.sheet"
BECAME: Mapping[str, str] = {"added": N_("New"), "changed": N_("Corrected"), "same": N_("As before")}


@dataclass(frozen=True)
class Part:
    """Where on the page the sheet is asked for, and in which words."""

    name: str
    title: str
    how: str
    icon: str


PEOPLE = Part(
    "people",
    N_("People from an Excel sheet"),
    N_("One row for a person; the same name is the same person. An empty cell leaves what stands."),
    ":material/group_add:",
)
LEAVE = Part(
    "leave",
    N_("Leave from an Excel sheet"),
    N_(
        "One row for every leave, with the name and its first and last day. Leave entered already is not entered twice."
    ),
    ":material/event_busy:",
)


def show(actor: Actor, seen: DutyView, part: Part) -> None:
    """The sheet of this part; drawn for who plans a duty in use."""
    name = f"{TAKE}.{part.name}"
    state = state_of(f"{name}:{seen.id}")
    with st.expander(t(part.title), icon=part.icon, expanded=state.result is not None):
        st.caption(t(part.how))
        blank = f"/duty-sheet?of={part.name}&lang={language()}"
        st.link_button(t("Download the empty sheet"), blank, icon=":material/download:")
        widget = f"{name}:{seen.id}:file:{state.round}"
        file = st.file_uploader(t("The sheet filled in (.xlsx)"), key=widget, max_upload_size=megabytes())
        if file is None:
            _done(actor, name, seen, state.result)
            return
        content = {"duty_id": seen.id, "content": file.getvalue()}
        with st.spinner(t("Reading the sheet…")):
            found = attempt(importing.preview_sheet, actor, **content)
        if found is None:
            return
        _counts(found, taken=False)
        _wrong(actor, found.wrong)
        _lines(actor, found.lines)
        nothing = found.added + found.changed + found.leave == 0
        if nothing:
            st.info(t("Nothing of this sheet is new."), icon=":material/info:")
        press(
            name, t("Take this sheet"), importing.members_from_sheet, record=seen.id, main=True,
            icon=":material/check:", disabled=nothing, **content,
        )  # fmt: skip


def _done(actor: Actor, name: str, seen: DutyView, done: object) -> None:
    """What the last sheet did, what of it is still to be corrected, and its undo; or what the undo did."""
    if isinstance(done, SheetTaken):
        _counts(done, taken=True)
        _wrong(actor, done.wrong)
        act = _undo(f"{name}:{seen.id}")
        press(f"{name}.undo", t("Undo this sheet"), act, record=done.key, of=done.key, icon=":material/undo:")
    elif isinstance(done, import_undo.Undone):
        said = t("Taken back: {n}.", n=done.back)
        stays = t("Used or changed since, and left as they are: {n}.", n=done.stay) if done.stay else ""
        st.info(f"{said} {stays}", icon=":material/undo:")


def _undo(form_id: str) -> Callable[..., object]:
    """Take an import back, and let that be the news of its form."""

    def undo(actor: Actor, *, of: str, key: str) -> object:
        undone = state_of(form_id).result = import_undo.undo_import(actor, of=of, key=key)
        return undone

    return undo


def _counts(found: SheetTaken, *, taken: bool) -> None:
    """How many of each, in one sentence."""
    counts = {"added": found.added, "changed": found.changed, "same": found.same, "leave": found.leave}
    would = t("New people: {added} · corrected: {changed} · as before: {same} · leave and wishes: {leave}", **counts)
    st.markdown(f"**{plain(t('Taken:') if taken else t('This sheet would bring:'))}** {plain(would)}")


def _wrong(actor: Actor, wrong: Sequence[Wrong]) -> None:
    """The cells that can't be taken, each with its row, its column and why."""
    if not wrong:
        return
    rows = len({one.row for one in wrong})
    st.warning(t("Rows left out: {n}. Correct them in the sheet and take it again.", n=rows), icon=":material/warning:")
    columns = importing.sheet_columns(actor, language=language())
    told_rows = [(one.row, one.name, columns.get(one.column, "–"), one.written, told(one.problem)) for one in wrong]
    shown = pd.DataFrame(told_rows, columns=["row", "name", "column", "written", "why"])
    labels = {
        "row": t("Row"),
        "name": t("Name"),
        "column": t("Column"),
        "written": t("In the sheet"),
        "why": t("Why not"),
    }
    table(shown, labels, key="sheet-wrong")


def _lines(actor: Actor, lines: Sequence[Line]) -> None:
    """Row by row what would happen."""
    if not lines:
        return
    columns = importing.sheet_columns(actor, language=language())
    rows = [
        (line.row, line.name, t(BECAME[line.became]), t(", ").join(columns[one] for one in line.changes), _leave(line))
        for line in lines
    ]
    shown = pd.DataFrame(rows, columns=["row", "name", "became", "changes", "leave"])
    labels: dict[str, Any] = {"row": t("Row"), "name": t("Name"), "became": t("What happens")}
    labels |= {"changes": t("What changes"), "leave": t("Leave and wishes")}
    table(shown, telling(shown, labels, "row", "name", "became"), key="sheet-lines")


def _leave(line: Line) -> str:
    if line.leave is None:
        return ""
    return f"{label('absence', line.leave.kind)}: {days_told(line.leave.from_on, line.leave.until_on)}"
