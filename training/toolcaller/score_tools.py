"""Ask a GGUF the held-out requests of heldout/ (greedy decoding, Q8_0 weights), run its calls, and count.

Rules as in BFCL's AST match: the function's name equal; all required arguments, no unknown ones, types as declared (an
integer passes for a number); strings compared without blanks and `, . / - _ * ^`, in lower case. A Python call is
right when its output is the expected value. The final answer must hold what the tool returned. Calls follow the tools'
names and parameters, as in the app; --free leaves all tokens free.
"""
import argparse
import collections
import contextlib
import io
import json
import random
import re
import signal
import string
import sys
import types
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import torch
import yaml

from data import HERE, LANGS
from mix import tool_prompt
from skills.drawing import DRAW
from skills.functions import Function, Parameter
from skills.python_tool import PYTHON
from skills.reading import BROWSER
from skills.words import GB2312
from toolcaller.export_gguf import MODEL_PATH, read
from toolcaller.grammar import CallGrammar
from toolcaller.model import greedy

HOPS = 4
BUILT_IN = {'python': PYTHON, 'simple_browser': BROWSER, 'cogview': DRAW}
COPY_BUCKETS = ((1, 8), (9, 16), (17, 24), (25, 40), (41, 60))
SAYS_UNKNOWN = ('没有提到', 'do not say')
SAYS_MISSING = ('做不到', 'none of my tools', '不知道', "don't know", '超出了我的能力', 'beyond me')
SAYS_ASK = ('请告诉我', 'Please tell me')


def load_yaml(name):
    return yaml.safe_load((HERE / 'heldout' / name).read_text('utf-8'))


def load_functions():
    """{name: Function} from the short form 'type[!] description'."""
    table = {}
    for group in load_yaml('functions.yaml').values():
        for name, row in group.items():
            parameters = []
            for key, short in row['p'].items():
                type_, _, about = short.partition(' ')
                parameters.append(Parameter(key, type_.rstrip('!'), about, type_.endswith('!')))
            table[name] = Function(name, row['d'], parameters)
    return table


def load_cases():
    """Cases with lang, group, tools, system, q and what is expected."""
    cases = []
    names = list(load_functions())
    for lang, groups in load_yaml('python.yaml').items():
        for kind, rows in groups.items():
            for i, row in enumerate(rows):
                q, _, value = row.rpartition(' | ')
                tools = ['python'] + [names[(5 * i + len(kind)) % len(names)]] * (i % 3 > 0) + [names[(7 * i + 3) % len(names)]] * (i % 3 > 1)
                random.Random(i).shuffle(tools)
                cases.append({'lang': lang, 'group': 'python ' + kind, 'tools': list(dict.fromkeys(tools)), 'q': q, 'value': eval(value)})
    for lang, groups in load_yaml('calls.yaml').items():
        cases += [{'lang': lang, 'group': group, **row} for group, rows in groups.items() for row in rows]
    reading = load_yaml('reading.yaml')
    for kind in ('quote', 'unknown'):
        for lang in LANGS:
            for i, row in enumerate(reading[kind][lang]):
                text = '# 资料\n' + '\n'.join(f'【{n + 1}†source】\n{reading["passages"][lang][p]}' for n, p in enumerate(row['p']))
                here = {'system': text, 'q': row['q']} if i % 2 else {'q': f'{text}\n\n{row["q"]}'}
                number = row['p'].index(row['cite']) + 1 if 'cite' in row else None
                cases.append({**row, 'lang': lang, 'group': kind, 'tools': [], 'number': number, **here})
    for lang in LANGS:
        cases += [{'lang': lang, 'group': 'search', 'tools': ['simple_browser', 'python'][:1 + i % 2], **row} for i, row in enumerate(reading['search'][lang])]
        cases += [{'lang': lang, 'group': 'draw', 'tools': ['cogview', 'python'][:1 + i % 2], **row} for i, row in enumerate(reading['draw'][lang])]
    return cases + copy_cases()


def copy_cases(each=20):
    """Random strings by length, to be passed to a function and to be repeated."""
    rng, cases = random.Random(7), []
    alphabets = (string.ascii_letters + string.digits, string.digits, string.ascii_lowercase, string.ascii_letters + '-_.:/@#', ''.join(GB2312))
    for low, high in COPY_BUCKETS:
        for i in range(each):
            text = ''.join(rng.choice(alphabets[i % len(alphabets)]) for _ in range(rng.randint(low, high)))
            cases.append({'lang': 'en', 'group': f'copy {low}-{high}', 'tools': ['store_value'], 'q': f'store the value {text}', 'call': {'store_value': {'value': [text]}}, 'exact': True})
            cases.append({'lang': 'zh', 'group': f'copy {low}-{high}', 'tools': [], 'q': f'请重复：{text}', 'text': text})
    return cases


STORE = Function('store_value', 'Stores a value', [Parameter('value', 'string', 'Value')])


# --- judging ----------------------------------------------------------------------------------------------------


def bare(text):
    return re.sub(r'[ ,./\-_*^]', '', text.lower()).replace("'", '"')


