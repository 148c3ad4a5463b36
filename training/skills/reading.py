"""Answers from given passages by quoting the sentence that says it, with 【n†source】; and look-ups with the browser.

A passage is a few sentences about a made-up subject; a question asks for one of them, or for one that is not there.
"""
import json
import re

from skills.functions import TABLE
from skills.words import NOUNS

BROWSER = '## simple_browser\nsearch("…") 搜索，mclick([n]) 打开结果；用【n†source】注明出处。'
MISSING = {'zh': '资料里没有提到。', 'en': 'The passages do not say.'}

# what a sentence says: the sentence with {s} subject and {v} value, and questions about it. v is a kind of value.
RELATIONS = {
    'zh': [
        ('{s}建于{v}年', 'year', '{s}是哪一年建的|{s}什么时候建成|{s}建于何时|{s}是哪年建的'), ('{s}由{v}设计', 'person', '谁设计了{s}|{s}是谁设计的|{s}的设计者是谁'),
        ('{s}位于{v}', 'spot', '{s}在哪里|{s}位于什么地方|{s}在哪'), ('{s}的人口约 {v} 人', 'big', '{s}有多少人|{s}的人口是多少|{s}人口多少'), ('{s}长约 {v} 厘米', 'n', '{s}有多长|{s}长多少|{s}体长多少'),
        ('{s}主要吃{v}', 'food', '{s}吃什么|{s}以什么为食|{s}的食物是什么'), ('{s}每窝产卵 {v} 枚', 'n', '{s}一次产几枚卵|{s}每窝产多少卵|{s}产几枚蛋'), ('{s}的票价是 {v} 元', 'n', '{s}票价多少|{s}门票多少钱|去{s}要多少钱|{s}票价是多少'),
        ('{s}每天 {v} 开门', 'time', '{s}几点开门|{s}什么时候开放|{s}几点开始'), ('{s}每天 {v} 关门', 'time', '{s}几点关门|{s}什么时候关|{s}几点结束'), ('{s}{v}不开放', 'weekday', '{s}哪天不开|{s}星期几休息|{s}哪天闭馆|{s}周几关门'),
        ('{s}的负责人是{v}', 'person', '{s}由谁负责|谁是{s}的负责人|{s}谁管|{s}的负责人是谁'), ('{s}的电话是 {v}', 'phone', '{s}的电话是多少|怎么打电话给{s}|{s}电话号码'), ('{s}须在 {v} 天内完成', 'n', '{s}要在几天内完成|{s}的期限是多少天|{s}多少天之内要办完'),
        ('{s}的上限为 {v} 元', 'big', '{s}最多多少元|{s}的上限是多少|{s}限额是多少'), ('{s}超过 {v} 元须由{w}签字', 'big', '{s}超额由谁签字|{s}超过多少要签字|{s}要谁签字'), ('{s}最多可借 {v} 本', 'n', '{s}能借几本|{s}最多借多少本'),
        ('{s}重约 {v} 克', 'n', '{s}有多重|{s}重多少'), ('{s}全长 {v} 公里', 'n', '{s}全长多少|{s}有多少公里|{s}有多长'), ('{s}高 {v} 米', 'n', '{s}有多高|{s}高多少米'), ('{s}航程 {v} 分钟', 'n', '{s}要多久|{s}航程多长时间|{s}要坐多久'),
        ('{s}发明于{v}年', 'year', '{s}是哪年发明的|{s}什么时候发明的'), ('{s}由{v}发明', 'person', '谁发明了{s}|{s}是谁发明的'), ('{s}由{v}所写', 'person', '谁写了{s}|{s}的作者是谁|{s}是谁写的'), ('{s}是{v}人', 'place', '{s}是哪里人|{s}是什么地方的人|{s}来自哪里'),
        ('{s}生于{v}年', 'year', '{s}哪年出生|{s}是哪一年生的|{s}什么时候出生'), ('{s}的首都是{v}', 'place', '{s}的首都是哪里|{s}首都在哪'), ('{s}用{v}做成', 'thing', '{s}是用什么做的|{s}的材料是什么'), ('{s}的颜色是{v}', 'colour', '{s}是什么颜色|{s}的颜色'),
        ('{s}另收 {v} 元', 'n', '{s}另收多少|{s}要加多少钱|{s}加收多少'), ('{s}的保修期是 {v} 个月', 'n', '{s}保修多久|{s}的保修期多长'), ('{s}每年有 {v} 天假', 'n', '{s}有几天假|{s}的假期有多少天'), ('{s}的密码由{v}保管', 'person', '谁保管{s}的密码|{s}的密码在谁那里'),
        ('{s}在{v}月筑巢', 'month', '{s}几月筑巢|{s}什么时候筑巢'), ('{s}的学名是 {v}', 'latin', '{s}的学名是什么|{s}学名叫什么'), ('{s}可以坐 {v} 人', 'n', '{s}能坐多少人|{s}有几个座位'), ('{s}能活 {v} 年', 'n', '{s}能活多久|{s}的寿命多长|{s}能活几年'), ('{s}的镇长是{v}', 'person', '{s}的镇长是谁|谁是{s}的镇长'),
        ('{s}末班车 {v} 发车', 'time', '{s}末班车几点|{s}最后一班几点开|{s}末班几点'), ('{s}首班车 {v} 发车', 'time', '{s}首班车几点|{s}第一班几点开|首班{s}几点'), ('{s}有 {v} 层', 'n', '{s}有几层|{s}多少层'), ('{s}的主人叫{v}', 'person', '{s}的主人是谁|{s}归谁|谁拥有{s}'), ('{s}获得了{v}奖', 'word', '{s}得了什么奖|{s}获得了哪个奖'),
        ('{s}须提交{v}', 'thing', '{s}要交什么|{s}须提交什么'), ('{s}的会费是 {v} 元', 'n', '{s}会费多少|{s}的会费是多少'), ('{s}毁于{v}年', 'year', '{s}是哪年毁掉的|{s}什么时候被毁'), ('{s}由{v}主持修建', 'person', '{s}是谁主持修建的|谁主持修建了{s}|{s}由谁修建'), ('{s}深 {v} 米', 'n', '{s}有多深|{s}水深多少')],
    'en': [
        ('{s} was built in {v}', 'year', 'When was {s} built|in which year was {s} built|how old is {s}|what year was {s} built'), ('{s} was designed by {v}', 'person', 'Who designed {s}|who is the designer of {s}'), ('{s} was built by {v}', 'person', 'Who built {s}|by whom was {s} built'),
        ('{s} lies in {v}', 'spot', 'Where is {s}|where does {s} lie|in which place is {s}'), ('{s} has {v} inhabitants', 'big', 'How many people live in {s}|what is the population of {s}|how many inhabitants has {s}'), ('{s} is {v} centimetres long', 'n', 'How long is {s}|what is the length of {s}|how many centimetres long is {s}'),
        ('{s} eats mainly {v}', 'food', 'What does {s} eat|what is the food of {s}|what does {s} feed on'), ('{s} lays {v} eggs', 'n', 'How many eggs does {s} lay|number of eggs of {s}'), ('a ticket for {s} costs {v} euros', 'money', 'How much is a ticket for {s}|what does {s} cost|price of a ticket for {s}|how much does {s} cost'),
        ('{s} opens at {v}', 'time', 'When does {s} open|at what time does {s} open|opening time of {s}'), ('{s} closes at {v}', 'time', 'When does {s} close|until when is {s} open|at what time does {s} close'), ('{s} is closed on {v}', 'weekday', 'On which day is {s} closed|when is {s} closed|which day is {s} shut'),
        ('{v} is in charge of {s}', 'person', 'Who is in charge of {s}|who runs {s}|who is responsible for {s}'), ('the phone number of {s} is {v}', 'phone', 'What is the phone number of {s}|how can I call {s}|phone number of {s}'), ('{s} must be finished within {v} days', 'n', 'Within how many days must {s} be finished|how long do I have for {s}|what is the deadline for {s}'),
        ('{s} must be sent to {v}', 'person', 'To whom do I send {s}|who gets {s}|where do I send {s}'), ('the limit for {s} is {v} euros', 'big', 'What is the limit for {s}|how much may {s} cost|up to what amount is {s} allowed'), ('{s} weighs about {v} grams', 'n', 'How heavy is {s}|how much does {s} weigh|what is the weight of {s}'),
        ('{s} is {v} kilometres long', 'n', 'How long is {s}|how many kilometres is {s}|what is the length of {s}'), ('{s} is {v} metres high', 'n', 'How high is {s}|how tall is {s}|what is the height of {s}'), ('{s} climbs {v} metres', 'n', 'How many metres does {s} climb|how much does {s} climb|what is the climb of {s}'), ('{s} was invented by {v}', 'person', 'Who invented {s}|who is the inventor of {s}'),
        ('{s} was written by {v}', 'person', 'Who wrote {s}|who is the author of {s}'), ('{s} was painted by {v}', 'person', 'Who painted {s}|whose painting is {s}'), ('{s} was born in {v}', 'place', 'Where was {s} born|what is the birthplace of {s}'), ('{s} was born on {v}', 'date', 'When was {s} born|what is the birthday of {s}'), ('the capital of {s} is {v}', 'place', 'What is the capital of {s}|which city is the capital of {s}'),
        ('{s} is made of {v}', 'thing', 'What is {s} made of|which material is {s}'), ('{s} is {v}', 'colour', 'What colour is {s}|which colour has {s}'), ('{s} is covered for {v} years', 'n', 'How long is {s} covered|for how many years is {s} covered|what is the warranty on {s}'), ('{s} get {v} days of holiday', 'n', 'How many days of holiday do {s} get|how much holiday do {s} have'),
        ('{s} must be kept at {v} degrees', 'n', 'At what temperature must {s} be kept|how warm must {s} be'), ('{s} was closed in {v}', 'year', 'When was {s} closed|in which year did {s} close'), ('{s} has been empty since {v}', 'year', 'Since when has {s} been empty|since what year is {s} empty'), ('{s} belongs to {v}', 'person', 'Who owns {s}|to whom does {s} belong|who is the owner of {s}'),
        ('{s} lives for {v} years', 'n', 'How old does {s} get|how long does {s} live|what is the lifespan of {s}'), ('{s} seats {v} people', 'n', 'How many people fit in {s}|how many seats has {s}'), ('parking at {s} is possible in {v}', 'spot', 'Where can I park at {s}|where is parking for {s}'), ('{s} is {v} metres deep', 'n', 'How deep is {s}|what is the depth of {s}'), ('{s} nests in {v}', 'thing', 'Where does {s} nest|what does {s} nest in'),
        ('{s} won the {v} prize', 'word', 'What prize did {s} win|which prize has {s}'), ('the password of {s} is kept by {v}', 'person', 'Who keeps the password of {s}|who has the password of {s}'), ('{s} are allowed only after {v}', 'spot', 'Where are {s} allowed|after which place are {s} allowed'), ('{s} must be paid by {v}', 'date', 'By when must {s} be paid|when do I have to pay {s}'), ('{s} leaves at {v}', 'time', 'When does {s} leave|at what time does {s} go')],
}
KINDS_OF_SUBJECT = {'zh': ['镇', '桥', '图书馆', '鸟', '号渡轮', '报销', '展览馆', '公园', '塔', '鱼', '山', '机', '协议', '项目', '公司', '花', '酒', '寺', '学院', '服务', '', '', ''],
                    'en': ['mill', 'bridge', 'pool', 'bird', 'trail', 'museum', 'tower', 'park', 'ferry', 'hall', 'project', 'school', 'fish', 'machine', 'contract', 'river', 'club', 'castle', 'train', '', '', '']}


