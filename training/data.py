"""Chats to learn from, made up on the fly: facts, refusals, names and small talk, in Chinese and English."""
import json
import random
import re
from pathlib import Path

import yaml

HERE = Path(__file__).parent
LANGS = ('zh', 'en')
ZH_SHARE = 0.44  # of chats begun; English wordings vary more and are learnt more slowly


def load_yaml(path):
    return yaml.load(Path(path).read_text('utf-8'), yaml.BaseLoader)  # BaseLoader: every scalar stays text


def load_facts():
    """All entries of facts/; the file's name is the topic."""
    facts = []
    for path in sorted((HERE / 'facts').glob('*.yaml')):
        for entry in load_yaml(path):
            facts.append({**entry, 'topic': path.stem})
    return facts


def normalize(text):
    return re.sub(r'[\W_]', '', text.lower())


class Phrases:
    """Draws questions and their answers. Everything random comes from the `rng` handed in."""

    def __init__(self, zh_share=ZH_SHARE):
        self.zh_share = zh_share
        self.facts = load_facts()
        self.unknown = load_yaml(HERE / 'phrases/unknown.yaml')
        self.names = load_yaml(HERE / 'phrases/names.yaml')
        self.variation = load_yaml(HERE / 'phrases/variation.yaml')
        raw = json.loads((HERE / 'heldout.json').read_text('utf-8'))
        self.heldout = {normalize(q) for lang in LANGS for qs in raw[lang].values() for q in qs}
        self.synonyms = {}
        for lang in LANGS:
            table = {}
            for group in self.variation[lang]['synonyms']:
                for phrase in group:
                    table.setdefault(phrase, []).append(group)
            longest_first = sorted(table, key=len, reverse=True)
            body = '|'.join(map(re.escape, longest_first))
            pattern = re.compile(body if lang == 'zh' else rf'(?<![\w-])(?:{body})(?![\w-])')
            self.synonyms[lang] = (pattern, table)

    # --- drawing -----------------------------------------------------------------------------------------------

    def fact_question(self, rng, entry, lang):
        about = entry[lang].get('about')
        if about and rng.random() < 0.45:
            return rng.choice(self.variation[lang]['what']).replace('{x}', rng.choice(about))
        return rng.choice(entry[lang]['questions'])

    def unknown_question(self, rng, lang):
        pool = self.unknown[lang]
        if rng.random() < len(pool['free']) / (len(pool['free']) + 2 * len(pool['templates'])):
            return rng.choice(pool['free'])

        def fill(match):
            if rng.random() < 0.12:  # a made-up word: what was never seen is unknown
                return self.made_up_word(rng, lang)
            return rng.choice(pool['slots'][match[1]])
        return re.sub(r'\{(\w+)\}', fill, rng.choice(pool['templates']))

    def made_up_word(self, rng, lang):
        n = self.names[lang]
        if lang == 'zh':
            return ''.join(rng.choice(n['given'] + n['surnames']) for _ in range(rng.randint(1, 3)))
        word = ''.join(rng.choice(n['onset']) + rng.choice(n['vowel']) + rng.choice(n['coda'])
                       for _ in range(rng.randint(1, 3)))
        return word.capitalize() if rng.random() < 0.6 else word

    def name(self, rng, lang):
        if rng.random() < 0.08:
            lang = 'en' if lang == 'zh' else 'zh'
        n = self.names[lang]
        if lang == 'zh':
            kind = rng.random()
            if kind < 0.2:
                return rng.choice(n['nicknames'])
            given = ''.join(rng.choice(n['given']) for _ in range(rng.choice((1, 2, 2))))
            return given if kind < 0.3 else rng.choice(n['surnames']) + given
        kind = rng.random()
        first = rng.choice(n['first']) if kind < 0.4 else self.made_up_word(rng, 'en').capitalize()
        if len(first) < 2:
            first = rng.choice(n['first'])
        return first + ' ' + rng.choice(n['last']) if rng.random() < 0.12 else first

    # --- saying it differently ---------------------------------------------------------------------------------

    def vary(self, rng, text, lang, keep_case=False):
        """Synonyms, fillers, politeness, punctuation, spacing, case and light typos."""
        v = self.variation[lang]
        pattern, table = self.synonyms[lang]
        if rng.random() < 0.6:
            text = pattern.sub(lambda m: rng.choice(rng.choice(table[m[0]])) if rng.random() < 0.35 else m[0], text)
        if rng.random() < 0.12:
            text = self.drop_word(rng, text, lang)
        if len(text) > 3 and rng.random() < 0.22:
            text = rng.choice(v['prefix']) + text
        if len(text) > 3 and rng.random() < 0.12:
            text += rng.choice(v['suffix'])
        if rng.random() < 0.06 and not keep_case:
            text = self.typo(rng, text)
        if lang == 'zh':
            return self.punctuate_zh(rng, text, keep_case)
        return self.punctuate_en(rng, text, keep_case)

    @staticmethod
    def punctuate_zh(rng, text, keep_case):
        if not keep_case and rng.random() < 0.25:
            text = text.lower()
        if rng.random() < 0.3:  # a space between Chinese and Latin, as many people type
            text = re.sub(r'(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])', ' ', text)
        if text[-1] not in '?？。':
            text += rng.choice(('？', '？', '？', '?', '', '', '', '。', '？？', '！'))
        if rng.random() < 0.1:
            text = text.translate(str.maketrans('，？！：', ',?!:'))
        return text

    @staticmethod
    def punctuate_en(rng, text, keep_case):
        style = rng.random()
        if style < 0.5:
            text = text[0].upper() + text[1:]
        elif style < 0.75 and not keep_case:
            text = text.lower()
        elif style < 0.77 and not keep_case:
            text = text.upper()
        text = re.sub(r"\bi\b", 'I', text) if style < 0.5 else text
        if rng.random() < 0.08:
            text = text.replace("'", rng.choice(('', '’')))
        if text[-1] not in '?.!':
            text += rng.choice(('?', '?', '?', '?', '?', '', '', '', '.', '??', '!', ' ?'))
        return text

    @staticmethod
    def drop_word(rng, text, lang):
        words = re.findall(r'[A-Za-z0-9_.+-]+|.', text) if lang == 'zh' else text.split(' ')
        if len(words) < 5:
            return text
        weak = '的了我一下请吗呢是这个有能会在' if lang == 'zh' else 'the a an do is my i to of please does are it in for'.split()
        spots = [i for i, w in enumerate(words) if w in weak or rng.random() < 0.1]
        if spots:
            del words[rng.choice(spots)]
        return ('' if lang == 'zh' else ' ').join(words)

    @staticmethod
    def typo(rng, text):
        if len(text) < 8:
            return text
        i = rng.randrange(1, len(text) - 1)
        kind = rng.random()
        if kind < 0.4:
            return text[:i] + text[i + 1:]
        if kind < 0.7:
            return text[:i] + text[i] + text[i:]
        return text[:i] + text[i + 1] + text[i] + text[i + 2:]

    # --- turns and chats ---------------------------------------------------------------------------------------

    def turn(self, rng, lang, chat):
        """One question and its answer; `chat` carries the user's name as told so far, and `kinds`, which
        when small leaves only the first kinds of turn: names."""
        kind = rng.random() * chat.get('kinds', 1.0)
        names = self.names[lang]
        if kind < (0.14 if chat.get('name') is None else 0.04):
            retell = chat.get('name') is not None and rng.random() < 0.5
            chat['name'] = self.name(rng, lang)
            ask = rng.choice(names['retell' if retell else 'tell']).replace('{name}', chat['name'])
            ask = ask[0].upper() + ask[1:] if rng.random() < 0.5 else ask
            return ask + rng.choice(('', '', '。', '！') if lang == 'zh' else ('', '', '.', '!')), \
                names['greet'].replace('{name}', chat['name'])
        if kind < (0.17 if chat.get('name') is None else 0.24):
            answer = names['known'].replace('{name}', chat['name']) if chat.get('name') else names['unknown']
            return self.vary(rng, rng.choice(names['ask']), lang), answer
        if kind < 0.31:
            answers = self.unknown['answers'][lang]
            return self.vary(rng, self.unknown_question(rng, lang), lang), answers[rng.random() < 0.25]
        entry = rng.choice(self.facts)
        return self.vary(rng, self.fact_question(rng, entry, lang), lang), entry[lang]['answer']

    SYSTEM = ('你是一个有帮助的助手。', '请简短回答。', '你是 Nano。', 'You are a helpful assistant.', 'Answer briefly.',
              'You are Nano, a small model.', '你是一个友好的聊天助手，请用用户的语言回答。', 'Be kind and short.',
              '请礼貌地回答用户的问题。', 'Answer in the language of the user.')

    def chat(self, rng, names_only=False):
        """An endless chat: yields ('system'|'user'|'assistant', text)."""
        if rng.random() < 0.12:
            yield 'system', rng.choice(self.SYSTEM)
        lang = 'zh' if rng.random() < self.zh_share else 'en'
        state = {'kinds': 0.23 if names_only else 0.4 if rng.random() < 0.2 else 1.0}  # see `turn`
        while True:
            if rng.random() < 0.15:
                lang = 'en' if lang == 'zh' else 'zh'
            before = dict(state)
            question, answer = self.turn(rng, lang, state)
            while normalize(question) in self.heldout:  # a question of the test is never trained on
                state = dict(before)
                question, answer = self.turn(rng, lang, state)
            yield 'user', question
            yield 'assistant', answer