def same(value, wanted, exact=False):
    if isinstance(wanted, bool) or isinstance(value, bool):
        return value is wanted
    if isinstance(wanted, str):
        return isinstance(value, str) and (value == wanted if exact else bare(value) == bare(wanted))
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(same(a, b) for a, b in zip(value, wanted))
    return isinstance(value, (int, float)) and value == wanted


def typed(value, type_):
    if type_.endswith('[]'):
        return isinstance(value, list)
    if '|' in type_:
        return value in type_.split('|')
    kinds = {'string': str, 'integer': int, 'number': (int, float), 'boolean': bool}[type_]
    return isinstance(value, kinds) and (type_ == 'boolean' or not isinstance(value, bool))


def arguments_match(function, body, accepted, exact=False):
    """BFCL's rules for one call; accepted: {key: [values, '' where it may be left out]}."""
    try:
        given = json.loads(body)
    except json.JSONDecodeError:
        return False
    known = {p.name: p for p in function.parameters}
    if not isinstance(given, dict) or any(k not in known or not typed(v, known[k].type) for k, v in given.items()):
        return False
    for key, values in accepted.items():
        if key not in given:
            if '' not in values:
                return False
        elif not any(same(given[key], v, exact) for v in values if v != '' or values == ['']):
            return False
    return all(p.name in given for p in function.parameters if p.required) and all(k in accepted for k in given)


class Plots(types.ModuleType):
    """Stands for matplotlib.pyplot: notes what is drawn."""

    def __init__(self):
        super().__init__('matplotlib.pyplot')
        self.drawn = []

    def __getattr__(self, name):
        def note(*values, **_):
            if name in ('bar', 'plot', 'pie', 'barh'):
                self.drawn.append(list(values[-1]))
        return note


def run_python(code):
    """(output as the tool returns it, lists that were plotted)"""
    plots, printed = Plots(), io.StringIO()
    matplotlib = types.ModuleType('matplotlib')
    matplotlib.pyplot = plots
    saved = {name: sys.modules.get(name) for name in ('matplotlib', 'matplotlib.pyplot')}
    sys.modules.update({'matplotlib': matplotlib, 'matplotlib.pyplot': plots})
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(TimeoutError()))
    signal.setitimer(signal.ITIMER_REAL, 2)
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, {})
    except BaseException as error:  # a model's program may end in any way
        return f'{type(error).__name__}: {error}', plots.drawn
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for name, module in saved.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
    return '[Image]' if plots.drawn else printed.getvalue().strip(), plots.drawn


def value_matches(output, value):
    if isinstance(value, str):
        return output == value
    try:
        return abs(float(output) - value) <= 2e-3 * max(1, abs(value))
    except ValueError:
        return False


def svg_matches(body, case):
    try:
        tags = collections.Counter(e.tag for e in ElementTree.fromstring(body).iter())
    except ElementTree.ParseError:
        return False
    return all(tags[k] >= n for k, n in case['shapes'].items()) and all(f'"{c}"' in body for c in case.get('colours', []))


def step_of(case, functions, done, name, body):
    """(call right, observation (header, text) or None) for the call after `done` right ones."""
    group = case['group']
    if group.startswith('python'):
        output, drawn = run_python(body)
        right = name == 'python' and (drawn == [case['value']] if isinstance(case['value'], list) else value_matches(output, case['value']))
        return right, ('', output)
    if group == 'search':
        if done == 0:
            words = ' '.join(case['query']).lower()
            hits = '\n'.join(f' # 【{i}†{t}†wiki.local】\n{t} …' for i, t in enumerate(case['hits'])) + '\nVisible: 0% - 100%'
            return bool(re.fullmatch(r'search\(".*"\)', body)) and words in body.lower(), ('browser_result', hits)
        return body == f'mclick([{case["open"]}])', ('quote_result [7†source]', case['page'])
    if group == 'draw':
        return svg_matches(body, case), ('cogview_result', 'CogView 已经生成并向用户展示了生成的图片。')
    wanted = case['chain'][done] if 'chain' in case and done < len(case['chain']) else case.get('call', {})
    (want, accepted), = wanted.items() if wanted else (('', {}),)
    if name != want:
        return False, None
    if want == 'python':
        output, _ = run_python(body)
        return value_matches(output, eval(accepted)), ('', output)
    results = case.get('results') or [case.get('result', 'ok')]
    return arguments_match(functions[name], body, accepted, case.get('exact')), ('', results[done] if done < len(results) else 'ok')


def first_tool(case):
    group = case['group']
    return 'python' if group.startswith('python') else 'simple_browser' if group == 'search' else 'cogview' if group == 'draw' else \
        next(iter((case.get('chain') or [case.get('call') or {'': 0}])[0]))


