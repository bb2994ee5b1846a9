"""Recording a school move by hand."""

from trellis.conduct.forms import ActionForm
from trellis.design.widgets import DateBoxesField
from trellis.organisations.forms import SchoolField


class MoveForm(ActionForm):
    """To which school, and since when."""

    to_school = SchoolField(
        label="New school",
        max_length=200,
        help_text="Its name, or its URN: the number of six figures in Get Information About Schools.",
    )
    on = DateBoxesField(label="First day at the new school", help_text="The new school reads the record from today.")
