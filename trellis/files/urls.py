import uuid

from django.urls import path, register_converter

from trellis.conduct.doors import SIGNED_IN, opens_to
from trellis.files import views


class FileAddress:
    """A UUID. Whatever else looks a little like one is the address of no file, answered as such by the view."""

    regex = "[0-9a-f-]{1,36}"

    def to_python(self, value: str) -> uuid.UUID:
        try:
            return uuid.UUID(value)
        except ValueError:
            return uuid.UUID(int=0)

    def to_url(self, value: uuid.UUID | int | str) -> str:
        return str(value)


register_converter(FileAddress, "file_address")

urlpatterns = [
    path("files/<file_address:file_id>/", opens_to(SIGNED_IN, level="written")(views.file), name="file"),
    path(
        "files/<file_address:file_id>/take-away/",
        opens_to(SIGNED_IN, level="written")(views.withdraw_file),
        name="withdraw_file",
    ),
]
