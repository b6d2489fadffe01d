"""One kind of suggestion on its page: when it was learned and from what, how good it proved, learn anew, switch off."""

from collections.abc import Mapping

import streamlit as st

from components.forms import mark_problem, plain, press
from components.state import next_key, receipt, submission_key
from components.words import N_, moment, number, t
from db.rules.permissions import Actor
from db.rules.problems import Problems
from db.rules.suggesting.measuring import Measured
from db.services import suggesting
from db.services.suggesting import Kind, ModelView

ABOUT: Mapping[Kind, str] = {
    Kind.CATEGORY: N_("Offered beside the category while a matter is taken in or brought in from a file."),
    Kind.UNIT: N_("Offered below the lead unit while a proposal is written."),
}


def show(actor: Actor, kind: Kind, names: Mapping[str, str]) -> None:
    """The card of a kind; `names` are its labels in the reader's language."""
    st.caption(t(ABOUT[kind]))
    model = suggesting.model_of(actor, kind=kind)
    if model is None:
        st.info(t("Nothing has been learned yet, so nothing is suggested."), icon=":material/school:")
    else:
        _stands(model)
        _figures(model.measured)
    with st.container(horizontal=True, key=f"suggestion-acts-{kind}"):
        words = t("Learn from the closed cases") if model is None else t("Learn anew")
        form = f"suggesting.train:{kind}"
        pressed = st.button(words, key=f"{form}:{submission_key(form)}", type="primary", icon=":material/school:")
        if model is not None:
            said = t("Switch off") if model.active else t("Switch on")
            press("suggesting.switch", said, suggesting.switch, record=kind, kind=kind, version=model.version,
                  active=not model.active, icon=":material/power_settings_new:")  # fmt: skip
    if pressed:
        _train(actor, kind, form)
    if model is not None:
        _each(model.measured, names)


def _stands(model: ModelView) -> None:
    said = t("Learned {time} by {who} from {n} closed cases.", time=moment(model.trained_at), who=model.trained_by,
             n=number(model.cases))  # fmt: skip
    st.markdown(plain(said))
    if not model.active:
        st.warning(t("Switched off: nothing is suggested."), icon=":material/power_settings_new:")


def _figures(told: Measured) -> None:
    """What was measured on cases held back while it learned, each with what it means."""
    with st.container(horizontal=True):
        st.metric(t("Right"), _share(told.accuracy), border=True, width="stretch",
                  help=t("Of all cases that were held back, so many got the right suggestion."))  # fmt: skip
        st.metric(t("Right among the surest 80 %"), _share(told.surest), border=True, width="stretch",
                  help=t("The same without the fifth it was least sure of."))  # fmt: skip
        st.metric(t("Among the first two"), _share(told.within_two), border=True, width="stretch",
                  help=t("How often the right one is the first or the second suggestion."))  # fmt: skip
        st.metric(t("Macro-F1"), _share(told.macro_f1), border=True, width="stretch",
                  help=t("Found and right in one figure, rare kinds counting as much as frequent ones."))  # fmt: skip
        st.metric(t("Confidence is off by"), _share(told.off), border=True, width="stretch",
                  help=t("How far the shown confidence and what proves right lie apart, on average."))  # fmt: skip
    st.caption(t("Measured on cases held back in turn while it learned; near-copies never stand on both sides."))


def _each(told: Measured, names: Mapping[str, str]) -> None:
    st.subheader(t("Each kind"), anchor=False)
    rows = sorted(told.labels, key=lambda one: -one.cases)
    share = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    st.dataframe(
        {
            t("Kind"): [names.get(one.label, one.label) for one in rows],
            t("Cases"): [one.cases for one in rows],
            t("Found"): [one.recall for one in rows],
            t("Right when suggested"): [one.precision for one in rows],
        },
        column_config={t("Found"): share, t("Right when suggested"): share},
        hide_index=True,
        width="stretch",
    )
    if told.confused:
        st.subheader(t("Often taken for another"), anchor=False)
        st.dataframe(
            {
                t("Is"): [names.get(one.label, one.label) for one in told.confused],
                t("Was taken for"): [names.get(one.taken_for, one.taken_for) for one in told.confused],
                t("Cases"): [one.cases for one in told.confused],
            },
            hide_index=True,
            width="stretch",
        )
    if told.left_out:
        out = t(", ").join(f"{names.get(label, label)} ({count})" for label, count in sorted(told.left_out.items()))
        st.caption(plain(t("Too few different cases, never suggested: {kinds}.", kinds=out)))


def _train(actor: Actor, kind: Kind, form: str) -> None:
    bar = st.progress(0.0, text=t("Reading the closed cases…"))

    def tell(done: int, of: int) -> None:
        bar.progress(done / of, text=t("Learning and measuring: part {done} of {of}", done=min(done + 1, of), of=of))

    try:
        cases = suggesting.train(actor, kind=kind, key=submission_key(form), progress=tell)
    except Problems as problems:
        bar.empty()
        for problem in problems.problems:
            mark_problem(problem)
        return
    next_key(form)
    receipt(t("Learned from {n} closed cases.", n=number(cases)))
    st.rerun()


def _share(part: float) -> str:
    return f"{part:.1%}"
