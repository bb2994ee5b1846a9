from django.urls import path

from trellis.conduct.doors import SIGNED_IN, opens_to, roles
from trellis.exchange import views, views_downloads, views_office
from trellis.exchange.mapping import views as mapping
from trellis.exchange.models import BRING_SCHOOL_FILES
from trellis.exchange.permissions import ONLY_THESE, READ_SCHOOLS
from trellis.people.roles import Role

BUSINESS_OFFICERS = roles(
    "business officers",
    {Role.BUSINESS_OFFICER},
    reason="Yearly returns are for the business officer of the Virtual School.",
)
IMPORTERS = roles("those who bring files", {Role.BUSINESS_OFFICER, *BRING_SCHOOL_FILES}, reason=ONLY_THESE)
THE_OFFICE = roles(
    "business officers",
    {Role.BUSINESS_OFFICER},
    reason="The list of children looked after is for the business officer of the Virtual School.",
)
READERS_OF_SCHOOLS = roles(
    "those who work with many schools",
    READ_SCHOOLS,
    reason="The list of schools is for the Virtual School and the services.",
)

urlpatterns = [
    path("schools/", opens_to(READERS_OF_SCHOOLS)(views_office.schools), name="schools_known"),
    path("imports/looked-after/", opens_to(THE_OFFICE)(views_office.looked_after), name="looked_after_list"),
    path("download/", opens_to(SIGNED_IN)(views_downloads.download_table), name="download_table"),
    path("imports/", opens_to(IMPORTERS)(views.imports), name="imports"),
    path("imports/waiting/", opens_to(BUSINESS_OFFICERS)(views.awaited_children), name="awaited_children"),
    path("imports/<int:import_id>/", opens_to(IMPORTERS)(views.show_import), name="import"),
    path("imports/<int:import_id>/read/", opens_to(IMPORTERS)(views.read_import), name="read_import"),
    path("imports/<int:import_id>/land/", opens_to(IMPORTERS)(views.land_import), name="land_import"),
    path("imports/<int:import_id>/take-back/", opens_to(IMPORTERS)(views.take_back_import), name="take_back_import"),
    path("imports/<int:import_id>/abandon/", opens_to(IMPORTERS)(views.abandon_import), name="abandon_import"),
    path("imports/<int:import_id>/columns/", opens_to(IMPORTERS)(mapping.say_columns), name="say_columns"),
    path("imports/<int:import_id>/words/", opens_to(IMPORTERS)(mapping.say_words), name="say_words"),
    path("imports/mappings/", opens_to(IMPORTERS)(mapping.mappings), name="mappings"),
    path(
        "imports/mappings/<int:mapping_id>/again/",
        opens_to(IMPORTERS)(mapping.ask_again),
        name="ask_mapping_again",
    ),
    path(
        "imports/questions/<int:question_id>/",
        opens_to(IMPORTERS)(views.answer_question),
        name="answer_question",
    ),
    path(
        "imports/questions/<int:question_id>/take-back/",
        opens_to(BUSINESS_OFFICERS)(views.take_answer_back),
        name="take_answer_back",
    ),
]
