"""What went into a case, whole on its page; where a merged case went; the ways to merge, split and take both back."""

from collections.abc import Collection

import streamlit as st

from components import case_gone, case_timeline, undo_bar
from components.case_address import open_case
from components.case_labels import code_labels, label
from components.case_texts import fact, literal
from components.forms import attempt, plain, press
from components.kept_forms import KeptForm
from components.state import receipt
from components.tables import unit_names
from components.words import moment, t
from db.rules.permissions import Actor, Permission
from db.services import units
from db.services.cases import CaseView, merged, merging, splitting
from db.services.cases.merged import MergedIn

MERGE = "pages/cases/merge.py"


def lies_elsewhere(actor: Actor, case_id: int) -> bool:
    """Tell where a case went that is in no list any more: into the bin, or into another case."""
    return case_gone.lies_in_bin(actor, case_id) or tell_where(actor, case_id=case_id)


def tell_where(actor: Actor, *, case_id: int = 0, number: str = "") -> bool:
    """Tell which case a merged one went into, with the way there; answers whether it is one."""
    went = merged.where_it_went(actor, case_id=case_id, number=number) if case_id or number else None
    if went is None:
        return False
    said = t("{number} was merged into {into} on {day}.", number=went.number, into=went.into_number,
             day=moment(went.merged_at))  # fmt: skip
    st.info(plain(said), icon=":material/merge:")
    if st.button(t("Open {number}", number=went.into_number), key="to-the-kept", type="primary"):
        open_case(went.into_id)
    return True


def just_now(actor: Actor, seen: CaseView) -> None:
    """The way to take back the merge somebody was led here by."""
    if seen.merged and actor.may(Permission.CASES_MERGE):
        undo_bar.undo_bar(actor)


def panel(actor: Actor, seen: CaseView) -> None:
    """Every matter that went into this one: number, words, parties, files and what happened to it."""
    if not seen.merged:
        return
    st.subheader(t("Merged into this one"), anchor=False)
    for part in merged.merged_here(actor, case_id=seen.id):
        head = f"**{plain(part.number)}** {plain(part.subject)}"
        with st.expander(head, icon=":material/merge:", key=f"merged-{part.id}"):
            _whole(part)
            if actor.may(Permission.CASES_MERGE) and part.into_id == seen.id:
                press("case.unmerge", t("Take it back"), _unmerge, record=part.id, icon=":material/undo:",
                      help=t("Both cases are again what they were."), gone_id=part.id)  # fmt: skip


def _whole(part: MergedIn) -> None:
    who = t("merged {time} by {who}", time=moment(part.merged_at), who=part.merged_by or "–")
    received = t("received {day}", day=moment(part.received_at))
    st.caption(plain(" · ".join((label("state", part.state), received, who))))
    if part.reason:
        st.markdown(fact(t("Reason"), part.reason))
    st.markdown(literal(part.text))
    if part.place:
        st.markdown(fact(t("Place"), part.place))
    people = [" · ".join(plain(row[name]) for name in ("name", "contact") if row[name]) for row in part.parties]
    if people:
        st.markdown(f":gray[{t('Resident')}]  \n" + "  \n".join(people))
    for row in part.files:
        st.markdown(f":material/attach_file: [{plain(row['name'])}](/files/{int(row['id'])})")
    st.markdown(f":gray[{t('What happened')}]")
    for line in reversed(part.timeline):
        st.markdown(case_timeline.line(line))


def _unmerge(actor: Actor, *, gone_id: int, key: str) -> merging.Done:
    done = merging.unmerge(actor, gone_id=gone_id, key=key)
    receipt(t("{number} is a case of its own again.", number=done.gone_number))
    _tell_stayed(done.kept_number, done.stayed)
    return done


def _tell_stayed(number: str, stayed: tuple[str, ...]) -> None:
    if stayed:
        names = t(", ").join(label("field", name) for name in stayed)
        receipt(t("{number} keeps what was changed since: {names}", number=number, names=names))


