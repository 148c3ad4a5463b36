"""Requests for functions: schemas, calls and results, made from phrases/functions.yaml and from random names.

An exchange is a list of messages (role, header, text): the header of a call is the tool's name, of text ''.
"""
import json
import random
import re
import string

from data import HERE, load_yaml
from skills.properties import draw_property
from skills.schema import Function, Parameter
from skills.words import LISTS, NOUNS, VERBS, pick

TABLE = load_yaml(HERE / 'phrases/functions.yaml')
# kind of value -> names of the parameter, description in English and Chinese, type
KINDS = {
    'city': ('city location town place', 'City name', '城市', 'string'),
    'from_city': ('from origin from_city start', 'Start', '出发城市', 'string'),
    'to_city': ('to destination to_city goal', 'Destination', '到达城市', 'string'),
    'country': ('country nation destination', 'Country', '国家', 'string'),
    'place': ('place location venue site', 'Place', '地点', 'string'),
    'from_place': ('from start origin', 'Start', '起点', 'string'),
    'to_place': ('to goal destination', 'Goal', '终点', 'string'),
    'date': ('date day when on_date', 'Date YYYY-MM-DD', '日期 YYYY-MM-DD', 'string'),
    'time': ('time at clock hour_minute', 'Time HH:MM', '时间 HH:MM', 'string'),
    'label': ('label name note', 'Label', '标签', 'string'), 'title': ('title name text', 'Title', '标题', 'string'),
    'minutes': ('minutes duration length', 'Duration in minutes', '分钟数', 'integer'),
    'max_minutes': ('max_minutes max_time', 'Longest time in minutes', '最长时间，分钟', 'integer'),
    'text': ('text content sentence', 'Text', '文本', 'string'), 'raw': ('text content data', 'Text', '文本', 'string'),
    'language': ('target_language language lang to', 'Target language', '目标语言', 'string'),
    'address': ('to address recipient', 'Address', '收件地址', 'string'), 'subject': ('subject topic title', 'Subject', '主题', 'string'),
    'body': ('body message text content', 'Text of the message', '正文', 'string'),
    'person': ('person name contact who', 'Name', '姓名', 'string'), 'author': ('author writer', 'Author', '作者', 'string'),
    'artist': ('artist singer band', 'Artist', '歌手', 'string'), 'song': ('song title track', 'Song', '歌名', 'string'),
    'money': ('amount sum total value', 'Amount', '金额', 'number'), 'max_price': ('max_price price_limit', 'Highest price', '最高价格', 'number'),
    'from_cur': ('from_currency from source base', 'Currency to convert from', '原货币', 'string'),
    'to_cur': ('to_currency to target quote', 'Currency to convert to', '目标货币', 'string'),
    'ticker': ('symbol ticker stock code', 'Ticker symbol', '股票代码', 'string'),
    'people': ('people persons guests party_size', 'Number of people', '人数', 'integer'),
    'nights': ('nights stay', 'Number of nights', '晚数', 'integer'), 'days': ('days duration', 'Number of days', '天数', 'integer'),
    'years': ('years term', 'Years', '年数', 'integer'), 'percent': ('percent rate', 'Percent', '百分比', 'number'),
    'room': ('room area place', 'Room', '房间', 'string'), 'colour': ('color colour', 'Colour', '颜色', 'string'),
    'level': ('level brightness value', 'Level 0-100', '亮度 0-100', 'integer'),
    'degrees_n': ('temperature degrees', 'Degrees', '温度', 'number'), 'product': ('product item query', 'Product', '商品', 'string'),
    'count': ('count quantity number amount', 'How many', '数量', 'integer'), 'limit': ('limit max n', 'At most so many', '最多数量', 'integer'),
    'dish': ('dish food item meal', 'Food', '食物', 'string'), 'drink': ('drink beverage kind', 'Drink', '饮料', 'string'),
    'address_s': ('address deliver_to', 'Address', '地址', 'string'), 'code': ('id code number reference', 'Number', '编号', 'string'),
    'user_id': ('user_id id uid', 'User id', '用户编号', 'string'), 'reason': ('reason why', 'Reason', '原因', 'string'),
    'path': ('path file filename', 'File path', '文件路径', 'string'), 'new_name': ('new_name name target', 'New name', '新名称', 'string'),
    'width': ('width pixels', 'Width in pixels', '宽度，像素', 'integer'), 'height': ('height', 'Height', '高度', 'integer'),
    'strength': ('strength factor amount', '0 to 1', '强度 0 到 1', 'number'), 'host': ('host server machine', 'Host name', '主机名', 'string'),
    'table': ('table name', 'Table', '表名', 'string'), 'sheet': ('sheet file table', 'Sheet', '表格', 'string'),
    'column': ('column col', 'Column letter', '列', 'string'), 'letter': ('option choice answer', 'Option', '选项', 'string'),
    'kilograms': ('weight weight_kg', 'Weight in kg', '体重，公斤', 'number'), 'centimetres': ('height height_cm', 'Height in cm', '身高，厘米', 'integer'),
    'sport': ('sport activity exercise', 'Activity', '运动', 'string'), 'kcal': ('calories kcal energy', 'Calories', '热量', 'integer'),
    'animal': ('animal pet', 'Animal', '动物', 'string'), 'grams': ('grams amount weight', 'Grams', '克数', 'integer'),
    'team': ('team club', 'Team', '球队', 'string'), 'word': ('word term', 'Word', '词', 'string'), 'topic': ('topic subject query', 'Topic', '主题', 'string'),
    'foods': ('ingredients items foods', 'Ingredients', '食材', 'string[]'), 'people_list': ('people names guests', 'Names', '姓名', 'string[]'),
    'direction': ('direction way', 'Direction', '方向', 'string'), 'steps': ('steps distance', 'Steps', '步数', 'integer'),
    'thing': ('thing object item', 'Thing', '物品', 'string'),
}
CHOICES = {
    'degrees': ('unit', 'Temperature unit', '温度单位', [('celsius', '摄氏度'), ('fahrenheit', '华氏度')]),
    'order': ('order', 'Order', '顺序', [('asc', '升序'), ('desc', '降序')]),
    'travel': ('mode', 'How to travel', '出行方式', [('car', '开车'), ('bus', '公交'), ('walk', '步行')]),
    'size': ('size', 'Size', '大小', [('small', '小份'), ('medium', '中份'), ('large', '大份')]),
    'priority': ('priority', 'Priority', '优先级', [('low', '低'), ('normal', '普通'), ('high', '高')]),
}
# how an optional value is said
SAID = {
    'en': {'date': ['on {v}', 'for {v}'], 'time': ['at {v}'], 'label': ['called {v}', 'with the label {v}', 'named {v}'],
           'people': ['for {v} people', 'for {v} persons'], 'minutes': ['for {v} minutes', '{v} minutes'], 'degrees': ['in {v}'],
           'max_minutes': ['in {v} minutes', 'in at most {v} minutes', 'within {v} minutes'], 'artist': ['by {v}'],
           'author': ['by {v}'], 'percent': ['with {v} percent', 'at {v} percent', 'plus {v} percent'], 'priority': ['with {v} priority', 'priority {v}', '{v} priority'],
           'count': ['{v} times', '{v} of them', 'count {v}'], 'hours': ['for {v} hours', '{v} hours'], 'days': ['for {v} days'],
           'grams': ['{v} grams', 'with {v} grams'], 'seconds': ['for {v} seconds'], 'cups': ['{v} cups'], 'copies': ['{v} copies', 'in {v} copies'],
           'max_price': ['under {v}', 'for at most {v}', 'below {v}'], 'travel': ['by {v}'], 'limit': ['at most {v}', 'only {v}'],
           'order': ['{v}', 'in {v} order'], 'reason': ['because {v}', 'reason {v}'], 'body': ['saying {v}', 'with the text {v}'],
           'language': ['in {v}'], 'size': ['size {v}', 'in {v}'], 'address_s': ['to {v}']},
    'zh': {'date': ['日期{v}', '{v}的', '日期是{v}'], 'time': ['{v}', '时间{v}', '{v}开始'], 'label': ['名称是{v}', '标签{v}', '叫{v}'],
           'people': ['{v}人', '{v}个人', '{v}位'], 'minutes': ['{v}分钟'], 'degrees': ['用{v}', '单位{v}'], 'max_minutes': ['{v}分钟以内', '不超过{v}分钟'],
           'artist': ['{v}唱的', '歌手{v}'], 'author': ['作者{v}'], 'percent': ['{v}%', '加{v}%'], 'priority': ['{v}优先级', '优先级{v}'], 'count': ['{v}个', '{v}份', '{v}次'],
           'hours': ['{v}小时', '{v}个小时'], 'days': ['{v}天'], 'grams': ['{v}克'], 'seconds': ['{v}秒'], 'cups': ['{v}杯'], 'copies': ['{v}份'],
           'max_price': ['不超过{v}元', '{v}元以下'], 'travel': ['{v}去', '{v}'], 'limit': ['最多{v}个', '只要{v}个'], 'order': ['{v}'],
           'reason': ['因为{v}', '原因是{v}'], 'body': ['内容是{v}', '正文{v}'], 'language': ['用{v}'], 'size': ['{v}的', '{v}'], 'address_s': ['送到{v}']},
}
# verbs whose request may leave them out: only the noun tells which function is meant
LOOKS = {'find', 'track', 'locate', 'fetch', 'check', 'inspect', 'monitor', 'show', 'review', 'verify'}
GETS = {'order', 'buy', 'book', 'rent', 'reserve', 'borrow', 'collect'}
LOOKING = {'en': ['where is {}', 'how is {}', 'what about {}', 'show me {}', 'what is the state of {}', 'any news of {}', 'is {} all right'],
           'zh': ['{}在哪', '{}怎么样了', '{}到哪了', '看看{}', '{}的情况', '有{}的消息吗', '{}还好吗']}
