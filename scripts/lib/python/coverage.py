#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""coverage.py TREE FILES: adds up what gcov says, as JSON on standard input, one
object a line. TREE is the tree in the kernel's sources. Prints a line for each
folder, and into FILES one for each source file with the lines that never ran.

A file may be compiled several times: into its module, into a suite that includes
it, and a header into all that include it. A line ran if it did in one of them;
and so with a branch, if the compiler made the same branches of that line each time.
"""
import json
import os
import sys

FOLDERS = ("hypervisor", "event-channel", "grant-table", "xenbus",
           "drivers/netfront", "drivers/blkfront", "include/xpv")


def folder_of(name):
    """The folder of a source that is to be counted, else None."""
    if "/tests/" in name:
        return None
    return next((f for f in FOLDERS if name.startswith(f + "/")), None)


class Line:
    """What is known of a line: how often it ran, and each of its branches."""

    def __init__(self):
        self.count = 0
        self.branches = []

    def add(self, found):
        self.count += found["count"]
        counts = [branch["count"] for branch in found["branches"]]
        if len(counts) == len(self.branches):
            self.branches = [a + b for a, b in zip(self.branches, counts)]
        # One that ran tells more than one that did not, or that has fewer.
        elif (sum(counts) > 0, len(counts)) > (sum(self.branches) > 0, len(self.branches)):
            self.branches = counts


def read(tree):
    """{file: {number: Line}} of what gcov printed."""
    files = {}
    for text in sys.stdin:
        run = json.loads(text)
        for source in run["files"]:
            path = os.path.join(run["current_working_directory"], source["file"])
            name = os.path.relpath(os.path.normpath(path), tree)
            if not folder_of(name):
                continue
            lines = files.setdefault(name, {})
            for found in source["lines"]:
                lines.setdefault(found["line_number"], Line()).add(found)
    return files


def ranges(numbers):
    """3-5 9 of [3, 4, 5, 9]"""
    spans = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)


def tally(lines):
    """(lines run, lines, branches taken, branches)"""
    branches = [count for line in lines.values() for count in line.branches]
    return (sum(line.count > 0 for line in lines.values()), len(lines),
            sum(count > 0 for count in branches), len(branches))


def describe(name, sums):
    run, lines, taken, branches = sums
    return (f"{name:<34} lines {run:5}/{lines:5} {percent(run, lines)}"
            f"   branches {taken:5}/{branches:5} {percent(taken, branches)}")


def percent(part, whole):
    return f"{100 * part / whole:5.1f} %" if whole else "      -"


def main():
    tree, listing = sys.argv[1:]
    files = read(os.path.normpath(tree))
    sums = {folder: (0, 0, 0, 0) for folder in FOLDERS}
    with open(listing, "w") as out:
        for name in sorted(files):
            counted = tally(files[name])
            folder = folder_of(name)
            sums[folder] = tuple(map(sum, zip(sums[folder], counted)))
            never = sorted(n for n, line in files[name].items() if not line.count)
            print(describe(name, counted), "  never:", ranges(never) or "-", file=out)
    for folder, counted in sums.items():
        print(describe(folder, counted))
    empty = [folder for folder, counted in sums.items() if not counted[0]]
    for folder in empty:
        print(f"no line of {folder} ran: the counters are not those of this tree")
    sys.exit(1 if empty else 0)


main()
