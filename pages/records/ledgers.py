"""The eight ledgers, made from the working records: looked at, and taken away to be printed."""

import streamlit as st

from components import downloads, layouts, ledgers
from components.screens import enter
from components.words import t
from db.services.ledgers import books

actor = enter(__file__)
st.caption(t("Made from the working records; nothing is typed a second time. Sealed matters are in no ledger."))
names = ledgers.names_of(books.ledgers(actor))
downloads.fetch_now()
if not names:
    st.info(t("No ledger is shown. The administrator shows them under Code lists."), icon=":material/library_books:")
    st.stop()
code, choice = ledgers.ask(actor, names)
ledgers.periods(choice)
ledgers.show(actor, code, choice)
layouts.use(actor, choice)
