"""One small program for each layer: run with that layer alone, it tries what the layer must deny.

`probe(judge)` returns text where the layer holds, and raises AssertionError where it does not. That each of them fails
where its layer is off is held by tests/attacks/test_sandbox_layers.py.
"""

from dataclasses import dataclass

_DENIED = """
import ctypes, os, resource, signal, socket
LIBC = ctypes.CDLL(None, use_errno=True)
def denied(what, action):
    try:
        result = action()
    except (OSError, MemoryError, ValueError):
        return what
    assert type(result) is int and result < 0, what + " was not denied"
    return what
"""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """`source` proves `layer`; `needs` are layers that it requires; `missing` is what its absence means."""

    layer: str
    source: str
    missing: str
    needs: frozenset[str] = frozenset()


def _probe(layer: str, body: str, missing: str, *needs: str) -> Probe:
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    source = f"{_DENIED}\ndef probe(judge):\n{lines}\n"
    return Probe(layer=layer, source=source, missing=missing, needs=frozenset(needs))


PROBES = (
    _probe(
        "session",
        """
assert os.getsid(0) == os.getpid(), "it shares its parent's session"
return denied("joining the judge's process group", lambda: os.setpgid(0, os.getpgid(os.getppid())))
""",
        "a submission could signal the judge's process group, or type into its terminal",
    ),
    _probe(
        "oom",
        """
with open("/proc/self/oom_score_adj") as file:
    assert file.read().strip() == "1000", "others would be killed before it"
return "first to go where memory runs out"
""",
        "where a container runs out of memory, the judge may be killed instead of the submission",
    ),
    _probe(
        "rlimits",
        """
return ", ".join([
    denied("a byte in a file", lambda: os.write(os.memfd_create("probe"), b"x")),
    denied("a hundred descriptors", lambda: [os.dup(0) for _ in range(100)]),
    denied("memory past the limit", lambda: bytearray(judge["too_much"])),
])
""",
        "a submission could fill disks and memory",
    ),
    _probe(
        "capabilities",
        """
return denied("changing its root", lambda: os.chroot("/"))
""",
        "a submission could use what the judge's own user may do to the machine",
    ),
    _probe(
        "parent_death",
        """
asked = ctypes.c_int()
LIBC.prctl(2, ctypes.byref(asked), 0, 0, 0)
assert asked.value == signal.SIGKILL, "it would outlive its parent"
return "ends with its zygote"
""",
        "submissions could go on after the judge was killed",
    ),
    _probe(
        "dumpable",
        """
assert LIBC.prctl(3, 0, 0, 0, 0) == 0, "others of its user may look into it"
return "no process of its user may look into it"
""",
        "submissions of the same user could read each other's memory",
    ),
    _probe(
        "no_new_privs",
        """
assert LIBC.prctl(39, 0, 0, 0, 0) == 1, "programs that it executes could gain rights"
return "setuid programs give it nothing"
""",
        "neither seccomp nor Landlock can be enabled",
    ),
    _probe(
        "landlock",
        """
return ", ".join([
    denied("/etc/passwd", lambda: open("/etc/passwd")),
    denied("a file of the judge", lambda: open(judge["reference"])),
    denied("a new file", lambda: os.open(judge["open_folder"] + "/probe", os.O_CREAT | os.O_WRONLY)),
])
""",
        "files are hidden only where namespaces are on: needs Linux 5.13 with Landlock enabled, and a container "
        "profile that lets it through (Docker 23 or newer)",
        "no_new_privs",
    ),
    _probe(
        "seccomp",
        """
return ", ".join([
    denied("a socket", socket.socket),
    denied("a process", os.fork),
    denied("a new file", lambda: os.open(judge["open_folder"] + "/probe", os.O_CREAT | os.O_WRONLY)),
    denied("a signal to the judge", lambda: os.kill(os.getppid(), 0)),
])
""",
        "a submission could start processes, open sockets and reach most of the kernel",
        "no_new_privs",
    ),
)
USER = _probe(
    "uid",
    """
assert os.getuid() != 0, "it is root"
return denied("becoming root again", lambda: os.setresuid(0, 0, 0)) + f"; jobs are user {os.getuid()}"
""",
    "files are hidden by Landlock or namespaces alone: there is no second lock",
)
NAMESPACES = _probe(
    "namespaces",
    """
return ", ".join([
    denied("/etc/passwd", lambda: open("/etc/passwd")),
    denied("a service on the loopback", lambda: socket.create_connection(("127.0.0.1", judge["tcp_port"]), 1)),
    denied("the judge's process", lambda: os.kill(judge["pid"], 0)),
])
""",
    "files, processes and the network are closed by Landlock and seccomp alone: the usual state inside a container",
)
SMOKE = """
import jax, jax.numpy as jnp, optax
from flax import nnx

def probe(judge):
    model = nnx.Linear(3, 2, rngs=nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, optax.adam(1e-2), wrt=nnx.Param)
    loss = lambda model, x: (model(x) ** 2).mean()
    x = jnp.ones((4, 3))
    before = loss(model, x)
    optimizer.update(model, jax.jit(nnx.grad(loss))(model, x))
    assert loss(model, x) < before
    return f"jax {jax.__version__}: a model trained by one step"
"""
