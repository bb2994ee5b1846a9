import ast
from pathlib import Path

from trellis.tools import machine


def test_a_tested_python_needs_no_word():
    assert [machine.untested_python(version, []) for version in machine.TESTED] == ["", "", ""]


def test_an_untested_python_is_told_which_to_give():
    assert machine.untested_python((3, 8), ["python3.12"]) == (
        "This is Python 3.8, but Trellis is tested with 3.11, 3.12 and 3.13:"
        " give one, as in `make run PYTHON=python3.12`."
    )


def test_a_newer_python_is_untested_too():
    assert machine.untested_python((3, 14), []) == (
        "This is Python 3.14, but Trellis is tested with 3.11, 3.12 and 3.13:"
        " install one and give it, as in `make run PYTHON=python3.13`."
    )


def test_missing_venv_names_the_package():
    assert machine.missing_venv((3, 11), False) == (
        "This Python lacks venv: install it (on Debian or Ubuntu: apt-get install python3.11-venv) and try again."
    )
    assert machine.missing_venv((3, 11), True) == ""


def test_systems_without_postgresql_wheels_are_refused():
    sentence = "Trellis needs macOS or a Linux with glibc 2.28 or newer, as in Debian 10, Ubuntu 20.04 or Fedora."
    table = {
        ("linux", "glibc", "2.28"): "",
        ("linux", "glibc", "2.36"): "",
        ("linux", "glibc", "2.17"): sentence,
        ("linux", "", ""): sentence,  # musl says nothing of itself
        ("darwin", "", ""): "",
        ("win32", "", ""): sentence,
    }
    assert {case: machine.unfit_system(case[0], case[1:]) for case in table} == table


def test_this_machine_is_fit():
    assert machine.main() == 0


def test_the_check_parses_on_old_pythons():
    """Else a person with an old Python sees a syntax error instead of the sentence."""
    for source in (Path(machine.__file__), Path(machine.__file__).parent / "__init__.py"):
        ast.parse(source.read_text(), feature_version=(3, 6))


def test_the_check_runs_without_what_old_pythons_lack():
    """Annotations are evaluated there: all are in quotes. And only these modules are imported."""
    tree = ast.parse(Path(machine.__file__).read_text())
    annotations = [
        annotation
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for annotation in [function.returns, *(argument.annotation for argument in function.args.args)]
    ]
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {type(annotation) for annotation in annotations} == {ast.Constant}
    assert imported == {"importlib.util", "platform", "shutil", "sys"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
