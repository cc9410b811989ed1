#!/usr/bin/env python3
"""Checks transfer-pairs.jsonl against the data.

    MEMORYENGINE_DATA=<data folder> python3 check.py [pairs file]

The data folder holds memories/*.jsonl.gz and tasks/*.jsonl.gz. The script checks that every memory and every shared
task exists, that the domain of the task differs from that of the memory, that the fields are well formed, and that
no_shared_word says what the texts say. It prints the counts and ends with code 1 if anything is wrong.
"""
import collections, glob, gzip, json, os, re, sys

STOP = set("""
a about above after again against ain all also although am among an and any are aren as at be because been before being
below between both but by can cannot could couldn did didn do does doesn doing don done down during each either else
ever every few for from further had hadn has hasn have haven having he her here hers herself him himself his how however
i if in into is isn it its itself just ll may me might more most much must mustn my myself neither no nor not now of off
often on once only onto or other our ours ourselves out over own per perhaps quite rather re s same shall shan she
should shouldn since so some still such t than that the their theirs them themselves then there these they this those
though through thus to too under unless until up upon us ve very via was wasn we were weren what when whenever where
whereas whether which while who whom whose why will with within without won would wouldn yet you your yours yourself
yourselves
""".split())

# Endings taken off, the longest first, as long as three letters stay. Only one is taken off.
ENDINGS = sorted("""
ications ication icates icated icating icator icate izations ization izing ized izes ize ises ised ising ise ations ation
ators ator ates ated ating ate ements ement ments ment ingly edly fulness ousness iveness ness ities ity ively ive
ables able ibles ible ically ical ally al ions ion ings ing ies ied ier iest ers er ors or ed es ly s e y
""".split(), key=len, reverse=True)


def stem(word):
    if len(word) <= 3:
        return word
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[:-len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    return word


def words(text):
    """The content words of a text: stem to one of the words it came from."""
    text = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    found = {}
    for word in re.findall(r"[^\W\d_]+|\d+", text.lower()):
        if len(word) > 1 and word not in STOP:
            found.setdefault(stem(word), word)
    return found


def memory_words(memory):
    return words("\n".join((memory.get("title") or "", memory.get("key") or "", memory["text"])))


def lines(pattern):
    for path in sorted(glob.glob(pattern)):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield os.path.basename(path), json.loads(line)


def load(folder):
    memories = {}
    for name, memory in lines(os.path.join(folder, "memories", "*.jsonl.gz")):
        memories[memory["id"]] = memory | {"file": name}
    tasks = {task["task"]: task for _, task in lines(os.path.join(folder, "tasks", "*.jsonl.gz"))}
    return memories, tasks


def query_text(pair, tasks):
    if pair["task_ref"] is None or pair["query"] is not None:
        return pair["query"]
    task = tasks[pair["task_ref"]]
    return task["title"] + "\n" + task["text"]


def main():
    folder = os.environ.get("MEMORYENGINE_DATA")
    if not folder:
        sys.exit("Set MEMORYENGINE_DATA to the data folder.")
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "transfer-pairs.jsonl")
    memories, tasks = load(folder)
    with open(path, encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    wrong, seen, texts = [], set(), {}
    fields = ["task", "task_ref", "task_domain", "query", "memory", "group", "no_shared_word", "reason"]
    for number, pair in enumerate(pairs, 1):
        def bad(what):
            wrong.append(f"line {number} ({pair.get('task')}, {pair.get('memory')}): {what}")
        if list(pair) != fields:
            bad("the fields are not " + ", ".join(fields))
            continue
        memory = memories.get(pair["memory"])
        if memory is None:
            bad("no such memory")
            continue
        if (pair["task_ref"] is None) == (pair["query"] is None):
            bad("exactly one of task_ref and query must be given")
            continue
        if pair["task_ref"] is not None and pair["task_ref"] not in tasks:
            bad("no such task")
            continue
        if pair["task_ref"] is not None and tasks[pair["task_ref"]]["domain"] != pair["task_domain"]:
            bad("task_domain is not the domain of the shared task")
        if pair["task_domain"] == memory["domain"]:
            bad("the task and the memory are of one domain")
        if len(pair["reason"]) < 40:
            bad("the reason is too short")
        if (pair["task"], pair["memory"]) in seen:
            bad("the pair is there twice")
        seen.add((pair["task"], pair["memory"]))
        about = (pair["task_ref"], pair["task_domain"], pair["query"])
        if texts.setdefault(pair["task"], about) != about:
            bad("the task has another text or domain elsewhere")
        query, text = words(query_text(pair, tasks)), memory_words(memory)
        shared = sorted(query[stem] for stem in query.keys() & text.keys())
        if pair["no_shared_word"] != (not shared):
            bad(f"no_shared_word is {pair['no_shared_word']}, but the shared words are: {', '.join(shared) or 'none'}")
    for line in wrong:
        print("WRONG", line)
    count = lambda values: ", ".join(f"{key} {n}" for key, n in sorted(collections.Counter(values).items()))
    known = [pair for pair in pairs if pair.get("memory") in memories]
    print(f"{len(pairs)} pairs, {len(texts)} tasks, {len({p['memory'] for p in pairs})} memories, "
          f"{sum(p['no_shared_word'] for p in pairs)} pairs without a shared word")
    print("by task domain:", count(p["task_domain"] for p in pairs))
    print("by memory file:", count(memories[p["memory"]]["file"] for p in known))
    print("by memory file, no shared word:", count(memories[p["memory"]]["file"] for p in known if p["no_shared_word"]))
    print("by level:", count(memories[p["memory"]]["level"] for p in known))
    print("by memory domain:", count(memories[p["memory"]]["domain"] for p in known))
    lessons = lambda some: len({(p["task"], p["group"] or p["memory"]) for p in some})
    print(f"{lessons(pairs)} lessons (the members of a group counted once), "
          f"{lessons(p for p in pairs if p['no_shared_word'])} of them with a pair without a shared word")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
