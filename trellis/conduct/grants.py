"""What the serving role may do to each table. It reads and writes; it deletes only what is nobody's record; it adds
to history and never changes it."""

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import Model

MAY_DELETE_OURS = {"conduct_draft", "conduct_cache", "caseloads_savedfilter"}
NOT_OURS = ("auth_", "account_", "mfa_", "socialaccount_", "django_session", "procrastinate_")
ADDED_TO_WITHOUT_TRIGGER = {"conduct_onetimekey"}
NEVER_CHANGED = str(pgtrigger.Update | pgtrigger.Delete)


def insert_only_tables() -> set[str]:
    """History, the access log, frozen documents, every event table: wherever the model's own trigger forbids to
    change and to delete, so that none can be forgotten here."""
    return ADDED_TO_WITHOUT_TRIGGER | {model._meta.db_table for model in apps.get_models() if _never_changes(model)}


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


def _never_changes(model: type[Model]) -> bool:
    return any(
        isinstance(trigger, pgtrigger.Protect) and str(trigger.operation) == NEVER_CHANGED and not trigger.condition
        for trigger in getattr(model._meta, "triggers", [])
    )
