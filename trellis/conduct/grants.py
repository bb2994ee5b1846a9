"""What the serving role may do to each table. It reads and writes; it deletes only what is nobody's record; it adds
to history and never changes it."""

from django.apps import apps
from django.db import connection

MAY_DELETE_OURS = {"conduct_draft", "conduct_cache", "caseloads_savedfilter"}
NOT_OURS = ("auth_", "account_", "mfa_", "django_session", "procrastinate_")
INSERT_ONLY_MODELS = {
    "history.Entry", "history.Look", "documents.Document", "documents.Rendition", "conduct.OneTimeKey",
    "voices.View", "ledgers.Entry", "funding.FundingInstalment", "funding.FundingSpend", "funding.FundingReturn",
    "peps.IssuedSection", "peps.PepReturn", "peps.PepAddendum", "hv.HvDecision", "hv.HvSpend",
    "schooling.SentHome", "schooling.PartTimeReview", "alerts.AlertNote",
    "hours.HoursAllocation", "hours.VisitPart", "who_pays.PaymentPart",
    "files.FileBytes",
    "outreach.OutreachContact", "outreach.ContactCovered", "outreach.OutreachReview",
    "ehc_requests.ClockException",
    "voices.ViewAnswer",
    "outreach.ContactStruck",
}  # fmt: skip


def insert_only_tables() -> set[str]:
    """History, the access log, frozen documents, and every event table that triggers fill."""
    named = {apps.get_model(label)._meta.db_table for label in INSERT_ONLY_MODELS if _installed(label)}
    events = {model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    return named | events


def grant(role: str) -> None:
    """Give the serving role what it needs on every table there is now."""
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {quoted}")
        frozen = insert_only_tables()
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            if table in frozen or table == "conduct_stamp":
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {quoted}")
            elif table in MAY_DELETE_OURS or table.startswith(NOT_OURS):
                cursor.execute(f"GRANT DELETE ON {name} TO {quoted}")
        cursor.execute(f"REVOKE INSERT ON conduct_stamp FROM {quoted}")


def _installed(label: str) -> bool:
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True
