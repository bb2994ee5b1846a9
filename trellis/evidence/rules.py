"""What a reader of a request for an EHC needs assessment looks for, and what is not there yet.

A broken rule is never a reason not to ask. The law's test is low: a child who has or may have SEN, and for whom
provision under an EHC plan may be necessary. A rule's sentence says what is missing and what the next step would be.
"""

from dataclasses import dataclass
from datetime import date

from trellis.conduct.rules import Finding, Rule, rule

YOU_CAN_ASK_NOW = (
    "You can ask now. The law asks only whether the child has or may have special educational needs, and whether "
    "provision through an education, health and care (EHC) plan may be necessary. No number of cycles is needed first, "
    "and the evidence need not be complete."
)
LAW_OF_THE_TEST = "Children and Families Act 2014, section 36(8); Cambridgeshire v FL-J [2016] UKUT 225 (AAC)"

LOOKED_FOR = "SEND Code of Practice 2015, 9.14 (guidance, not law)"
OUR_PROMPT = "Our own prompt, neither law nor guidance"


@dataclass(frozen=True)
class Found:
    """One thing on record, in words, with the day it speaks of and the page where it stands."""

    text: str
    url: str = ""
    on: date | None = None


Several = tuple[Found, ...]


@dataclass(frozen=True)
class EvidenceFacts:
    """What the record holds, by what it shows. One thing may show several."""

    measures: Several = ()
    attainment: Several = ()
    progress: Several = ()
    needs: Several = ()
    described: Several = ()
    in_class: Several = ()
    at_home: Several = ()
    support: Several = ()
    results: Several = ()
    amount: Several = ()
    emotional: Several = ()
    physical: Several = ()
    pupils_views: Several = ()
    carers_views: Several = ()
    parents_views: Several = ()
    advice: Several = ()
    delivery: Several = ()
    well_recorded: Several = ()  # delivery of which at least half is recorded

    def showing(self, *names: str) -> list[Found]:
        """Everything under these names, the newest first, nothing twice."""
        found = dict.fromkeys(one for name in names for one in getattr(self, name))
        return sorted(found, key=lambda one: one.on or date.min, reverse=True)


# --- attainment and the rate of progress -----------------------------------------------------------------------------


@rule(source=LOOKED_FOR)
def attainment_is_known(facts: EvidenceFacts) -> bool:
    """No attainment yet. A test, a level or a count with its date shows where learning stands."""
    return bool(facts.measures or facts.attainment)


@rule(source=OUR_PROMPT)
def reading_is_measured(facts: EvidenceFacts) -> bool:
    """No measure of reading yet. A reading age or a phonics check, with its date, tells a reader much in one line."""
    return any("read" in one.text.lower() or "phonic" in one.text.lower() for one in facts.measures + facts.attainment)


@rule(source=LOOKED_FOR)
def progress_is_shown_over_time(facts: EvidenceFacts) -> bool:
    """Nothing shows the rate of progress yet. A second measure, or a result beside its baseline, says how fast."""
    return bool(facts.progress)


# --- the nature, extent and context of needs -------------------------------------------------------------------------


@rule(source=LOOKED_FOR)
def need_is_named(facts: EvidenceFacts) -> bool:
    """No type of need yet. The SENCO may record one as it is seen; no specialist's assessment is needed for that."""
    return bool(facts.needs)


@rule(source=LOOKED_FOR)
def need_is_described(facts: EvidenceFacts) -> bool:
    """The need is not described yet. Sum the assessment up in words: what is hard, when, and what is behind it."""
    return bool(facts.described)


@rule(source=LOOKED_FOR)
def need_is_seen_in_more_than_one_place(facts: EvidenceFacts) -> bool:
    """The need is told from one side so far. What is seen in class and what is seen at home belong side by side."""
    return bool(facts.in_class and facts.at_home)


# --- action already taken --------------------------------------------------------------------------------------------


@rule(source=LOOKED_FOR)
def action_is_written_down(facts: EvidenceFacts) -> bool:
    """No support is written down yet. Say what has been done and since when, in a plan or in the covering letter."""
    return bool(facts.support)


@rule(source=LOOKED_FOR)
def results_are_written_down(facts: EvidenceFacts) -> bool:
    """No result of the support yet. A review says in a few words what changed and what did not; you need not wait."""
    return bool(facts.results)


# --- progress only with much additional help; what was delivered -----------------------------------------------------


