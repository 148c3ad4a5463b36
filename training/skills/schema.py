"""A function that the model may call, as its system prompt describes it."""
from dataclasses import dataclass, field


@dataclass
class Parameter:
    name: str
    type: str            # a JSON type, string[] or choices joined by |
    about: str = ''
    required: bool = True
    kind: str = ''       # how its value is drawn and said
    words: dict = field(default_factory=dict)  # how people call it, by language


@dataclass
class Function:
    name: str
    about: str
    parameters: list
    abouts: tuple = ()  # the description in English and in Chinese, where both are known

    def prompt(self):
        """The section of the system prompt; CHAT_TEMPLATE of toolcaller/export_gguf.py writes the same."""
        lines = [f'## {self.name}', self.about]
        for p in self.parameters:
            lines.append(f'- {p.name} ({p.type}{"" if p.required else ", optional"})' + (f': {p.about}' if p.about else ''))
        return '\n'.join(lines)
