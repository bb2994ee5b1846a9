"""What people write in a demonstration: by type of need, so that each record hangs together."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Support:
    """Something done towards an outcome: name, times a week, minutes."""

    name: str
    times: int
    minutes: int
    details: str = ""
    group: int | None = None


@dataclass(frozen=True)
class Aim:
    """An outcome as a SENCO would write it, with what was found at the review."""

    statement: str
    pupils_words: str
    baseline: str
    measure: str
    target: str
    some: str  # some progress
    worse: str
    exceeded: str
    support: Support
    target_statement: str  # the PEP target that goes with it

    def found(self, result: str) -> str:
        """What was found at the review, in figures that agree with its result."""
        return {"same": self.baseline, "met": self.target}.get(result) or getattr(self, result)


@dataclass(frozen=True)
class Need:
    """One type of need: what teacher and carer see, the summary, the barrier, and two aims."""

    area: str
    teacher: str
    carer: str
    pupil: str
    summary: str
    barrier: str
    aims: tuple[Aim, Aim]
    adjustment: str
    strengths: str
    other_causes: dict[str, str] = field(default_factory=dict)
    causes_found: str = ""


SEMH = Need(
    "semh",
    "Leaves when work is written, not when it is spoken. Settles fastest with one known adult.",
    "Mornings after family time are hardest. Sleeps badly before a change.",
    "I want to be in maths with everyone. When I’m stuck I don’t know what to say.",
    "Thinks aloud well and writes little. Leaves the room when a task looks long or the day has changed without warning.",
    "Not knowing what comes next, and having no words for asking before it is too much.",
    (
        Aim("Stays in class for the whole of a lesson", "I want to be in maths with everyone.", "1 lesson in 5",
            "counted by the class team over two weeks", "4 lessons in 5", "3 lessons in 5", "no lesson in 5", "5 lessons in 5",
            Support("Check-in with a key adult", 5, 10, "Every morning, alone, before registration."),
            "Stays for 4 maths lessons in 5"),
        Aim("Asks for help in words", "When I’m stuck I don’t know what to say.", "0 times a day",
            "tallied in three lessons a day", "3 times a day", "once a day", "0 times a day; leaves instead", "5 times a day",
            Support("Talk partners", 2, 20, "With sentence starters.", 3),
            "Asks an adult for help in words 3 times a day"),
    ),
    "A way out and back: card on the desk, quiet corner, comes back without being asked why",
    "Talks well about what was read; kind to younger pupils; settles with one known adult.",
    {"missed school": "part", "language": "part", "hearing": "not it", "vision": "not it", "trauma": "part"},
    "Two changes of school in Key Stage 1. Hearing and sight were tested in the summer. Language: screened by the SENCO, to be asked about.",
)  # fmt: skip

SLCN = Need(
    "communication",
    "Follows one instruction at a time; looks to others for what to do next.",
    "Understands much more than can be said. Loves being read to.",
    "People talk fast. I like it when there are pictures.",
    "Understands instructions of two parts, and uses sentences of four or five words. Vocabulary holds back reading and friendships.",
    "Long spoken instructions, and too few words for what happens in the day.",
    (
        Aim("Follows instructions of three parts", "I want to know what to do without looking at Ben.", "2 parts, 6 times in 10",
            "ten instructions on one morning", "3 parts, 8 times in 10", "3 parts, 5 times in 10", "2 parts, 4 times in 10", "3 parts, 10 times in 10",
            Support("Listening and language group", 3, 20, group=4), "Follows three-part instructions 8 times in 10"),
        Aim("Uses new topic words in a sentence", "I know it but I can’t find the word.", "2 of 12 words",
            "picture check at the start and end of a topic", "9 of 12 words", "6 of 12 words", "1 of 12 words", "12 of 12 words",
            Support("Pre-teaching of vocabulary", 2, 15), "Uses 9 of 12 new topic words"),
    ),
    "Visual timetable and task board at the desk",
    "Joins in when things are shown; loves being read to; asks for the next page.",
)  # fmt: skip

MLD = Need(
    "cognition",
    "Works hard in a small group, and loses the thread when alone with a page.",
    "Proud of reading at bedtime. Homework takes a whole evening.",
    "I like it when we do it together first.",
    "Reads at the level of a pupil two years younger; number facts to 10 are secure, beyond that not.",
    "New learning comes before the last is secure.",
    (
        Aim("Reads 90 words a minute with understanding", "I want to read the football book myself.", "52 words a minute",
            "one-minute reading, every fortnight", "90 words a minute", "74 words a minute", "50 words a minute", "96 words a minute",
            Support("Paired reading", 4, 15), "Reads 90 words a minute"),
        Aim("Recalls number bonds to 20", "Maths is okay when I know the small ones.", "11 of 20",
            "quiz of twenty on a Friday", "18 of 20", "15 of 20", "9 of 20", "20 of 20",
            Support("Number catch-up", 3, 15), "Recalls 18 of 20 number bonds"),
    ),
    "Worked example on the page, and overlearning built into starters",
    "Works hard in a small group, and is proud of what is finished.",
)  # fmt: skip

ASD = Need(
    "communication",
    "Speaks freely about what matters to them; transitions and noise bring tears or silence.",
    "Changes are fine when we draw them the night before.",
    "Tell me before things change. The hall is too loud.",
    "Learns well in a predictable room. Unplanned change, noise and unstructured time lead to distress two or three times a day.",
    "Change without warning, and the noise of shared spaces.",
    (
        Aim("Moves between lessons calmly", "I want to know where we go.", "2 of 6 moves a day", "moves tallied by the team",
            "5 of 6 moves a day", "4 of 6 moves a day", "1 of 6 moves a day", "6 of 6 moves a day", Support("Rehearsing the day’s changes", 5, 10), "Makes 5 of 6 moves a day calmly"),
        Aim("Eats lunch in the hall", "I’d like to sit with Kofi.", "0 days a week", "days at the table for ten minutes",
            "3 days a week", "1 day a week", "0 days a week, and not in the next room", "5 days a week", Support("Lunch group", 3, 30, group=4), "Eats in the hall 3 days a week"),
    ),
    "Ear defenders and a seat by the wall, without asking",
    "Knows a great deal about what matters to them, and teaches it to others.",
)  # fmt: skip

OTHER = Need(
    "cognition",
    "Good ideas in discussion; little of it reaches the page.",
    "Gets tired by Thursday. Says school is boring when it is hard.",
    "I’m not stupid, I just can’t write it down.",
    "Spoken answers are at the level of the class. Writing is slow, and what is written does not show what is known.",
    "Getting thoughts onto paper.",
    (
        Aim("Records ideas by the way that suits the task", "Can I type it?", "1 piece in 5", "work looked at on a Friday",
            "4 pieces in 5", "3 pieces in 5", "no piece in 5", "5 pieces in 5", Support("Keyboard and dictation practice", 3, 20), "Records ideas independently in 4 pieces of 5"),
        Aim("Spells the 100 common words", "Spelling tests make my stomach hurt.", "61 of 100", "dictation, first and last week",
            "90 of 100", "78 of 100", "57 of 100", "97 of 100", Support("Spelling by sound and pattern", 4, 10), "Spells 90 of 100 common words"),
    ),
    "Extra time, and no copying from the board",
    "Good ideas in discussion; listens to what others think.",
)  # fmt: skip

BY_NEED = {"SEMH": SEMH, "SLCN": SLCN, "MLD": MLD, "ASD": ASD}
MISSED_BECAUSE = [
    "The teaching assistant was covering another class.",
    "School trip.",
    "The pupil was away.",
    "The room was needed for tests.",
]


def for_need(code: str) -> Need:
    return BY_NEED.get(code, OTHER)
