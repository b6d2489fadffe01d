"""The least a Streamlit page can cost: one title, served by st.App with memory frozen as Linli does."""

import gc

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    import altair  # noqa: F401 - the same libraries lie in memory as in Linli's server
    import pandas  # noqa: F401
    import sqlalchemy  # noqa: F401

    app = st.App(__file__)
    gc.collect()
    gc.freeze()
else:
    st.title("Empty")
