"""The file: what it holds and lacks in its official order, its papers, and the way into the archive."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from components.case_labels import code_labels
from components.case_texts import fact
from components.dispute_labels import label
from components.dispute_sheet import ask, closing, is_open, kept, menu, opener, sheet
from components.dispute_texts import LINE
from components.forms import Form, plain
from components.words import day, language, t, told
from db.rules.mediation.dossier import Document, Line
from db.rules.mediation.words import Step
from db.rules.permissions import Actor
from db.services.mediation import dossier
from db.services.mediation.dossier import Dossier
from db.services.mediation.read import DisputeView


def show(actor: Actor, seen: DisputeView) -> None:
    """Whether the file is complete, its contents with pages, its papers, the archive."""
    holds = dossier.dossier(actor, dispute_id=seen.id)
    _complete(holds)
    with st.container(key=f"archive-{seen.id}"):
        _archive(actor, seen, holds)
    _contents(holds)
    with st.container(horizontal=True, vertical_alignment="center", key=f"file-acts-{seen.id}"):
        if seen.may_keep:
            opener(seen, t("Add a paper"), "paper", icon=":material/note_add:")
            opener(seen, t("Write down pages"), "pages", icon=":material/format_list_numbered:")
    with st.container(key=f"paper-new-{seen.id}"):
        if is_open(seen.id, "paper"):
            with sheet(seen, t("Add a paper"), "paper"):
                _add(seen)
        elif is_open(seen.id, "pages"):
            with sheet(seen, t("Write down pages"), "pages"):
                _pages(seen)
    for row in seen.papers:
        if not _is_count(row):
            _paper(seen, row)
    if seen.fields["file_note"]:
        st.markdown(fact(t("Note on the file"), seen.fields["file_note"]))
    if seen.fields["signed_incomplete"]:
        st.markdown(fact(t("Archived incomplete, because"), seen.fields["signed_incomplete"]))


def _complete(holds: Dossier) -> None:
    if holds.complete:
        st.markdown(f":green[:material/verified:] {plain(t('The file is complete.'))}")
        return
    lacking = "\n".join(f"- {plain(told(problem))}" for problem in holds.problems)
    st.markdown(
        f":orange[:material/pending_actions:] {plain(t('Still missing before the file can be archived:'))}\n\n{lacking}"
    )


def _contents(holds: Dossier) -> None:
    """The contents page as it will be printed."""
    rows = [
        {
            t("No."): line.number,
            t("Document"): " · ".join(plain(part) for part in (_name(line), line.title) if part),
            t("In the file"): _stands(line),
            t("Pages"): _span(line),
        }
        for line in holds.lines
    ]
    st.table(pd.DataFrame(rows), hide_index=True, border="horizontal", alt=t("Contents of the file"))


def _stands(line: Line) -> str:
    if line.have:
        return ":green[✓]"
    return f":red[{plain(t('missing'))}]" if line.needed else "–"


def _span(line: Line) -> str:
    if line.from_page is None:
        return ""
    return str(line.from_page) if line.from_page == line.to_page else f"{line.from_page}–{line.to_page}"


def _name(line: Line | Document) -> str:
    return line.en if language() == "en" and line.en else line.zh


def _is_count(row: Mapping[str, Any]) -> bool:
    """Whether a row only holds the pages of a document that is printed from here."""
    held = row["title"] or row["dated_on"] or row["attachment_id"]
    return not held and row["document"] in dossier.pages_to_count()


def _names(documents: Mapping[str, Document]) -> dict[str, str]:
    return {code: f"{document.number}. {_name(document)}" for code, document in documents.items()}


def _add(seen: DisputeView) -> None:
    with kept(seen, t("Add a paper"), "paper") as form:
        left, right = st.columns(2)
        with left:
            form.choose("document", t("Which document"), _names(dossier.papers_to_add()))
            form.text("title", t("Title"), max_chars=LINE)
        with right:
            form.day("dated_on", t("Dated"), max_value=seen.today)
            form.number("pages", t("Pages"), 1, min_value=1)
        form.text("remark", t("Remark"), max_chars=LINE)
        form.files("uploads", t("The paper as a file (optional)"))
        form.submit(t("Add"), closing(seen.id, dossier.add_paper), dispute_id=seen.id)


def _pages(seen: DisputeView) -> None:
    st.caption(t("How many pages a document has that is printed from here, for the contents page."))
    with Form("dispute.pages", record=seen.id, border=False) as form:
        left, right = st.columns(2)
        with left:
            form.choose("document", t("Which document"), _names(dossier.pages_to_count()))
        with right:
            form.number("pages", t("Pages"), 1, min_value=1)
        form.submit(t("Save"), closing(seen.id, dossier.set_pages), dispute_id=seen.id)


def _paper(seen: DisputeView, row: Mapping[str, Any]) -> None:
    name = row["title"] or _names(dossier.papers_to_add()).get(row["document"], row["document"])
    about = [day(row["dated_on"]) if row["dated_on"] else "", t("{n} pages", n=row["pages"]), row["remark"]]
    link = f" :material/attach_file: [{plain(row['file'])}](/files/{int(row['attachment_id'])})" if row["file"] else ""
    with st.container(horizontal=True, vertical_alignment="center", key=f"paper-{row['id']}"):
        grey = " · ".join(plain(part) for part in about if part)
        st.markdown(f"{plain(name)} :gray[{grey}]{link}", width="stretch")
        if seen.may_keep:
            menu(seen, {"edit_paper": t("Edit"), "remove_paper": t("Take out of the file")}, row["id"], of="paper")
    with st.container(key=f"paper-forms-{row['id']}"):
        which: dict[str, Any] = {"dispute_id": seen.id, "paper_id": int(row["id"])}
        if is_open(seen.id, "edit_paper", row["id"]):
            with sheet(seen, t("Edit the paper"), "edit_paper", row["id"]):
                _edit(seen, row, which)
        elif is_open(seen.id, "remove_paper", row["id"]):
            question, answer = (
                t("Take this out of the file? It can be put back under “What happened”."),
                t("Take out of the file"),
            )
            ask(
                seen,
                question,
                answer,
                dossier.remove_paper,
                "remove_paper",
                row["id"],
                version=int(row["version"]),
                **which,
            )


def _edit(seen: DisputeView, row: Mapping[str, Any], which: Mapping[str, Any]) -> None:
    with kept(seen, t("Edit the paper"), "edit_paper", row["id"], version=int(row["version"])) as form:
        left, right = st.columns(2)
        with left:
            form.text("title", t("Title"), row["title"], max_chars=LINE)
            form.text("remark", t("Remark"), row["remark"], max_chars=LINE)
        with right:
            form.day("dated_on", t("Dated"), row["dated_on"], max_value=seen.today)
            form.number("pages", t("Pages"), int(row["pages"]), min_value=1)
        form.submit(t("Save"), closing(seen.id, dossier.edit_paper), **which)


def _archive(actor: Actor, seen: DisputeView, holds: Dossier) -> None:
    """The form that closes the file; an incomplete one needs a reason signed by whoever may."""
    if Step.ARCHIVE not in seen.steps:
        return
    if not holds.complete and not seen.may_sign:
        st.caption(t("Only the director may sign that an incomplete file is archived."))
        return
    if not is_open(seen.id, "archive"):
        opener(seen, label("step", Step.ARCHIVE), "archive", icon=":material/inventory_2:")
        return
    with (
        sheet(seen, label("step", Step.ARCHIVE), "archive"),
        kept(seen, label("step", Step.ARCHIVE), "archive", version=seen.version) as form,
    ):
        left, right = st.columns(2)
        with left:
            form.choose("retention", t("Kept for"), code_labels(actor, "retention", retired=False))
        with right:
            form.day("archived_on", t("Archived on"), seen.today, max_value=seen.today)
        form.area("file_note", t("Note on the file (anything special)"), seen.fields["file_note"], height=80)
        if not holds.complete:
            form.area("reason", t("Why it is archived incomplete"), height=80)
        form.submit(label("step", Step.ARCHIVE), closing(seen.id, dossier.archive), dispute_id=seen.id)
