"""The diet of training: whole conversations drawn from all skills. A message is (role, header, text); what the app writes in
the assistant's place has the role 'given'."""
import json
import random
import re

from data import HERE, LANGS, ZH_SHARE, Phrases, load_yaml, normalize
from skills import drawing, python_tool, reading
from skills.functions import NO_TOOL, TABLE, Functions
from skills.words import Words

SYSTEM = Phrases.SYSTEM
HEADING = '# 可用工具'
REPEAT = {'zh': ['重复：{}', '请重复 {}', '原样重复：{}', '跟我说：{}', '照抄：{}', '复制这段文字：{}'],
          'en': ['repeat: {}', 'say {}', 'please repeat {}', 'copy this: {}', 'repeat after me: {}', 'write {}']}
# kinds of conversation and how often each is drawn
PLAIN, TOOLS, READING, REPEATING, RUNS = 'plain', 'tools', 'reading', 'repeating', 'runs'
SHARES = {PLAIN: 0.41, TOOLS: 0.38, READING: 0.16, REPEATING: 0.03, RUNS: 0.02}

# functions whose work Python does as well, and one that a chat does: asked for without them they are not out of reach
REACHABLE = {'split_cost', 'calc_loan', 'bmi', 'convert_currency', 'echo'}
# what a chat says it cannot do, and the tool that does it
DONE_BY = {'draw-image': 'cogview', 'run-python': 'python', 'web-search': 'simple_browser'}
BY_PYTHON = re.compile(r'几号|几点|星期几|多少天|算|平方|等于|\d|what day|what time|date|calculat|how many|how old|percent|square')
LONG = 0.015  # share of conversations that go on until the context is nearly full


def tool_prompt(system, sections):
    """The system text with the sections of the offered tools; CHAT_TEMPLATE in toolcaller/export_gguf.py writes the same."""
    return (system + '\n\n' if system else '') + HEADING + ''.join('\n\n' + s for s in sections)



def heldout_requests():
    """The requests of heldout/*.yaml, normalised: none of them is ever trained on."""
    python = [row.rpartition(' | ')[0] for lang in load_yaml(HERE / 'heldout/python.yaml').values() for rows in lang.values() for row in rows]
    calls = [row['q'] for lang in load_yaml(HERE / 'heldout/calls.yaml').values() for rows in lang.values() for row in rows]
    table = load_yaml(HERE / 'heldout/reading.yaml')
    reading = [row['q'] for kind in ('quote', 'unknown', 'search', 'draw') for rows in table[kind].values() for row in rows]
    return {normalize(q) for q in python + calls + reading}



def shares(copying=None, plain=None):
    """SHARES with another share of conversations that only copy, or of chats without tools."""
    kinds, wanted = ((REPEATING, RUNS), copying) if copying else ((PLAIN,), plain)
    now = sum(SHARES[kind] for kind in kinds)
    wanted = wanted or now
    return {kind: share * (wanted / now if kind in kinds else (1 - wanted) / (1 - now)) for kind, share in SHARES.items()}


