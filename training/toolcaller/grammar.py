"""The tokens that the app lets Nano write: a call's header is a tool's exact name, and the arguments of a function follow its
parameters (src/runtime/decode/toolVerifier.ts and src/grammar): declared names in their order, the declared types, no required
one left out. Text, and the arguments of Python, the browser and drawings, stay free."""
import regex
from tokenizers.pre_tokenizers import ByteLevel

TYPES = {'string': r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"', 'integer': r'-?(?:0|[1-9][0-9]*)', 'boolean': '(?:true|false)'}
TYPES['number'] = TYPES['integer'] + r'(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?'


def escaped(text):
    """A literal for patterns that read UTF-8 byte by byte."""
    return regex.escape(text.encode().decode('latin-1'))


def value_pattern(type_):
    if type_.endswith('[]'):
        item = TYPES[type_[:-2]]
        return rf'\[(?:{item}(?:, ?{item})*)?\]'
    return TYPES.get(type_) or '(?:' + '|'.join(f'"{escaped(choice)}"' for choice in type_.split('|')) + ')'


def arguments_pattern(parameters):
    """One JSON object of these parameters."""
    rest = ''  # from some parameter on, after one was written
    first = ''  # ... before any
    for p in reversed(parameters):
        field = f'"{escaped(p.name)}": ?{value_pattern(p.type)}'
        first = field + rest if p.required else f'(?:{field}{rest}|{first})'
        rest = (f', ?{field}' if p.required else f'(?:, ?{field})?') + rest
    return regex.compile(r'\{' + first + r'\}')


class CallGrammar:
    """For one request: `functions` are those offered, by name; `free` are the names of tools without parameters."""

    def __init__(self, tok, functions, free=()):
        code_of = {spelling: bytes([b]) for b, spelling in byte_alphabet().items()}
        self.spelled = [b''.join(code_of[c] for c in token) for token in tok.tokens]
        self.patterns = {name: arguments_pattern(f.parameters) for name, f in functions.items()}
        self.headers = [f'{name}\n'.encode() for name in (*functions, *free)]
        self.stops, self.call_end = tok.stop_ids, tok.special['<|observation|>']

    def after(self, made):
        """Which tokens may follow the tokens `made` of an answer: a function of the token."""
        text = b''.join(self.spelled[t] for t in made if t < len(self.spelled))
        begins = {}  # first byte of a token: whether a token may begin so

        def allows(token):
            if token in self.stops:
                return self.may_end(text, token)
            spelled = self.spelled[token] if token < len(self.spelled) else b''
            if spelled and spelled[:1] not in begins:
                begins[spelled[:1]] = self.may_begin(text + spelled[:1])
            return bool(spelled) and begins[spelled[:1]] and self.may_begin(text + spelled)
        return allows

    def may_begin(self, text):
        """Whether an answer may begin so."""
        header, newline, body = text.partition(b'\n')
        if not header.strip():
            return True
        if not newline:
            return any(h.startswith(text) for h in self.headers)
        pattern = self.patterns.get(header.decode(errors='replace'))
        return bool(pattern.fullmatch(body.decode('latin-1'), partial=True)) if pattern else header + newline in self.headers

    def may_end(self, text, stop):
        """Whether an answer may be this and end so."""
        header, newline, body = text.partition(b'\n')
        if not header.strip():
            return stop != self.call_end
        pattern = self.patterns.get(header.decode(errors='replace'))
        return stop == self.call_end and bool(newline) and (not pattern or bool(pattern.fullmatch(body.decode('latin-1'))))


def byte_alphabet():
    """{byte: its character in the tokens of a byte-level BPE}"""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [b for b in range(256) if b not in shown]
    table = {**{b: chr(b) for b in shown}, **{b: chr(256 + i) for i, b in enumerate(hidden)}}
    assert set(table.values()) == set(ByteLevel.alphabet())
    return table
