"""What a server checks before it serves: the wrong role or a moved clock must not go unseen."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from trellis.conduct.models import Stamp


def refuse_unless_safe() -> None:
    """Raise ImproperlyConfigured unless this process serves as a plain role, on the kind of database it expects."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        too_strong = cursor.fetchone()[0]
        cursor.execute(
            "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()"
        )
        owns = cursor.fetchone()[0]
        cursor.execute("SELECT has_table_privilege('history_entry', 'UPDATE, DELETE, TRUNCATE')")
        may_rewrite = cursor.fetchone()[0]
    if too_strong or owns or may_rewrite:
        raise ImproperlyConfigured(
            "The web server must not run as the database's owner or a superuser: it could rewrite history. "
            "Give DATABASE_URL a plain role and keep the owner for DATABASE_OWNER_URL."
        )
    stamp = Stamp.objects.first()
    if stamp is None or stamp.kind != settings.STAMP:
        found = stamp.kind if stamp else "none"
        raise ImproperlyConfigured(
            f"This database is stamped {found}, the server is set for {settings.STAMP} (TRELLIS_STAMP)."
        )
    if settings.TODAY and stamp.kind == "live":
        raise ImproperlyConfigured("TRELLIS_TODAY moves the clock and is refused on a live database.")