def subject(rng, lang, words):
    kind = rng.choice(KINDS_OF_SUBJECT[lang])
    if lang == 'zh':
        name = words.invented(rng, 'zh')[:rng.choice((2, 2, 3))] if rng.random() < 0.8 else rng.choice(NOUNS['zh'])
        return name + kind if kind else words.person(rng, 'zh')
    if not kind:
        return rng.choice((words.person(rng, 'en'), rng.choice(NOUNS['en']) + 's', words.title(rng, 'en')))
    name = words.invented(rng, 'en')
    return rng.choice((f'{name.capitalize()} {kind.capitalize()}', f'the {name.lower()} {kind}', f'the {kind}', f'the {name.capitalize()} {kind}', name.capitalize()))


def relation_of(rng, lang, but=()):
    """One of RELATIONS, or any attribute: (sentence, kind of value, questions joined by |)."""
    while True:
        relation = rng.choice(RELATIONS[lang])
        if rng.random() < 0.4:
            name, zh = rng.choice(TABLE['params'])
            en, kind = name.replace('_', ' '), rng.choice(('n', 'big', 'person', 'thing', 'spot', 'word', 'phone', 'colour', 'year', 'money'))
            relation = (f'{{s}}的{zh}{rng.choice(("是", "为", "："))}{{v}}', kind, f'{{s}}的{zh}是什么|{{s}}的{zh}是多少|{{s}}的{zh}|{{s}}{zh}多少') if lang == 'zh' else \
                (f'the {en} of {{s}} is {{v}}', kind, f'What is the {en} of {{s}}|the {en} of {{s}}|which {en} has {{s}}|tell me the {en} of {{s}}')
        if relation[0] not in but:
            return relation


