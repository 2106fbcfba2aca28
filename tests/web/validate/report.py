"""Collects the results of checks, prints them, and determines the exit code."""

import sys
import time

# The maximum number of different faults printed for each rule.
MOST = 20


class Report:
    """Counts checks, and records faults with their places."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.found = {}  # (rule, fault) → places

    def __call__(self, rule, where, faults):
        """Records a rule for a file or page. `faults` is empty if it passes."""
        faults = list(faults)
        if not faults:
            self.passed += 1
            return
        self.failed += 1
        for fault in faults:
            self.found.setdefault((rule, fault), []).append(where)

    @property
    def rules(self):
        """The rules that failed."""
        return {rule for rule, _ in self.found}

    def close(self):
        """Prints the faults and the counts, and returns the exit code."""
        told = {}
        for (rule, fault), places in self.found.items():
            told[rule] = told.get(rule, 0) + 1
            if told[rule] > MOST:
                continue
            more = [f"and {len(places) - 3} more"] if len(places) > 3 else []
            print("\n     ".join([f"FAIL {rule}: {fault[:1000]}", *places[:3], *more]))
        for rule, count in told.items():
            if count > MOST:
                print(f"FAIL {rule}: and {count - MOST} other faults")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def step(words):
    """Prints the next step and the elapsed seconds."""
    print(f"== {words} ({time.process_time():.0f} s)")
    sys.stdout.flush()