def tidy(actor: Actor, seen: CaseView, kept: Collection[str]) -> None:
    """The ways to tidy up: merge with another case, split the letter, take a split back."""
    if not actor.may(Permission.CASES_MERGE) or seen.fields["state"] == "archived":
        return
    with st.expander(t("Merge with another case"), icon=":material/merge:", key="to-merge", on_change="rerun") as part:
        if part.open:
            _ask_other(actor, seen)
    if seen.fields["sealed"] or not seen.fields["open"]:
        return
    began = f"case.split:{seen.id}" in kept
    with st.expander(
        t("Split this letter"), began, icon=":material/call_split:", key="to-split", on_change="rerun"
    ) as part:
        if part.open:
            _split_form(actor, seen)
    _offer_unsplit(actor, seen)


def _ask_other(actor: Actor, seen: CaseView) -> None:
    with st.form(f"case-pair-{seen.id}"):
        number = st.text_input(
            t("Number of the other case"), key=f"case-pair-{seen.id}-number", placeholder="2026-000001"
        )
        asked = st.form_submit_button(t("Put both side by side"), key=f"case-pair-{seen.id}-go")
        both = attempt(merging.pair_of, actor, case_id=seen.id, number=number) if asked else None
    if both is not None:
        open_merge(*both)


def open_merge(kept_id: int, gone_id: int) -> None:
    """Go to the preview of a merge in this tab."""
    st.switch_page(MERGE, query_params={"kept": str(kept_id), "gone": str(gone_id)})


def _split_form(actor: Actor, seen: CaseView) -> None:
    """Both matters as they will be, in one form."""
    says, categories = seen.fields, code_labels(actor, "category", retired=False)
    st.caption(t("The new case gets the same resident, source and received day, and a number of its own."))
    number, name = str(says["number"]), t("Split this letter")
    with KeptForm("case.split", record=seen.id, version=seen.version, subject=number, label=name) as form:
        left, right = st.columns(2)
        with left:
            st.markdown(f"**{plain(says['number'])}**")
            form.text("first_subject", t("Subject"), str(says["subject"]), max_chars=200)
            form.area("first_text", t("What was said"), str(says["text"]), height=180)
            form.text("first_place", t("Place"), str(says["place"]))
            form.choose("first_category", t("Category"), code_labels(actor, "category"), says["category"])
        with right:
            st.markdown(f"**{t('The new case')}**")
            form.text("second_subject", t("Subject of the new case"), max_chars=200)
            form.area("second_text", t("What was said there"), str(says["text"]), height=180)
            form.text("second_place", t("Place of the new case"), str(says["place"]))
            form.choose("second_category", t("Category of the new case"), categories)
            form.choose("unit_id", f"{t('Lead unit to propose')} ({t('optional')})", unit_names(units.units(actor)))
        if seen.files:
            names = {int(row["id"]): str(row["name"]) for row in seen.files}
            form.choose_many("file_ids", t("Files that belong to the new case as well"), names)
        form.submit(t("Split"), _split, case_id=seen.id)


def _split(actor: Actor, *, case_id: int, version: int, key: str, **values: object) -> splitting.Split:
    first, second = (
        {name.removeprefix(side): value for name, value in values.items() if name.startswith(side)}
        for side in ("first_", "second_")
    )
    unit = values.get("unit_id")
    files = values.get("file_ids")
    made = splitting.split(
        actor,
        case_id=case_id,
        version=version,
        first=first,
        second=second | {"request": ""},
        file_ids=files if isinstance(files, list) else (),
        unit_id=unit if isinstance(unit, int) else None,
        key=key,
    )
    receipt(t("{number} is a case of its own now.", number=made.number))
    return made


def _offer_unsplit(actor: Actor, seen: CaseView) -> None:
    came = any(link["kind"] == "split_from" and link["earlier"] for link in seen.links)
    if came and splitting.may_unsplit(actor, case_id=seen.id):
        press("case.unsplit", t("Take the split back"), _unsplit, record=seen.id, icon=":material/undo:",
              help=t("This case goes into the bin, the first one says its words again."), case_id=seen.id)  # fmt: skip


def _unsplit(actor: Actor, *, case_id: int, key: str) -> splitting.Split:
    made = splitting.unsplit(actor, case_id=case_id, key=key)
    receipt(t("{number} lies in the bin; {first} is whole again.", number=made.number, first=made.first_number))
    _tell_stayed(made.first_number, made.stayed)
    return made
