# SPDX-License-Identifier: GPL-2.0-only
"""C sources as our checks look at them: which files, and their code alone."""
import re
import sys


def names(*suffixes):
    """Names on standard input, each ended by a NUL, that end in one of suffixes."""
    found = sys.stdin.buffer.read().decode().split("\0")
    return sorted(name for name in found if name.endswith(suffixes) and name)


def read(name):
    with open(name, errors="replace") as file:
        return file.read()


def blank(match):
    """Spaces in place of a comment or a literal; its lines stay lines."""
    text = match.group(0)
    quote = text[0] if text[0] in "\"'" else ""
    return quote + re.sub(r"[^\n]", " ", text[len(quote):len(text) - len(quote)]) + quote


TOKEN = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def code(text):
    """The text without what is in comments and in literals."""
    return TOKEN.sub(blank, text)


def report(findings):
    """Prints what was found, and ends the check."""
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
