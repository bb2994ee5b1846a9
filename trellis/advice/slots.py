"""What later folders add to a request for advice, and what follows for them."""

from trellis.conduct.slots import Slot

last_page = Slot("advice.last_page", "shown", "The page that says who pays. (request, user) → url or None")
who_pays_words = Slot("advice.who_pays_words", "fact", "Who pays for a request, in a sentence. (request) → str or None")
payment_missing = Slot(
    "advice.payment_missing", "fact", "What a draft still has to say of who pays. (request) → sentence or None"
)
capacity_words = Slot("advice.capacity_words", "fact", "What a service has booked and free. (service) → str or None")
shown_on_request = Slot(
    "advice.shown_on_request",
    "shown",
    "Something to do or to read on a request's page. (request, user) → Link(text, url) or None",
)
targets_of = Slot("advice.targets_of", "fact", "The targets of the pupil's PEP. (pupil) → list of sentences or None")
request_sent = Slot("advice.request_sent", "followed", "A request was sent to a service. (request, by)")
request_accepted = Slot("advice.request_accepted", "followed", "A service accepted a request. (request, by)")
request_declined = Slot("advice.request_declined", "followed", "A service declined a request. (request, by)")
request_withdrawn = Slot("advice.request_withdrawn", "followed", "The school took a request back. (request, by)")
request_handed_over = Slot(
    "advice.request_handed_over", "followed", "The pupil moved, the request went along. (request, from_school, by)"
)
report_issued = Slot("advice.report_issued", "followed", "A report was issued. (request, by)")
request_closed = Slot("advice.request_closed", "followed", "A request was closed. (request, by)")
