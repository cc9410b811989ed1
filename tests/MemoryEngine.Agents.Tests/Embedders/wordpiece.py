"""Makes wordpiece.json: texts and the pieces they fall into, worked out beside the engine's code and from another source of
Unicode data. The rules are those of BERT's uncased tokenizer: clean the text, set ideographs apart, decompose and drop
nonspacing marks, lower the case, split at white space and punctuation, then take the longest piece again and again.

    python3 wordpiece.py > wordpiece.json
"""
import json
import random
import unicodedata

SEED = 20261
MAX_WORD = 12
WORDS = ("retry idempotent queue the timeout un re ##able ##ing ##s naive cafe resume strasse \u03bb\u03cc\u03b3\u03bf\u03c2 "
         "\u0438\u0438 \u30ab\u30a4 \u0e01 \U0001f680").split()


def pieces():
    found = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = "abcdefghijklmnopqrstuvwxyz0123456789\u00df\u03bb\u03bf\u03b3\u03c3\u03c2\u0438\u0435\u30ab\u30cf\u1112\u1161\u11ab"
    for letter in letters:
        found += [letter, "##" + letter]
    found += list("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~\u00bf\u2014\u4e2d\u6587")
    found += [strip(word) for word in WORDS]
    return {piece: i for i, piece in enumerate(dict.fromkeys(found))}


def strip(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def is_ideograph(c):
    o = ord(c)
    blocks = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xF900, 0xFAFF))
    return any(first <= o <= last for first, last in blocks)


def is_punctuation(c):
    return (33 <= ord(c) < 127 and not c.isalnum()) or unicodedata.category(c).startswith("P")


def words(text):
    clean = "".join(c for c in text if c in "\t\n\r" or (c != "\ufffd" and unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs")))
    apart = "".join(f" {c} " if is_ideograph(c) else c for c in clean)
    lower = "".join(c.lower() for c in strip(apart))
    spaced = "".join(f" {c} " if is_punctuation(c) else c for c in lower)
    return spaced.split()


def split(word, vocabulary):
    if len(word) > MAX_WORD:
        return []
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocabulary:
                found.append(piece)
                start = end
                break
        else:
            return []
    return found


HAND = [
    "", "   \t\n ", "Retry the QUEUE.", "unqueueable", "Na\u00efve caf\u00e9 r\u00e9sum\u00e9", "nai\u0308ve", "a\u0000b\u200bc\ufeffd\ufffde",
    "a_b/c.d::e->f", "\u4e2d\u6587queue\u4e2d", "\ud55c\uae00 \ud558", "\u30ac\u30a4 \u30d0", "\u039b\u038c\u0393\u039f\u03a3",
    "\u0439 \u0451", "stra\u00dfe", "retryretryretryretry", "timeouts\u2014retries", "[SEP] [UNK]", "\U0001f680 go", "a\u00a0b\u3000c\u2028d",
    "x\u0301\u0302y", "\u00bfque?", "A\u030a\u212b\u00c5", "tab\tand\rreturn\nnew", "\u1e69\u0323 \u1ee6", "price $5.00 + 10%~",
]


def main():
    random.seed(SEED)
    vocabulary = pieces()
    alphabet = list("abretyquis  .-_019\u00e9\u00fc\u00c7\u0301\u03bb\u03a3\u0439\u4e2d\ud55c\u30ac\u200d\u00a0\u2014\u00df\U0001f680")
    texts = HAND + ["".join(random.choices(alphabet, k=random.randint(1, 24))) for _ in range(120)]
    cases = [{"text": text, "pieces": [p for w in words(text) for p in split(w, vocabulary)]} for text in texts]
    lines = ",\n".join(json.dumps(case) for case in cases)
    print('{"max_word": %d, "vocabulary": %s,\n"cases": [\n%s\n]}' % (MAX_WORD, json.dumps(list(vocabulary)), lines))


main()
