"""What people are to a pupil's education, and what each role may see. Sources: domain H1, VSH and DT guidance 2018."""

from django.db import models


class Role(models.TextChoices):
    SENCO = "senco", "SENCO"
    DESIGNATED_TEACHER = "designated teacher", "Designated teacher"
    CLASS_TEACHER = "class teacher", "Class teacher"
    TEACHING_ASSISTANT = "teaching assistant", "Teaching assistant"
    HEADTEACHER = "headteacher", "Headteacher"
    SAFEGUARDING_LEAD = "safeguarding lead", "Designated safeguarding lead"
    VIRTUAL_SCHOOL_HEAD = "virtual school head", "Virtual School head"
    EDUCATION_ADVISER = "education adviser", "Education adviser"
    OUTREACH_TEACHER = "outreach teacher", "SEND advisory and outreach teacher"
    BUSINESS_OFFICER = "business officer", "Business officer"
    SERVICE_LEAD = "service lead", "Service lead"
    SPECIALIST = "specialist", "Specialist"
    SOCIAL_WORKER = "social worker", "Social worker"
    IRO = "iro", "Independent reviewing officer"
    EHC_COORDINATOR = "ehc coordinator", "EHC coordinator"
    SYSTEM_ADMINISTRATOR = "system administrator", "System administrator"


SCHOOL_LEADS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.HEADTEACHER, Role.SAFEGUARDING_LEAD}
CLASS_STAFF = {Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT}
SCHOOL_STAFF = SCHOOL_LEADS | CLASS_STAFF
SERVICE_STAFF = {Role.SERVICE_LEAD, Role.SPECIALIST}
VIRTUAL_SCHOOL_TEACHERS = {Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER, Role.OUTREACH_TEACHER}
AUTHORITY_OFFICERS = {Role.SOCIAL_WORKER, Role.IRO, Role.EHC_COORDINATOR}

READ_WHOLE_ORGANISATION = (
    SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | SERVICE_STAFF
)  # others read only pupils they are named for
READ_RECORDS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | AUTHORITY_OFFICERS
READ_PUPILS = READ_RECORDS | CLASS_STAFF
SEE_LEGAL_STATUS = READ_RECORDS - {Role.SENCO, Role.EHC_COORDINATOR}