class Mix:
    def __init__(self, copying=None, plain=None, zh_share=ZH_SHARE):
        self.shares, self.zh_share = shares(copying, plain), zh_share
        self.phrases = Phrases(zh_share)
        self.words = Words(self.phrases)
        self.heldout = heldout_requests() - self.simple_talk()
        self.functions = Functions(self.words, refused=load_yaml(HERE / 'heldout/functions.yaml')['unseen'])
        self.common = {tuple(row['d']) for row in TABLE['actions']}  # functions that people ask for without naming them
        self.reachable = {tuple(row['d']) for row in TABLE['actions'] if REACHABLE & set(row['names'])}
        self.done_by = {e[lang]['answer']: DONE_BY[e['id']] for e in self.phrases.facts if e['id'] in DONE_BY for lang in LANGS}
        self.refusals = {a for answers in self.phrases.unknown['answers'].values() for a in answers}

    def simple_talk(self):
        """Chat questions of the held-out set that stand in the fact base as well: 'who are you' must be taught."""
        return {normalize(q) for e in self.phrases.facts for lang in LANGS for q in e[lang]['questions']}

    def conversation(self, rng):
        """(kind, [(role, header, text)]); one of kind RUNS is one message that says something over and over."""
        while True:
            kind, messages = self.any_conversation(rng)
            if not any(role == 'user' and normalize(text) in self.heldout for role, _, text in messages):
                return kind, messages

    def any_conversation(self, rng):
        kind = rng.choices(list(self.shares), list(self.shares.values()))[0]
        lang = 'zh' if rng.random() < self.zh_share else 'en'
        if kind == PLAIN:
            return kind, self.plain(rng, names_only=rng.random() < 0.2)
        if kind == RUNS:
            said = self.words.raw(rng) if rng.random() < 0.7 else self.words.text(rng, lang)
            return kind, [('assistant', '', ' '.join([said] * rng.randint(2, 5)))]
        if kind == REPEATING:
            text = rng.choice((self.words.raw, lambda r: self.words.text(r, lang), lambda r: self.words.path(r)))(rng)
            return kind, self.opening(rng, '') + [('user', '', rng.choice(REPEAT[lang]).replace('{}', text)), ('assistant', '', text)]
        if kind == READING:
            system, messages = reading.given(rng, lang, self.words)
            return kind, self.opening(rng, system) + messages
        return kind, self.with_tools(rng, lang)

    def opening(self, rng, system):
        if not system and rng.random() < 0.1:
            system = rng.choice(SYSTEM)
        return [('system', '', system)] if system else []

    def plain(self, rng, names_only=False):
        turns = rng.choice((1, 1, 1, 1, 1, 2, 2, 3, 4, 6)) if not names_only else rng.randint(2, 6)
        if rng.random() < LONG:
            turns = rng.randint(12, 30)
        out = []
        for role, text in self.phrases.chat(rng, names_only):
            out.append((role, '', text))
            if sum(m[0] == 'assistant' for m in out) == turns:
                return out

    # --- conversations with tools -------------------------------------------------------------------------------

    def with_tools(self, rng, lang):
        offered, functions, exchanges = [], [], []
        python, browser, draw = rng.random() < 0.42, rng.random() < 0.18, rng.random() < 0.13
        chain = rng.random()
        if chain < 0.1:
            pair, messages = self.functions.chain(rng, lang)
            functions += pair
            exchanges.append(messages)
        elif chain < 0.16:
            python = True
            function, messages = python_tool.after_lookup(rng, lang, self.functions)
            functions.append(function)
            exchanges.append(messages)
        drawn = [self.functions.draw(rng, lang) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3)) if python or browser or draw or functions else rng.choice((1, 1, 2, 2, 3)))]
        names = {f.name for f in functions}
        kept = []
        for d in drawn:
            if d[0].name not in names and len(functions) < 3:
                names.add(d[0].name)
                functions.append(d[0])
                kept.append(d)
        sections = [f.prompt() for f in functions]
        if chain >= 0.16 or rng.random() < 0.5:
            rng.shuffle(sections)
        for here, section in ((python, python_tool.PYTHON), (browser, reading.BROWSER), (draw, drawing.DRAW)):
            if here:
                sections.insert(rng.choice((0, len(sections), rng.randint(0, len(sections)))), section)
        if len(sections) > 1 and rng.random() < 0.5:
            rng.shuffle(sections)
        choices = [('none', 2.2)]
        choices += [('python', 4.0)] if python else []
        choices += [('search', 3.0)] if browser else []
        choices += [('draw', 3.0)] if draw else []
        choices += [('call', 3.0 * len(kept))] if kept else []
        chat = self.phrases.chat(rng)
        more = rng.randint(6, 20) if rng.random() < LONG else rng.choice((1, 2, 3, 4, 5, 6)) - bool(exchanges)
        for _ in range(more):
            kind = rng.choices([c for c, _ in choices], [w for _, w in choices])[0]
            if rng.random() < 0.06:
                lang = 'en' if lang == 'zh' else 'zh'
            if kind == 'python':
                exchanges.append(python_tool.exchange(rng, lang, self.words))
            elif kind == 'search':
                exchanges.append(reading.searched_first(rng, lang, self.words) if rng.random() < 0.4 else
                                 reading.search(rng, lang, self.words, self.entity_question(rng, lang) if rng.random() < 0.3 else None))
            elif kind == 'draw':
                exchanges.append(drawing.exchange(rng, lang))
            elif kind == 'call':
                d = rng.choice(kept)
                asked = self.functions.ask_back(rng, lang, d[0]) if rng.random() < 0.1 else None
                # a request drawn anew each time: the same one again would be an easy guess
                exchanges.append(asked or self.functions.exchange(rng, lang, self.functions.again(rng, lang, d)))
            else:
                built_in = {name for name, here in (('python', python), ('simple_browser', browser), ('cogview', draw)) if here}
                exchanges.append(self.no_call(rng, lang, chat, functions, built_in))
        rng.shuffle(exchanges)
        system = rng.choice(SYSTEM) if rng.random() < 0.12 else ''
        return [('system', '', tool_prompt(system, sections))] + [m for e in exchanges for m in e]

    def no_call(self, rng, lang, chat, functions, built_in):
        """Talk about the app, names, small talk; or a request that no offered tool fits."""
        names = {f.name for f in functions}
        if rng.random() < 0.25 and 'simple_browser' not in built_in:
            while True:
                function, request, *_ = self.functions.draw(rng, lang)
                if function.name not in names and function.abouts not in self.reachable | {f.abouts for f in functions if f.abouts}:
                    return [('user', '', request), ('assistant', '', NO_TOOL[lang])]
        question = ''
        for role, text in chat:
            if role == 'user':
                question = text
            elif role == 'assistant' and not self.for_a_tool(question, text, functions, built_in):
                return [('user', '', question), ('assistant', '', text)]

    def for_a_tool(self, question, answer, functions, built_in):
        """Whether an offered tool may do what this answer of a chat says it cannot."""
        if self.done_by.get(answer) in built_in:
            return True
        return answer in self.refusals and ('simple_browser' in built_in or any(f.abouts in self.common for f in functions)
                                            or 'python' in built_in and bool(BY_PYTHON.search(question.lower())))

    def entity_question(self, rng, lang):
        """(question, entity) of the wider world: what a browser is for."""
        pool = self.phrases.unknown[lang]
        while True:
            template = rng.choice(pool['templates'])
            slots = [w.split('}')[0] for w in template.split('{')[1:]]
            if len(slots) == 1 and slots[0] in ('place', 'country', 'person', 'food', 'animal', 'science', 'work', 'event', 'illness', 'product'):
                value = rng.choice(pool['slots'][slots[0]]) if rng.random() < 0.7 else self.words.invented(rng, lang)
                return self.phrases.vary(rng, template.replace('{' + slots[0] + '}', value), lang, keep_case=True), value


