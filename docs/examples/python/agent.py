"""An agent that reads exports of other people's programs, and remembers how each kind is read. README.md has what it prints.

It has no model: it tries readings until the verifier is content. What it recalls decides which it tries first.
"""

import csv
import io
import itertools
import pathlib
import re
import sys

from memengine import Client, Unavailable

ENCODINGS, DELIMITERS, DECIMALS = ("utf-8", "utf-16", "cp1252"), (",", ";", "\t", "|"), (".", ",")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ".": "point"}

# Domain, file, content. The last row of an export is the sum of the others.
TASKS = [
    ("billing/germany", "invoices.csv", "Kunde;Betrag\nMüller;1.204,50\nGroß;88,25\nSumme;1.292,75\n".encode("cp1252")),
    ("payroll/austria", "wages.csv", "Name;Lohn\nHölzl;2.950,00\nJäger;3.105,40\nSumme;6.055,40\n".encode("cp1252")),
    ("shop/usa", "orders.tsv", "customer\tamount\nZoë\t1,040.00\nBrown\t19.99\ntotal\t1,059.99\n".encode("utf-16")),
    ("grants/france", "aides.csv", "Nom;Somme\nLefèvre;12.000,00\nBézier;800,50\nTotal;12.800,50\n".encode("cp1252")),
]


def fault(content, encoding, delimiter, decimal):
    """The verifier: None when a reading adds up, otherwise what is wrong with it, without places and values."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode(encoding)), delimiter=delimiter))[1:]
    except UnicodeError:
        return f"the bytes are no {encoding}"
    if not rows or any(len(row) != 2 for row in rows):
        return f"there are no rows of two columns at each {NAMES[delimiter]}"
    amount = r"\d{1,3}(?:,\d{3})*\.\d\d" if decimal == "." else r"\d{1,3}(?:\.\d{3})*,\d\d"
    if not all(re.fullmatch(amount, row[1]) for row in rows):
        return f"an amount has no {NAMES[decimal]} before its cents"
    cents = [int(re.sub(r"\D", "", row[1])) for row in rows]
    return None if sum(cents[:-1]) == cents[-1] else "the amounts do not add up"


def lesson_of(reading):
    encoding, delimiter, decimal = reading
    return f"Such an export is read as {encoding}, split at each {NAMES[delimiter]}, with a {NAMES[decimal]} before the cents."


def work(content, lessons):
    """Tries the readings that lessons name, then all. Gives the one that is right, or None, and how many were tried."""
    readings = list(itertools.product(ENCODINGS, DELIMITERS, DECIMALS))
    named = [reading for lesson in lessons for reading in readings if lesson_of(reading) == lesson]
    for tried, reading in enumerate(dict.fromkeys(named + readings), start=1):
        if fault(content, *reading) is None:
            return reading, tried
    return None, len(readings)


def solve(pool, domain, file, content):
    print(f"{domain}: {file}")
    # Recall: what is wrong, and where the task comes from. What cannot be used there is left out by the server.
    symptom = "; ".join(dict.fromkeys(filter(None, (fault(content, e, d, ".") for e in ("utf-8", "cp1252") for d in (",", ";")))))
    found = pool.recall(symptom, task=file, domain=domain, mode="cross", context={"format": "csv"})
    for memory in found["memories"]:
        print(f"  recalled from {memory['domain']} ({memory['verdict']}): {memory['text']}")

    reading, tried = work(content, [memory["text"] for memory in found["memories"]])
    alone = work(content, [])[1]
    print(f"  {'read' if reading else 'not read'} at attempt {tried}; {alone} without memory")

    # Report: the verifier's word, and which memories were used. Without it nobody learns whether a memory helps.
    used = [memory["id"] for memory in found["memories"] if reading and memory["text"] == lesson_of(reading)]
    told = pool.report(found["transfer"], "pass" if reading else "fail", judge="verifier", used=used, steps=tried)
    print(f"  reported {found['transfer']}: {told['result']}, {len(used)} used")

    # Remember: what it taught, unless a memory had said so already. Level 3 is an insight, which may travel to other domains.
    if reading and not used:
        made = pool.remember(
            lesson_of(reading), title=f"How {file} is read", key=symptom, domain=domain, task=file, level=3, format="insight",
            requires={"format": "csv"}, contributor="export-agent", result="pass")
        print(f"  remembered {made['id']}")


def main():
    # The pool: the one that is named, or .memengine here or in the nearest folder above.
    folders = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
    pools = [pathlib.Path(p) for p in sys.argv[1:]] or [f / ".memengine" for f in folders if (f / ".memengine").is_dir()]
    try:
        with Client((pools or [pathlib.Path(".memengine")])[0], name="export-agent") as pool:
            for task in TASKS:
                solve(pool, *task)
            last = pool.recall("an export does not add up", domain="audit/spain", mode="cross", context={"format": "csv"}, record=False)
            print("For a task of audit/spain there is now:", *(f"  {memory['title']}" for memory in last["memories"]), sep="\n")
    except Unavailable as error:
        sys.exit(f"{error}\nStart its server first: memengine serve --pool .memengine")


if __name__ == "__main__":
    main()
