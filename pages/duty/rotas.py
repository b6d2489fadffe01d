"""The rotas: what is in force today, every rota by duty and period, and a new one."""

import streamlit as st

from components import downloads, rota_discarded, rota_list
from components.saved_lists import saved_lists_bar
from components.screens import enter
from db.services.duty import rotas

actor = enter(__file__)
duty_id = rota_list.chosen_duty(actor)
rows = rotas.rotas(actor, duty_id=duty_id)
saved_lists_bar(actor, "rotas")

rota_list.standing(rows)
if rows.empty:
    rota_list.nothing(actor)
else:
    rota_list.table(rows)
    with st.container(horizontal=True, key="rotas-acts"):
        rota_list.month_notice(rows)
        rota_list.export(duty_id)
rota_list.new_form(actor, duty_id, rows)
rota_discarded.show(actor, duty_id)
downloads.fetch_now()
