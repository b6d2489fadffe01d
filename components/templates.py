"""The screen of Word templates: which stands, its way out and in, and what it may fill in."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components.case_print import form_link
from components.forms import megabytes, plain, press, state_of
from components.shown_lists import export_shown
from components.tables import table
from components.words import N_, language, moment, t
from db.documents.forms import Placeholder, forms, forms_of_cases, placeholders
from db.rules.permissions import Actor, Permission
from db.rules.problems import NotThere
from db.services import templates
from db.services.cases import papers
from db.services.files import Upload
from db.services.templates import Earlier

_HOW = N_(
    "Write a placeholder between two pairs of braces. A list is repeated paragraph by paragraph: "
    "the line before and the line after stand in paragraphs of their own. Rows of a table are repeated the same way "
    "with tr in place of p, in rows of their own."
)


JOBS = {
    "cases": N_("Cases"),
    "mediation": N_("Mediation"),
    "duty": N_("Duty"),
    "scoring": N_("Scoring"),
    "meetings": N_("Meetings"),
    "briefings": N_("Briefings"),
    "office": N_("Office"),
}


def searched(frame: pd.DataFrame) -> pd.DataFrame:
    """The forms of the chosen job whose name, in either language, holds the words typed."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        jobs = [job for job in JOBS if job in set(frame["job"])]
        job = st.pills(t("Job"), jobs, format_func=lambda one: t(JOBS[one]), key="templates:job")
    with right:
        words = st.text_input(t("Search forms"), key="templates:words", max_chars=60, icon=":material/search:")
    found = frame if job is None else frame[frame["job"] == job]
    names = (found["zh"] + " " + found["en"]).str.lower()
    return found[[words.strip().lower() in name for name in names]]


def form_names(frame: pd.DataFrame) -> dict[str, str]:
    """Form to its number and name in the reader's language."""
    return {str(row["code"]): f"{row['number'] or ''} {_name(row)}".strip() for _, row in frame.iterrows()}


def standing_list(frame: pd.DataFrame) -> None:
    """Every form with its job, its name and the template that stands."""
    shown = frame.assign(
        job=[t(JOBS[job]) for job in frame["job"]],
        name=[_name(row) for _, row in frame.iterrows()],
        stands=[_stands(row) for _, row in frame.iterrows()],
        number=[str(n or "–") for n in frame["number"]],
    )
    columns = {
        "job": t("Job"),
        "number": t("Form number"),
        "name": t("Form"),
        "stands": t("Template in use"),
    }
    export_shown("templates", t("Templates"), shown, columns)
    table(shown, columns, key="templates")


def template_sheet(row: Any) -> None:
    """One form: its template to take away, a replacement to hand in, the built-in one to put back."""
    code, version = str(row.name), int(row["version"])
    st.subheader(_name(row))
    st.markdown(plain(t("Template in use: {which}", which=_stands(row))))
    with st.container(horizontal=True):
        _download(t("Download the template in use"), f"/template/{code}")
        _download(t("Try with a made-up record"), f"/template/{code}/sample", ":material/science:")
        if row["own"]:
            _download(t("Download the built-in template"), f"/template/{code}?original=1")
            press("template.put_back", t("Put the built-in template back"), templates.put_back,
                  record=f"{code}:{version}", form=code, version=version, icon=":material/undo:")  # fmt: skip
    _replacement(code, version)


def with_record(actor: Actor, code: str) -> None:
    """The form made from a case, for those who may read cases; who only keeps the templates may not."""
    if code not in forms_of_cases() or not actor.may(Permission.CASES_READ):
        return
    with st.expander(t("Try with a record"), icon=":material/science:", key=f"with-record:{code}"):
        number = st.text_input(t("Number of the case"), key=f"template-number:{code}", placeholder="2026-000001")
        if not number:
            return
        try:
            case_id = papers.numbered(actor, number=number)
        except NotThere:
            st.markdown(t("There is no case with this number."))
            return
        found = [offer for offer in papers.offers(actor, case_id=case_id) if offer.form.code == code]
        for offer in found:
            form_link(case_id, offer)
        if not found:
            st.markdown(t("There is nothing yet to put on this sheet."))


