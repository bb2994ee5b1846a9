"""How allauth signs people in for us: no sign-up, mail through our own queue, secrets not kept in the clear."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from trellis.mail import actions as mail
from trellis.people import sessions
from trellis.people.models import User
from trellis.people.organisation_sign_in import had_second_factor, issuer_id_of


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by a manager, never taken."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        how = more.get("signal_kwargs")
        sessions.came_by(request, issuer_id_of(how), had_second_factor=had_second_factor(how))
        return super().post_login(request, user, **more)  # type: ignore[no-any-return]

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "trellis.people.organisation_sign_in.SecondFactor"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's messages leave by our queue, so that an answer never waits for a mail server. The link that resets
        a password is a key by itself, so it is kept no longer than until the message went."""
        message = self.render_mail(template_prefix, email, context)
        path = urlsplit(context.get("password_reset_url", "")).path
        mail.write(to=email, subject=message.subject, body=message.body.strip(), secret_path=path)


def _cipher() -> Fernet:
    from base64 import urlsafe_b64encode
    from hashlib import sha256

    return Fernet(urlsafe_b64encode(sha256(f"second factor {settings.SECRET_KEY}".encode()).digest()))


class MfaAdapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps encrypted at rest."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()
