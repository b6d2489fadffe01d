"""Two cases side by side before they become one: what each says, what the kept one will say, which days stand."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.case_address import not_there, open_case
from components.case_labels import code_labels, label
from components.case_merged import open_merge
from components.case_texts import fact
from components.forms import id_of, news_of, plain
from components.kept_forms import KeptForm
from components.likely_pair import marked
from components.state import receipt
from components.words import day, moment, t, told
from db.rules.merging import CHOICES, Take
from db.rules.permissions import Actor
from db.rules.problems import N_, Changed, NotThere, Problem, Problems
from db.services.cases import merging
from db.services.cases.merging import Matter, Preview

MERGE = "case.merge"


def address_of_draft(form: str) -> Mapping[str, str] | None:
    """The two cases of a kept form of this screen; None for a form of another."""
    name, _, record = form.partition(":")
    kept, _, gone = record.partition("-")
    return {"kept": kept, "gone": gone} if name == MERGE else None


def asked_for(actor: Actor) -> Preview:
    """The two cases named by ?kept= and ?gone=, or a calm word and the end of the page."""
    ids = [st.query_params.get(name, "") for name in ("kept", "gone")]
    found = _found(actor, *(int(one) if one.isdecimal() and len(one) < 10 else 0 for one in ids))
    if found is None:
        not_there()
    return found


def _found(actor: Actor, kept_id: int, gone_id: int) -> Preview | None:
    try:
        return merging.preview(actor, first_id=kept_id, second_id=gone_id)
    except NotThere:
        return None


def sides(actor: Actor, shown: Preview) -> None:
    """Both matters, what differs marked, and the way to keep the other one."""
    categories = code_labels(actor, "category")
    for column, place, mine, other, head in zip(
        st.columns(2),
        ("kept", "gone"),
        (shown.kept, shown.gone),
        (shown.gone, shown.kept),
        (t("Stays"), t("Goes into it")),
        strict=True,
    ):
        with column, st.container(border=True, key=f"side-{place}"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(head, color="green" if mine is shown.kept else "gray")
                st.markdown(f"**{plain(mine.number)}**", width="content")
                st.badge(label("state", mine.state), color="blue")
            _side(place, mine, other, categories)


def _side(place: str, mine: Matter, other: Matter, categories: dict[str, str]) -> None:
    says = mine.fields
    st.markdown(f"**{plain(says['subject'])}**")
    st.markdown(marked(str(says["text"]), str(other.fields["text"])))
    lines = [
        (t("What is asked for"), says["request"]),
        (t("Place"), says["place"]),
        (t("Category"), categories.get(str(says["category"]), says["category"])),
        (t("Grade"), label("grade", says["grade"])),
        (t("Internal note"), says["note"]),
        (t("Resident"), t(", ").join(f"{row['name']} {row['contact']}".strip() for row in mine.parties)),
        (t("Files"), t(", ").join(str(row["name"]) for row in mine.files)),
        (t("Received"), moment(mine.received_at)),
        (t("Due"), day(mine.next_due_on) if mine.next_due_on else ""),
    ]
    st.markdown("\n\n".join(fact(name, value) for name, value in lines if value))
    if st.button(t("Open the case"), key=f"open-{place}", icon=":material/open_in_new:"):
        open_case(mine.id)


def form(actor: Actor, shown: Preview) -> None:
    """What the kept case will say by field, or why the two can't become one."""
    kept, gone = shown.kept, shown.gone
    record = f"{kept.id}-{gone.id}"
    if shown.why_not is not None and news_of(id_of(MERGE, record)) is not None:
        open_case(kept.id)
    if st.button(t("Keep {number} instead", number=gone.number), key="swap", icon=":material/swap_horiz:"):
        open_merge(gone.id, kept.id)
    if shown.why_not is not None:
        st.warning(plain(told(shown.why_not)), icon=":material/block:")
        return
    st.subheader(t("What the kept case will say"), anchor=False)
    _tell_days(kept, gone)
    numbers = f"{gone.number} → {kept.number}"
    with KeptForm(MERGE, record=record, subject=numbers, label=t("Merge two cases")) as merge:
        for name, takes in CHOICES.items():
            if kept.fields[name] != gone.fields[name] and (kept.fields[name] or gone.fields[name]):
                merge.choose(f"take_{name}", label("field", name), _said(actor, shown, name, takes), takes[0].value)
        merge.area("reason", f"{t('Reason')} ({t('optional')})", height=80, max_chars=2000)
        fixed: dict[str, Any] = {"kept_version": kept.version, "gone_id": gone.id, "gone_version": gone.version}
        merge.submit(t("Merge"), _merge, icon=":material/merge:", kept_id=kept.id, **fixed)
    st.caption(t("Nothing is lost: the other case stays whole on the page of the kept one and can be taken back."))


def _said(actor: Actor, shown: Preview, name: str, takes: tuple[Take, ...]) -> dict[str, str]:
    """What each choice would say, briefly."""
    words = code_labels(actor, "category") if name == "category" else {}
    kept, gone = (
        label("grade", side.fields[name]) if name == "grade" else words.get(str(side.fields[name]), side.fields[name])
        for side in (shown.kept, shown.gone)
    )
    said = {
        Take.KEPT: f"{shown.kept.number}: {str(kept or '–')[:60]}",
        Take.GONE: f"{shown.gone.number}: {str(gone or '–')[:60]}",
        Take.BOTH: t("Both, one after the other"),
    }
    return {take.value: said[take] for take in takes}


def _tell_days(kept: Matter, gone: Matter) -> None:
    due = t("due {day}", day=day(kept.next_due_on)) if kept.next_due_on else t("nothing due")
    st.markdown(
        plain(
            t("The days of {number} stand: received {day}, {due}. A merge resets no clock.", number=kept.number,
              day=moment(kept.received_at), due=due)
        )
    )  # fmt: skip
    if gone.received_at < kept.received_at:
        said = t("{number} was received earlier, on {day}; its own days stop counting.", number=gone.number,
                 day=moment(gone.received_at))  # fmt: skip
        st.warning(plain(said), icon=":material/timer:")


def _merge(
    actor: Actor,
    *,
    kept_id: int,
    kept_version: int,
    gone_id: int,
    gone_version: int,
    key: str,
    reason: str = "",
    **takes: object,
) -> merging.Done:
    try:
        done = merging.merge(
            actor,
            kept_id=kept_id,
            kept_version=kept_version,
            gone_id=gone_id,
            gone_version=gone_version,
            takes={name.removeprefix("take_"): take for name, take in takes.items()},
            reason=reason,
            key=key,
        )
    except Changed as changed:
        sentence = N_("{who} changed one of the two meanwhile. Above is what both say now; look once more, then merge.")
        raise Problems(Problem("", sentence, {"who": changed.by or "–"})) from None
    receipt(t("{gone} went into {kept}.", gone=done.gone_number, kept=done.kept_number))
    return done