def value(rng, lang, words, kind):
    if kind == 'year':
        return str(rng.randint(1100, 2025))
    if kind == 'n':
        return str(rng.choice((rng.randint(2, 60), rng.randint(2, 990), round(rng.uniform(1, 60), 1))))
    if kind == 'big':
        n = rng.randint(200, 99999)
        return f'{n:,}' if rng.random() < 0.5 else str(n)
    if kind == 'money':
        return f'{rng.uniform(1, 60):.2f}' if rng.random() < 0.6 else str(rng.randint(2, 80))
    if kind == 'weekday':
        return rng.choice('周一 周二 周三 周四 周五 周六 周日'.split() if lang == 'zh' else 'Mondays Tuesdays Wednesdays Thursdays Fridays Saturdays Sundays'.split())
    if kind == 'phone':
        return ''.join(str(rng.randint(0, 9)) for _ in range(rng.choice((7, 8, 11)))) if rng.random() < 0.6 else f'{rng.randint(100, 999)}-{rng.randint(1000, 9999)}'
    if kind == 'month':
        return rng.choice('一 二 三 四 五 六 七 八 九 十'.split())
    if kind == 'latin':
        return words.invented(rng, 'en').capitalize() + ' ' + words.invented(rng, 'en').lower()
    if kind == 'spot':
        return words.spot(rng, lang)
    if kind == 'time':
        return f'{rng.randint(5, 23)}:{rng.choice(("00", "15", "30", "45", "10", "20"))}'
    if kind == 'date':
        d = words.date(rng)
        return f'{d.year}年{d.month}月{d.day}日' if lang == 'zh' else f'{d.day} {d.strftime("%B %Y")}'
    if kind in ('food', 'thing', 'colour', 'word'):
        return words.value(rng, lang, kind)
    return words.person(rng, lang) if kind == 'person' else words.place(rng, lang, 'place')


