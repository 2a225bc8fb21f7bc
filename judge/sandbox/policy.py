"""The whole policy of a box: the system calls that it may make, the files that it may read. All else is refused.

JAX needs threads and never processes, so no new process at all is a policy that a judge of its exercises can afford:
no tree to kill, no daemon, no fork bomb, and CPU time that is exact. The list of calls is what JAX was seen to make
under strace (jit, grad, vmap, scan, an NNX train step, svd, fft, sort, callbacks, threads), and what Python needs.
"""

import errno
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from judge.errors import SandboxFault
from judge.inside import syscalls

ALLOWED = """
read readv pread64 write writev close fstat newfstatat stat lstat statx lseek mprotect munmap mremap brk madvise mincore
futex futex_waitv get_robust_list set_robust_list rseq set_tid_address gettid getpid getppid getuid geteuid getgid
getegid getresuid getresgid getgroups getpgrp getpgid getsid rt_sigaction rt_sigprocmask rt_sigreturn rt_sigtimedwait
rt_sigpending sigaltstack restart_syscall pause clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time
times getrusage sysinfo uname getcpu sched_yield sched_getaffinity sched_getparam sched_getscheduler
sched_get_priority_max sched_get_priority_min getrandom exit exit_group membarrier poll ppoll select pselect6
epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2 pipe2 pipe dup dup2 dup3 getcwd readlink readlinkat access
faccessat faccessat2 getdents64 get_mempolicy mbind set_mempolicy fadvise64 timerfd_create timerfd_settime umask
getrlimit kill tgkill getitimer setitimer alarm
""".split()  # judge.inside.argument_filter narrows kill, tgkill, mmap, mprotect, munmap and mremap

# No solution comes near these: the process ends by SIGSYS, and the report says so.
HOSTILE = """
ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp bpf perf_event_open mount umount2 pivot_root
chroot unshare setns init_module finit_module delete_module kexec_load kexec_file_load keyctl add_key request_key
userfaultfd io_uring_setup io_uring_enter io_uring_register open_by_handle_at name_to_handle_at fsopen fsmount fsconfig
move_mount open_tree mount_setattr quotactl swapon swapoff reboot iopl ioperm modify_ldt personality
""".split()

# glibc falls back where these don't exist; their flags lie in memory, where no filter can look.
ABSENT = ("clone3", "openat2")

NEW_NAMESPACES = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWCGROUP
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUSER
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
)
CLONE_THREAD = 0x00010000
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | (os.O_TMPFILE & ~os.O_DIRECTORY)
MAP_SHARED, MAP_PRIVATE, MAP_ANONYMOUS, MAP_GROWSDOWN, MAP_HUGETLB, PROT_WRITE = 1, 2, 0x20, 0x100, 0x40000, 2
ARCH_BASICS = 0x1000  # registers and features; not shadow stacks, which no limit counts, and not the maps of the vDSO
# F_SETOWN with F_SETSIG and O_ASYNC would deliver signals past the narrowed kill: only these commands.
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC = 0, 1, 2, 3, 4, 1030
O_ASYNC = 0x2000
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5451, 0x5450)  # TCGETS TIOCGWINSZ FIONREAD FIOCLEX FIONCLEX: all only read
PRCTLS = (15, 16, 3, 0x53564D41)  # SET_NAME GET_NAME GET_DUMPABLE SET_VMA


