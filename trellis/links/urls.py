from django.urls import path

from trellis.conduct.doors import EVERYONE, opens_to
from trellis.links import views

urlpatterns = [
    path("l/<str:token>/", opens_to(EVERYONE)(views.open_link), name="open_link"),
    path("reply/<int:link_id>/", opens_to(EVERYONE)(views.reply), name="reply"),
]
