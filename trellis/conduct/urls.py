from django.urls import path

from trellis.conduct import views
from trellis.conduct.doors import EVERYONE, SIGNED_IN, opens_to

urlpatterns = [
    path("health/", opens_to(EVERYONE)(views.health), name="health"),
    path("drafts/", opens_to(SIGNED_IN)(views.save_draft), name="save_draft"),
    path("drafts/throw-away/", opens_to(SIGNED_IN)(views.throw_draft_away), name="throw_draft_away"),
]
