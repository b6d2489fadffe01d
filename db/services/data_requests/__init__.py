"""What people ask about their own data: taken in, checked, searched for, answered, each step on its own clock."""

from db.services.data_requests.acting import answer, correct, identify, take, withdraw
from db.services.data_requests.carrying_out import lift
from db.services.data_requests.copying import COPY, copied, document
from db.services.data_requests.others_words import PASSAGES, passages
from db.services.data_requests.reading import REQUESTS, Request, Tab, overdue, requests, view
from db.services.data_requests.registering import register, search, term

__all__ = [
    "COPY",
    "PASSAGES",
    "REQUESTS",
    "Request",
    "Tab",
    "answer",
    "copied",
    "correct",
    "document",
    "identify",
    "lift",
    "overdue",
    "passages",
    "register",
    "requests",
    "search",
    "take",
    "term",
    "view",
    "withdraw",
]
