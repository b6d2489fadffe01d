"""Choosing a file to bring in, and what is known of the one put by: how it is written, its sheet, its header."""

import pandas as pd
import streamlit as st

from components.account import current_actor
from components.forms import mark_problem, plain, press, run, state_of
from components.import_address import ID, LIKE, like_asked
from components.import_desk import Desk, widget, with_header, with_sheet
from components.words import N_, number, t
from db.engine import current
from db.rules.importing.headings import letters
from db.rules.permissions import Actor
from db.rules.text_tables import Row
from db.services.importing import waiting
from db.services.importing.reading import SheetLook
from db.services.importing.waiting import Waiting

FORM = "import.file"
MOST_HEADER = 20
CELLS_SHOWN = 8
LONGEST_CELL = 24
_MEGABYTE = 1024 * 1024
ENCODINGS = {
    "gb18030": "GB18030 (GBK)",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}


def choose() -> None:
    """The field a file is chosen with; what is wrong with one, its kind too, is said below it, and it stays chosen."""
    state = state_of(FORM)
    key = f"{FORM}:{state.round}"
    st.file_uploader(
        t("File of another system"),
        key=key,
        max_upload_size=current().settings.import_megabytes,
        help=t("Excel (.xlsx) or text (.csv, .txt, .tsv), in whatever encoding the other system wrote it."),
        on_change=_put_by,
        args=(key, state.token),
    )
    for problem in state.problems:
        mark_problem(problem)
    if state.refused:
        st.error(t(state.refused))
    explain()


def explain() -> None:
    """What can be brought in, and what never is."""
    with st.container(border=True, key="import-what"):
        st.markdown(f":material/check: {plain(t(_CAN))}")
        st.markdown(f":material/rule: {plain(t(_DOES))}")
        st.markdown(f":material/block: {plain(t(_NEVER))}")


_CAN = N_(
    "Matters of a hotline, a message board or an old ledger: one row for each, under one row of headings, "
    "as Excel or text."
)
_DOES = N_(
    "Nothing is written before you have seen what would become of every row, and the whole import can be taken back "
    "while nobody has worked on it."
)
_NEVER = N_(
    "Never brought in: numbers of identity cards, accusations, and columns you leave out. "
    "Numbers of identity cards inside a text are made unreadable."
)


def _put_by(key: str, token: str) -> None:
    """Callback: keep the file that was chosen, and go to it."""
    state = state_of(FORM)
    if st.session_state.get(key) is None or current_actor() is None:
        state.problems, state.refused = (), ""
        return
    run(FORM, token, {"upload": key}, waiting.put_by, {"like": like_asked()})
    if state.token != token:
        st.query_params.pop(LIKE, None)
        st.query_params[ID] = str(state.result)


def found(seen: Waiting, desk: Desk, look: SheetLook) -> None:
    """How the file is written, which sheet is read, and which row names the columns."""
    size = f"{seen.size / _MEGABYTE:.1f} MB" if seen.size >= _MEGABYTE else f"{max(1, seen.size // 1024)} kB"
    written = t("Excel") if not seen.encoding else ENCODINGS.get(seen.encoding, seen.encoding)
    with st.container(horizontal=True, vertical_alignment="center", key="import-file"):
        st.markdown(
            f":material/draft: **{plain(seen.file_name)}** :gray[{plain(f'{size} · {written}')}]", width="stretch"
        )
        with st.popover(t("Another file"), icon=":material/close:"):
            st.markdown(t("This file is thrown away. Save its mapping first if you need it again."))
            press("import.discard", t("Throw it away"), _discard, record=seen.id, import_id=seen.id)
    with st.container(horizontal=True, vertical_alignment="bottom", key="import-sheet"):
        if len(desk.sheets.sheets) > 1:
            names = [one.name for one in desk.sheets.sheets]
            widget(st.selectbox, seen, "sheet", look.name, with_sheet, label=t("Worksheet"), options=names, width=260)
        widget(
            st.number_input,
            seen,
            "header",
            look.header_row or 1,
            with_header,
            label=t("Row with the headings"),
            min_value=1,
            max_value=MOST_HEADER,
            step=1,
            width=200,
        )
    if look.top:
        st.dataframe(
            _top(look),
            hide_index=True,
            key="import-top",
            height="content",
            alt=t("The first rows of the file, down to the headings"),
        )


def _top(look: SheetLook) -> pd.DataFrame:
    """The rows down to the headings."""
    rows = [_cells(row, look.header_row) for row in look.top]
    wide = min(CELLS_SHOWN, max(len(cells) for _, cells in rows))
    named = {t("Row"): [place for place, _ in rows]}
    named |= {letters(n): [cells[n] if n < len(cells) else "" for _, cells in rows] for n in range(wide)}
    return pd.DataFrame(named)


def _cells(row: Row, header: int) -> tuple[str, list[str]]:
    place, cells = row
    mark = "▸ " if place == header else ""
    return f"{mark}{number(place)}", [one if len(one) <= LONGEST_CELL else f"{one[:LONGEST_CELL]}…" for one in cells]


def _discard(actor: Actor, *, import_id: int, key: str) -> None:
    """Throw the file away, and begin anew at the same address."""
    waiting.discard(actor, import_id=import_id, key=key)
    st.query_params.pop(ID, None)
