from django.urls import path

from trellis.advice.permissions import ASKERS, ONLY_ASKERS
from trellis.conduct.doors import opens_to, roles
from trellis.who_pays import views
from trellis.who_pays.permissions import ONLY_HEADS, ORDER_CHANGERS, READERS

READ = roles(
    "those who ask for advice or fund it", READERS, reason="Who pays is for the school and the Virtual School."
)
SAY = roles("those who ask for advice", ASKERS, reason=ONLY_ASKERS)
CHANGE = roles("those who change the order of funding", ORDER_CHANGERS, reason=ONLY_HEADS)

urlpatterns = [
    path("requests/<int:advice_id>/payment/", opens_to(READ, level="written")(views.who_pays), name="who_pays"),
    path(
        "requests/<int:advice_id>/payment/order/",
        opens_to(CHANGE, level="whole")(views.change_order),
        name="change_order",
    ),
    path(
        "requests/<int:advice_id>/payment/rest/", opens_to(SAY, level="whole")(views.pay_the_rest), name="pay_the_rest"
    ),
    path(
        "requests/<int:advice_id>/payment/less/", opens_to(SAY, level="whole")(views.ask_for_less), name="ask_for_less"
    ),
]
