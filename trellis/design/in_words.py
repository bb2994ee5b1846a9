"""Dates, minutes and pence as people say them. The same words on pages, in e-mails and in printed documents."""

from datetime import date, datetime

from django.utils import timezone

MINUS = "−"
QUARTERS = {0: "", 15: "¼", 30: "½", 45: "¾"}


def full_date(day: date | datetime | None) -> str:
    """ "14 January 2027", as papers and letters say it; a moment is its day in England, no day is no words."""
    return f"{day_and_month(day)} {day_of(day):%Y}" if day else ""


def day_and_month(day: date | datetime) -> str:
    """ "14 January", where the year goes without saying."""
    day = day_of(day)
    return f"{day.day} {day:%B}"


def day_of(moment: date | datetime) -> date:
    """The day in England on which it is, or was, this moment."""
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def long_date(day: date, today: date) -> str:
    """ "Thursday 14 January"; with its year outside today's academic year."""
    year = "" if _academic_year(day) == _academic_year(today) else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}"


def short_date(day: date, today: date) -> str:
    """ "8 Dec"; with its year outside today's academic year."""
    year = "" if _academic_year(day) == _academic_year(today) else f" {day.year}"
    return f"{day.day} {day:%b}{year}"


def days_left(day: date, today: date) -> str:
    """ "3 days late", "today", "tomorrow", "in 4 days"."""
    days = (day - today).days
    match days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "1 day late"
    return f"in {days} days" if days > 0 else f"{-days} days late"


def clock_time(moment: datetime) -> str:
    """ "4:38 pm", in England."""
    here = timezone.localtime(moment)
    return f"{here.hour % 12 or 12}:{here:%M} {'am' if here.hour < 12 else 'pm'}"


def hours(minutes: int) -> str:
    """ "1½ hours" from 90 minutes; what is not a quarter stays in minutes: "1 hour 40 minutes"."""
    if minutes < 0:
        return MINUS + hours(-minutes)
    whole, rest = divmod(minutes, 60)
    if rest not in QUARTERS:
        return " ".join(filter(None, [_counted(whole, "hour") if whole else "", _counted(rest, "minute")]))
    if minutes == 15:
        return "15 minutes"
    number = f"{whole or ''}{QUARTERS[rest]}" or "0"
    return f"{number} hour" if 0 < minutes <= 60 else f"{number} hours"


def pounds(pence: int) -> str:
    """ "£108" from 10800 pence, "£108.50" from 10850."""
    sign = MINUS if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}£{whole:,}" + (f".{rest:02}" if rest else "")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _academic_year(day: date) -> int:
    """The year in which this academic year began; it begins on 1 September."""
    return day.year if day.month >= 9 else day.year - 1
