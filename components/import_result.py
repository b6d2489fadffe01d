"""What an import did: counts that open the cases, the rows it could not take, likely repeats, and taking it back."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.forms import mark_problem, plain
from components.import_address import begin_like
from components.import_labels import label
from components.screens import SCREENS
from components.shown_lists import every_page, export_shown
from components.state import next_key, receipt, submission_key
from components.tables import table
from components.words import number, t
from db.rules.case_import import Verdict
from db.rules.permissions import Actor
from db.rules.problems import Problems
from db.services.importing import lists, taking_back
from db.services.importing.running import State
from db.services.importing.taking_back import TakenBack, WhyNot
from db.services.importing.writing import REPEAT, WARNING
from db.services.listing import Page

OPENS = (Verdict.ADD, Verdict.UPDATE)
_LIKELY = next((screen for screen in SCREENS if screen.path == "likely"), None)


def counts(found: State) -> None:
    """How many rows became what; what became cases opens the list of them."""
    with st.container(horizontal=True, key="import-counts"):
        with st.container(border=True, width="stretch", height="stretch", key="import-count-read"):
            st.metric(t("Rows read"), number(found.counts["read"]))
        for verdict in Verdict:
            many = found.counts[verdict]
            with st.container(
                border=True, width="stretch", height="stretch", gap="small", key=f"import-count-{verdict}"
            ):
                st.metric(label("verdict", verdict), number(many))
                if many and verdict in OPENS and found.state != "taken_back":
                    asked = {"tab": "all", "import_id": str(found.import_id), "brought": verdict.value}
                    st.page_link("pages/cases/register.py", label=t("Show these cases"), query_params=asked)
    if found.counts["likely_repeat"] and found.state != "taken_back":
        with st.container(horizontal=True, vertical_alignment="center", key="import-likely"):
            said = t(
                "Likely repeats: {n}. They are linked, nothing was merged.", n=number(found.counts["likely_repeat"])
            )
            st.markdown(plain(said), width="content")
            if _LIKELY is not None:
                st.page_link(f"pages/{_LIKELY.file}", label=t("Look at them side by side"))


def rows(actor: Actor, found: State) -> None:
    """The rows that could not be taken, and folded away what else was told."""
    if found.counts[Verdict.REJECT]:
        title = t("Rows that can't be brought in")
        st.markdown(f"**{plain(title)}** · {number(found.counts[Verdict.REJECT])}")
        _rows(actor, found, Verdict.REJECT)
    for verdict, title in ((WARNING, t("Worth a word")), (REPEAT, t("Likely repeats"))):
        many = found.counts["warnings" if verdict == WARNING else "likely_repeat"]
        if many:
            shown = st.expander(
                f"{plain(title)} · {number(many)}", icon=":material/info:", key=f"import-{verdict}", on_change="rerun"
            )
            if shown.open:
                with shown:
                    _rows(actor, found, verdict)


def _rows(actor: Actor, found: State, verdict: str) -> None:
    key = f"import-rows-{verdict}"
    at = int(st.session_state.get(f"{key}-page", 1))
    page = lists.rows(actor, import_id=found.import_id, verdict=verdict, page=at)
    columns = {
        "row": t("Row"),
        "number": t("Case"),
        "heading": t("Column"),
        "value": t("In the sheet"),
        "why": t("Why"),
    }
    shown = _told(page.rows)
    columns = {name: words for name, words in columns.items() if name != "number" or shown["number"].any()}
    table(shown, columns, key=key)
    if page.pages > 1:
        st.pagination(page.pages, key=f"{key}-page")
    export_shown(
        "imports",
        label("verdict", verdict) if verdict in set(Verdict) else t("Rows of an import"),
        lambda: every_page(lambda n: _page(actor, found, verdict, n), _told),
        columns,
        about=[(t("File name"), found.file_name)],
        key=key,
    )


def _page(actor: Actor, found: State, verdict: str, page: int) -> Page:
    return lists.rows(actor, import_id=found.import_id, verdict=verdict, page=page)


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Messages as sentences; row 0 is the file as a whole."""
    every: list[dict[str, Any]] = rows.to_dict("records")  # type: ignore[assignment]
    why = [t(row["message"], **row["values"]) if row["message"] else "" for row in every]
    return rows.assign(why=why, row=[str(row["row"] or t("the whole file")) for row in every])


def take_back(actor: Actor, found: State) -> None:
    """The whole import undone, with what that does; refused with the cases somebody worked on."""
    against = taking_back.why_not_taken_back(actor, import_id=found.import_id)
    if against.message and not against.worked_on:
        return
    key = f"import.take-back:{found.import_id}"
    with st.container(border=True, key="import-take-back"):
        st.markdown(f"**{plain(t('Take the import back'))}**")
        if against.worked_on:
            numbers = t(", ").join(against.numbers)
            st.markdown(plain(t(against.message, count=number(against.worked_on), numbers=numbers)))
        st.caption(_what_it_does(against))
        words = t("Take back the other {n}", n=number(against.untouched)) if against.worked_on else t("Take it back")
        pressed = against.untouched and st.button(words, key=f"{key}:{submission_key(key)}", icon=":material/undo:")
        if pressed:
            _take_back(actor, found, key, untouched_only=bool(against.worked_on))


def _what_it_does(against: WhyNot) -> str:
    numbers: Mapping[str, str] = {"n": number(against.untouched)}
    return t(
        "{n} cases: what was added is deleted for good, what was updated has its earlier words again. Nothing of it "
        "goes into the bin.",
        **numbers,
    )


def _take_back(actor: Actor, found: State, form: str, *, untouched_only: bool) -> None:
    bar = st.progress(0.0, text=t("Taking it back…"))

    def tell(done: int, total: int) -> None:
        said = t("{n} of {all} cases taken back", n=number(done), all=number(total))
        bar.progress(min(1.0, done / total) if total else 1.0, text=said)

    try:
        done = taking_back.take_back(
            actor,
            import_id=found.import_id,
            untouched_only=untouched_only,
            key=submission_key(form),
            progress=tell,
        )
    except Problems as problems:
        for problem in problems.problems:
            mark_problem(problem)
        return
    next_key(form)
    receipt(_done(done))
    st.rerun()


def _done(done: TakenBack) -> str:
    told_numbers = {"deleted": number(done.deleted), "restored": number(done.restored)}
    return t("Taken back: {deleted} deleted, {restored} as they were before.", **told_numbers)


def again(found: State) -> None:
    """Another file of the same kind, or the same one corrected, with the same mapping."""
    label = t("Bring in another file with the same mapping")
    icon = ":material/upload_file:"
    st.button(label, key="import-again", icon=icon, on_click=begin_like, args=(found.import_id,))
