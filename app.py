"""Linli. `streamlit run app.py` imports this file as launcher; every rerun executes it as script."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    from components.front_door import launch

    app = st.App("app.py", **launch.build())
else:
    from components import navigation

    navigation.run()
