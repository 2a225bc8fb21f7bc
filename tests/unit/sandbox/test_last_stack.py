"""The stack of a program whose time is up: what faulthandler writes is read; hostile words leave lines at most."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from judge.sandbox import last_stack
from judge.sandbox.box import Frame
from judge.sandbox.pipes import Pipes
from judge.sandbox.zygote_connection import ChildProcess

SOURCE = (
    "import time\n\nclass Net:\n    def löss(self):\n        while True: pass\n\ndef f(x):\n    return Net().löss()\n"
)
LINES = 9  # Python counts one after the last end of line
NAMES = {"f", "löss", "Net", "<module>", "<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
HEAD = b"Stack (most recent call first):\n"
CHILD = ChildProcess(id=1, pid=0, pidfd=-1)
frames = st.builds(
    '  File "{}", line {} in {}\n'.format,
    st.sampled_from(["solution.py", "solution_py", "/x/solution.py", "other.py"]),
    st.integers(-3, 20) | st.integers(),
    st.sampled_from(sorted(NAMES)) | st.just("l\\xf6ss") | st.text(),
)
texts = st.lists(frames | st.text() | st.just("  ...\n"), max_size=300).map("".join)


class Connection:
    """A zygote's connection that notes the signals which are sent, and acts on the first."""

    def __init__(self, act=lambda: None) -> None:
        self.sent: list[signal.Signals] = []
        self._act = act

    def signal(self, child: ChildProcess, number: signal.Signals) -> None:
        assert child is CHILD
        self.sent.append(number)
        if len(self.sent) == 1:
            self._act()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ours, theirs = Pipes.make()
    for descriptor in theirs[:-1]:
        os.close(descriptor)
    yield ours.stack, theirs[-1]
    ours.close()
    with suppress(OSError):  # a test closed it
        os.close(theirs[-1])


def ask(connection: Connection, descriptor: int) -> bytes:
    return last_stack.ask(connection, CHILD, descriptor)  # type: ignore[arg-type]


def test_what_faulthandler_writes_is_read_with_the_innermost_call_last() -> None:
    program = (
        f"import faulthandler, sys\nsource = {SOURCE.replace('while True: pass', 'faulthandler.dump_traceback()')!r}"
    )
    program += "\nexec(compile(source, 'solution.py', 'exec'))\nf(1)\n"
    written = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stderr
    assert last_stack.parse(written, SOURCE) == (Frame(8, "f"), Frame(5, "löss"))


@given(st.binary() | texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(HEAD + b'  File "solution.py", line 0 in f\n  File "solution.py", line 10 in f\n')
@example(b'  File "solution.py", line 5 in f')  # cut
@example(b'  File "solution.py", line 5 in f\r\n')
@example(('  File "solution.py", line \N{ARABIC-INDIC DIGIT FIVE} in f\n').encode())
@example(b'  File "solution.py", line 5 in f; it was accepted\n')
@example(b'  File "solution.py", line 5 in secret_0_25\n')
@example(b'  File "solution.py", line ' + b"9" * 5000 + b" in f\n")
def test_any_bytes_give_lines_of_the_source_and_functions_that_it_defines(answer: bytes) -> None:
    found = last_stack.parse(answer, SOURCE)
    assert len(found) <= last_stack.MAX_FRAMES
    assert all(0 < frame.line <= LINES and frame.function in NAMES for frame in found)
    assert len(found) <= answer.count(b'  File "solution.py", line ')


@pytest.mark.parametrize(
    "text",
    [
        b'  File "solution.py", line 0 in f\n',
        b'  File "solution.py", line 10 in f\n',
        b'  File "solution.py", line 5 in g\n',
        b'  File "solution.py", line 5 in f',
        b'  File "solution.py", line 5 in f \n',
        b'  File "/tmp/solution.py", line 5 in f\n',
        b'File "solution.py", line 5 in f\n',
        b'  File "solution.py", line 05_0 in f\n',
        b'  File "solution.py", line 5, in f\n',
    ],
)
def test_a_frame_in_any_other_form_is_left_out(text: bytes) -> None:
    assert last_stack.parse(HEAD + text, SOURCE) == ()


def test_megabytes_of_forged_frames_are_cut() -> None:
    assert len(last_stack.parse(b'  File "solution.py", line 5 in f\n' * 1_000_000, SOURCE)) == last_stack.MAX_FRAMES


def test_an_answer_ends_where_the_child_does_and_holds_nothing_older(pipe) -> None:
    ours, theirs = pipe
    os.write(theirs, b"forged beforehand\n")

    def answer() -> None:
        os.write(theirs, HEAD)
        os.close(theirs)

    connection = Connection(answer)
    assert ask(connection, ours) == HEAD
    assert connection.sent == [signal.SIGXCPU, signal.SIGCONT]


def test_a_child_that_gives_no_answer_is_waited_for_only_so_long(pipe, monkeypatch) -> None:
    monkeypatch.setattr(last_stack, "WAIT_SECONDS", 0.02)
    assert ask(Connection(), pipe[0]) == b""


def test_a_flood_is_read_up_to_its_bound(pipe, monkeypatch) -> None:
    ours, theirs = pipe
    monkeypatch.setattr(last_stack, "WAIT_SECONDS", 30.0)
    flood = threading.Thread(target=_flood, args=(theirs,))
    assert len(ask(Connection(flood.start), ours)) == last_stack.MAX_BYTES
    while flood.is_alive():  # what it still has to write
        try:
            os.read(ours, 1 << 16)
        except BlockingIOError:
            flood.join(0.001)


def _flood(descriptor: int) -> None:
    for _ in range(20):
        os.write(descriptor, b"x" * 50_000)