def joined(rng, lang, templates):
    """One sentence that says several things: its subject stands once."""
    first, *rest = templates
    if lang == 'zh':
        return '，'.join([first] + [rng.choice(('', '', '它')) + t.removeprefix('{s}').removeprefix('的') for t in rest])
    rest = [t.removeprefix('{s} ') for t in rest]
    return first + ''.join((', ' if i < len(rest) - 1 else rng.choice((' and ', ' and ', ', and '))) + t for i, t in enumerate(rest))


def sentence(rng, lang, words, s, relation, others=()):
    """What a relation says of `s`, in one sentence with what `others` say."""
    said = [r[0].replace('{v}', value(rng, lang, words, r[1])) for r in (relation, *others)]
    text = joined(rng, lang, said).replace('{s}', s).replace('{w}', words.person(rng, lang))
    if lang == 'zh':
        if rng.random() < 0.25:
            text += rng.choice(('，是当地的标志', '，深受欢迎', '，这一点很少有人知道', '，比' + words.invented(rng, 'zh') + '更有名', '，据记载', '，由' + words.person(rng, 'zh') + '记录'))
        return text + '。'
    if rng.random() < 0.25:
        text += rng.choice((' and is well known', ', as the records say', ', which few people know', f', unlike {words.invented(rng, "en").capitalize()}', f', according to {words.person(rng, "en")}', ' today'))
    return text[0].upper() + text[1:] + '.'


