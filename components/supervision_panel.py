"""The supervision notices of a case: what each says, the unit's answer, the acts open to this person, a new draft."""

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from components.case_texts import quoted
from components.forms import plain, press
from components.kept_forms import KeptForm
from components.supervision_labels import COLOURS, label
from components.words import day, language, moment, t
from db.rules.permissions import Actor
from db.rules.supervision import LONGEST, Act
from db.services.cases import CaseView
from db.services.supervision import answering, drafting, issuing, reading
from db.services.supervision.reading import Notice, OfCase


def show(actor: Actor, seen: CaseView) -> None:
    """Nothing where there is no notice and none may be drafted."""
    told = reading.of_case(actor, case_id=seen.id)
    if not told.notices and not told.may_draft:
        return
    st.subheader(t("Supervision"), anchor=False)
    for notice in told.notices:
        with st.container(border=True, key=f"supervision-{notice.id}"):
            _told(notice)
            _acts(notice)
    if told.may_draft:
        _new(seen.id, told)


def _told(notice: Notice) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(notice.number or t('Supervision notice'))}**", width="content")
        st.badge(label("state", notice.state), color=COLOURS[notice.state])  # type: ignore[arg-type]
        st.badge(label("why", notice.why), color="gray")
    unit = notice.unit_en if language() == "en" and notice.unit_en else notice.unit
    facts = [t("To {unit}", unit=unit)]
    if notice.repeats:
        facts.append(t("follows {number}", number=notice.repeats))
    if notice.issued_at:
        facts.append(t("issued {time} by {who}", time=moment(notice.issued_at), who=notice.issued_by))
    else:
        who = notice.drafted_by or t("Linli itself")
        facts.append(t("drafted {time} by {who}", time=moment(notice.drafted_at), who=who))
    if notice.answer_by:
        facts.append(t("answer wanted by {day}", day=day(notice.answer_by)))
    st.caption(plain(" · ".join(facts)))
    st.markdown(quoted(notice.text))
    if notice.answer and notice.answered_at:
        who = t("Answer of {who}, {time}", who=notice.answered_by, time=moment(notice.answered_at))
        st.markdown(f":gray[{plain(who)}]\n\n{quoted(notice.answer)}")


def _acts(notice: Notice) -> None:
    """The acts open to this person, the way forward first, and the notice as Word."""
    fixed: dict[str, Any] = {"supervision_id": notice.id, "version": notice.version}
    with st.container(horizontal=True):
        if Act.ISSUE in notice.acts:
            press("supervision.issue", t("Issue"), issuing.issue, record=notice.id, main=True,
                  icon=":material/send:", **fixed)  # fmt: skip
        if Act.ANSWER in notice.acts:
            _asked(notice, Act.ANSWER, t("Answer the notice"), _answer_form)
        if Act.CLOSE in notice.acts:
            main = notice.state == "answered"
            press("supervision.close", t("Close the notice"), issuing.close, record=notice.id, main=main,
                  icon=":material/task_alt:", **fixed)  # fmt: skip
        if Act.REPEAT in notice.acts:
            _asked(notice, Act.REPEAT, t("Repeat the notice"), _repeat_form)
        if Act.REWRITE in notice.acts:
            _asked(notice, Act.REWRITE, t("Change the draft"), _change_form)
        if Act.WITHDRAW in notice.acts:
            press("supervision.withdraw", t("Withdraw"), issuing.withdraw, record=notice.id, **fixed)
        where = f"/supervision-notice/{notice.id}"
        st.link_button(t("Supervision notice as Word"), where, icon=":material/download:")


def _asked(notice: Notice, act: Act, said: str, form: Callable[[Notice, str], None]) -> None:
    with st.popover(said, key=f"{act}-{notice.id}", on_change="rerun"):
        form(notice, said)


def _about(notice: Notice, act: Act) -> dict[str, Any]:
    return {"record": notice.id, "version": notice.version, "behind": f"{act}-{notice.id}"}


def _answer_form(notice: Notice, said: str) -> None:
    form = KeptForm("supervision.answer", border=False, **_about(notice, Act.ANSWER))
    with form:
        form.area("words", t("What was done, and why it took so long"), max_chars=LONGEST, height=160)
        form.submit(said, answering.answer, supervision_id=notice.id)


def _repeat_form(notice: Notice, said: str) -> None:
    form = KeptForm("supervision.repeat", border=False, **_about(notice, Act.REPEAT))
    with form:
        st.caption(t("This notice is closed and a new one issued in the same matter."))
        form.area("text", t("What the unit is to do"), notice.text, max_chars=LONGEST, height=160)
        form.day("answer_by", t("Answer by (empty: the usual limit)"))
        form.submit(said, issuing.repeat, supervision_id=notice.id)


def _change_form(notice: Notice, _said: str) -> None:
    form = KeptForm("supervision.rewrite", border=False, **_about(notice, Act.REWRITE))
    with form:
        _fields(form, notice.text, notice.answer_by)
        form.submit(t("Save"), drafting.rewrite, supervision_id=notice.id)


def _new(case_id: int, told: OfCase) -> None:
    with st.popover(
        t("Draft a supervision notice"),
        icon=":material/notification_important:",
        key=f"supervise-{case_id}",
        on_change="rerun",
    ):
        form = KeptForm("supervision.draft", record=case_id, border=False, behind=f"supervise-{case_id}")
        with form:
            _fields(form, told.begins)
            form.submit(t("Keep the draft"), drafting.draft, case_id=case_id)


def _fields(form: KeptForm, text: str, answer_by: date | None = None) -> None:
    form.area("text", t("What the unit is to do"), text, max_chars=LONGEST, height=160)
    form.day("answer_by", t("Answer by (empty: the usual limit)"), answer_by)