# what a learnt token is part of; 'prompt' marks tokens of others that train the model as well
SKILLS = ('chat', 'python', 'function', 'browser', 'drawing', 'result', 'no call', 'reading', 'copying', 'prompt')
BY_KIND = {PLAIN: 'chat', READING: 'reading', REPEATING: 'copying', RUNS: 'copying', TOOLS: 'no call'}
BY_HEADER = {'python': 'python', 'simple_browser': 'browser', 'cogview': 'drawing'}


def encode(kind, messages, tok):
    """(ids, skills): the model learns what an assistant writes and the role token that ends it. A skill is 1 + its
    index in SKILLS, 0 for a token that is not learnt."""
    ids, skills, skill, before = list(tok.prefix), [0] * len(tok.prefix), 0, ''
    for role, header, text in messages + [('user', None, '')]:
        ids.append(tok.special[f'<|{"assistant" if role == "given" else role}|>'])
        skills.append(skill)  # <|user|> or <|observation|> ends an assistant's message; <|assistant|> is given
        if header is None:
            break
        name = BY_HEADER.get(header, 'function') if header else 'result' if before == 'observation' else BY_KIND[kind]
        skill = 1 + SKILLS.index(name) if role == 'assistant' else 0
        piece = [*tok.encode(header), *tok.newline, *tok.encode(text)]
        ids += piece
        skills += [skill] * len(piece)
        before = role
    return ids, skills


def encode_run(messages, tok):
    """A run: everything after its first saying is to be learnt."""
    text = messages[0][2]
    ids = tok.prefix + tok.encode(text)
    once = len(tok.prefix) + len(tok.encode(text[:len(text) // 2]))
    return ids, [0] * once + [1 + SKILLS.index('copying')] * (len(ids) - once)


def example(mix, tok, rng, longest):
    kind, messages = mix.conversation(rng)
    ids, skills = encode_run(messages, tok) if kind == RUNS else encode(kind, messages, tok)
    return ids[:longest], skills[:longest]


def tokenizer_corpus(mix, seed=1, count=9000):
    """Texts of all skills besides the chats, each once."""
    rng, texts = random.Random(seed), []
    while len(texts) < 5 * count:
        messages = mix.with_tools(rng, 'zh' if rng.random() < ZH_SHARE else 'en') if rng.random() < 0.8 else reading.given(rng, rng.choice(LANGS), mix.words)[1]
        texts += [m[2] for m in messages if not (m[0] == 'assistant' and not m[1] and rng.random() < 0.7)]
    return texts


if __name__ == '__main__':
    mix, rng = Mix(), random.Random(3)
    for _ in range(8):
        print(json.dumps(mix.conversation(rng)[1], ensure_ascii=False, indent=0), '\n')
