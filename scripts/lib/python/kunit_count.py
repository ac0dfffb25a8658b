#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""kunit_count.py RESULTS FAULTS: what failed in kunit.py's JSON file, and the
count of test cases. Each line of the file FAULTS is a failure, too."""
import json
import sys

FAILED = {"FAIL", "ERROR"}


def cases(group, path=()):
    """(name, status) of each test case; a parameter's is one."""
    for case in group.get("test_cases", []):
        yield ".".join(path + (case["name"],)), case["status"]
    for sub in group.get("sub_groups", []):
        yield from cases(sub, path + (sub["name"],))


def main():
    with open(sys.argv[1]) as file:
        results = list(cases(json.load(file)))
    with open(sys.argv[2]) as file:
        faults = file.read().splitlines()
    failed = [name for name, status in results if status in FAILED]
    passed = sum(status == "PASS" for _, status in results)
    for name in failed:
        print(f"FAILED {name}")
    for fault in faults:
        print(f"FAILED {fault}")
    if not passed:
        print("FAILED no test passed")
    nr_failed = len(failed) + len(faults) + (not passed)
    skipped = len(results) - passed - len(failed)
    print(f"{passed} passed, {nr_failed} failed, {skipped} skipped")
    sys.exit(1 if nr_failed else 0)


main()