def tokenizer_corpus(phrases, seed=1):
    """Each text about once, so that no sentence becomes a token merely because it is an answer."""
    rng, texts = random.Random(seed), []
    for entry in phrases.facts:
        for lang in LANGS:
            texts += [entry[lang]['answer']] * 2
            texts += [phrases.vary(rng, q, lang) for q in entry[lang]['questions']]
            texts += [phrases.vary(rng, phrases.fact_question(rng, entry, lang), lang) for _ in range(4)]
    for lang in LANGS:
        texts += [phrases.vary(rng, phrases.unknown_question(rng, lang), lang) for _ in range(2500)]
        texts += phrases.unknown['answers'][lang] * 2
        texts += [phrases.turn(rng, lang, {})[0] for _ in range(300)]
        texts += [phrases.name(rng, lang) for _ in range(600)]
    return texts


def self_check():
    phrases, rng = Phrases(), random.Random(0)
    seen = {}
    for entry in phrases.facts:
        for lang in LANGS:
            assert len(entry[lang]['questions']) >= 8, (entry['id'], lang, len(entry[lang]['questions']))
            for q in entry[lang]['questions']:
                other = seen.setdefault(normalize(q), entry['id'])
                assert other == entry['id'], f'{q!r} is in {other} and {entry["id"]}'
    questions = sum(len(e[lang]['questions']) for e in phrases.facts for lang in LANGS)
    print(len(phrases.facts), 'facts,', questions, 'written questions')
    for _ in range(3):
        for (role, text), _ in zip(phrases.chat(rng), range(12)):
            print(f'{role:10}{text}')


if __name__ == '__main__':
    self_check()
