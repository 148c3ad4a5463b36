"""Questions for a property that a function works out: "what is the fare of a taxi over 7 km", 7公里的出租车票价是多少.

Nothing in such a question orders anything, and it holds numbers; only the function's words tell it from a sum for Python.
"""
from data import HERE, load_yaml
from skills.schema import Function, Parameter

TABLE = load_yaml(HERE / 'phrases/properties.yaml')
NEVER = {('parcel', 'price')}  # the function of the end-to-end test


def draw_property(shape, schema, rng, lang, functions, nouns):
    """(Function, request, arguments, result) as the kinds of Functions make them: the function from `shape`, the rest from `rng`."""
    prop = shape.choice(TABLE['properties'])
    noun, noun_en, noun_zh = shape.choice(TABLE['things'] if shape.random() < 0.6 else nouns)
    quantities = [q for q in shape.sample(TABLE['quantities'], shape.choice((1, 1, 1, 2))) if q['en'] != prop['en']]
    if not quantities or (noun, prop['name']) in NEVER:
        return draw_property(shape, schema, rng, lang, functions, nouns)
    parameters, arguments, said = [], {}, []
    for q in quantities:
        name = shape.choice(q['names'])
        if name in arguments:
            continue
        whole = q['en'] in ('number of people', 'pages', 'floors', 'quantity', 'days')
        type_ = 'integer' if whole else shape.choice(('number', 'number', 'integer'))
        unit_too = q['en'] != q['unit'][0] and shape.random() < 0.5
        about = f'{q["zh"]}，{q["unit"][1]}' if unit_too and schema == 'zh' else f'{q["en"].capitalize()} in {q["unit"][0]}' if unit_too else \
            q['zh'] if schema == 'zh' else q['en'].capitalize()
        parameters.append(Parameter(name, type_, '' if shape.random() < 0.12 else about))
        value = rng.choice((rng.randint(1, 12), rng.randint(2, 99), rng.randint(100, 3000)))
        if type_ == 'number' and rng.random() < 0.3:
            value = round(value + rng.random(), rng.choice((1, 1, 2)))
        arguments[name] = value
        unit = rng.choice(q['units'] if lang == 'en' else q['zh_units'])
        spoken = functions.said(rng, lang, value)
        said.append((q, f'{spoken}{unit}' if unit == '%' or lang == 'zh' and rng.random() < 0.7 else f'{spoken} {unit}'))
    function = Function(named(shape, functions, noun, prop['name']), about_of(shape, schema, prop, noun_en, noun_zh, quantities), parameters,
                        (f'{prop["en"].capitalize()} of {a_or_an(noun_en)} {noun_en}', f'{noun_zh}的{prop["zh"]}'))
    request = asked_zh(rng, prop, noun_zh, said) if lang == 'zh' else asked_en(rng, prop, noun_en, said)
    result = {rng.choice((prop['name'], prop['name'], 'result', 'value', 'total')): functions.words.value(rng, lang, rng.choice(('int', 'float')))}
    if rng.random() < 0.1:
        result['unit'] = rng.choice(('EUR', 'CNY', 'kg', 'm2', 'h'))
    return function, functions.finish(rng, lang, request), arguments, result


def a_or_an(noun):
    return 'an' if noun[0] in 'aeio' else 'a'


def named(rng, functions, noun, prop):
    return functions.name_style(rng, rng.choice((f'{noun}_{prop}', f'{noun}_{prop}', f'get_{noun}_{prop}', f'{prop}_of_{noun}', f'calc_{noun}_{prop}',
                                                 f'{prop}_{noun}', f'calculate_{prop}', f'estimate_{noun}_{prop}')))


def about_of(rng, schema, prop, noun_en, noun_zh, quantities):
    if schema == 'zh':
        by = '和'.join(q['zh'] for q in quantities)
        return rng.choice((f'{noun_zh}的{prop["zh"]}', f'按{by}计算{noun_zh}的{prop["zh"]}', f'计算{noun_zh}{prop["zh"]}', f'查询{noun_zh}的{prop["zh"]}', f'根据{by}得出{noun_zh}{prop["zh"]}'))
    by = ' and '.join(q['en'] for q in quantities)
    end, thing = rng.choice(('', '', '.')), f'{a_or_an(noun_en)} {noun_en}'
    return rng.choice((f'{prop["en"].capitalize()} of {thing}', f'The {prop["en"]} of {thing} by its {by}', f'Computes the {prop["en"]} of {thing} from its {by}',
                       f'The {prop["en"]} of {thing}', f'Works out the {prop["en"]} for {thing}', f'Returns the {prop["en"]} of the {noun_en}')) + end


def asked_en(rng, prop, noun, said):
    parts = [rng.choice([f'of {text}', f'with {text}'] + [s.replace('{v}', text) for s in q['say']]) for q, text in said]
    tail = rng.choice((' ', ' and ')).join(parts) if len(parts) > 1 else parts[0]
    article = rng.choice((a_or_an(noun),) * 2 + ('the', 'my'))
    forms = [f'what is the {prop["en"]} of {article} {noun} {tail}', f'what is the {prop["en"]} for {article} {noun} {tail}', f'{prop["en"]} of {article} {noun} {tail}',
             f'tell me the {prop["en"]} of {article} {noun} {tail}', f'I have {article} {noun} {tail}, what is the {prop["en"]}', f'{noun} {tail}: what {prop["en"]}',
             f'what {prop["en"]} does {article} {noun} {tail} have', f'work out the {prop["en"]} of {article} {noun} {tail}', f"what's the {noun} {prop['en']} {tail}"]
    if prop.get('money'):
        forms += [f'how much is the {prop["en"]} of {article} {noun} {tail}', f'how high is the {prop["en"]} for {article} {noun} {tail}', f'how much {prop["en"]} for {article} {noun} {tail}']
    if prop['name'] in ('price', 'cost', 'fee', 'postage'):
        forms += [f'how much is {article} {noun} {tail}', f'how much does {article} {noun} {tail} cost', f'what does {article} {noun} {tail} cost']
    return rng.choice(forms)


def asked_zh(rng, prop, noun, said):
    parts = [rng.choice([text] + [s.replace('{v}', text) for s in q['zh_say']]) for q, text in said]
    all_ = rng.choice(('、', '，', '')).join(parts) if len(parts) > 1 else parts[0]
    word = prop['zh']
    forms = [f'{all_}的{noun}{word}是多少', f'{all_}的{noun}的{word}是多少', f'{noun}{all_}，{word}多少', f'查一下{all_}的{noun}的{word}', f'我的{noun}{all_}，{word}是多少',
             f'{noun}的{word}是多少，{all_}', f'算一下{all_}的{noun}的{word}', f'{noun}{word}，{all_}', f'一个{all_}的{noun}{word}是多少']
    if prop.get('money'):
        forms += [f'{all_}的{noun}{word}要多少钱', f'{noun}{all_}，{word}多少钱']
    if prop['name'] in ('price', 'cost', 'fee', 'postage'):
        forms += [f'{all_}的{noun}要多少钱', f'{noun}{all_}要多少钱', f'一个{all_}的{noun}多少钱']
    return rng.choice(forms)