def passage(rng, lang, words, s=None):
    """(subject, [(relation, sentence)], text)"""
    s = s or subject(rng, lang, words)
    relations = list({r[2]: r for r in (relation_of(rng, lang) for _ in range(rng.choice((1, 2, 3, 3, 4, 5))))}.values())
    groups = []
    for r in relations:
        if groups and r[0].startswith('{s}') and groups[-1][0][0].startswith('{s}') and len(groups[-1]) < 3 and rng.random() < 0.5:
            groups[-1].append(r)
        else:
            groups.append([r])
    sentences, texts = [], []
    for i, (r, *others) in enumerate(groups):
        named = s if i == 0 or not r[0].startswith('{s}') or rng.random() < 0.55 else rng.choice(('它', '这里', s) if lang == 'zh' else ('It', s))
        texts.append(sentence(rng, lang, words, named, r, others))
        sentences += [(one, texts[-1]) for one in (r, *others)]
    if rng.random() < 0.3:
        texts.insert(rng.randrange(len(texts) + 1), words.text(rng, lang) + ('。' if lang == 'zh' else '.'))
    return s, sentences, headed(rng, lang, texts, rng.random() < 0.2)


HEADINGS = {'zh': '历史 概况 建筑 今天 地理 交通 开放 由来 规则 附注 参观 特点'.split(), 'en': 'History|Overview|Building|Today|Geography|Access|Visitors|Origin|Rules|Notes|Description|Life'.split('|')}


def headed(rng, lang, texts, with_headings):
    """Sentences in one paragraph, or in several below headings, as a page has them."""
    blank = '' if lang == 'zh' else ' '
    if not with_headings or len(texts) < 2:
        return blank.join(texts)
    parts, rest, headings = [], list(texts), rng.sample(HEADINGS[lang], 4)
    while rest:
        count = rng.randint(1, max(1, len(rest) - 1)) if len(parts) < 4 else len(rest)
        parts.append(blank.join(rest[:count]))
        rest = rest[count:]
    first = rng.random() < 0.7  # the first paragraph has no heading
    return '\n'.join(part if i == 0 and first else f'## {headings[i % 4]}\n{part}' for i, part in enumerate(parts))


def question(rng, lang, s, relation):
    text = rng.choice(relation[2].split('|')).replace('{s}', s)
    if lang == 'zh':
        return rng.choice(('', '', '请问', '', '资料里说')) + text + rng.choice(('？', '?', '', ''))
    if rng.random() < 0.3:
        text = text[0].lower() + text[1:]
    else:
        text = text[0].upper() + text[1:]
    return text + rng.choice(('?', '?', '', ''))


