"""What is drawn twice, for a desk and for a telephone: the browser shows the one that fits."""

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def desk_and_phone(name: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A place for what is read on a desk and one for what is read on a telephone, `name` telling them apart."""
    st.html(
        f"""<style>
.st-key-{escape(name)}_phone {{ display: none; }}
@media (max-width: 640px) {{
.st-key-{escape(name)}_desk {{ display: none; }}
.st-key-{escape(name)}_phone {{ display: flex; }}
}}
</style>"""
    )
    return st.container(key=f"{name}_desk"), st.container(key=f"{name}_phone")
