"""Every address. Each folder's own urls.py says beside its path to whom it opens."""

from django.urls import include, path

handler400 = "trellis.design.errors.bad_request"
handler403 = "trellis.design.errors.forbidden"
handler404 = "trellis.design.errors.not_found"
handler500 = "trellis.design.errors.server_error"

urlpatterns = [
    path("", include("trellis.conduct.urls")),
    path("", include("trellis.design.urls")),
    path("", include("trellis.mail.urls")),
    path("", include("trellis.people.urls")),
    path("", include("trellis.organisations.urls")),
    path("", include("trellis.pupils.urls")),
    path("", include("trellis.schooling.urls")),
    path("", include("trellis.links.urls")),
    path("", include("trellis.files.urls")),
    path("", include("trellis.documents.urls")),
    path("", include("trellis.voices.urls")),
    path("", include("trellis.consents.urls")),
    path("", include("trellis.cycles.urls")),
    path("", include("trellis.passports.urls")),
    path("", include("trellis.intervention_plans.urls")),
    path("", include("trellis.advice.urls")),
    path("", include("trellis.peps.urls")),
    path("", include("trellis.hours.urls")),
    path("", include("trellis.funding.urls")),
    path("", include("trellis.alerts.urls")),
    path("", include("trellis.hv.urls")),
    path("", include("trellis.outreach.urls")),
    path("", include("trellis.who_pays.urls")),
    path("", include("trellis.ehc_requests.urls")),
    path("", include("trellis.transfers.urls")),
    path("", include("trellis.moves.urls")),
    path("", include("trellis.merging.urls")),
    path("", include("trellis.teams.urls")),
    path("", include("trellis.records.urls")),
    path("", include("trellis.caseloads.urls")),
    path("", include("trellis.exchange.urls")),
    path("accounts/", include("allauth.urls")),
]
