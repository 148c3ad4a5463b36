"""Trains the vocabulary of src/tokenizer/golden/vocabulary.json with Hugging Face tokenizers.

Run after `npm install`; the training text in thirteen languages comes from its TypeScript package:

    python3 -m venv .venv && .venv/bin/pip install tokenizers && .venv/bin/python scripts/oracle/tokenizer_train.py
"""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

ROOT = Path(__file__).resolve().parents[2]
TYPESCRIPT = ROOT / "node_modules/typescript/lib"
VOCAB_SIZE = 4000
GLM4_REGEX = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Tokens that no merge produces: GLM-4 has such tokens, and tiktoken finds them by looking up whole pieces.
UNREACHABLE = ["龘靐齉", " 饕餮", "魑魅魍魉", " Zyzzyva", "ǅɮɸ"]


def corpus():
    for path in sorted(TYPESCRIPT.glob("*/diagnosticMessages.generated.json")):
        messages = list(json.loads(path.read_text("utf-8")).values())
        # Chinese counts twice: GLM is a Chinese and English model.
        yield from messages * (2 if path.parent.name.startswith("zh") else 1)
    code = (TYPESCRIPT / "lib.es5.d.ts").read_text("utf-8").replace("\r\n", "\n")
    yield from (code, "\n".join(code.split("\n\n")), code.replace("\n", "\n\n\n").replace("    ", "\t"))
    yield from (f"{n} {n * n} {n / 7:.3f}\n" for n in range(1, 1200))
    yield "I've don't he's we'll you're I'm she'd IT'S 你好👋！很高兴见到你 👍😊 " * 40


def main():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(GLM4_REGEX), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    ids = model["vocab"]
    tokens = sorted(ids, key=ids.get)
    left_lengths = [0] * len(tokens)
    for left, right in model["merges"]:
        left_lengths[ids[left + right]] = len(left)

    spell = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    for text in UNREACHABLE:
        token = spell.pre_tokenize_str(text)[0][0]
        assert not any(token[:i] in ids and token[i:] in ids for i in range(1, len(token))), text
        tokens.append(token)
        left_lengths.append(0)
    golden = ROOT / "src/tokenizer/golden/vocabulary.json"
    golden.write_text(
        json.dumps({"tokens": tokens, "leftLengths": left_lengths}, ensure_ascii=False, separators=(",", ":")) + "\n",
        "utf-8",
    )
    print(f"{len(tokens)} tokens, {golden.stat().st_size} bytes")


main()
