"""Every kind of file that can be brought. A new one is a package beside these and a line here."""

from trellis.exchange.annex_a.kind import ANNEX_A
from trellis.exchange.ctf.kind import COMMON_TRANSFER_FILE
from trellis.exchange.kinds import FileKind
from trellis.exchange.models import ImportKind
from trellis.exchange.pep_list.kind import PEP_LIST
from trellis.exchange.pupil_list.kind import PUPIL_LIST
from trellis.exchange.school_files.attainment import ATTAINMENT
from trellis.exchange.school_files.attendance import ATTENDANCE
from trellis.exchange.school_files.sen_register import SEN_REGISTER
from trellis.exchange.school_files.suspensions import SUSPENSIONS
from trellis.exchange.school_list.kind import SCHOOL_LIST
from trellis.exchange.ssda903.kind import YEARLY_RETURN

KINDS: dict[str, FileKind] = {
    ImportKind.PUPIL_LIST: PUPIL_LIST,
    ImportKind.SCHOOLS: SCHOOL_LIST,
    ImportKind.PEPS: PEP_LIST,
    ImportKind.SSDA903: YEARLY_RETURN,
    ImportKind.ATTENDANCE: ATTENDANCE,
    ImportKind.SEN_REGISTER: SEN_REGISTER,
    ImportKind.ATTAINMENT: ATTAINMENT,
    ImportKind.SUSPENSIONS: SUSPENSIONS,
    ImportKind.ANNEX_A: ANNEX_A,
    ImportKind.CTF: COMMON_TRANSFER_FILE,
}
