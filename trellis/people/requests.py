"""What a view behind a door may rely on."""

from django.http import HttpRequest

from trellis.people.models import User


class SignedInRequest(HttpRequest):
    """A request whose door has let in somebody with an account."""

    user: User
