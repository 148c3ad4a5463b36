"""Byte-level BPE with GLM-4's regex: 256 bytes, then merges (rank = id), then the special tokens, then padding.

What the vocabulary does for copying: a number is a sequence of digits, and a word is spelt alike after a blank, a
quote and a bracket. Only frequent whole words have a second token with the blank in front.
"""
import collections
import json
import re
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from data import tokenizer_corpus as chat_corpus

VOCAB_SIZE = 4096
BLANK_WORDS = 560     # frequent words that also exist with a blank in front
MAX_TOKEN_BYTES = 10  # three Chinese characters: longer tokens would swallow whole phrases of the small corpus
GLM4_REGEX = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
              r"|\s*[\r\n]+|\s+(?!\S)|\s+")
# pieces to learn merges in: finer than GLM4_REGEX, so that no token joins digits or a sign and a letter
LEARN_REGEX = r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
SPECIAL = ['<|endoftext|>', '[MASK]', '[gMASK]', '[sMASK]', '<sop>', '<eop>', '<|system|>', '<|user|>',
           '<|assistant|>', '<|observation|>', '<|begin_of_image|>', '<|end_of_image|>', '<|begin_of_video|>',
           '<|end_of_video|>', '<|begin_of_box|>', '<|end_of_box|>', '<|image|>']
PATH = Path(__file__).parent / 'tokenizer.json'
BLANK = 'Ġ'  # a blank in the byte alphabet


def pre_tokenizer(regex=GLM4_REGEX):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(regex), 'isolated'),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def all_splits(vocab):
    """Every split of every token into two tokens, by rank of the result: merge lists and tiktoken then agree."""
    merges = []
    for token, rank in vocab.items():
        for cut in range(1, len(token)):
            left, right = token[:cut], token[cut:]
            if left in vocab and right in vocab:
                merges.append((rank, vocab[left], vocab[right], left, right))
    return [(left, right) for *_, left, right in sorted(merges)]


def train(texts):
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizer(LEARN_REGEX)
    trainer = trainers.BpeTrainer(vocab_size=VOCAB_SIZE - len(SPECIAL) - BLANK_WORDS, show_progress=False,
                                  min_frequency=2, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
                                  max_token_length=MAX_TOKEN_BYTES)
    bpe.train_from_iterator(texts, trainer)
    vocab = dict(sorted(bpe.get_vocab().items(), key=lambda kv: kv[1]))
    assert list(vocab.values()) == list(range(len(vocab))) and all(len(t) == 1 for t in list(vocab)[:256])
    words = collections.Counter(w for t in texts for w in re.findall(r'(?<= )[A-Za-z]+', t))
    frequent = [w for w, _ in words.most_common() if w in vocab][:BLANK_WORDS]
    for word in frequent:
        vocab[BLANK + word] = len(vocab)
    assert not any(len(t) > 1 and any(c in "0123456789" for c in t) for t in vocab)
    PATH.write_text(json.dumps({'tokens': list(vocab), 'merges': all_splits(vocab)}, ensure_ascii=False), 'utf-8')
    return len(vocab)


class GlmTokenizer:
    """Text is encoded without special tokens; roles are inserted as ids."""

    def __init__(self, tokens, merges):
        self.tokens, self.merges = tokens, merges
        self.bpe = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, [tuple(m) for m in merges]))
        self.bpe.pre_tokenizer = pre_tokenizer()
        self.bpe.decoder = decoders.ByteLevel()
        self.special = {name: len(tokens) + i for i, name in enumerate(SPECIAL)}
        self.padded_size = -(-(len(tokens) + len(SPECIAL)) // 64) * 64
        self.newline = self.encode('\n')
        self.stop_ids = {self.special[s] for s in ('<|endoftext|>', '<|user|>', '<|observation|>')}
        self.prefix = [self.special['[gMASK]'], self.special['<sop>']]

    @classmethod
    def load(cls, path: Path = PATH):
        saved = json.loads(path.read_text('utf-8'))
        return cls(saved['tokens'], saved['merges'])

    def encode(self, text):
        return self.bpe.encode(text).ids if text else []

    def decode(self, ids):
        return self.bpe.decode(ids)

    def message(self, role, text, header=''):
        """`<|role|>{header}\\n{text}`"""
        return [self.special[f'<|{role}|>'], *self.encode(header), *self.newline, *self.encode(text)]

    def prompt(self, messages):
        """Ids that end right after `<|assistant|>`, ready for generation. Messages are (role, header, text)."""
        ids = list(self.prefix)
        for role, header, text in messages:
            ids += self.message(role, text, header)
        return ids + [self.special['<|assistant|>']]


if __name__ == '__main__':
    from mix import Mix, tokenizer_corpus
    mix = Mix()
    texts = chat_corpus(mix.phrases) + tokenizer_corpus(mix)
    size = train(texts)
    tok = GlmTokenizer.load()
    assert all(tok.decode(tok.encode(t)) == t for t in texts)
    ids = sum(len(tok.encode(t)) for t in texts)
    print(f'{size} tokens, {len(tok.merges)} merges, {sum(map(len, texts)) / ids:.2f} characters per token')
