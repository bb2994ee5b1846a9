"""What becomes of an import."""

from trellis.conduct.workflow import Workflow
from trellis.exchange.models import ImportState

IMPORT = Workflow(
    name="import",
    states=ImportState,
    moves={
        "queued for reading": ((ImportState.READING,), ImportState.READING),
        "previewed": ((ImportState.READING,), ImportState.PREVIEWED),
        "to be mapped": ((ImportState.READING,), ImportState.TO_BE_MAPPED),
        "queued for landing": ((ImportState.PREVIEWED, ImportState.LANDING), ImportState.LANDING),
        "landed": ((ImportState.PREVIEWED, ImportState.LANDING), ImportState.LANDED),
        "shown again": ((ImportState.PREVIEWED, ImportState.LANDING), ImportState.PREVIEWED),
        "mapped": ((ImportState.TO_BE_MAPPED,), ImportState.READING),
        "refused": (
            (ImportState.READING, ImportState.TO_BE_MAPPED, ImportState.PREVIEWED, ImportState.LANDING),
            ImportState.REFUSED,
        ),
        "queued for taking back": ((ImportState.LANDED, ImportState.TAKING_BACK), ImportState.TAKING_BACK),
        "taken back": ((ImportState.LANDED, ImportState.TAKING_BACK), ImportState.TAKEN_BACK),
        "kept": ((ImportState.TAKING_BACK,), ImportState.LANDED),
        "abandoned": (
            (ImportState.READING, ImportState.TO_BE_MAPPED, ImportState.PREVIEWED),
            ImportState.ABANDONED,
        ),
    },
)