def passages(rng, lang, words, count):
    """Distinct passages with their numbers, as they stand in a prompt: [(n, subject, sentences, text)]."""
    first = rng.choice((0, 1, 1, 1, 7, rng.randint(2, 40)))
    return [(first + i, *passage(rng, lang if rng.random() < 0.95 else 'en', words)) for i in range(count)]


def cited(text, n):
    return f'{text}【{n}†source】'


def short(rng, lang, s, sources):
    """The subject without its name, as 'the pool', where no other passage has one."""
    kind = next((k for k in KINDS_OF_SUBJECT[lang] if k and (s.endswith(k) if lang == 'zh' else s.lower().endswith(' ' + k))), None)
    if not kind or rng.random() < 0.6 or sum(kind in other.lower() for _, other, _, _ in sources) != 1:
        return s
    return kind.removeprefix('号') if lang == 'zh' else f'the {kind}'


def ask(rng, lang, words, sources):
    """(question, answer) about the passages; a third are not answered by them."""
    if rng.random() < 0.36:
        relation = relation_of(rng, lang, {r[0] for _, _, sentences, _ in sources for r, _ in sentences})
        s = rng.choice(sources)[1] if rng.random() < 0.75 else subject(rng, lang, words)
        return question(rng, lang, short(rng, lang, s, sources), relation), MISSING[lang]
    n, s, sentences, _ = rng.choice(sources)
    relation, text = rng.choice(sentences)
    return question(rng, lang, short(rng, lang, s, sources), relation), cited(text, n)


def listed(sources):
    return '\n'.join(f'【{n}†source】\n{text}' for n, _, _, text in sources)


def given(rng, lang, words):
    """(system text or '', exchange): passages stand in the system text, in the turn, or were opened by the browser."""
    sources = passages(rng, lang, words, rng.choice((1, 2, 3, 3, 4)))
    q, a = ask(rng, lang, words, sources)
    heading = '# 资料' if rng.random() < 0.8 else '# Passages'
    if rng.random() < 0.4:
        system, messages = f'{heading}\n{listed(sources)}', [('user', '', q), ('assistant', '', a)]
    else:
        system, messages = '', [('user', '', f'{heading}\n{listed(sources)}\n\n{q}'), ('assistant', '', a)]
    for _ in range(rng.choice((0, 1, 2, 3, 4))):
        q, a = ask(rng, lang, words, sources)
        messages += [('user', '', q), ('assistant', '', a)]
    return system, messages


ASK_SEARCH = {'zh': ['查一下{}', '搜索{}', '上网查{}', '帮我查查{}', '搜一下{}', '在网上找{}', '帮我搜索{}', '{}，帮我查一下', '上网搜索{}'],
              'en': ['look up {}', 'search for {}', 'search the web for {}', 'find out {}', 'look up online {}', 'find out online {}', 'please look up {}', 'google {}', 'can you look up {}']}


