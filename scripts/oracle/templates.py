"""Writes src/model/template/golden/templates.json: chat templates of the GLM line, and chats as `transformers` renders them.

    pip install transformers==5.24.0 && python scripts/oracle/templates.py XINFERENCE_FOLDER

XINFERENCE_FOLDER: the unpacked wheel of PyPI xinference 4.1.0 (Apache-2.0), which quotes the templates that the models'
repositories publish. The app's own model and the training recipe add theirs.
"""
import json
import re
import sys
from pathlib import Path

from transformers.utils.chat_template_utils import render_jinja_template

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / 'src/model/template/golden/templates.json'
FILES = {'glm-4-9b-chat': 'glm4-chat', 'glm-4-9b-chat-1m': 'glm4-chat-1m', 'glm-4-0414': 'glm4-0414',
         'glm-4.5v': 'glm-4.5v', 'glm-4.6': 'GLM-4.6', 'glm-4.7': 'GLM-4.7', 'codegeex4': 'codegeex4', 'glm-edge': 'glm-edge-chat'}
TAGGED = {'glm-4.5v', 'glm-4.6', 'glm-4.7'}
# Which tools each template describes by their type.
BUILT_IN = {'glm-4-9b-chat': ['python', 'simple_browser', 'cogview'],
            'glm-4-9b-chat-1m': ['python', 'simple_browser', 'cogview'],
            'nano-tools': ['python', 'simple_browser', 'cogview']}
NO_TOOLS = {'codegeex4', 'glm-edge', 'nano'}
ARGUMENT = {'python': 'code', 'simple_browser': 'action', 'cogview': 'prompt'}

PYTHON = {'type': 'python', 'name': 'python', 'description': 'Runs Python.'}
BROWSER = {'type': 'simple_browser', 'name': 'simple_browser', 'description': 'Searches and opens pages.'}
COGVIEW = {'type': 'cogview', 'name': 'cogview', 'description': 'Draws.'}
WEATHER = {'type': 'function', 'name': 'get_weather', 'description': '天气。Current weather of a "city".', 'parameters': {
    'type': 'object', 'properties': {
        'city': {'type': 'string', 'description': 'e.g. 北京'}, 'days': {'type': 'integer', 'minimum': 1, 'maximum': 7},
        'unit': {'enum': ['celsius', 'fahrenheit']}, 'tags': {'type': 'array', 'items': {'type': 'string'}}},
    'required': ['city'], 'additionalProperties': False}}
CLOCK = {'type': 'function', 'name': 'now', 'description': 'The time.', 'parameters': {'type': 'object', 'properties': {}}}


def text(words):
    return {'type': 'text', 'text': words}


def say(role, words):
    return {'role': role, 'parts': [text(words)]}


def thought(words):
    return {'type': 'thought', 'text': words}


def call(n, tool, args):
    return {'type': 'call', 'id': str(n), 'tool': tool, 'args': args, 'state': 'done'}


def result(n, words):
    return {'type': 'result', 'callId': str(n), 'parts': [], 'observation': words}


def acts(*parts):
    return {'role': 'assistant', 'parts': list(parts)}


S, Q, A, R = say('system', 'Be brief.'), say('user', '你好, "you".'), say('assistant', 'Hello!\n\n- a\n'), say('user', '  again\n')
PARIS = call(1, 'get_weather', '{"city": "Paris", "days": 2}')
CASES = {
    'plain': ([Q], []),
    'talk': ([S, Q, A, R], []),
    'python': ([Q], [PYTHON]),
    'browser': ([Q], [BROWSER]),
    'cogview': ([Q], [COGVIEW]),
    'function': ([Q], [WEATHER]),
    'several': ([Q], [BROWSER, PYTHON, COGVIEW, WEATHER, CLOCK]),
    'tools and system': ([S, Q, A, R], [PYTHON, WEATHER]),
    'call': ([Q, acts(PARIS, result(1, '{"t": 21}'))], [WEATHER]),
    'text, call, answer': ([Q, acts(text('Let me look.'), PARIS, result(1, '21 °C'), text('It is 21 °C.')), R], [WEATHER]),
    'two calls': ([Q, acts(PARIS, call(2, 'now', '{}'), result(1, 'one'), result(2, 'two'))], [WEATHER, CLOCK]),
    'two hops': ([S, Q, acts(call(1, 'now', '{}'), result(1, '14:05'), PARIS, result(1, 'rain')), ], [WEATHER, CLOCK]),
    'empty result': ([Q, acts(PARIS, result(1, ''))], [WEATHER]),
    'python call': ([Q, acts(call(1, 'python', 'print(1 + 1)\n'), result(1, '2'), text('Two.')), R], [PYTHON]),
    'browser call': ([Q, acts(call(1, 'simple_browser', 'search("x")'), result(1, 'page'))], [BROWSER]),
    'calls without tools': ([Q, acts(PARIS, result(1, '21'), text('21.')), R], []),
}

