"""app.py under a clock that starts on a given day: `streamlit run tests/stopped_app.py` for pictures and stories."""

import os
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

ROOT = Path(__file__).parent.parent

if get_script_run_ctx(suppress_warning=True) is None:
    sys.path.insert(0, str(ROOT))  # Streamlit puts this folder first, and tests/db would hide db
    from db import clock

    started = datetime.now(UTC)  # noqa: DTZ005, RUF100 - the real start, to which the set day is tied
    offset = datetime.fromisoformat(os.environ["SET_CLOCK"]) - started
    clock._set_clock = ContextVar("set_clock", default=lambda: datetime.now(UTC) + offset)

    from components.front_door import launch

    app = st.App(str(ROOT / "app.py"), **launch.build())
