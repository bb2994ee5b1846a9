"""Who opens a file: whoever reads the row it belongs to, and whom a later folder lets in."""

from trellis.files import slots
from trellis.files.models import File
from trellis.people.models import User


def can_see_file(user: User, file: File) -> bool:
    """Seen by those who read what its organisation wrote about the pupil, or through a slot (an advice report)."""
    return File.objects.visible_to(user).filter(pk=file.pk).exists() or any(slots.may_open.ask(file, user))
