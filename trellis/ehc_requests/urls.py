from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.ehc_requests import views, views_decide, views_pack
from trellis.people.roles import READ_RECORDS

READERS = roles(
    "those who read records",
    READ_RECORDS,
    reason="Requests for an EHC needs assessment are for those who read the whole record.",
)

pupil, request = "pupils/<int:pupil_id>/ehc/", "ehc-requests/<int:ehc_request_id>/"
pack, advice = "ehc-packs/<int:ehc_pack_id>/", "ehc-advice/<int:ehc_advice_id>/"
whole = opens_to(READERS, level="whole")
written = opens_to(READERS, level="written")

urlpatterns = [
    path("ehc-requests/", opens_to(READERS)(views.ehc_requests), name="ehc_requests"),
    path(pupil, written(views.pupil_ehc), name="pupil_ehc"),
    path(f"{pupil}ask/", whole(views.start_request), name="start_ehc_request"),
    path(f"{pupil}letter/", whole(views.record_letter), name="record_ehc_letter"),
    path(request, written(views.ehc_request), name="ehc_request"),
    path(f"{request}withdraw/", written(views.withdraw_request), name="withdraw_ehc_request"),
    path(f"{request}another-pack/", written(views_pack.another_pack), name="prepare_another_ehc_pack"),
    path(f"{request}received/", written(views_decide.record_receipt), name="record_ehc_receipt"),
    path(f"{request}assess/", written(views_decide.decide_to_assess), name="decide_to_assess"),
    path(f"{request}no-assessment/", written(views_decide.decide_not_to_assess), name="decide_not_to_assess"),
    path(f"{request}issue/", written(views_decide.decide_to_issue), name="decide_to_issue"),
    path(f"{request}no-plan/", written(views_decide.decide_not_to_issue), name="decide_not_to_issue"),
    path(f"{request}draft/", written(views_decide.send_draft), name="send_ehc_draft"),
    path(f"{request}final/", written(views_decide.issue_final), name="issue_final_plan"),
    path(f"{request}advice/", written(views_decide.seek_advice), name="seek_ehc_advice"),
    path(f"{request}exception/", written(views_decide.claim_exception), name="claim_ehc_exception"),
    path(advice, written(views_decide.record_advice), name="record_ehc_advice"),
    path(f"{advice}through/", written(views_decide.say_through_whom), name="say_through_whom"),
    path(pack, written(views_pack.ehc_pack), name="ehc_pack"),
    path(f"{pack}letter/", written(views_pack.write_letter), name="write_ehc_letter"),
    path(f"{pack}words/", written(views_pack.add_words), name="add_ehc_words"),
    path(f"{pack}enclose/", written(views_pack.enclose_file), name="enclose_ehc_file"),
    path(f"{pack}preview/", written(views_pack.preview), name="preview_ehc_pack"),
    path(f"{pack}send/", written(views_pack.send_pack), name="send_ehc_pack"),
]
