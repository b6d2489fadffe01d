"""Making one form for every matter of a list, or for the ticked ones: asked in a window, made with its progress."""

from collections.abc import Callable, Sequence

import streamlit as st

from components import downloads
from components.account import current_actor
from components.forms import plain
from components.words import language, moment, t, told
from db.rules.permissions import Actor, Permission
from db.rules.problems import LinliError, Problems
from db.services import batch
from db.services.batch import Progress
from db.services.cases import Choice
from db.services.ledgers.contents import limits

_BATCH = "case_batch"


def button(actor: Actor, choice: Choice, ticked: Sequence[int] = ()) -> None:
    """The way to a batch, for who may take one; without ticked rows it is made of the whole list."""
    if not actor.may(Permission.LEDGERS_EXPORT) or not actor.may(Permission.CASES_EXPORT):
        return
    if st.button(
        t("Forms"), key="to-batch", icon=":material/file_copy:", help=t("One form for every matter of the list")
    ):
        st.session_state.pop(_BATCH, None)
        _window(actor, choice, tuple(ticked))


@st.dialog(" ", width="medium")
def _window(actor: Actor, choice: Choice, ticked: tuple[int, ...]) -> None:
    st.subheader(t("One form for many matters"), anchor=False)
    if st.session_state.get(_BATCH):
        _watch()
        return
    _earlier(actor)
    ids, left_out = batch.chosen(actor, choice=choice, case_ids=ticked)
    most = limits()["batch"]
    if len(ids) > most:
        st.warning(t("At most {most} matters at once. Narrow the list down.", most=most))
        return
    st.markdown(t("{n} matters", n=len(ids)) if len(ids) != 1 else t("1 matter"))
    if left_out:
        st.caption(t("{n} that may not leave this way are left out.", n=left_out))
    forms = batch.forms(actor)
    names = {code: form.zh if language() == "zh" else form.en for code, form in forms.items()}
    form = st.selectbox(t("Form"), list(names), format_func=lambda code: names[code], key="batch-form")
    ways = {False: t("One file for each matter (.zip)"), True: t("All in one document (.docx)")}
    way = st.radio(t("As"), list(ways), format_func=lambda one: ways[one], key="batch-way")
    clear = actor.may(Permission.CASES_EXPORT_PLAIN) and actor.may(Permission.CASES_UNMASK)
    names_too = clear and st.toggle(t("With names (journalled)"), key="batch-names")
    asked = {"case_ids": ids, "form": form, "one_document": way, "identities": bool(names_too)}
    st.button(t("Make them"), key="batch-make", type="primary", disabled=not ids, on_click=_start, kwargs=asked)
    for said in st.session_state.pop(f"{_BATCH}:said", ()):
        st.markdown(f":red[:material/error: {plain(said)}]")


def _earlier(actor: Actor) -> None:
    """What this person began before a reload or a restart and has not fetched."""
    left = batch.latest(actor)
    if left is None:
        return
    batch_id, progress = left
    said = t("Begun at {at} and not fetched yet", at=moment(progress.began_at))
    st.button(said, key="batch-earlier", icon=":material/history:", on_click=_watch_it, args=(batch_id,))


def _watch_it(batch_id: str) -> None:
    st.session_state[_BATCH] = batch_id


def _start(**asked: object) -> None:
    _begin(batch.start, **asked)


def _again() -> None:
    _begin(batch.again, batch_id=str(st.session_state.get(_BATCH)))


def _begin(way: Callable[..., str], **asked: object) -> None:
    actor = current_actor()
    if actor is None:
        return
    try:
        st.session_state[_BATCH] = way(actor, **asked)
    except Problems as problems:
        st.session_state[f"{_BATCH}:said"] = [told(problem) for problem in problems.problems]
    except LinliError:
        st.session_state[f"{_BATCH}:said"] = [t("Not possible just now. Please try again later.")]


@st.fragment(run_every=1)
def _watch() -> None:
    """How far it is, and the file as soon as it is there."""
    actor = current_actor()
    try:
        progress = batch.state(actor, batch_id=str(st.session_state.get(_BATCH))) if actor else None
    except LinliError:
        progress = None
    if progress is None:
        st.info(t("This batch is not there any more. Make it again."))
        return
    done = progress.done / max(progress.total, 1)
    st.progress(done, text=t("{done} of {total}", done=progress.done, total=progress.total))
    if progress.over:
        _ready(progress)


def _ready(progress: Progress) -> None:
    if progress.nothing:
        some = "、".join(progress.nothing[:10]) + ("…" if len(progress.nothing) > 10 else "")
        st.caption(
            plain(t("There is nothing yet to put on this form for {n}: {some}", n=len(progress.nothing), some=some))
        )
    if progress.broken_off:
        st.warning(t("These forms were not finished."))
        st.button(t("Make them again"), key="batch-again", type="primary", on_click=_again)
    elif progress.failed:
        st.error(t("Not possible just now. Please try again later."))
    elif not progress.token:
        st.info(t("There is nothing to fetch."))
    else:
        said = t("Fetch {n} forms", n=progress.made) if progress.made != 1 else t("Fetch 1 form")
        if st.button(said, key="batch-fetch", type="primary", icon=":material/download:"):
            downloads.hand_over(progress.token)
            st.session_state.pop(_BATCH, None)
