from django.db import models
from django.db.migrations.operations import AlterField
from django.db.migrations.state import ModelState, ProjectState


def model(name, **relations):
    fields = [("id", models.BigAutoField(primary_key=True)), ("words", models.TextField())]
    keys = [(field, models.ForeignKey(f"x.{other}", on_delete=models.PROTECT)) for field, other in relations.items()]
    return ModelState("x", name, [*fields, *keys])


def rendered(state):
    return {name: state.apps.get_model("x", name) for name in ("user", "pupil", "cycle", "review")}


def test_an_operation_renders_the_model_and_those_that_point_to_it_and_no_other():
    state = ProjectState()
    for one in (
        model("User"),
        model("Pupil", by="User"),
        model("Cycle", pupil="Pupil"),
        model("Review", cycle="Cycle"),
    ):
        state.add_model(one)
    before = rendered(state)

    AlterField("cycle", "words", models.CharField(max_length=9)).state_forwards("x", state)

    after = rendered(state)
    assert {name for name in after if after[name] is not before[name]} == {"cycle", "review"}
    assert after["review"]._meta.get_field("cycle").related_model is after["cycle"]
    assert after["cycle"]._meta.get_field("words").max_length == 9