def final_right(case, answer, outputs):
    group = case['group']
    if group == 'python plot':
        return not re.search(r'Error', answer) and answer != ''
    if group.startswith('python'):
        return outputs[-1] != '' and outputs[-1] in answer
    if group == 'unknown':
        return any(s in answer for s in SAYS_UNKNOWN) and '【' not in answer
    if group in ('quote', 'search'):
        return all(w in answer for w in case['has']) and re.findall(r'【(\d+)†source】', answer) == [str(case['number'] if group == 'quote' else 7)]
    if group == 'none':
        wanted = {'missing': SAYS_MISSING, 'ask': SAYS_ASK}.get(case.get('says'))
        return wanted is None or any(s in answer for s in wanted)
    if 'text' in case:
        return answer == case['text']
    return all(w in answer for w in case.get('answer', []))


def split_call(text, offered):
    header, newline, body = text.partition('\n')
    return (header.strip(), body) if newline and header.strip() in offered else None


def run(cases, model, tok, free=False):
    functions = {**load_functions(), 'store_value': STORE}
    states = []
    for case in cases:
        sections = [BUILT_IN.get(t) or functions[t].prompt() for t in case['tools']]
        system = tool_prompt(case.get('system', ''), sections) if sections else case.get('system', '')
        messages = ([('system', '', system)] if system else []) + [('user', '', case['q'])]
        grammar = CallGrammar(tok, {t: functions[t] for t in case['tools'] if t not in BUILT_IN}, [t for t in case['tools'] if t in BUILT_IN])
        states.append({'grammar': grammar, 'messages': messages, 'calls': [], 'right': [], 'outputs': [], 'answer': None})
    for _ in range(HOPS):
        open_ = [i for i, s in enumerate(states) if s['answer'] is None]
        if not open_:
            break
        allows = None if free else lambda i, ids: states[open_[i]]['grammar'].after(ids)
        made = greedy(model, [tok.prompt(states[i]['messages']) for i in open_], tok.stop_ids, max_tokens=320, allows=allows)
        for i, (ids, stop) in zip(open_, made):
            case, state = cases[i], states[i]
            text = tok.decode(ids)
            call = split_call(text, case['tools'])
            if not call:
                state['answer'] = text.removeprefix('\n')
                continue
            right, observation = step_of(case, functions, len(state['calls']), *call)
            state['calls'].append(call)
            state['right'].append(right)
            if observation is None or not right:
                state['answer'] = ''
                continue
            state['outputs'].append(observation[1])
            state['messages'] += [('assistant', *call), ('observation', *observation)]
    for state in states:
        state['answer'] = state['answer'] or ''
    return [verdict(case, state) for case, state in zip(cases, states)]


def verdict(case, state):
    expected = len(case['chain']) if 'chain' in case else 2 if case['group'] == 'search' else \
        0 if case['group'] in ('none', 'quote', 'unknown') or 'text' in case else 1
    row = {'lang': case['lang'], 'group': case['group'], 'q': case['q'], 'calls': state['calls'], 'answer': state['answer']}
    if expected:
        row['tool'] = bool(state['calls']) and state['calls'][0][0] == first_tool(case)
        row['arguments'] = len(state['calls']) == expected and all(state['right'])
        row['final'] = row['arguments'] and ('exact' in case or final_right(case, state['answer'], state['outputs']))
    else:
        row['no call'] = not state['calls']
        row['final'] = row['no call'] and final_right(case, state['answer'], state['outputs'])
    return row


COLUMNS = ('tool', 'arguments', 'no call', 'final')


def print_table(rows):
    """Shares by group and language; `final` of a call counts only where the call was right."""
    print('| group | ' + ' | '.join(f'{c} {lang}' for c in COLUMNS for lang in LANGS) + ' |\n|' + ' --- |' * (1 + 2 * len(COLUMNS)))
    named = [(g, [r for r in rows if r['group'] == g]) for g in dict.fromkeys(r['group'] for r in rows)]
    plain = [r for r in rows if not r['group'].startswith('copy')]
    called = [r for r in plain if 'tool' in r]
    named += [('all python', [r for r in plain if r['group'].startswith('python')]), ('all calls', called), ('all without a call', [r for r in plain if 'tool' not in r])]
    for group, members in named:
        cells = []
        for column in COLUMNS:
            for lang in LANGS:
                counted = [r[column] for r in members if r['lang'] == lang and column in r and (column != 'final' or r.get('arguments', True))]
                cells.append(f'{sum(counted)} / {len(counted)}' if counted else '–')
        print(f'| {group} | ' + ' | '.join(cells) + ' |')
    for column in COLUMNS:
        counted = [r[column] for r in plain if column in r and (column != 'final' or r.get('arguments', True))]
        if counted:
            print(f'{column}: {sum(counted)} of {len(counted)}, {100 * sum(counted) / len(counted):.1f} %')


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('--model', type=Path, default=MODEL_PATH)
    args.add_argument('--json', type=Path, help='write every request, call, answer and verdict here')
    args.add_argument('--free', action='store_true', help='without the grammar of calls')
    args.add_argument('--group', help='only cases whose group begins so')
    args = args.parse_args()
    model, tok = read(args.model)
    model.to('cuda' if torch.cuda.is_available() else 'cpu')
    cases = [c for c in load_cases() if not args.group or c['group'].startswith(args.group)]
    rows = run(cases, model, tok, args.free)
    print_table(rows)
    if args.json:
        args.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), 'utf-8')


if __name__ == '__main__':
    main()
