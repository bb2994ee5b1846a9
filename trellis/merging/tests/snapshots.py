"""All rows of some pupils, to compare before and after."""

from trellis.merging.plan import models_that_come
from trellis.pupils.models import Access, Pupil

NOT_COMPARED = {"version"}  # it steps with each change


def everything_of(*pupil_ids):
    rows = {
        (model._meta.label_lower, row["id"]): {name: value for name, value in row.items() if name not in NOT_COMPARED}
        for model in models_that_come()
        for row in model._default_manager.filter(pupil_id__in=pupil_ids).values()
    }
    rows |= {
        ("pupil", row["id"]): {name: value for name, value in row.items() if name not in NOT_COMPARED}
        for row in Pupil.objects.filter(pk__in=pupil_ids).values()
    }
    opened = Access.objects.filter(pupil__in=pupil_ids, during__isempty=False)
    return rows, sorted(
        opened.values_list("pupil", "organisation", "user", "level", "source_kind", "source_id", "during"), key=str
    )
