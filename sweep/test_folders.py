"""The folders hold: imports by import-linter; model relations and template includes here."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

TRELLIS = Path(settings.BASE_DIR) / "trellis"
USED = re.compile(r'{%\s*(?:include|extends)\s+"([a-z_]+)/')
FACES = {"records", "caseloads", "exchange", "demo", "england"}
EXPECTED_IN_FOLDERS = {"README.md", "apps.py", "__init__.py"}


def order(folder):
    return settings.FOLDERS.index(folder)


def relations():
    for model in apps.get_models():
        if model.__module__.startswith("trellis.") and not hasattr(model, "pgh_tracked_model"):
            for field in model._meta.get_fields():
                if field.is_relation and not field.auto_created and field.related_model:
                    target = field.related_model
                    if target.__module__.startswith("trellis."):
                        yield f"{model._meta.label}.{field.name}", model._meta.app_label, target._meta.app_label


def test_relations_point_to_earlier_folders():
    """The user is the one thing that earlier folders know by name (settings.AUTH_USER_MODEL)."""
    later = [name for name, own, other in relations() if order(other) > order(own) and other != "people"]
    assert later == []
    assert any(own != other for _, own, other in relations())


def test_templates_use_earlier_folders_and_no_face():
    wrong = []
    for template in TRELLIS.glob("*/templates/**/*.html"):
        own = template.relative_to(TRELLIS).parts[0]
        for other in USED.findall(template.read_text()):
            if other in settings.FOLDERS and (order(other) > order(own) or (other in FACES and other != own)):
                wrong.append(f"{template.relative_to(TRELLIS)} uses {other}")
    assert wrong == []


@pytest.mark.parametrize("folder", settings.FOLDERS)
def test_each_folder_explains_itself(folder):
    there = {path.name for path in (TRELLIS / folder).iterdir()}
    assert EXPECTED_IN_FOLDERS - there == set()
    assert there & {"utils.py", "helpers.py", "common.py", "core.py", "services.py", "signals.py"} == set()
