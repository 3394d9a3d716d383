#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How often the speaker of a quotation, and a stance, is suggested rightly. What script/accuracy-quotes runs.

usage: accuracy_quotes.py --dump PROGRAM [--lots A,B] [--wrong] [--json FILE] [--folder FOLDER]
"""
import argparse
import collections
import json
import math
import os
import subprocess
import sys


def wilson(right, of, z=1.96):
    """The interval of 95 % of a share."""
    if of == 0:
        return 0.0, 1.0
    p = right / of
    middle = p + z * z / (2 * of)
    spread = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)


def share(right, of):
    if of == 0:
        return f"{right:4d}/{of:<4d}       -"
    low, high = wilson(right, of)
    return f"{right:4d}/{of:<4d} {100 * right / of:6.1f} %  [{100 * low:.0f}-{100 * high:.0f}]"


def names_of(said):
    """Who may be named: a truth has one name, or several forms that are all right."""
    return [said.get("speaker", "")] + said.get("or", [])


class Tally:
    """Suggestions that are shown, against what is there."""

    def __init__(self):
        self.named = 0      # suggested with a name
        self.right = 0      # ... the right one
        self.empty = 0      # suggested without a name
        self.empty_right = 0  # ... and there is none
        self.there = 0      # quotations there are
        self.found = 0      # ... that are shown with the right name, or rightly without one


class Score:
    def __init__(self, show_wrong):
        self.show_wrong = show_wrong
        self.of = collections.defaultdict(Tally)
        self.stances = collections.Counter()
        self.by_stance = collections.defaultdict(collections.Counter)

    def tell(self, *words):
        if self.show_wrong:
            print(*words)

    def quote(self, name, style, truth, given):
        """One suggestion with quotation marks."""
        words = given["words"].split("\n")[0]
        there = next((q for q in truth["quotes"] if q["words"] == words and
                      not q.get("met")), None)
        direct = there is not None and there.get("direct") is True
        if there is not None:
            there["met"] = True
        kind = "direct" if direct else "mixed"
        right = there is not None and given["speaker"] in names_of(there)
        tallies = [self.of["hidden" if not given["shown"] else "all"],
                   self.of["pattern " + given["pattern"]]]
        if given["shown"]:
            tallies += [self.of[kind], self.of[f"style {style} {kind}"]]
        for t in tallies:
            if given["speaker"]:
                t.named += 1
                t.right += right
            else:
                t.empty += 1
                t.empty_right += right
        if right and given["shown"]:
            there["good"] = True
        if not right:
            self.tell(f"{name}: {given['pattern']}{'' if given['shown'] else ' (hidden)'}: "
                      f"“{words[:60]}” by '{given['speaker']}' ({given['written']}), not "
                      f"{names_of(there) if there else 'anybody'}")

    def stance(self, name, truth, text, given):
        at, end = given["at"], given["at"] + given["n"]
        there = None
        for s in truth["stances"]:
            sentence = s["sentence"].encode()
            begin = text.encode().find(sentence)
            if begin >= 0 and begin < end and at < begin + len(sentence) and \
                    given["stance"] in [s["stance"]] + s.get("or_stance", []) and \
                    not s.get("met"):
                there = s
        label = there["stance"] if there else given["stance"]
        self.stances["given"] += 1
        self.by_stance[label]["given"] += 1
        if there is None:
            self.tell(f"{name}: stance {given['stance']} is not there: {given['words'][:90]}")
            return
        there["met"] = True
        self.stances["right"] += 1
        self.by_stance[label]["right"] += 1
        speaker = given["speaker"] in names_of(there)
        self.stances["wrong speaker"] += not speaker and given["speaker"] != ""
        self.stances["speaker"] += speaker
        items = [there["item"]] + there.get("or_item", [])
        self.stances["item given"] += given["item"] != ""
        self.stances["item right"] += given["item"] != "" and given["item"] in items
        self.stances["item there"] += any(items)
        if not speaker or given["item"] not in items:
            self.tell(f"{name}: stance {given['stance']} by '{given['speaker']}' of "
                      f"'{given['item']}', not {names_of(there)} of {items}")

    def close(self, name, style, truth):
        """What is there and was not met."""
        for q in truth["quotes"]:
            if q.get("none"):
                continue
            kind = "direct" if q.get("direct") else "mixed"
            for t in self.of[kind], self.of[f"style {style} {kind}"]:
                t.there += 1
                t.found += q.get("good", False)
            if kind == "direct" and not q.get("met"):
                self.tell(f"{name}: not found: “{q['words'][:60]}” by {names_of(q)}")
        for s in truth.get("stances", []):
            self.stances["there"] += 1
            self.by_stance[s["stance"]]["there"] += 1
            if not s.get("met"):
                self.tell(f"{name}: stance {s['stance']} not found: {s['sentence'][:110]}")

    def table(self):
        head = f"{'':34s} {'right / named':>26s}   {'of all':>24s}   no name, rightly"
        print(head)
        order = ["direct", "mixed"] + sorted(k for k in self.of if " " in k) + ["hidden"]
        for key in order:
            t = self.of[key]
            recall = share(t.found, t.there) if t.there else f"{'':24s}"
            print(f"{key:34s} {share(t.right, t.named):26s}   {recall:26s}  "
                  f"{t.empty}, {t.empty_right}")
        s = self.stances
        print(f"{'stances':34s} {share(s['right'], s['given']):26s}   "
              f"{share(s['right'], s['there'])}")
        print(f"{'  with the speaker, or rightly none':34s} {share(s['speaker'], s['right'])}; "
              f"another speaker: {s['wrong speaker']}")
        print(f"{'  with the item':34s} {share(s['item right'], s['item given']):26s}   "
              f"{share(s['item right'], s['item there'])}")
        for name, c in sorted(self.by_stance.items()):
            print(f"{'  ' + name:34s} {share(c['right'], c['given']):26s}   "
                  f"{share(c['right'], c['there'])}")


def measure(dump, folder, lots, show_wrong):
    files = sorted(f for f in os.listdir(folder)
                   if not f.endswith(".json") and not f.startswith("page-") and
                   (not lots or f.split("-")[0] in lots))
    paths = [os.path.join(folder, f) for f in files]
    out = subprocess.run([dump] + paths, stdout=subprocess.PIPE, check=True).stdout
    articles, given = {}, collections.defaultdict(list)
    for line in out.decode().splitlines():
        found = json.loads(line)
        if "article" in found:
            articles[found["article"]] = found
        else:
            given[found["file"]].append(found)
    score = Score(show_wrong)
    for path in paths:
        with open(os.path.splitext(path)[0] + ".json", encoding="utf-8") as f:
            truth = json.load(f)
        name = os.path.basename(path)
        style = name.split("-")[1]
        for q in given[path]:
            if q["kind"] != "indirect":
                score.quote(name, style, truth, q)
            if q["stance"] and "stances" in truth:
                text = articles[path]["paragraphs"][q["paragraph"]]["text"]
                score.stance(name, truth, text, q)
        score.close(name, style, truth)
    return score


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump", required=True)
    parser.add_argument("--folder", default=os.path.join(
        os.path.dirname(__file__), "..", "fixtures", "articles"))
    parser.add_argument("--lots", default="")
    parser.add_argument("--wrong", action="store_true")
    opts = parser.parse_args()
    lots = [x for x in opts.lots.split(",") if x]
    measure(opts.dump, opts.folder, lots, opts.wrong).table()


if __name__ == "__main__":
    sys.exit(main())
