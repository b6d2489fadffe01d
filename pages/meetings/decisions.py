"""What meetings decided and somebody owes: mine, my unit's, open, overdue and all; settled, undone, taken away."""

from components import asked, decision_list, downloads
from components.saved_lists import saved_lists_bar
from components.screens import enter
from db.services.meetings import decisions

actor = enter(__file__)
choice = decision_list.choice_asked(actor)
page = decisions.register(actor, choice=choice)

decision_list.ask(choice, page)
saved_lists_bar(actor, "decisions")
downloads.fetch_now()
decision_list.one(actor)
decision_list.table(choice, page)
asked.ask_page(choice, page.page, page.pages)
