"""Giving up, for good, what decoding does not need."""

import ctypes
import os
import resource
import signal
import struct
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

# What decoding calls once everything is imported: memory, the files that are open already, time, and the end.
# Opening, connecting, starting and signalling are not here. Numbers on x86_64 and aarch64.
CALLS = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "lseek": (8, 62),
    "fstat": (5, 80),
    "ioctl": (16, 29),
    "close": (3, 57),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "getrandom": (318, 278),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "clock_gettime": (228, 113),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# The kernel's AUDIT_ARCH value, and the column above.
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}


def limit(address_space: int, file_size: int, cpu_s: int) -> None:
    """Limit memory and file size in bytes and CPU time in seconds; no core dumps, few open files."""
    wanted = (
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in wanted:
        try:
            # At the hard limit the kernel kills; only the softer signal tells that it was the CPU time.
            resource.setrlimit(kind, (most, most + 1 if kind == resource.RLIMIT_CPU else most))
        except (ValueError, OSError):
            # macOS, for development only, knows no limit on address space.
            if sys.platform == "linux":
                raise


def die_with(parent: int) -> None:
    """Be killed when the process `parent` ends; Linux only."""
    if sys.platform != "linux":
        return
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It ended before the signal was asked for.
        os._exit(1)


def close_the_door() -> None:
    """From now on no file can be opened, no connection made, no process started or signalled.

    By a seccomp filter, on Linux with a known processor; a refused call fails with EPERM. Nothing can be
    imported afterwards. Kernels without seccomp leave the resource limits and the empty environment.
    """
    if sys.platform != "linux" or os.uname().machine not in ARCHITECTURES:
        return
    architecture, column = ARCHITECTURES[os.uname().machine]
    program = _program(architecture, [numbers[column] for numbers in CALLS.values()])
    code = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    try:
        _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header))
    except OSError:
        pass


def _program(architecture: int, calls: list[int]) -> bytes:
    """BPF: kill on a foreign architecture, allow what is listed, EPERM for the rest."""
    load, jump_if_equal, end = 0x20, 0x15, 0x06
    allow, permission_denied, kill = 0x7FFF0000, 0x00050001, 0x80000000

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    steps = [step(load, 4), step(jump_if_equal, architecture, 1, 0), step(end, kill), step(load, 0)]
    for position, call in enumerate(calls):
        steps.append(step(jump_if_equal, call, len(calls) - position, 0))
    return b"".join([*steps, step(end, permission_denied), step(end, allow)])


def _prctl(option: int, *values: object) -> None:
    rest = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in values]
    rest += [ctypes.c_ulong(0)] * (4 - len(rest))
    if ctypes.CDLL(None, use_errno=True).prctl(option, *rest):
        raise OSError(ctypes.get_errno(), f"prctl {option}")
