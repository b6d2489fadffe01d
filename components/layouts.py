"""Superiors' layouts on screen: their list, one with its sheet as a grid and what each column takes, and their use."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads, saved_by
from components.forms import Form, id_of, megabytes, plain, press, state_of
from components.grids import edit_grid
from components.kept_forms import KeptForm, kept_state
from components.shown_lists import export_shown
from components.tables import pick, table
from components.words import N_, moment, t
from db.documents import layout_book
from db.rules.layouts import ROW, Column, Format, Plan
from db.rules.ledgers import REGISTERS, Register, personal
from db.rules.permissions import Actor, Permission
from db.rules.problems import Changed
from db.services import layouts
from db.services.files import Upload
from db.services.layouts import Seen
from db.services.ledgers.asking import Choice
from db.services.records import Saved

REGISTER_NAMES = {
    Register.CASES: N_("Cases"),
    Register.DISPUTES: N_("Disputes"),
    Register.SUPERVISION: N_("Supervision notices"),
    Register.WORKS: N_("Registers of work"),
}
FORMATS = {
    Format.TEXT: N_("Text"),
    Format.NUMBER: N_("Number"),
    Format.DAY: N_("Day, as a date"),
    Format.DAY_TEXT: N_("Day, as 2026-11-22"),
    Format.DAY_ZH: N_("Day, as 2026年11月22日"),
    Format.DAY_DOT: N_("Day, as 2026.11.22"),
    Format.CODE: N_("Code instead of its label"),
}
_NOTHING, _FIRST = "", "layouts.first"


def overview(frame: pd.DataFrame) -> None:
    """Every layout in a line."""
    columns = {"name": t("Layout"), "register": t("Filled from"), "file_name": t("File"), "saved_at": t("Saved")}
    shows: dict[str, Any] = {"register": lambda code: t(REGISTER_NAMES[Register(code)]), "saved_at": moment}
    if frame["removed_at"].notna().any():
        columns["removed_at"] = t("Removed")
        shows["removed_at"] = moment
    export_shown("layouts", t("Superiors' layouts"), frame, columns, shows=shows)
    table(frame, columns, shows=shows, key="layouts")


def adding() -> None:
    """A new one: a file, its name, and the register it is filled from."""
    with st.expander(t("Add a layout"), icon=":material/add:", key="layout-add"):
        st.caption(t("An Excel sheet whose rows are filled, or a Word document with placeholders. Macros are refused."))
        widget = f"layout-file:{state_of('layouts.add').round}"
        st.file_uploader(
            t("File of the superior (.xlsx or .docx)"), type=["xlsx", "docx"], key=widget, max_upload_size=megabytes()
        )
        form = Form("layouts.add", border=False)
        with form:
            form.text("name", t("Name"))
            form.choose("register", t("Filled from"), {code.value: t(said) for code, said in REGISTER_NAMES.items()})
            form.submit(t("Add"), _add, widget=widget)


def one(actor: Actor, frame: pd.DataFrame) -> None:
    """The layout of ?layout=: what it takes, its sample, and taking it out of use."""
    chosen = pick("layout", t("Layout"), {int(row["id"]): str(row["name"]) for _, row in frame.iterrows()})
    if chosen is None:
        return
    seen = layouts.layout(actor, layout_id=chosen)
    gone = frame.set_index("id").loc[chosen, "removed_at"]
    saved_by.show(actor, "layout", seen.id)
    which: dict[str, Any] = {"layout_id": seen.id, "version": seen.version}
    if seen.is_word:
        _word(seen, which)
    else:
        _sheet(seen)
    with st.container(horizontal=True, key="layout-acts"):
        if seen.is_word or seen.plan.columns:
            st.link_button(t("Try it with made-up rows"), f"/layout/{seen.id}/sample", icon=":material/download:")
        if pd.isna(gone):
            press("layouts.remove", t("Remove"), layouts.remove, record=seen.id, icon=":material/delete:", **which)
        else:
            press("layouts.put_back", t("Put back"), layouts.put_back, record=seen.id, icon=":material/undo:", **which)


def use(actor: Actor, choice: Choice) -> None:
    """Fill a layout with the days and the unit asked for above."""
    frame = layouts.layouts(actor)
    if frame.empty:
        return
    st.subheader(t("In a superior's layout"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="layout-use"):
        names = {int(row["id"]): str(row["name"]) for _, row in frame.iterrows()}
        chosen = st.selectbox(
            t("Layout"), list(names), format_func=lambda one: names.get(one, ""), key="layout-used", width=300
        )
        fixed: dict[str, Any] = {"said": N_("{n} rows exported."), "layout_id": chosen}
        downloads.export_button(t("Fill it, masked"), layouts.ask, key="layout-export", choice=choice, **fixed)
        register = Register(str(frame.set_index("id").loc[chosen, "register"]))
        if actor.may(Permission.CASES_EXPORT_PLAIN) and personal(REGISTERS[register].values()):
            clear = replace(choice, plain=True)
            downloads.export_button(t("Fill it with names"), layouts.ask, key="layout-plain", choice=clear, **fixed)


def _sheet(seen: Seen) -> None:
    """The first rows of the sheet, the row the rows begin at, and the columns."""
    width = max((len(row) for row in seen.grid), default=0)
    letters = [layout_book.letters_of(n) for n in range(width)]
    st.caption(t("The sheet as it is. Say where the rows begin and what each column takes; its formatting stays."))
    shown = pd.DataFrame(seen.grid, columns=letters, index=range(1, len(seen.grid) + 1))
    st.dataframe(shown, width="stretch", key=f"layout-grid-{seen.id}", alt=t("The sheet of the layout"))
    first = seen.plan.first_row or min(len(seen.grid), _first_free(seen.grid))
    with KeptForm(_FIRST, record=seen.id, version=seen.version, border=False) as form:
        first = form.number("first_row", t("The rows begin in row"), first, min_value=1, max_value=200, width=200) or 1
        if seen.plan.columns:
            form.submit(t("Save the row"), _begin_in, main=False, layout_id=seen.id, name=seen.name, plan=seen.plan)
    fields = {_NOTHING: t("Nothing"), ROW: t("Number of the row")}
    fields |= {name: t(field.heading) for name, field in REGISTERS[seen.register].items()}
    formats = {code.value: t(said) for code, said in FORMATS.items()}
    standing = {column.letters: column for column in seen.plan.columns}
    rows = [
        {
            "version": seen.version,
            "letters": one,
            "heading": _heading(seen.grid, n, first),
            "field": standing[one].field if one in standing else _NOTHING,
            "format": standing[one].format if one in standing else Format.TEXT.value,
        }
        for n, one in enumerate(letters)
    ]
    config = st.column_config
    edit_grid(
        f"layouts.columns:{seen.id}",
        pd.DataFrame(rows, columns=["version", "letters", "heading", "field", "format"]),
        editable=("field", "format"),
        config={
            "letters": config.TextColumn(t("Column"), width=70),
            "heading": config.TextColumn(t("Says above"), width=200),
            "field": config.SelectboxColumn(t("Takes"), options=list(fields), format_func=lambda one: fields[str(one)]),
            "format": config.SelectboxColumn(t("As"), options=list(formats), format_func=lambda one: formats[str(one)]),
        },
        save=_save_columns,
        label="letters",
        seen=seen,
        base=[(str(row["letters"]), str(row["field"]), str(row["format"])) for row in rows],
        first=first,
    )
    st.caption(t("Anywhere else in the sheet these words are filled in: {words}", words=_words()))


def _begin_in(
    actor: Actor, *, layout_id: int, version: int, name: str, plan: Plan, first_row: int | None, key: str
) -> int:
    begun = replace(plan, first_row=first_row or 0)
    return layouts.edit(actor, layout_id=layout_id, version=version, name=name, plan=begun, key=key)


def _save_columns(
    actor: Actor,
    *,
    rows: Mapping[int, tuple[int, Mapping[str, Any]]],
    seen: Seen,
    base: list[tuple[str, str, str]],
    first: int,
    key: str,
) -> Saved:
    """All columns at once, those typed in and those as they stood; they are one record."""
    columns = []
    for place, (letters, field, form) in enumerate(base):
        _, typed = rows.get(place, (0, {}))
        columns.append(Column(letters, str(typed.get("field", field) or ""), str(typed.get("format", form))))
    plan = Plan(seen.plan.sheet, first, tuple(column for column in columns if column.field))
    version = min(version for version, _ in rows.values())
    try:
        layouts.edit(actor, layout_id=seen.id, version=version, name=seen.name, plan=plan, key=key)
    except Changed as changed:
        return Saved((), {place: _overtaken(changed, typed) for place, (_, typed) in rows.items()}, {})
    kept_state(id_of(_FIRST, seen.id)).renew()
    return Saved(tuple(rows), {}, {})


def _overtaken(changed: Changed, typed: Mapping[str, Any]) -> Changed:
    return Changed(theirs={}, mine=typed, by=changed.by, version=changed.version)


def _word(seen: Seen, which: dict[str, Any]) -> None:
    st.caption(t("Anywhere in the document these words are filled in: {words}", words=_words()))
    st.caption(t("Rows of a table stand between the two lines of this example:"))
    st.code("{%tr for one in rows %}\n{{ one.row }}  {{ one.number }}\n{%tr endfor %}", language=None)
    rows = [(f"{{{{ one.{name} }}}}", t(field.heading)) for name, field in REGISTERS[seen.register].items()]
    table(pd.DataFrame(rows, columns=["name", "meaning"]), {"name": t("Placeholder"), "meaning": t("Meaning")})
    form = Form("layouts.edit", record=seen.id, version=seen.version)
    with form:
        form.text("name", t("Name"), seen.name)
        form.submit(t("Save"), layouts.edit, layout_id=which["layout_id"])


def _words() -> str:
    return plain(" ".join(f"{{{{{word}}}}}" for word in layouts.WORDS))


def _first_free(grid: list[list[str]]) -> int:
    """The first row below the last one that says something in most of its columns."""
    full = [n for n, row in enumerate(grid, 1) if sum(bool(cell) for cell in row) * 2 > len(row)]
    return (full[0] if full else 0) + 1


def _heading(grid: list[list[str]], column: int, first: int) -> str:
    """What stands nearest above a column."""
    above = [row[column] for row in grid[: first - 1] if row[column]]
    return above[-1] if above else ""


def _add(actor: Actor, *, widget: str, key: str, **typed: Any) -> int:
    chosen = st.session_state.get(widget)
    upload = Upload(chosen.name, chosen.getvalue()) if chosen else None
    return layouts.add(actor, upload=upload, key=key, **typed)
