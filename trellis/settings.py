"""All configuration. What may differ between installations is an environment variable, read here and nowhere else."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pghistory
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what an installation sets -------------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL", "")  # serving role; empty: the embedded PostgreSQL under var/
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", "")  # owner role, for migrations
AS_OWNER = os.environ.get("TRELLIS_AS_OWNER") == "1"
STAMP = os.environ.get("TRELLIS_STAMP", "live")  # demo, test or live: what kind of database this process expects
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SITE_URL = os.environ.get("SITE_URL", "http://localhost:8000")  # where links in e-mails lead
TODAY = os.environ.get("TRELLIS_TODAY", "")  # moves the clock; only obeyed in a demo or test database
EMAIL_URL = os.environ.get("EMAIL_URL", "")  # smtps://user:password@host:port; empty: mail is kept, not sent
IDLE_MINUTES = int(os.environ.get("IDLE_MINUTES", "30"))  # a session nobody uses for so long ends
SESSION_HOURS = int(os.environ.get("SESSION_HOURS", "12"))  # and so does one that began so long ago, whatever is done
AGAIN_MINUTES = int(os.environ.get("AGAIN_MINUTES", "10"))  # what takes many records away asks who it is after so long
FILE_SCANNER = os.environ.get("FILE_SCANNER", "")  # clamd://host:port; empty: live files stay unopened
SIGN_IN_PROVIDERS = json.loads(os.environ.get("SIGN_IN_PROVIDERS") or "[]")  # organisations' own sign-in; see the guide
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "Trellis <no-reply@trellis.example>")

PLAIN_HTTP = STAMP in {"demo", "test"}  # the demonstration runs without TLS on one's own machine
DEBUG = False

if not SECRET_KEY:
    if not PLAIN_HTTP and not AS_OWNER:
        raise ImproperlyConfigured("Set SECRET_KEY to a long random text that only this installation knows.")
    SECRET_KEY = "only-for-demonstrations-and-tests-on-one-machine"

# --- the folders, in the order of docs/design: a folder may import only earlier ones ---------------------------------

FOLDERS = [
    "conduct", "design", "history", "mail", "organisations", "people", "calendar", "pupils", "schooling", "links",
    "files", "documents", "ledgers",
    "voices", "consents", "cycles", "passports", "intervention_plans", "advice", "peps", "hours", "funding", "evidence",
    "alerts", "hv", "outreach", "who_pays", "ehc_requests", "transfers", "moves", "merging", "teams",
    "records", "caseloads", "exchange", "demo", "england",
]  # fmt: skip

INSTALLED_APPS = [
    *[f"trellis.{folder}" for folder in FOLDERS],
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "trellis.conduct.middleware.RequestBodyLimit",
    "trellis.design.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trellis.history.middleware.WhoLooked",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "trellis.conduct.middleware.TextThatCanBeKept",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "trellis.people.middleware.SessionEnds",
    "trellis.people.middleware.SecondFactorForStaff",
    "trellis.conduct.middleware.Refusals",
    "trellis.history.middleware.RowChangesKnowWho",
    "trellis.merging.middleware.OldAddresses",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "trellis.urls"
WSGI_APPLICATION = "trellis.wsgi.application"
FORM_RENDERER = "trellis.design.rendering.GovukRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trellis.design.frame.frame",
            ],
            "builtins": ["trellis.design.templatetags.design"],
        },
    }
]

# --- database ------------------------------------------------------------------------------------------------------


def database_from(url: str, *, pooled: bool) -> dict[str, Any]:
    """Django's settings for a postgresql:// address; a socket folder travels as ?host=/path."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {"options": "-c statement_timeout=20000 -c lock_timeout=10000"}
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": options | query,
        "CONN_HEALTH_CHECKS": True,
    }


def database() -> dict[str, Any]:
    """The database this process uses: the one given, or the embedded one."""
    url = DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL
    if not url:
        from trellis import postgres

        server = postgres.ensure(BASE_DIR / "var")
        url = server.url("trellis_owner" if AS_OWNER else "trellis_app", "trellis")
    return database_from(url, pooled=not AS_OWNER and STAMP != "test")


SERVING_ROLE = urlsplit(DATABASE_URL).username or "trellis_app"  # whom prepare_database grants to
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "conduct_cache"}}

# --- language and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"

# --- static files --------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = STAMP == "test"

# --- signing in ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_week"
ACCOUNT_ADAPTER = "trellis.people.signing_in.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "trellis.people.organisation_sign_in.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key,20/5m/ip",
    "login": "60/m/ip",
    "reset_password": "10/m/ip,3/m/key",
    "reply": "20/5m/key,120/5m/ip",  # answers to one personal link, and from one address: a school may share one
}
MFA_ADAPTER = "trellis.people.signing_in.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60

SESSION_COOKIE_NAME = "trellis_session" if PLAIN_HTTP else "__Host-trellis_session"
CSRF_COOKIE_NAME = "trellis_form" if PLAIN_HTTP else "__Host-trellis_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("BEHIND_TLS_PROXY") == "1" else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "trellis.design.errors.form_token_missing"

# --- what may be sent to us ----------------------------------------------------------------------------------------

LARGEST_REQUEST = 12 * 1024 * 1024  # bytes; an import file of 5,000 children is about 1 MB
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_REQUEST

# --- mail ----------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 465
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10

# --- row changes ---------------------------------------------------------------------------------------------------

PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_BASE_MODEL = "trellis.history.events.RowChange"
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="+", related_query_name="+")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "filters": {"without_tokens": {"()": "trellis.links.logs.WithoutTokens"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_tokens"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