# Of templates whose reasoning can be switched off; the second list is rendered with the switch.
THINKING = {
    'thought in history': [Q, acts(thought('A greeting.'), text('Hello!')), R],
    'thought before a call': [Q, acts(thought('The weather, then.'), PARIS, result(1, '21'))],
}
WITHOUT = ['plain', 'talk', 'call', 'thought in history']


def templates(folder):
    for name, file in FILES.items():
        data = json.loads((folder / f'xinference/model/llm/models/{file}.json').read_text('utf-8'))
        yield name, (data[0] if isinstance(data, list) else data)['chat_template']
    recipe = (ROOT / 'training/toolcaller/export_gguf.py').read_text('utf-8')
    yield 'nano-tools', re.search(r'CHAT_TEMPLATE = r"""(.*?)"""', recipe, re.S).group(1)


def function(tool):
    if 'parameters' in tool:
        parameters = tool['parameters']
    else:
        name = ARGUMENT[tool['type']]
        parameters = {'type': 'object', 'properties': {name: {'type': 'string'}}, 'required': [name]}
    return {'name': tool['name'], 'description': tool['description'], 'parameters': parameters}


def tools_for(name, tools):
    built_in = BUILT_IN.get(name, [])
    return [{'type': t['type']} if t['type'] in built_in else {'type': 'function', 'function': function(t)} for t in tools]


def written_args(name, part):
    if part['tool'] in ARGUMENT and part['tool'] not in BUILT_IN.get(name, []):
        return json.dumps({ARGUMENT[part['tool']]: part['args']}, ensure_ascii=False)
    return part['args']


def messages_for(name, turns):
    messages = []
    for turn in turns:
        calls = {p['id']: p for p in turn['parts'] if p['type'] == 'call'}
        for part in turn['parts']:
            last = messages[-1] if messages else None
            if turn['role'] != 'assistant':
                messages.append({'role': turn['role'], 'content': part['text']})
            elif part['type'] == 'thought':
                messages.append({'role': 'assistant', 'content': '', 'reasoning_content': part['text']})
            elif part['type'] == 'text' and last.get('reasoning_content') and not last['content']:
                last['content'] = part['text']
            elif part['type'] == 'text':
                messages.append({'role': 'assistant', 'content': part['text']})
            elif part['type'] == 'result':
                content = part['observation'] or '(no output)'
                header = {'simple_browser': 'browser_result'}.get(calls[part['callId']]['tool'], '')
                messages.append({'role': 'tool', 'content': content} if name in TAGGED
                                else {'role': 'observation', 'metadata': header, 'content': content})
            elif name in TAGGED:
                made = {'type': 'function', 'function': {'name': part['tool'], 'arguments': json.loads(written_args(name, part))}}
                if last['role'] != 'assistant':
                    last = {'role': 'assistant', 'content': ''}
                    messages.append(last)
                last.setdefault('tool_calls', []).append(made)
            else:
                messages.append({'role': 'assistant', 'metadata': part['tool'], 'content': written_args(name, part)})
    return messages


def main():
    out = {'source': 'scripts/oracle/templates.py; templates: PyPI xinference 4.1.0 (Apache-2.0), training/toolcaller',
           'cases': {name: {'messages': turns, 'tools': tools} for name, (turns, tools) in CASES.items()}, 'templates': {},
           'thoughts': THINKING, 'thinking': {}}
    for name, template in templates(Path(sys.argv[1])):
        rendered = {}
        for case, (turns, tools) in CASES.items():
            has_calls = any(p['type'] == 'call' for t in turns for p in t['parts'])
            if name in NO_TOOLS and (tools or has_calls):
                continue
            messages, described = messages_for(name, turns), tools_for(name, tools) or None
            if described and name.startswith('glm-4-9b'):
                messages = [{'role': 'system', 'content': '', 'tools': described}, *messages]
            text, _ = render_jinja_template([messages], tools=described, chat_template=template, add_generation_prompt=True)
            rendered[case] = text[0]
        out['templates'][name] = {'template': template, 'rendered': rendered}
        if 'enable_thinking' not in template:
            continue
        thinking, without = {}, {}
        for case, turns in THINKING.items():
            thinking[case] = render_jinja_template([messages_for(name, turns)], chat_template=template, add_generation_prompt=True)[0][0]
        for case in WITHOUT:
            turns = THINKING[case] if case in THINKING else CASES[case][0]
            without[case] = render_jinja_template([messages_for(name, turns)], chat_template=template, add_generation_prompt=True,
                                                  enable_thinking=False)[0][0]
        out['thinking'][name] = {'rendered': thinking, 'without': without}
    OUT.write_text(json.dumps(out, ensure_ascii=False, indent=1) + '\n', 'utf-8')


main()