@rule(source=LOOKED_FOR)
def amount_of_help_is_known(facts: EvidenceFacts) -> bool:
    """How much help there is, is not said yet. How often, how long and by whom shows what progress takes."""
    return bool(facts.amount)


@rule(source=OUR_PROMPT)
def delivery_is_recorded(facts: EvidenceFacts) -> bool:
    """Too little is recorded of what was delivered. Record the weeks, also those that did not happen: it is honest."""
    return bool(facts.well_recorded)


# --- physical, emotional and social development, and health ----------------------------------------------------------


@rule(source=LOOKED_FOR)
def emotional_and_social_development_is_told(facts: EvidenceFacts) -> bool:
    """Nothing about emotional and social development yet. Say how the pupil is with others and with strong feelings."""
    return bool(facts.emotional)


@rule(source=LOOKED_FOR)
def physical_development_and_health_are_told(facts: EvidenceFacts) -> bool:
    """Nothing about physical development and health yet. If there is nothing to say, say that in one line."""
    return bool(facts.physical)


# --- voices ----------------------------------------------------------------------------------------------------------


@rule(source="Children and Families Act 2014, section 19(a)", is_law=True)
def pupils_view_is_there(facts: EvidenceFacts) -> bool:
    """The pupil's own view is not here yet. Ask in the way that suits them, and keep the words as they were said."""
    return bool(facts.pupils_views)


@rule(source="Children and Families Act 2014, section 19(a): a foster carer is a parent in education law", is_law=True)
def carers_view_is_there(facts: EvidenceFacts) -> bool:
    """No carer's view yet. The carer sees evenings, mornings and homework; a few sentences are enough."""
    return bool(facts.carers_views)


@rule(source="Children and Families Act 2014, section 19(a); Education Act 1996, section 576", is_law=True)
def parents_view_is_there(facts: EvidenceFacts) -> bool:
    """No parent's view yet. Ask the social worker whether and how a parent may be asked; if not, say so."""
    return bool(facts.parents_views)


# --- specialist advice -----------------------------------------------------------------------------------------------


@rule(source="SEND Regulations 2014, regulation 6(1)", is_law=True)
def specialist_advice_is_there(facts: EvidenceFacts) -> bool:
    """No specialist advice yet, and none is needed to ask. In an assessment the authority must seek it, and pays."""
    return bool(facts.advice)


# --- what a reader looks for, in the order they read -----------------------------------------------------------------


@dataclass(frozen=True)
class LookedFor:
    """One thing that a panel or an educational psychologist looks for: where it shows, and which rules speak of it."""

    title: str
    shown_by: tuple[str, ...]
    rules: tuple[Rule, ...]
    source: str = LOOKED_FOR

    def findings(self, facts: EvidenceFacts) -> list[Finding]:
        return [judge(facts) for judge in self.rules]


WHAT_A_READER_LOOKS_FOR = (
    LookedFor(
        "Attainment and the rate of progress",
        ("attainment", "measures", "progress"),
        (attainment_is_known, reading_is_measured, progress_is_shown_over_time),
    ),
    LookedFor(
        "The nature, extent and context of needs",
        ("needs", "described", "in_class", "at_home"),
        (need_is_named, need_is_described, need_is_seen_in_more_than_one_place),
    ),
    LookedFor(
        "Action already taken",
        ("support", "results"),
        (action_is_written_down, results_are_written_down),
    ),
    LookedFor(
        "Progress that came only with much additional help",
        ("amount",),
        (amount_of_help_is_known,),
    ),
    LookedFor(
        "What was delivered of what was planned, honestly",
        ("delivery",),
        (delivery_is_recorded,),
        source=OUR_PROMPT,
    ),
    LookedFor(
        "Physical, emotional and social development, and health",
        ("emotional", "physical"),
        (emotional_and_social_development_is_told, physical_development_and_health_are_told),
    ),
    LookedFor(
        "What the pupil, the carer and the parents say",
        ("pupils_views", "carers_views", "parents_views"),
        (pupils_view_is_there, carers_view_is_there, parents_view_is_there),
        source="Children and Families Act 2014, section 19",
    ),
    LookedFor(
        "Specialist advice",
        ("advice",),
        (specialist_advice_is_there,),
        source="SEND Code of Practice 2015, 9.14; SEND Regulations 2014, regulation 6(1)",
    ),
)
