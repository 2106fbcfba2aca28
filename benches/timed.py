"""Runs a command and prints its output, then a line of JSON: exit code, wall time, processor time and peak memory.

Runs as its own process, because Linux includes the memory of the parent in the peak of a new process. It is small: it imports
only modules that the interpreter has loaded anyway, and `time`.
"""
import os
import sys
import time

started = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - started
# Linux reports KiB, macOS bytes.
peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
cpu = usage.ru_utime + usage.ru_stime
code = os.waitstatus_to_exitcode(status)
sys.stdout.write(f'{{"code": {code}, "seconds": {seconds:.6f}, "cpu_seconds": {cpu:.6f}, "peak_bytes": {peak}}}\n')
