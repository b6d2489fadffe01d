"""Data requests: what people ask about their own data, each on its own clock, and taking one in."""

import streamlit as st

from components import asked, data_request_list, data_request_sheet
from components.screens import enter
from components.words import t

actor = enter(__file__)
request_id = asked.number_of(st.query_params.get("id"))
if request_id is not None:
    data_request_sheet.show(actor, request_id)
else:
    data_request_list.show(actor)
    taking = data_request_list.NEW in st.query_params
    with st.expander(
        t("Take a request in"), taking, icon=":material/add:", key="new-request", on_change="rerun"
    ) as part:
        if part.open:
            data_request_list.new(actor)
