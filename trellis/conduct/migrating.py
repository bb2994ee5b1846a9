"""Migrations render only what they change.

While Django migrates, it renders every model that is related to the one an operation changes, in both directions. Every
row of ours points to a user and a pupil, so each of some eight hundred operations rendered all models there are: making
a database took two minutes instead of ten seconds. What a schema needs is the changed model and the models that point
to it, for those hold its class; models that it points to may keep theirs. See docs/decisions/0009.
"""

from django.db.migrations.state import ProjectState

ModelKey = tuple[str, str]  # app label and model name, in lower case


def models_to_render(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[ModelKey]:
    """The model, and whatever points to it, near or far."""
    waiting: list[ModelKey] = [(app_label, model_name)]
    found: set[ModelKey] = set()
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(state.relations.get(key, ()))  # type: ignore[attr-defined]
    return found


def render_only_what_changes() -> None:
    """Let Django's migrations ask us which models to render again."""
    ProjectState._find_reload_model = models_to_render  # type: ignore[attr-defined]
