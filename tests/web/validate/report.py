"""What checks find → what is printed, and whether all is well."""

import sys
import time

# So many different faults are told of for each rule.
MOST = 20


class Report:
    """Counts what was checked, and keeps what was found wrong with where it was found."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.found = {}  # (rule, fault) → places

    def __call__(self, rule, where, faults):
        """One rule for one file or page: `faults` says what is wrong, nothing if all is well."""
        faults = list(faults)
        if not faults:
            self.passed += 1
            return
        self.failed += 1
        for fault in faults:
            self.found.setdefault((rule, fault), []).append(where)

    @property
    def rules(self):
        """The rules that found something."""
        return {rule for rule, _ in self.found}

    def close(self):
        """Prints what was found, the counts as test runners do, and gives the exit code."""
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
    """Says what comes next, and after how many seconds."""
    print(f"== {words} ({time.process_time():.0f} s)")
    sys.stdout.flush()
