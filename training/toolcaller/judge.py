"""Whether an answer of a chat is right, and whether the test was kept apart from training.

Right means: of all answers Nano was taught (both languages), the one of the expected entry in the language of the
question is the most similar to what it said, and the character similarity is at least 0.8. A question beyond the fact
base needs a refusal; a name question needs the taught sentence with exactly the name that was given.
As a command it proves that no question of the set occurs in training, and shows the nearest ones that do.
"""
import argparse
import collections
import difflib
import json
import random
from pathlib import Path

from data import HERE, LANGS, Phrases, normalize

SIMILAR = 0.8
NAME_TOPIC, UNKNOWN_TOPIC = 'name recall', 'beyond the facts'


def load_set(path):
    """[(lang, [user turns], expected id, name or None)]"""
    raw = json.loads(Path(path).read_text('utf-8'))
    cases = [(lang, [q], entry, None) for lang in LANGS for entry, qs in raw[lang].items() for q in qs]
    return cases + [(c['lang'], c['turns'], c['expect'] if c['expect'] not in ('known', 'unknown') else 'name',
                     c.get('name')) for c in raw['chats']]


def references(phrases):
    """{(lang, id): [answers]}"""
    table = {(lang, e['id']): [e[lang]['answer']] for e in phrases.facts for lang in LANGS}
    for lang in LANGS:
        table[lang, 'unknown'] = phrases.unknown['answers'][lang]
        table[lang, 'no-name'] = [phrases.names[lang]['unknown']]
    return table


def similarity(a, b, at_least=0.0):
    """difflib's ratio, or 0 where its cheap upper bounds already lie below `at_least`."""
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < at_least or matcher.quick_ratio() < at_least:
        return 0.0
    return matcher.ratio()


def judge(answer, lang, expected, name, phrases, table):
    if expected == 'name' and name:
        return answer == phrases.names[lang]['known'].replace('{name}', name)
    want = (lang, 'no-name' if expected == 'name' else expected)
    if answer in table[want]:
        return True
    best = max(similarity(answer, text, SIMILAR) for text in table[want])
    return best >= SIMILAR and all(similarity(answer, text, best) <= best
                                   for key, texts in table.items() if key != want for text in texts)


def print_table(results):
    counts = collections.Counter((r['topic'], r['lang'], r['right']) for r in results)
    counts.update(('all', r['lang'], r['right']) for r in results)
    print('| topic | Chinese | English |\n| --- | --- | --- |')
    for topic in sorted({r['topic'] for r in results}) + ['all']:
        cells = []
        for lang in LANGS:
            right, total = counts[topic, lang, True], counts[topic, lang, True] + counts[topic, lang, False]
            share = f' ({100 * right / total:.1f} %)' if topic == 'all' else ''
            cells.append(f'{right} / {total}{share}' if total else '–')
        print(f'| {topic} | {cells[0]} | {cells[1]} |')


def bigrams(text):
    text = normalize(text)
    return {text[i:i + 2] for i in range(len(text) - 1)} or {text}


def check(cases, phrases, draws=200_000):
    """Exact matches after removing case, spaces and punctuation, against written questions and many generated ones."""
    rng, written = random.Random(0), collections.defaultdict(list)
    for e in phrases.facts:
        for lang in LANGS:
            written[lang] += e[lang]['questions']
            written[lang] += [w.replace('{x}', x) for w in phrases.variation[lang]['what']
                              for x in e[lang].get('about', [])]
    for lang in LANGS:
        written[lang] += phrases.unknown[lang]['free'] + phrases.names[lang]['ask']
    seen = {normalize(q) for lang in LANGS for q in written[lang]}
    for lang in LANGS:
        seen |= {normalize(phrases.turn(rng, lang, {})[0]) for _ in range(draws)}
    matches, nearest = [], []
    grams = {lang: [(bigrams(q), q) for q in written[lang]] for lang in LANGS}
    for lang, turns, expected, _ in cases:
        question = turns[-1]
        if len(turns) == 1 and normalize(question) in seen:
            matches.append(question)
        own = bigrams(question)
        best = max(((2 * len(own & g) / (len(own) + len(g)), q) for g, q in grams[lang]))
        nearest.append((best[0], question, best[1]))
    nearest.sort(reverse=True)
    mean = sum(n[0] for n in nearest) / len(nearest)
    print(f'{len(cases)} questions, {len(matches)} also in training {matches}')
    print(f'nearest training question: bigram similarity {mean:.2f} on average; the closest are')
    for score, question, other in nearest[:25]:
        print(f'  {score:.2f}  {question}  ~  {other}')


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('--set', type=Path, default=HERE / 'heldout.json')
    check(load_set(args.parse_args().set), Phrases())


if __name__ == '__main__':
    main()