@cache
def seccomp_filter() -> tuple[bytes, tuple[int, int]]:
    """Return the BPF program of this policy, and the numbers of kill and tgkill on this machine.

    Raises SandboxFault where libseccomp is missing, with what to install.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxFault(
            "libseccomp.so.2 is missing: install it (Debian, Ubuntu: apt-get install libseccomp2)"
        ) from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for action, name, *arguments in _rules(pyseccomp):
        try:
            rules.add_rule(action, name, *arguments)
        except (OSError, ValueError):
            continue  # a call that this architecture or libseccomp does not know stays refused by the default
    with open(os.memfd_create("seccomp"), "w+b") as file:  # needs no folder to write to
        rules.export_bpf(file)
        file.seek(0)
        program = file.read()
    numbers = [pyseccomp.resolve_syscall(pyseccomp.system_arch(), name) for name in ("kill", "tgkill")]
    return program, (numbers[0], numbers[1])


def _rules(sec) -> Iterator[tuple]:  # type: ignore[no-untyped-def,type-arg]  # the library has no types
    masked, equal = sec.MASKED_EQ, sec.EQ
    yield from ((sec.ALLOW, name) for name in ALLOWED)
    yield from ((sec.KILL_PROCESS, name) for name in HOSTILE)
    yield from ((sec.ERRNO(errno.ENOSYS), name) for name in ABSENT)
    yield sec.ALLOW, "openat", sec.Arg(2, masked, WRITING, 0)
    yield sec.ALLOW, "open", sec.Arg(1, masked, WRITING, 0)
    yield sec.ALLOW, "clone", sec.Arg(0, masked, NEW_NAMESPACES | CLONE_THREAD, CLONE_THREAD)
    # RLIMIT_DATA counts neither memory that calls itself a stack nor shared memory: shared maps are of files, to read.
    # Huge pages are no part of resident memory, and come from a stock that is the whole host's.
    yield sec.ALLOW, "mmap", sec.Arg(3, masked, MAP_SHARED | MAP_PRIVATE | MAP_GROWSDOWN | MAP_HUGETLB, MAP_PRIVATE)
    shared_file = sec.Arg(3, masked, MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, MAP_SHARED)
    yield sec.ALLOW, "mmap", sec.Arg(2, masked, PROT_WRITE, 0), shared_file
    for command in (F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC):
        yield sec.ALLOW, "fcntl", sec.Arg(1, equal, command)
    yield sec.ALLOW, "fcntl", sec.Arg(1, equal, F_SETFL), sec.Arg(2, masked, O_ASYNC, 0)
    yield from ((sec.ALLOW, "ioctl", sec.Arg(1, equal, command)) for command in IOCTLS)
    yield from ((sec.ALLOW, "prctl", sec.Arg(0, equal, option)) for option in PRCTLS)
    yield sec.ALLOW, "arch_prctl", sec.Arg(0, masked, 0xF000, ARCH_BASICS)
    yield sec.ALLOW, "prlimit64", sec.Arg(0, equal, 0), sec.Arg(2, equal, 0)


SYSTEM_PATHS = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/dev/null",
    "/dev/urandom",  # std::random_device: without it XLA does not start
    "/proc/cpuinfo",  # without it XLA's kernels refuse to run
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
)


def readable_paths(hidden: Sequence[Path], extra: Sequence[Path] = ()) -> list[tuple[str, int]]:
    """Return Landlock rules (path, accesses): Python, its libraries, what JAX reads of the system; not `hidden`.

    Where a library folder holds something hidden (the judge's own package, in an installed wheel), the folder may be
    listed and each of its other entries read. `extra` adds folders to read, such as the compilation cache.
    """
    roots = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    roots |= {Path(path) for path in sys.path if path.endswith("-packages") and Path(path).is_dir()}
    secrets = [path.resolve() for path in hidden]
    rules = [rule for root in sorted(roots) for rule in _around(root.resolve(), secrets)]
    for path in (*map(Path, SYSTEM_PATHS), *extra):
        rules += _around(path, secrets)
    return list(dict.fromkeys(rules))


def _around(root: Path, secrets: Sequence[Path]) -> Iterator[tuple[str, int]]:
    both = syscalls.LANDLOCK_READ_FILE | syscalls.LANDLOCK_READ_DIR
    if any(root == secret or secret in root.parents for secret in secrets):
        return
    if not any(root in secret.parents for secret in secrets):
        yield str(root), both if root.is_dir() else syscalls.LANDLOCK_READ_FILE
        return
    yield str(root), syscalls.LANDLOCK_READ_DIR
    for entry in sorted(root.iterdir()):
        yield from _around(entry, secrets)
