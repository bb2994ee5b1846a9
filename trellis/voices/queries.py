"""Views as pages and later folders show them."""

from trellis.people.models import User
from trellis.pupils.models import Pupil
from trellis.voices.models import View


def views_of(pupil: Pupil, user: User) -> list[View]:
    """All views of a pupil that this person may read, newest first."""
    return list(View.objects.visible_to(user).about(pupil.pk).select_related("pupil", "typed_by", "written_for"))


def latest_views(pupil: Pupil, user: User | None = None) -> dict[str, View]:
    """The newest view of each: {"pupil": …, "carer": …}. Without a user, whoever may read it: for documents."""
    views = View.objects.all() if user is None else View.objects.visible_to(user)
    newest = views.about(pupil.pk).order_by("whose", "-given_on", "-pk").distinct("whose")
    return {view.whose: view for view in newest.select_related("pupil", "typed_by", "written_for")}
