"""The file of a case on its page: what it holds in the official order, what it lacks with the way there, its prints."""

import streamlit as st

from components.forms import plain
from components.words import day, language, t, told
from db.rules.permissions import Actor, Permission
from db.services.cases import CaseView, dossier
from db.services.cases.dossier import Dossier


def show(actor: Actor, seen: CaseView) -> None:
    """Folded away until somebody wants it; open before the matter is archived."""
    with st.expander(t("File and contents"), icon=":material/folder:", key="case-file", on_change="rerun") as part:
        if part.open:
            _inside(actor, seen)


def _inside(actor: Actor, seen: CaseView) -> None:
    found = dossier.dossier(actor, case_id=seen.id)
    _lacks(found)
    rows = [
        {
            t("No."): n,
            t("Document"): _named(line.zh if language() == "zh" else line.en, paper.title, paper.title_en),
            t("Day"): day(paper.on) if paper.on else "",
            t("Page numbers"): f"{line.from_page}" + f"–{line.to_page}" * (line.to_page != line.from_page),
        }
        for n, (line, paper) in enumerate(found.papers, 1)
    ]
    st.dataframe(rows, hide_index=True, width="stretch", alt=t("Contents of the file"), key=f"file-{seen.id}")
    names = seen.may_unmask and actor.may(Permission.CASES_UNMASK)
    names = names and st.toggle(t("With names (journalled)"), key=f"file-names-{seen.id}")
    asked = "identities=1" if names else ""
    with st.container(horizontal=True, key=f"file-take-{seen.id}"):
        links = {
            t("Print the file"): (f"/print/case-file/{seen.id}?lang={language()}&{asked}", ":material/print:"),
            t("Cover and contents (.docx)"): (f"/case-file/{seen.id}?{asked}", ":material/description:"),
            t("Every paper (.zip)"): (f"/case-file/{seen.id}/all?{asked}", ":material/folder_zip:"),
        }
        for n, (said, (where, icon)) in enumerate(links.items()):
            st.link_button(said, where.rstrip("&?"), icon=icon, key=f"file-take-{seen.id}-{n}")


def _lacks(found: Dossier) -> None:
    """What is missing, in words; nothing keeps a complete file from being archived."""
    if not found.problems:
        st.success(t("The file is complete."), icon=":material/check:")
        return
    st.warning(t("The file is not complete yet:"), icon=":material/rule:")
    for problem in found.problems:
        units = f" {plain(str(problem.values['units']))}" if problem.values.get("units") else ""
        st.markdown(f"- {plain(told(problem))}{units} {_way(problem.field)}")


def _named(name: str, title: str, title_en: str) -> str:
    more = title_en if language() == "en" and title_en else title
    return f"{name}{t(': ')}{more}" if more else name


def _way(field: str) -> str:
    """Where it is put right: the step above for what a step records, the notices for a notice."""
    if field == "supervision_notice":
        return f"[{t('To the notices')}](/supervision)"
    return f"[{t('To the next step')}](#case-acts)"
