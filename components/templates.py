"""The screen of Word templates: which stands, its way out and in, and what it may fill in."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components.forms import megabytes, plain, press, state_of
from components.shown_lists import export_shown
from components.tables import table
from components.words import N_, language, moment, t
from db.documents.forms import Placeholder, forms, placeholders
from db.rules.permissions import Actor
from db.services import templates
from db.services.files import Upload

_HOW = N_(
    "Write a placeholder between two pairs of braces. A list is repeated paragraph by paragraph: "
    "the line before and the line after stand in paragraphs of their own."
)


def form_names(frame: pd.DataFrame) -> dict[str, str]:
    """Form to its number and name in the reader's language."""
    return {str(row["code"]): f"{row['number'] or ''} {_name(row)}".strip() for _, row in frame.iterrows()}


def standing_list(frame: pd.DataFrame) -> None:
    """Every form with both its names and the template that stands."""
    shown = frame.assign(
        name=[_name(row) for _, row in frame.iterrows()],
        stands=[_stands(row) for _, row in frame.iterrows()],
        number=[str(n or "–") for n in frame["number"]],
    )
    columns = {
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
        if row["own"]:
            _download(t("Download the built-in template"), f"/template/{code}?original=1")
            press("template.put_back", t("Put the built-in template back"), templates.put_back,
                  record=f"{code}:{version}", form=code, version=version, icon=":material/undo:")  # fmt: skip
    _replacement(code, version)


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
    """How the first list of a form is written out."""
    found = next(row.name for row in rows if "." in row.name)
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
    since = t("your own, since {moment}", moment=moment(row["since"])) if row["own"] else ""
    return since or t("built-in")


def _name(row: Any) -> str:
    return str(row["zh"] if language() == "zh" else row["en"])


def _download(label: str, where: str) -> None:
    st.link_button(label, where, icon=":material/download:")