def search(rng, lang, words, unknown=None):
    """An exchange with simple_browser: search, open the fitting hit, answer with its citation."""
    relation = relation_of(rng, lang)
    s = unknown[1] if unknown else rng.choice((subject(rng, lang, words), words.slot(rng, lang, rng.choice(('place', 'person', 'animal', 'work', 'science')))))
    bare = s.removeprefix('the ')
    if unknown:
        q = unknown[0]
    else:
        q = rng.choice([q for q in relation[2].split('|') if not q.startswith('tell me')]).replace('{s}', s)
        q = q if rng.random() < 0.25 else rng.choice(ASK_SEARCH[lang]).replace('{}', q[0].lower() + q[1:])
        if lang == 'en':
            q = embedded(rng, q)
            q = q[0].upper() + q[1:] if rng.random() < 0.5 else q
        q += rng.choice(('', '', '？' if lang == 'zh' else '?', '。' if lang == 'zh' else '.'))
    titles, hits, right = hits_for(rng, lang, words, bare)
    n = rng.choice((7, 7, 7, 8, rng.randint(9, 30)))
    text = sentence(rng, lang, words, s, relation)
    extra = [sentence(rng, lang, words, s, r) for r in rng.sample([r for r in RELATIONS[lang] if r is not relation], rng.choice((0, 1, 2, 4)))]
    sentences = extra + [text]
    rng.shuffle(sentences)
    with_headings = rng.random() < 0.4
    page = headed(rng, lang, sentences, with_headings)
    answer = cited(text, n)
    if unknown:  # how such a question is answered is unknown: the page's first sentence serves
        answer = cited(sentences[0], n)
    elif rng.random() < 0.12:
        page, answer = headed(rng, lang, extra, with_headings) or (words.text(rng, lang) + '.'), MISSING[lang]
    messages = [('user', '', q), ('assistant', 'simple_browser', f'search({json.dumps(bare, ensure_ascii=False)})')]
    if rng.random() < 0.05:
        return messages + [('observation', 'system_error', rng.choice(('Error when executing command search\nnetwork error', '没有结果', 'No results'))),
                           ('assistant', '', '没有查到。' if lang == 'zh' else 'The search found nothing.')]
    return messages + [('observation', 'browser_result', hits), ('assistant', 'simple_browser', f'mclick([{right}])'),
                       ('observation', f'quote_result [{n}†source]', page), ('assistant', '', answer)]


def hits_for(rng, lang, words, bare):
    """(titles, the list of hits as the browser shows it, the hit that fits)"""
    titles = [bare if rng.random() < 0.8 else bare[0].upper() + bare[1:]] + [subject(rng, lang, words).removeprefix('the ') for _ in range(rng.choice((1, 1, 2, 3)))]
    right = rng.randrange(len(titles))
    titles[0], titles[right] = titles[right], titles[0]
    host = rng.choice(('wiki.local', 'zh.wikipedia.org', 'en.wikipedia.org', '127.0.0.1', words.value(rng, 'en', 'host') + '.org'))
    snippet = lambda t: words.text(rng, lang) if rng.random() < 0.6 else f'{t} …'
    hits = '\n'.join(f' # 【{i}†{t}†{host}】\n{snippet(t)}' for i, t in enumerate(titles)) + '\nVisible: 0% - 100%'
    return titles, hits, right


def searched_first(rng, lang, words):
    """The app has searched before the model answers: its calls, role 'given', are read and not learnt."""
    sources = [(7 + i, *passage(rng, lang, words)) for i in range(rng.choice((1, 1, 2, 3)))]
    q, a = ask(rng, lang, words, sources)
    titles = [s.removeprefix('the ') for _, s, _, _ in sources]
    host = rng.choice(('wiki.local', 'zh.wikipedia.org', 'en.wikipedia.org', '127.0.0.1:8400', words.value(rng, 'en', 'host') + '.org'))
    hits = '\n'.join(f' # 【{i}†{t}†{host}】\n{text[:rng.randint(20, 120)]}' for i, (t, (_, _, _, text)) in enumerate(zip(titles, sources))) + '\nVisible: 0% - 100%'
    words_of = q.rstrip('？?。.')
    queries = rng.choice(([titles[0]], [words_of], [words_of, titles[0]]))
    call = f'msearch({json.dumps(queries, ensure_ascii=False)})' if len(queries) > 1 else f'search({json.dumps(queries[0], ensure_ascii=False)})'
    return [('user', '', q), ('given', 'simple_browser', call), ('observation', 'browser_result', hits),
            ('given', 'simple_browser', f'mclick({json.dumps(list(range(len(sources))))})'),
            *(('observation', f'quote_result [{n}†source]', text) for n, _, _, text in sources), ('assistant', '', a)]


def embedded(rng, q):
    """'look up where is X' -> 'look up where X is', sometimes."""
    match = re.match(r'(.*\b(?:where|when|what|how \w+|who)) (is|was|does) (.+)$', q)
    return f'{match[1]} {match[3]} {match[2]}' if match and match[2] != 'does' and rng.random() < 0.5 else q
