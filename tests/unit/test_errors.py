"""The exception tree is the one that its module draws, and every class has a message of its own."""

import inspect
import re

from judge import errors


def drawn() -> dict[str, str]:
    """Return the parent of each class in the drawing, by the class's name."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for branches, name in re.findall(r"^([│ ]*[├└]── )(\w+)", errors.__doc__ or "", re.MULTILINE):
        depth = len(branches) // 4
        above[depth - 1 :] = [name]
        parents[name] = above[depth - 2] if depth > 1 else "JudgeError"
    return parents


def defined() -> list[type[errors.JudgeError]]:
    classes = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.JudgeError)]
    return [each for each in classes if each is not errors.JudgeError]


def test_the_module_draws_every_error_under_its_base() -> None:
    assert drawn() == {each.__name__: each.__base__.__name__ for each in defined() if each.__base__}


def test_an_error_without_a_message_says_its_docstring() -> None:
    assert str(errors.UnknownSubmission()) == "The submission is not stored here."
    assert str(errors.StoreFault("disk full")) == "disk full"


def test_the_faults_of_a_package_are_its_message() -> None:
    fault = errors.PackageFault(faults=("check.py:7: odd", "cases.py:1: even"), package="mean")
    assert str(fault) == "mean/check.py:7: odd\nmean/cases.py:1: even"
    assert fault.faults == ("check.py:7: odd", "cases.py:1: even")
