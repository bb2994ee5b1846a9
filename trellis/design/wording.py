"""What a form says when an answer will not do: what to enter, in the words of the label."""

from collections.abc import Iterator

from django import forms
from django.forms import widgets

Messages = dict[str, str]
DETERMINERS = {"the", "a", "an", "your", "my", "our", "their", "this", "these", "any", "each"}


def say_kindly(field: forms.Field, label: str) -> None:
    """Replace Django's stock sentences by ours. A sentence the form wrote itself stays."""
    for code, sentence in friendly_messages(field, label).items():
        if str(field.error_messages.get(code, "")) in {"", *_stock_sentences(field, code)}:
            field.error_messages[code] = sentence


def friendly_messages(field: forms.Field, label: str) -> Messages:
    """The sentences for this field by error code: {"required": "Enter the review date"}."""
    thing = in_a_sentence(label)
    start = (label[:1].upper() + label[1:]).rstrip("?").replace("%", "%%")  # these are filled in by %
    return {
        "required": _please(field, label, thing),
        "max_length": f"{start}: shorten to %(limit_value)d characters, it has %(show_value)d",
        "min_length": f"{start}: write at least %(limit_value)d characters, it has %(show_value)d",
        "min_value": f"{start} must be %(limit_value)s or more",
        "max_value": f"{start} must be %(limit_value)s or less",
        **_when_invalid(field, start, thing),
    }


def in_a_sentence(label: str) -> str:
    """The label as it reads after "Enter": "Review date" → "the review date", "Your view" → "your view"."""
    words = label.rstrip(" :?").split(" ")
    first = words[0] if _is_name_like(words[0]) else words[0][:1].lower() + words[0][1:]
    needs_no_the = first in DETERMINERS or first.endswith(("’s", "'s"))
    return " ".join([*([] if needs_no_the else ["the"]), first, *words[1:]])


def _is_name_like(word: str) -> bool:
    """PEP, SEMHL, I and Jordan’s keep their capital."""
    return word == "I" or word[1:2].isupper() or word.endswith(("’s", "'s"))


def _please(field: forms.Field, label: str, thing: str) -> str:
    """What to do about an empty answer."""
    match field.widget:
        case widgets.CheckboxInput():
            return f"Tick “{label}” to go on"
        case widgets.FileInput():
            return f"Choose a file: {label[:1].lower() + label[1:]}"
    if label.endswith("?"):
        return f"Answer “{label}”"
    return f"Choose {thing}" if isinstance(field.widget, widgets.ChoiceWidget) else f"Enter {thing}"


def _when_invalid(field: forms.Field, start: str, thing: str) -> Messages:
    match field:
        case forms.EmailField():
            return {"invalid": "Enter an e-mail address like name@school.sch.uk"}
        case forms.DecimalField() | forms.FloatField():
            return {"invalid": f"{start} must be a number, like 2.5"}
        case forms.IntegerField():
            return {"invalid": f"{start} must be a whole number, like 3"}
        case forms.DateTimeField():
            return {"invalid": f"{start} must be a real date and time"}
        case forms.DateField():
            return {
                "invalid": f"{start} must be a real date",
                "missing_part": f"{start} must include a %(parts)s",
                "short_year": f"{start} must have a year of four numbers",
            }
        case forms.TimeField():
            return {"invalid": f"{start} must be a time, like 14:15"}
        case forms.MultipleChoiceField() | forms.ModelMultipleChoiceField() | forms.ChoiceField():
            return {"invalid_choice": f"Choose {thing} from the list", "invalid_list": f"Choose {thing} from the list"}
        case forms.ModelChoiceField():
            return {"invalid_choice": f"Choose {thing} from the list"}
        case forms.FileField():
            return {
                "invalid": "The file did not arrive. Choose it again",
                "missing": "The file did not arrive. Choose it again",
                "empty": "The file is empty. Choose another",
            }
    return {}


def _stock_sentences(field: forms.Field, code: str) -> Iterator[str]:
    """What Django, or our own date field, would have said knowing no label."""
    for kind in type(field).__mro__:
        if kind.__module__.startswith(("django.", "trellis.design.")):
            messages = getattr(kind, "default_error_messages", {})
            if code in messages:
                yield str(messages[code])
