"""What a process and its children use of this machine."""

import psutil

from tools.part_status import Spent


def spent(pid: int) -> Spent:
    """Memory now and processor time so far; a server's children count with it. Raises ``NoSuchProcess``."""
    root = psutil.Process(pid)
    memory, seconds = 0, 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
            memory += _own_memory(process)
            seconds += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return Spent(str(pid), memory // 1_000_000, seconds)


def _own_memory(process: psutil.Process) -> int:
    """Without what a server's children share; plain memory where the system does not tell."""
    try:
        return int(process.memory_full_info().uss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
