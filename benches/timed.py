"""A command → what it says, and a last line of JSON: exit code, wall time, processor time and peak memory of the process.

A process of its own, as Linux counts the memory of whoever starts a process as the process's own peak. This one is
small: it imports nothing that is not in the interpreter already but for `time`.
"""
import os
import sys
import time

started = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - started
# Linux counts in KiB, macOS in bytes.
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
cpu = usage.ru_utime + usage.ru_stime
code = os.waitstatus_to_exitcode(status)
sys.stdout.write(f'{{"code": {code}, "seconds": {seconds:.6f}, "cpu_seconds": {cpu:.6f}, "peak_bytes": {peak}}}\n')
