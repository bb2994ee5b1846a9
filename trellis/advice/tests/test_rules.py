import pytest

from trellis.advice.rules import without_names


@pytest.mark.parametrize(
    ("names", "typed"),
    [
        (["Jordan"], "JORDAN"),
        (["O'Brien"], "O’Brien"),
        (["O’Brien"], "OBrien"),
        (["Anne-Marie"], "Anne Marie"),
        (["Anne-Marie"], "Anne\u2011Marie"),
        (["Smith-Jones"], "Smith"),
        (["Zoë"], "Zoe"),
        (["Zoë"], "Zoe\u0308"),
        (["Mary Ann"], "Mary"),
    ],
)
def test_without_names_finds_the_name_however_it_is_typed(names, typed):
    assert without_names(f"How can {typed} settle? {typed}’s class is loud.", names, "X.") == (
        "How can X. settle? X.’s class is loud."
    )


def test_without_names_leaves_other_words():
    assert without_names("Anyone in an art lesson", ["Ann", "Arthur-Lee", ""], "X.") == "Anyone in an art lesson"
    assert without_names("Nothing here", [], "X.") == "Nothing here"