def earlier_list(actor: Actor, row: Any) -> None:
    """The office's own templates of this form that were replaced, each to be looked at or used again."""
    code, version = str(row.name), int(row["version"])
    kept = templates.earlier_ones(actor, form=code)
    if not kept:
        return
    with st.expander(t("Earlier templates ({n})", n=len(kept)), icon=":material/history:"):
        for one in kept:
            _earlier(code, version, one)


def _earlier(code: str, version: int, one: Earlier) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"earlier:{code}:{one.kept}"):
        told = t("In use from {since} until {until}", since=moment(one.since), until=moment(one.until))
        by = t("brought in by {who}", who=one.by) if one.by else ""
        st.markdown(
            plain(" · ".join(part for part in (told, by, f"{max(1, one.size // 1024)} kB") if part)), width="stretch"
        )
        _download(t("Download"), f"/template/{code}?kept={one.kept}")
        press("template.use_earlier", t("Use it again"), templates.use_earlier, record=f"{code}:{one.kept}:{version}",
              form=code, kept=one.kept, version=version, icon=":material/undo:")  # fmt: skip


def placeholder_list(code: str) -> None:
    """What a template of this form may fill in, and what each placeholder means."""
    with st.expander(t("Placeholders of this form"), icon=":material/data_object:"):
        st.markdown(t(_HOW))
        rows = placeholders(forms()[code])
        st.code(_loop_over(rows), language=None)
        meanings = [row.zh if language() == "zh" else row.en for row in rows]
        written = [f"{{{{ {row.name} }}}}" if "." not in row.name else row.name for row in rows]
        samples = [row.sample if isinstance(row.sample, str) else " / ".join(row.sample) for row in rows]
        shown = pd.DataFrame({"name": written, "meaning": meanings, "sample": samples})
        columns = {"name": t("Placeholder"), "meaning": t("Meaning"), "sample": t("Sample")}
        table(shown, columns, key=f"placeholders:{code}")


def _loop_over(rows: Sequence[Placeholder]) -> str:
    """How the first list of a form is written out; the way of a condition for a form without a list."""
    found = next((row.name for row in rows if "." in row.name), "")
    if not found:
        return f"{{%p if {rows[0].name} %}}\n{{{{ {rows[0].name} }}}}\n{{%p endif %}}"
    over, _, field = found.partition(".")
    return f"{{%p for one in {over} %}}\n{{{{ one.{field} }}}}\n{{%p endfor %}}"


def _replacement(code: str, version: int) -> None:
    """The uploader is emptied by a replacement that was taken, and by nothing else."""
    name = f"template.replace:{code}"
    widget = f"{name}:file:{state_of(name).round}"
    st.file_uploader(t("Your own template (.docx)"), type=["docx"], key=widget, max_upload_size=megabytes())
    press("template.replace", t("Try it and use it"), _replace, record=code, main=True,
          form=code, version=version, widget=widget, icon=":material/upload:")  # fmt: skip
    st.caption(t("It is tried with sample values first. The template before it is kept in the data folder."))


def _replace(actor: Actor, *, form: str, version: int, widget: str, key: str) -> int:
    chosen = st.session_state.get(widget)
    upload = Upload(chosen.name, chosen.getvalue()) if chosen else None
    return templates.replace(actor, form=form, version=version, upload=upload, key=key)


def _stands(row: Any) -> str:
    if not row["own"]:
        return t("built-in")
    since = t("your own, since {moment}", moment=moment(row["since"]))
    return f"{since} ({row['by']})" if row["by"] else since


def _name(row: Any) -> str:
    return str(row["zh"] if language() == "zh" else row["en"])


def _download(label: str, where: str, icon: str = ":material/download:") -> None:
    st.link_button(label, where, icon=icon)