GETTING = {'en': ['I want {}', 'I would like {}', '{} please', 'I need {}', 'get me {}', '{} for me'],
           'zh': ['我要{}', '来{}', '我想要{}', '给我{}', '需要{}', '想要{}']}
NUMBER_WORDS = {'en': 'zero one two three four five six seven eight nine ten twelve'.split(' '), 'zh': '零 一 两 三 四 五 六 七 八 九 十'.split(' ')}
NO_TOOL = {'zh': '这个我做不到，现有的工具里没有合适的。', 'en': 'I cannot do that; none of my tools fits.'}
PLEASE = {'en': ['please ', 'can you ', 'could you ', 'I want to ', "I'd like to ", '', '', '', '', 'hey, ', 'now '],
          'zh': ['请', '帮我', '麻烦', '我要', '', '', '', '', '请帮我', '现在']}


def call(function, arguments):
    ordered = {p.name: arguments[p.name] for p in function.parameters if p.name in arguments}
    return ('assistant', function.name, json.dumps(ordered, ensure_ascii=False))


class Functions:
    def __init__(self, words, refused=()):
        self.words, self.refused = words, {words_of(name) for name in refused}

    # --- drawing a function and a request for it: (function, request, arguments, result, shape) ----------------------------

    def draw(self, rng, lang):
        while True:
            made = self.shaped(rng.random(), lang, rng, lang)
            if words_of(made[0].name) not in self.refused:
                return made

    def again(self, rng, lang, drawn):
        """The same function, with another request for it, perhaps in the other language."""
        return self.shaped(*drawn[4], rng, lang)

    def shaped(self, seed, schema_of, rng, lang):
        """A function that depends on `seed` and the language `schema_of` alone, and a request for it drawn from `rng`."""
        shape = random.Random(seed)
        kind, schema = shape.random(), self.schema_lang(shape, schema_of)
        made = (self.action if kind < 0.36 else self.combined if kind < 0.6 else self.property if kind < 0.76
                else self.switch if kind < 0.83 else self.random_name)(shape, schema, rng, lang)
        return (*made, (seed, schema_of))

    def name_style(self, rng, name):
        style = rng.random()
        if style < 0.8:
            return name
        parts = name.split('_')
        return parts[0] + ''.join(w.capitalize() for w in parts[1:]) if style < 0.95 else '-'.join(parts)

    def made_up_name(self, rng):
        return '_'.join(self.words.phrases.made_up_word(rng, 'en').lower() for _ in range(rng.randint(1, 2))) + \
            rng.choice(('', '', '', str(rng.randint(1, 9))))

    def schema_lang(self, rng, lang):
        return lang if rng.random() < 0.65 else 'en' if lang == 'zh' else 'zh'

    def parameter(self, rng, kind, lang, required):
        """A parameter of a known kind, described in the language of the schema."""
        if kind in CHOICES:
            name, en, zh, values = CHOICES[kind]
            return Parameter(name, '|'.join(v[0] for v in values), zh if lang == 'zh' else en, required, kind)
        names, en, zh, type_ = KINDS[kind]
        about = zh if lang == 'zh' else en
        return Parameter(rng.choice(names.split()), type_, about if rng.random() < 0.85 else '', required, kind)

    def said(self, rng, lang, value):
        """A value in words: small numbers may be spelt."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 10 and rng.random() < 0.12:
            return NUMBER_WORDS[lang][value]
        if isinstance(value, list):
            if lang == 'zh':
                return '、'.join(value) if len(value) > 2 or rng.random() < 0.3 else '和'.join(value)
            return ', '.join(value[:-1]) + (' and ' if len(value) > 1 else '') + value[-1]
        return str(value)

    def value(self, rng, lang, kind):
        """(value for the call, value as said)"""
        if kind in CHOICES:
            en, zh = rng.choice(CHOICES[kind][3])
            return en, zh if lang == 'zh' and rng.random() < 0.9 else en
        value = self.words.value(rng, lang, kind)
        if kind in ('from_cur', 'to_cur') and rng.random() < 0.4 and value in CURRENCIES:
            return value, rng.choice(CURRENCIES[value][lang])
        return value, self.said(rng, lang, value)

    def action(self, shape, schema, rng, lang):
        row = shape.choice(TABLE['actions'])
        may = [k for k in row['may'] if shape.random() < 0.6]
        parameters = [self.parameter(shape, k, schema, True) for k in row['need']] + \
                     [self.parameter(shape, k, schema, False) for k in may]
        distinct(parameters)
        if shape.random() < 0.12:
            shape.shuffle(parameters)
        name = self.made_up_name(shape) if shape.random() < 0.12 else self.name_style(shape, shape.choice(row['names']))
        function = Function(name, row['d'][schema == 'zh'], parameters, tuple(row['d']))
        arguments, slots, tail = {}, {}, []
        for p in parameters:
            value, said = self.value(rng, lang, p.kind)
            if p.kind in row['need']:
                arguments[p.name], slots[p.kind] = value, said
            elif rng.random() < 0.5:
                arguments[p.name] = value
                tail.append(rng.choice(SAID[lang].get(p.kind) or [self.explicit(rng, lang, p)]).replace('{v}', said))
        text = re.sub(r'\{(\w+)\}', lambda m: slots[m[1]], rng.choice(row['ask'][lang]))
        if lang == 'zh':
            text = text + ''.join('，' + t for t in tail)
        else:
            text = text + ''.join(' ' + t for t in tail)
        return function, self.finish(rng, lang, text), arguments, self.result(rng, lang, row['out'])

    def explicit(self, rng, lang, p):
        words = p.words.get(lang) or p.name.replace('_', ' ')
        if lang == 'zh':
            words = rng.choice((p.words.get('zh', p.name), p.name, p.about or p.name))
            return rng.choice((words + '为{v}', words + '是{v}', words + '{v}', words + '：{v}', words + '={v}', words + ' {v}', words + ' 为 {v}'))
        return rng.choice((f'with {words} {{v}}', f'{words} {{v}}', f'{words}: {{v}}', f'{words} = {{v}}', f'with {{v}} as {words}',
                           f'with a {words} of {{v}}', f'and {words} {{v}}', f'with the {words} {{v}}', f'{{v}} {words}'))

    def free_parameter(self, shape, schema, rng, lang):
        """A parameter from the word lists or a made-up one, with its drawn value: (parameter, value, said)."""
        kind = shape.random()
        if kind < 0.25:
            name, zh, values = shape.choice(TABLE['enums'])
            chinese = schema == 'zh' and shape.random() < 0.4
            p = Parameter(name, '|'.join(v[1] if chinese else v[0] for v in values), zh if schema == 'zh' else name, words={'en': name, 'zh': zh})
            en, said_zh = rng.choice(values)
            value = said_zh if chinese else en
            said = said_zh if lang == 'zh' else (value if chinese else en)
            return p, value, said
        if kind < 0.33:
            options = shape.sample(NOUNS[schema] if shape.random() < 0.6 else LISTS[shape.choice(('dish', 'drink', 'food', 'sport'))][schema], shape.randint(2, 4))
            if shape.random() < 0.3:
                options = [self.words.code(shape) for _ in options]
            name = shape.choice(('kind', 'type', 'option', 'variant'))
            value = rng.choice(options)
            return Parameter(name, '|'.join(options), {'kind': '种类', 'type': '类型', 'option': '选项', 'variant': '款式'}[name] if schema == 'zh' else '',
                             words={'en': name, 'zh': '种类'}), value, value
        if kind < 0.55:
            known = shape.choice([k for k in KINDS if KINDS[k][3] != 'string[]'])
            p = self.parameter(shape, known, schema, True)
            p.words = {'en': p.name.replace('_', ' '), 'zh': KINDS[known][2].split('，')[0].split(' ')[0]}
            value, said = self.value(rng, lang, known)
            return p, value, said
        name, zh = shape.choice(TABLE['params']) if shape.random() < 0.75 else (self.words.phrases.made_up_word(shape, 'en').lower(),) * 2
        type_ = shape.choice(('string', 'string', 'integer', 'integer', 'number', 'string[]', 'boolean'))
        if type_ == 'integer':
            value = self.words.number(rng)
        elif type_ == 'number':
            value = rng.choice((round(rng.random(), 1), round(rng.uniform(0, 500), 1), round(rng.uniform(0, 99), 2), self.words.number(rng)))
        elif type_ == 'boolean':
            value = rng.random() < 0.5
        elif type_ == 'string[]':
            value = [rng.choice((self.words.code(rng), rng.choice(NOUNS[lang]), self.words.invented(rng, lang))) for _ in range(rng.randint(1, 3))]
        else:
            value = rng.choice((self.words.code(rng), self.words.invented(rng, lang), rng.choice(NOUNS[lang]), self.words.title(rng, lang),
                                self.words.person(rng, lang), self.words.raw(rng, 24), pick(rng, string.digits, rng.randint(1, 24))))
        said = self.said(rng, lang, value) if type_ != 'boolean' else rng.choice({'zh': [['否', 'false'], ['是', 'true']], 'en': [['false', 'no', 'off'], ['true', 'yes', 'on']]}[lang][value])
        about = '' if shape.random() < 0.3 else zh if schema == 'zh' else name.replace('_', ' ').capitalize()
        p = Parameter(name, type_, about, words={'en': name.replace('_', ' '), 'zh': zh})
        return p, value, said

    def free_parameters(self, shape, schema, rng, lang, least, most):
        out, taken = [], set()
        for _ in range(shape.randint(least, most)):
            p, value, said = self.free_parameter(shape, schema, rng, lang)
            if p.name in taken:
                continue
            taken.add(p.name)
            p.required = shape.random() < 0.7
            out.append((p, value, said))
        return out

    def mention(self, rng, lang, p, said):
        natural = SAID[lang].get(p.kind or p.name)
        phrase = rng.choice(natural) if natural and rng.random() < 0.7 else self.explicit(rng, lang, p)
        return phrase.replace('{v}', said)

    def combined(self, shape, schema, rng, lang):
        """A verb and a noun that nobody wrote down as a function; the first parameter often names the thing."""
        verb, verb_en, verb_zh = shape.choice(TABLE['verbs'])
        noun, noun_en, noun_zh = shape.choice(TABLE['nouns'])
        name = self.name_style(shape, f'{verb}_{noun}') if shape.random() < 0.85 else self.name_style(shape, f'{noun}_{verb}')
        about = f'{verb_zh}{noun_zh}' if schema == 'zh' else shape.choice((f'{third_person(verb_en).capitalize()} a {noun_en}', f'{verb_en.capitalize()} the {noun_en}'))
        rest = self.free_parameters(shape, schema, rng, lang, 0, 2)
        parameters, arguments = [], {}
        which = ''
        if shape.random() < 0.85 or not rest:
            key = shape.choice(('id', noun, f'{noun}_id', 'name', f'{noun}_name', 'number', 'which'))
            value = rng.choice((self.words.code(rng), self.words.invented(rng, lang), self.words.title(rng, lang), self.words.person(rng, lang),
                                rng.choice(NOUNS[lang]), pick(rng, string.digits, rng.randint(1, 24)), self.words.raw(rng), rng.choice(LISTS['room'][lang])))
            p = Parameter(key, 'string', (f'{noun_zh}' if schema == 'zh' else f'Which {noun_en}') if shape.random() < 0.85 else '')
            parameters.append(p)
            arguments[key] = which = value
        spoken = []
        for p, value, said in rest:
            if p.name in arguments:
                continue
            parameters.append(p)
            if p.required or rng.random() < 0.5:
                arguments[p.name] = value
                spoken.append(self.mention(rng, lang, p, said))
        if lang == 'zh':
            thing = rng.choice((f'{noun_zh}{which}', f'{which}的{noun_zh}', f'{noun_zh} {which}', f'{which}{noun_zh}', f'{which}')) if which else noun_zh
            head = self.without_verb(rng, lang, verb, thing) or \
                rng.choice((f'{verb_zh}{thing}', f'把{thing}{verb_zh}', f'{verb_zh}一下{thing}', f'给{thing}{verb_zh}', f'将{thing}{verb_zh}'))
            if spoken and len(spoken) == 1 and rng.random() < 0.3:
                text = rng.choice((f'{spoken[0]}，{head}', f'{head}{spoken[0]}', f'用{spoken[0]}{head}'))
            else:
                text = head + ''.join('，' + s for s in spoken)
        else:
            thing = rng.choice((f'{noun_en} {which}', f'the {noun_en} {which}', f'the {which} {noun_en}', f'{which}', f'the {which}', f'the {noun_en} of {which}')) if which else f'the {noun_en}'
            head = self.without_verb(rng, lang, verb, thing) or f'{verb_en} {thing}'
            text = ' '.join([head] + join_said(rng, spoken))
        abouts = (f'{third_person(verb_en).capitalize()} {shape.choice(("a", "the", "my"))} {noun_en}', f'{verb_zh}{noun_zh}')
        return Function(name, about, parameters, abouts), self.finish(rng, lang, text), arguments, self.result(rng, lang, None)

    @staticmethod
    def without_verb(rng, lang, verb, thing):
        forms = LOOKING if verb in LOOKS else GETTING if verb in GETS else None
        return rng.choice(forms[lang]).format(thing) if forms and rng.random() < 0.5 else ''

    def switch(self, shape, schema, rng, lang):
        row = shape.choice(TABLE['switches'])
        noun, noun_en, noun_zh = shape.choice(TABLE['nouns'])
        on = rng.random() < 0.5
        value = rng.choice((self.words.invented(rng, lang), rng.choice(LISTS['room'][lang]), rng.choice(LISTS['thing'][lang]), str(rng.randint(1, 20))))
        first = Parameter(shape.choice((noun, 'name', 'which', 'device', 'target')), 'string', noun_zh if schema == 'zh' else f'Which {noun_en}')
        second = Parameter(shape.choice(row['names']), 'boolean', row['d'][schema == 'zh'] if shape.random() < 0.8 else '')
        verb = row[lang][0 if on else 1]
        if lang == 'zh':
            thing = rng.choice((f'{value}{noun_zh}', f'{value}的{noun_zh}', value))
            text = rng.choice((f'{verb}{thing}', f'把{thing}{verb}', f'请将{thing}{verb}'))
        else:
            thing = rng.choice((f'the {value} {noun_en}', f'the {value}', f'{noun_en} {value}', f'the {noun_en} {value}'))
            text = f'{verb} {thing}'
            if ' ' in verb and rng.random() < 0.3:
                text = f'{verb.split()[0]} {thing} {verb.split()[1]}'
        name = shape.choice((f'{row["en"][0].replace(" ", "_")}_{noun}', f'set_{noun}', f'{noun}_switch', f'control_{noun}', f'toggle_{noun}', self.made_up_name(shape)))
        (do, *on_), (undo, *off) = row['en'][0].split(), row['en'][1].split()
        both = f'{third_person(do)} a {noun_en} {on_[0]} or {off[0]}' if on_ else f'{third_person(do)} or {third_person(undo)} a {noun_en}'
        about = shape.choice((f'{row["zh"][0]}或{row["zh"][1]}{noun_zh}', f'控制{noun_zh}')) if schema == 'zh' else \
            shape.choice((both.capitalize(), f'Controls a {noun_en}'))
        return (Function(name, about, [first, second]), self.finish(rng, lang, text), {first.name: value, second.name: on},
                self.result(rng, lang, {second.name: on} if rng.random() < 0.4 else None))

    def property(self, shape, schema, rng, lang):
        return draw_property(shape, schema, rng, lang, self, TABLE['nouns'])

    def random_name(self, shape, schema, rng, lang):
        name = self.made_up_name(shape)
        words = name.replace('_', ' ')
        about = shape.choice((f'{words.capitalize()} 操作', '内部功能', f'执行 {words}')) if schema == 'zh' else \
            shape.choice((f'{third_person(words.split()[0]).capitalize()} the {words.split()[-1]}', 'Internal function', f'Runs {words}'))
        parts = self.free_parameters(shape, schema, rng, lang, 1, 3)
        arguments, spoken = {}, []
        for p, value, said in parts:
            if p.required or rng.random() < 0.5:
                arguments[p.name] = value
                spoken.append((p, said))
        order = spoken[:]
        if rng.random() < 0.2:
            rng.shuffle(order)
        if lang == 'zh':
            listed = '、'.join(f'{p.words["zh"] if rng.random() < 0.5 else p.name}{rng.choice(("为", "是", " 为 ", "=", "："))}{said}' for p, said in order)
            text = rng.choice((f'执行{name}，{listed}', f'用 {listed} 调用 {name}', f'调用{name}：{listed}', f'{listed}，执行 {name}', f'运行 {name}，参数 {listed}'))
        else:
            listed = join_said(rng, [f'{p.name.replace("_", " ") if rng.random() < 0.7 else p.name}{rng.choice((" ", " ", "=", " = ", ": "))}{said}' for p, said in order])
            verb = words if len(words.split()) == 1 else f'{words.split()[0]} the {words.split()[-1]}'
            text = rng.choice((f'call {name}', f'run {name}', f'use {name}', verb, f'execute {name}')) + rng.choice((' with ', ' with ', ': ', ', ')) + ' '.join(listed)
        if not spoken:
            text = f'执行{name}' if lang == 'zh' else f'run {name}'
        return Function(name, about, [p for p, *_ in parts]), self.finish(rng, lang, text), arguments, self.result(rng, lang, None)

    def finish(self, rng, lang, text):
        """Politeness and punctuation around a request whose values must stay as they are."""
        question = lang == 'en' and re.match(r'(what|how|where|when|is|who|can|did|will|does|has)\b', text.lower())
        if not question and not text.lower().startswith(('i ', "i'", 'my ', '我')) and not (lang == 'zh' and re.search('怎么样了|在哪|到哪了|还好吗|消息吗', text)):
            text = rng.choice(PLEASE[lang]) + text
        if lang == 'zh':
            return text + rng.choice(('', '', '', '', '。', '？' if text[-1] in '吗么少里' else '', '，谢谢', '吧'))
        if rng.random() < 0.55:
            text = text[0].upper() + text[1:]
        return text + ((rng.choice(('?', '?', '?', '')) if question else rng.choice(('', '', '', '.', '.', ' please', ', please', ', thanks'))))

    # --- results and what is said about them ------------------------------------------------------------------------

    def result(self, rng, lang, out):
        """What a function returns: a dict, a list or a text."""
        if isinstance(out, dict):
            return {k: self.words.value(rng, lang, v) if isinstance(v, str) else v for k, v in out.items()}
        if out == 'text' or (out is None and rng.random() < 0.12):
            return self.words.text(rng, rng.choice(('en', 'zh')))
        if out == 'list' or (out is None and rng.random() < 0.05):
            return [self.words.title(rng, lang) for _ in range(rng.randint(1, 3))]
        keys = list(TABLE['keys']) if rng.random() < 0.6 else [p[0] for p in TABLE['params']]
        made = {}
        for key in rng.sample(keys, rng.choice((1, 1, 1, 2, 2, 3))):
            if lang == 'zh' and rng.random() < 0.15:
                key = TABLE['keys'].get(key, key)
            made[key] = rng.choice((self.words.number(rng), self.words.code(rng), rng.choice(LISTS['word'][lang]), self.words.value(rng, lang, 'float'),
                                    self.words.invented(rng, lang), self.words.value(rng, lang, 'time'), self.words.date(rng).isoformat(),
                                    rng.random() < 0.8, self.words.spot(rng, lang), self.words.person(rng, lang)))
        if rng.random() < 0.04:
            return {'error': rng.choice(({'en': ['not found', 'access denied', 'timeout', 'no such item'], 'zh': ['没有找到', '没有权限', '超时', '不存在']}[lang]))}
        return made

    @staticmethod
    def rendered(rng, result):
        if isinstance(result, str):
            return result
        return json.dumps(result, ensure_ascii=False)

    @staticmethod
    def report(lang, result):
        """The answer that a result leads to; it names every value."""
        if isinstance(result, str):
            return result
        if isinstance(result, list):
            return ('结果：' + '、'.join(result) + '。') if lang == 'zh' else 'Result: ' + ', '.join(result) + '.'
        if 'error' in result:
            return f'工具报错：{result["error"]}。' if lang == 'zh' else f'The tool reports an error: {result["error"]}.'
        flat = {k: str(v).lower() if isinstance(v, bool) else v for k, v in result.items()}
        flags = [v for v in result.values() if isinstance(v, bool)]
        done = bool(flags) and all(flags)
        if lang == 'zh':
            body = '，'.join(f'{TABLE["keys"].get(k, k)}是 {v}' if ascii_only(v) else f'{TABLE["keys"].get(k, k)}是{v}' for k, v in flat.items())
            return ('好了，' if done else '') + body + '。'
        if done:
            return 'Done: ' + ', '.join(f'{k.replace("_", " ")} {v}' for k, v in flat.items()) + '.'
        if flags:
            body = ', '.join(f'{k.replace("_", " ")}: {v}' for k, v in flat.items())
            return body[0].upper() + body[1:] + '.'
        return ', '.join(f'{"The" if i == 0 else "the"} {k.replace("_", " ")} {"are" if plural(k) else "is"} {v}' for i, (k, v) in enumerate(flat.items())) + '.'

    # --- exchanges ----------------------------------------------------------------------------------------------

    def exchange(self, rng, lang, drawn):
        function, request, arguments, result, _ = drawn
        return [('user', '', request), call(function, arguments), ('observation', '', self.rendered(rng, result)),
                ('assistant', '', self.report(lang, result))]

    def ask_back(self, rng, lang, function):
        """The user forgets what the function needs."""
        needed = [p for p in function.parameters if p.required]
        if not needed:
            return None
        about = function.abouts[lang == 'zh'] if function.abouts else function.about
        if lang == 'zh':
            text = rng.choice(('帮我', '我要', '请', '我想', '', '能帮我', '替我')) + (about if not ascii_only(about) else function.name)
            about_needed = '、'.join((p.about or p.name).split('，')[0] for p in needed)
            return [('user', '', text + rng.choice(('', '。', '吧'))), ('assistant', '', f'请告诉我：{about_needed}。')]
        first, _, rest = about.partition(' ')
        text = f'{base_form(first)} {rest}' if ascii_only(about) and rest else f'use {function.name}'
        text = rng.choice(('please ', 'I want to ', 'can you ', '', '', "I'd like to ", 'help me ')) + text
        return [('user', '', text.capitalize() if rng.random() < 0.4 else text),
                ('assistant', '', 'Please tell me: ' + ', '.join((p.about or p.name) for p in needed) + '.')]

    def chain(self, rng, lang):
        """(functions, exchange): the second call takes its value from the first result."""
        verb, verb_en, verb_zh = rng.choice(TABLE['verbs'])
        noun, noun_en, noun_zh = rng.choice(TABLE['nouns'])
        schema = self.schema_lang(rng, lang)
        by = rng.choice(('name', 'owner', 'person', 'title', 'customer', 'city'))
        value = self.words.title(rng, lang) if by == 'title' else self.words.place(rng, lang, 'place') if by == 'city' else self.words.person(rng, lang)
        key = rng.choice(('id', f'{noun}_id', 'code', 'number', f'{noun}_no'))
        found = self.words.code(rng)
        first = Function(f'{rng.choice(("find", "lookup", "get", "search"))}_{noun}', f'查找{noun_zh}' if schema == 'zh' else f'Finds a {noun_en}',
                         [Parameter(by, 'string', {'name': '名称', 'owner': '所有者', 'person': '人名', 'title': '标题', 'customer': '顾客', 'city': '城市'}[by] if schema == 'zh' else by.capitalize())])
        extra = self.free_parameters(rng, schema, rng, lang, 0, 1)
        target = rng.choice((key, 'id', f'{noun}_id'))
        if any(p.name == target for p, *_ in extra):
            extra = []
        second = Function(f'{verb}_{noun}', f'{verb_zh}{noun_zh}' if schema == 'zh' else f'{third_person(verb_en).capitalize()} a {noun_en}',
                          [Parameter(target, 'string', f'{noun_zh}编号' if schema == 'zh' else f'{noun_en.capitalize()} id')] + [p for p, *_ in extra])
        arguments, said = {target: found}, []
        for p, v, s in extra:
            arguments[p.name] = v
            said.append(self.mention(rng, lang, p, s))
        if verb == 'find' or self.refused & {words_of(first.name), words_of(second.name)}:
            return self.chain(rng, lang)
        if lang == 'zh':
            tail = ''.join('，' + s if rng.random() < 0.4 else s for s in said)
            text = rng.choice((f'查{value}的{noun_zh}，然后{verb_zh}{tail}', f'先查{noun_zh}{value}，再{verb_zh}{tail}', f'找到{value}的{noun_zh}并{verb_zh}{tail}',
                               f'先查{noun_zh}{value}的编号，再给它{verb_zh}{tail}', f'查{noun_zh}{value}的编号，给他{verb_zh}{tail}', f'先找{noun_zh}{value}，然后{verb_zh}它{tail}'))
        else:
            tail = ''.join(' ' + s for s in said)
            text = rng.choice((f'find the {noun_en} of {value} and {verb_en} it{tail}', f'look up the {noun_en} {value}, then {verb_en} it{tail}',
                               f'find {noun_en} {value} and {verb_en} it{tail}', f'get the {noun_en} of {value} and {verb_en} the {noun_en}{tail}',
                               f'find the {noun_en} {value}, then {verb_en} the {noun_en}{tail}', f'look up {value} and {verb_en} the {noun_en}{tail}'))
        result = self.result(rng, lang, None)
        while isinstance(result, str):
            result = self.result(rng, lang, None)
        found_result = {key: found}
        if rng.random() < 0.3:
            found_result[rng.choice(('status', 'level', 'count', 'city'))] = rng.choice((self.words.number(rng), rng.choice(LISTS['word'][lang])))
        messages = [('user', '', self.finish(rng, lang, text)), call(first, {by: value}), ('observation', '', json.dumps(found_result, ensure_ascii=False)),
                    call(second, arguments), ('observation', '', self.rendered(rng, result)), ('assistant', '', self.report(lang, result))]
        return [first, second], messages

    def lookup_number(self, rng, lang):
        """(function, request, arguments, key, value): a number to go on calculating with."""
        key = rng.choice(('price', 'total', 'value', 'amount', 'balance', 'kwh', 'weight', 'count', 'level', 'km'))
        value = rng.choice((rng.randint(2, 999), round(rng.uniform(1, 500), 1), round(rng.uniform(1, 500), 2)))
        noun, noun_en, noun_zh = rng.choice(TABLE['nouns'])
        schema, code = self.schema_lang(rng, lang), rng.choice((self.words.code(rng), self.words.value(rng, lang, 'ticker')))
        name = rng.choice((f'get_{key}', f'{noun}_{key}', f'read_{noun}_{key}', f'check_{noun}', 'get_stock_price', f'fetch_{key}'))
        word = {'price': '价格', 'total': '总数', 'value': '数值', 'amount': '金额', 'balance': '余额', 'kwh': '度数', 'weight': '重量', 'count': '数量', 'level': '级别', 'km': '公里数'}[key]
        function = Function(name, f'查询{noun_zh}的{word}' if schema == 'zh' else f'{key.capitalize()} of a {noun_en}',
                            [Parameter(rng.choice(('id', 'code', 'symbol', noun)), 'string', '编号' if schema == 'zh' else 'Code')])
        if lang == 'zh':
            text = rng.choice((f'查一下{code}的{word}', f'查{noun_zh}{code}的{word}', f'读{noun_zh} {code}', f'看看{code}的{word}', f'查 {code} 的{word}'))
        else:
            text = rng.choice((f'get the {key} of {code}', f'check the {key} of {noun_en} {code}', f'read {noun_en} {code}', f'look up the {key} of {code}', f'check {code}'))
        return function, text, {function.parameters[0].name: code}, key, value


CURRENCIES = {'USD': {'en': ['dollars', 'USD', 'US dollars'], 'zh': ['美元', 'USD']}, 'EUR': {'en': ['euros', 'EUR'], 'zh': ['欧元', 'EUR']},
              'CNY': {'en': ['yuan', 'CNY'], 'zh': ['人民币', '元', 'CNY']}, 'JPY': {'en': ['yen', 'JPY'], 'zh': ['日元', 'JPY']},
              'GBP': {'en': ['pounds', 'GBP'], 'zh': ['英镑', 'GBP']}, 'KRW': {'en': ['won', 'KRW'], 'zh': ['韩元', 'KRW']}}


def words_of(name):
    """Of paint_wall, paintWall and wall-paint the same."""
    return frozenset(word.lower() for word in re.findall('[a-z]+|[A-Z][a-z]*', name))


def distinct(parameters):
    """No two parameters of one name."""
    seen = set()
    for p in parameters:
        if p.name in seen and p.kind in KINDS:
            p.name = next((n for n in KINDS[p.kind][0].split() if n not in seen), p.kind)
        if p.name in seen:
            p.name = f'{p.kind}_{len(seen)}'
        seen.add(p.name)


def ascii_only(text):
    return str(text).isascii()


def plural(noun):
    return noun.endswith('s') and not noun.endswith(('ss', 'us', 'is'))


def third_person(verb):
    return verb + ('es' if verb.endswith(('s', 'x', 'ch', 'sh')) else 's') if not verb.endswith('y') or verb[-2:-1] in 'aeiou' else verb[:-1] + 'ies'


def base_form(word):
    word = word.lower()
    if word.endswith(('ches', 'shes', 'xes', 'sses')):
        return word[:-2]
    if word.endswith('ies'):
        return word[:-3] + 'y'
    return word[:-1] if word.endswith('s') and not word.endswith('ss') else word


def join_said(rng, spoken):
    """['a', 'b'] -> ['a', 'and b'] or with commas."""
    if len(spoken) < 2:
        return spoken
    glue = rng.choice((' and ', ', ', ' '))
    head = [s if not s.startswith('and ') else s[4:] for s in spoken]
    return [(', ' if len(head) > 2 and glue == ' and ' else glue).join(head[:-1]) + glue.rstrip(' ') + ' ' + head[-1]] if glue != ' ' else head
