"""What hangs on a case: files, links to other matters, who may see it and who has."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import state, who_has_seen
from components.account import current_actor
from components.case_labels import label
from components.forms import Form, megabytes, plain, press
from components.words import moment, t, told
from db.rules.case_flow import ENDED
from db.rules.files import KINDS
from db.rules.permissions import Actor, Permission
from db.rules.problems import Problems
from db.services import cases, files, journal
from db.services.cases import CaseView
from db.services.cases.beside import Row
from db.services.cases.parts import PART_OF
from db.services.files import Upload

# A link as the matter it points to tells it.
FROM_THE_OTHER = {"repeat": "repeated", "split_from": "split_into"}
MAY_ADD = (Permission.CASES_EDIT, Permission.CASES_HANDLE, Permission.CASES_SIGN)


def attachments(actor: Actor, seen: CaseView) -> None:
    """Every file with its way out, and a place to add more."""
    for row in seen.files:
        with st.container(horizontal=True, vertical_alignment="center", key=f"file-{row['id']}"):
            inside = t("internal") if row["internal"] else t("from the resident")
            st.markdown(
                f":material/attach_file: [{plain(row['name'])}](/files/{int(row['id'])}) "
                f":gray[{plain(_size(row['size']))} · {inside} · {plain(row['uploaded_by'] or '–')} · "
                f"{plain(moment(row['uploaded_at']))}]",
                width="stretch",
            )
            if _may_add(actor, seen):
                press(
                    "case.remove_file",
                    t("Remove"),
                    _remove,
                    record=row["id"],
                    attachment_id=int(row["id"]),
                    version=int(row["version"]),
                )
    if not seen.files:
        st.markdown(t("No files yet."))
    if _may_add(actor, seen):
        _add(seen)


def _add(seen: CaseView) -> None:
    form = f"case-files:{seen.id}"
    token = state.submission_key(form)
    chosen = st.file_uploader(
        t("Add files"),
        key=f"upload-{token}",
        accept_multiple_files=True,
        type=sorted({one.lstrip(".") for one in KINDS}),
        max_upload_size=megabytes(),
    )
    if not chosen:
        return
    st.checkbox(t("Internal: never given to the resident"), True, key=f"internal-{token}")
    st.button(
        t("Add to the case"),
        key=f"add-files-{token}",
        type="primary",
        icon=":material/upload:",
        on_click=_attach,
        args=(seen.id, form, token),
    )
    for problem in st.session_state.get(f"problems-{token}", ()):
        st.markdown(f":red[:material/error: {plain(told(problem))}]")


def _attach(case_id: int, form: str, token: str) -> None:
    actor = current_actor()
    chosen = st.session_state.get(f"upload-{token}") or []
    internal = bool(st.session_state.get(f"internal-{token}", True))
    if actor is None or not chosen:
        return
    uploads = [Upload(file.name, file.getvalue()) for file in chosen]
    try:
        added = files.attach(actor, case_id=case_id, uploads=uploads, internal=internal, key=token)
    except Problems as problems:
        st.session_state[f"problems-{token}"] = problems.problems
        return
    state.next_key(form)
    state.receipt(t("{n} files added.", n=len(added)))


def _remove(actor: Actor, *, attachment_id: int, version: int, key: str) -> int:  # noqa: ARG001 - removing twice changes nothing
    return files.remove(actor, attachment_id=attachment_id, version=version)


def _may_add(actor: Actor, seen: CaseView) -> bool:
    return seen.fields["state"] != "archived" and any(actor.may(permission) for permission in MAY_ADD)


def _size(size: Any) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} kB"


def links(seen: CaseView) -> None:
    """Matters that belong together, matter to matter; a larger matter and its parts stand elsewhere."""
    others = [row for row in seen.links if row["kind"] != PART_OF]
    link_rows(seen, others)
    if not others:
        st.markdown(t("Not linked to another matter."))
    if not seen.may_edit:
        return
    with st.expander(t("Link to another case"), icon=":material/link:", key="link-case", on_change="rerun") as part:
        if part.open:
            _link_form(seen)


def link_rows(seen: CaseView, rows: Sequence[Row]) -> None:
    """Each with its state, the way there and the way to unlink; how they belong together unless a heading says it."""
    for row in rows:
        kind = row["kind"] if row["earlier"] else FROM_THE_OTHER.get(str(row["kind"]), row["kind"])
        how = "" if kind == PART_OF else f":gray[{plain(label('link', kind))}] "
        st.markdown(
            f"{how}**{plain(row['number'])}** {plain(row['subject'])} "
            f":{'gray' if row['state'] in ENDED else 'blue'}-badge[{plain(label('state', row['state']))}]"
        )
        with st.container(horizontal=True, vertical_alignment="center", key=f"link-{seen.id}-{row['case_id']}"):
            if st.button(t("Open the case"), key=f"open-link-{seen.id}-{row['case_id']}"):
                st.query_params["id"] = str(int(row["case_id"]))
                st.rerun()
            if seen.may_edit:
                press(
                    "case.unlink",
                    t("Unlink"),
                    _unlink,
                    record=f"{seen.id}-{row['case_id']}",
                    case_id=seen.id,
                    other_id=int(row["case_id"]),
                )


def _link_form(seen: CaseView) -> None:
    with Form("case.link", record=seen.id) as form:
        left, right = st.columns(2)
        with left:
            form.text("number", t("Number of the other case"), placeholder="2026-000001")
        with right:
            kinds = {kind: label("link", kind) for kind in ("repeat", "related", "part_of")}
            form.choose("kind", t("How they belong together"), kinds, "related")
        form.submit(t("Link"), cases.link, main=False, case_id=seen.id)


def _unlink(actor: Actor, *, case_id: int, other_id: int, key: str) -> None:  # noqa: ARG001 - unlinking twice changes nothing
    cases.unlink(actor, case_id=case_id, other_id=other_id)


def access(actor: Actor, seen: CaseView) -> None:
    """Who may see a sealed case; who has looked, printed, exported or seen the identity."""
    if seen.access:
        st.markdown(f":material/lock: {t('May see it')}: {plain(', '.join(seen.access))}")
    asked = f"seen-asked:{seen.id}"
    if not st.session_state.get(asked):
        st.button(t("Who has seen it"), key=f"who-has-seen-{seen.id}", on_click=_ask, args=(asked,))
        return
    who_has_seen.show(
        lambda before: journal.who_has_seen(actor, case_id=seen.id, before=before), record=f"case-{seen.id}"
    )


def _ask(key: str) -> None:
    st.session_state[key] = True
