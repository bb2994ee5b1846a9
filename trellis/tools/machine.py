"""Says in one sentence why Trellis cannot start on this machine.

Runs before anything is installed and with whatever `python3` happens to be, so it must parse and run on Python 3.6: no
newer syntax, nothing imported but the standard library, annotations in quotes.
"""

import importlib.util
import platform
import shutil
import sys

TESTED = ((3, 11), (3, 12), (3, 13))
OLDEST_GLIBC = (2, 28)  # what the database's wheel is built for


def main() -> "int":
    trouble = (
        untested_python(sys.version_info[:2], tested_pythons_here())
        or missing_venv(sys.version_info[:2], has_venv())
        or unfit_system(sys.platform, platform.libc_ver())
    )
    if trouble:
        print(trouble, file=sys.stderr)
    return 1 if trouble else 0


def untested_python(version: "tuple[int, ...]", others: "list[str]") -> "str":
    """What to say about a Python we do not test with; nothing about one we do. `others`: tested ones found here."""
    if tuple(version) in TESTED:
        return ""
    tested = _in_words([_dotted(each) for each in TESTED])
    advice = "give one, as in `make run PYTHON={}`" if others else "install one and give it, as in `make run PYTHON={}`"
    return "This is Python {}, but Trellis is tested with {}: {}.".format(
        _dotted(version), tested, advice.format(others[0] if others else "python" + _dotted(TESTED[-1]))
    )


def missing_venv(version: "tuple[int, ...]", has_it: "bool") -> "str":
    if has_it:
        return ""
    name = f"python{_dotted(version)}-venv"
    return f"This Python lacks venv: install it (on Debian or Ubuntu: apt-get install {name}) and try again."


def unfit_system(system: "str", libc: "tuple[str, str]") -> "str":
    """Linux with glibc and macOS have wheels of PostgreSQL; musl (Alpine) and Windows's own Python do not suit."""
    if system == "darwin":
        return ""
    name, number = libc
    if system != "linux" or name != "glibc" or _numbers(number) < OLDEST_GLIBC:
        oldest = _dotted(OLDEST_GLIBC)
        return f"Trellis needs macOS or a Linux with glibc {oldest} or newer, as in Debian 10, Ubuntu 20.04 or Fedora."
    return ""


def tested_pythons_here() -> "list[str]":
    names = ["python" + _dotted(version) for version in reversed(TESTED)]
    return [name for name in names if shutil.which(name)]


def has_venv() -> "bool":
    """Debian packs venv without ensurepip, which it then needs."""
    return all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))


def _dotted(version: "tuple[int, ...]") -> "str":
    return ".".join(str(number) for number in version)


def _numbers(dotted: "str") -> "tuple[int, ...]":
    return tuple(int(number) for number in dotted.split(".") if number.isdigit())


def _in_words(items: "list[str]") -> "str":
    return ", ".join(items[:-1]) + " and " + items[-1]


if __name__ == "__main__":
    sys.exit(main())
