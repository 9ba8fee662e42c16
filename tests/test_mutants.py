"""The tool that shows faults to tests finds out whether they see them, and leaves everything else as it was."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.support.sample import REPOSITORY
from tests.support.site import read_tree
from tools.mutants import Trial, main, sample, told
from tools.mutations import Mutant, mutants

if TYPE_CHECKING:
    from pathlib import Path

TOY = '''\
"""Who may vote."""


def may_vote(age: int) -> bool:
    return age >= 18
'''
BLIND = "from toy import may_vote\n\n\ndef test_it():\n    assert may_vote(30) and may_vote(17) is False\n"
ENDLESS = "def may_vote(age):\n    while age:\n        pass\n    return False\n"


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    (tmp_path / "toy.py").write_text(TOY)
    return tmp_path


def run(root: Path, test: str, *options: str) -> int:
    (root / "test_toy.py").write_text(test)
    before = read_tree(root)
    code = main(["toy.py", "test_toy.py", *options], root=root)
    assert read_tree(root) == before
    return code


def test_a_fault_that_no_test_sees_is_shown(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(toy, BLIND, "--at-least", "0.5") == 0
    assert capsys.readouterr().out.splitlines() == [
        "killed   toy.py:5: return age >= 18 → return None",
        "survived toy.py:5: age >= 18 → age > 18",
        "killed   toy.py:5: age >= 18 → age < 18",
        "survived toy.py:5: 18 → 19",
        "toy.py: 2 of 4 killed, 50%",
    ]


@pytest.mark.parametrize(("wanted", "code"), [("0.5", 0), ("0.51", 1)])
def test_too_few_are_an_exit_code(monkeypatch: pytest.MonkeyPatch, toy: Path, wanted: str, code: int) -> None:
    monkeypatch.setattr("tools.mutants.look", lambda *_, **__: 0.5)
    assert run(toy, BLIND, "--at-least", wanted) == code


def test_tests_that_fail_anyway_say_nothing(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(toy, "from toy import may_vote\n\n\ndef test_it():\n    assert not may_vote(30)\n") == 2
    assert capsys.readouterr() == ("", "without any fault, pytest ends with 1\n")


def test_a_fault_that_never_ends_is_ended(toy: Path) -> None:
    (toy / "test_toy.py").write_text(BLIND)
    assert Trial(toy, "toy.py", ["test_toy.py"]).kills(Mutant(1, "", "", ENDLESS), 3)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a and b", ["x = a or b", "x = a", "x = b"]),
        ("x = not a", ["x = a"]),
        ("x = a + b", ["x = a - b"]),
        ("x = True", ["x = False"]),
        ("x = ''", ["x = 'mutant'"]),
        ("x = (a, b)", ["x = (b,)", "x = (a,)"]),
        ("x = {a: b}", ["x = {}"]),
        ("x, y = z", []),
        ("x = f(a, key=b)", ["x = f(a)"]),
        ("x = any(a)", ["x = all(a)"]),
        ("x = a.strip()", ["x = a"]),
        ("x = a if b else c", ["x = a", "x = c"]),
        ("x = a[b:c]", ["x = a[:c]", "x = a[b:]"]),
        ("x = [a for a in b if c]", ["x = [a for a in b]"]),
        ("if a:\n    f()", ["if not a:\n    f()", "if a:\n    pass"]),
        ("while a:\n    break", ["while not a:\n    break", "while a:\n    continue"]),
        ("raise a", ["pass"]),
        ("x += a", ["pass"]),
        ("def f() -> int:\n    return a", ["def f() -> int:\n    return None"]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a", []),
        ("'''A docstring.'''", []),
        ("assert a < b, 'for the type checker'", []),
        ("@dataclass(frozen=True)\nclass A:\n    a: Literal['b']", []),
        ("T = TypeVar('T')", []),
    ],
)
def test_faults_are_small_and_none_is_made_where_none_shows(code: str, found: list[str]) -> None:
    assert [mutant.text for mutant in mutants(code)] == found


def test_every_mutant_of_a_module_is_another_module() -> None:
    source = (REPOSITORY / "digest/linking/status.py").read_text(encoding="utf-8")
    texts = [mutant.text for mutant in mutants(source)]
    assert len({ast.unparse(ast.parse(source)), *texts}) == len(texts) + 1 > 100


def test_a_sample_is_the_same_each_time_and_in_order() -> None:
    found = list(mutants("\n".join(f"x{number} = {number}" for number in range(100))))
    chosen = sample(found, 10)
    assert len(chosen) == 10
    assert chosen == sample(found[::-1], 10)[::-1]
    assert [mutant.line for mutant in chosen] == sorted(mutant.line for mutant in chosen)
    assert sample(found, 5) == [mutant for mutant in chosen if mutant in sample(found, 5)]
    assert sample(found, None) == found


def test_of_long_code_the_part_that_differs_is_shown() -> None:
    long = "x" * 100
    assert told(Mutant(1, f"{long} < {long}", f"{long} > {long}", "")).split(" → ") == [
        f"…{'x' * 29} {sign} {'x' * 58}…" for sign in "<>"
    ]
