"""Measures the effect of INT4 on a trained model: KL(float || quantised) of next-token distributions over chat text.

`export` writes a checkpoint of training/, or Nano's GGUF, as original repositories (BF16 safetensors, Hugging Face's
names); quantize.ts reads them as the app does and writes back the dequantised INT4 weights; `measure` compares those, and
llama.cpp's Q4_0 (rounding to nearest, by the gguf package), with the BF16 model.

A model this small has few groups, and one draw of rounding errors moves the KL by a tenth. The model is therefore
exported in several orders of its hidden and FFN channels, which changes only the groups.
"""
import argparse
import json
import random
import struct
import sys
from pathlib import Path

import gguf
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / 'training'))
from data import Phrases  # noqa: E402
from export_gguf import read  # noqa: E402
from tokenizer import SPECIAL, GlmTokenizer  # noqa: E402
from train import chat_row, load  # noqa: E402

HF_NAMES = {'attn_norm': 'input_layernorm', 'attn_output': 'self_attn.o_proj', 'ffn_norm': 'post_attention_layernorm',
            'ffn_up': 'mlp.gate_up_proj', 'ffn_down': 'mlp.down_proj'}
OUTSIDE = {'token_embd.weight': 'model.embed_tokens.weight', 'output_norm.weight': 'model.norm.weight',
           'output.weight': 'lm_head.weight'}
CONTEXT, ROWS, ORDERS = 256, 24, 8


def write_safetensors(path, tensors):
    """{name: BF16 tensor}"""
    header, end = {}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 2
        header[name] = {'dtype': 'BF16', 'shape': list(tensor.shape), 'data_offsets': [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().view(torch.int16).numpy().tobytes())


def read_safetensors(path):
    """{name: F32 tensor} of a file of F32 tensors."""
    raw = Path(path).read_bytes()
    start = 8 + struct.unpack('<Q', raw[:8])[0]
    tensors = {}
    for name, entry in json.loads(raw[8:start]).items():
        if name == '__metadata__':
            continue
        begin, end = (start + offset for offset in entry['data_offsets'])
        tensors[name] = torch.from_numpy(np.frombuffer(raw[begin:end], '<f4').reshape(entry['shape']).copy())
    return tensors


def read_checkpoint(path, order):
    """The model with weights rounded to BF16, as in an original repository, and its tokenizer."""
    if path.suffix == '.gguf':
        model, tok = read(path)
        weights = model.state_dict()
    else:
        model, state = load(path)
        weights, tok = state['average'], GlmTokenizer.load()
    model.load_state_dict({name: reorder(name, t.bfloat16().float(), model.c, order) for name, t in weights.items()})
    return model.eval(), tok


def reorder(name, tensor, c, order):
    """The same model with its hidden and FFN channels in another order; order 0 is the original."""
    if order == 0:
        return tensor
    hidden, ffn = (torch.randperm(size, generator=torch.Generator().manual_seed(order))
                   for size in (c.hidden_size, c.ffn_size))
    if name.endswith('ffn_up.weight'):
        return tensor[torch.cat((ffn, ffn + c.ffn_size))][:, hidden]
    if name.endswith('ffn_down.weight'):
        return tensor[hidden][:, ffn]
    if name.endswith('attn_output.weight'):
        return tensor[hidden]
    return tensor if name.endswith('bias') else tensor[..., hidden]


def original_tensors(model):
    c, tensors = model.c, {}
    for name, tensor in model.state_dict().items():
        tensor = tensor.bfloat16()
        if name in OUTSIDE:
            tensors[OUTSIDE[name]] = tensor
            continue
        _, layer, part, kind = name.split('.')
        at = f'model.layers.{layer}.'
        if part == 'attn_qkv':
            sizes = [heads * c.head_dim for heads in (c.num_heads, c.num_kv_heads, c.num_kv_heads)]
            for letter, rows in zip('qkv', tensor.split(sizes)):
                tensors[f'{at}self_attn.{letter}_proj.{kind}'] = rows
        else:
            tensors[f'{at}{HF_NAMES[part]}.{kind}'] = tensor
    return tensors


def export(checkpoint, out):
    for order in range(ORDERS):
        export_order(checkpoint, out / str(order), order)


def export_order(checkpoint, out, order):
    model, tok = read_checkpoint(checkpoint, order)
    c = model.c
    out.mkdir(parents=True, exist_ok=True)
    write_safetensors(out / 'model.safetensors', original_tensors(model))
    special = [{'id': len(tok.tokens) + i, 'content': name, 'special': True} for i, name in enumerate(SPECIAL)]
    ids = [tok.special[name] for name in ('<|endoftext|>', '<|user|>', '<|observation|>')]
    files = {
        'config.json': {
            'model_type': 'glm', 'hidden_size': c.hidden_size, 'num_hidden_layers': c.num_layers,
            'num_attention_heads': c.num_heads, 'num_key_value_heads': c.num_kv_heads, 'head_dim': c.head_dim,
            'intermediate_size': c.ffn_size, 'max_position_embeddings': c.context, 'rms_norm_eps': c.norm_eps,
            'rope_theta': c.rope_base, 'partial_rotary_factor': 0.5, 'attention_bias': True,
            'tie_word_embeddings': False, 'vocab_size': c.vocab_size, 'eos_token_id': ids},
        'tokenizer.json': {
            'added_tokens': special,
            'model': {'type': 'BPE', 'vocab': {token: i for i, token in enumerate(tok.tokens)},
                      'merges': [' '.join(merge) for merge in tok.merges]}},
    }
    for name, content in files.items():
        (out / name).write_text(json.dumps(content), 'utf-8')


def nearest(kind):
    """Quantised and dequantised by the gguf package, which uses ggml's codes."""
    def convert(weights):
        packed = gguf.quants.quantize(weights.numpy(), kind)
        return torch.from_numpy(np.array(gguf.quants.dequantize(packed, kind)))
    return convert


def chat_text(tok):
    phrases, rng = Phrases(), random.Random(7)
    rows = [chat_row(phrases.chat(rng), tok, CONTEXT)[0][:CONTEXT + 1] for _ in range(2 * ROWS)]
    return torch.tensor([row for row in rows if len(row) == CONTEXT + 1][:ROWS])


@torch.no_grad()
def log_probs(model, ids):
    return torch.cat([torch.log_softmax(model(rows[:, :-1]), -1) for rows in ids.split(8)])


def variants(base, ours):
    """{label: (bits per weight, matrices)}"""
    q4_0, q8_0 = nearest(gguf.GGMLQuantizationType.Q4_0), nearest(gguf.GGMLQuantizationType.Q8_0)
    ours = {name: ours[name].reshape(tensor.shape) for name, tensor in base.items()}
    ends = {name: q8_0(base[name]) for name in ('token_embd.weight', 'output.weight')}
    share = sum(tensor.numel() for tensor in ends.values()) / sum(tensor.numel() for tensor in base.values())
    return {
        'Q4_0, rounded to nearest': (4.5, {name: q4_0(tensor) for name, tensor in base.items()}),
        'ours': (4.5, ours),
        'ours, embedding and head Q8_0': (4.5 + 4 * share, {**ours, **ends}),
    }


def compare(checkpoint, folder, order):
    """{label: [bits, relative error, KL, KL 99 %, same top token, loss]} of one order."""
    model, tok = read_checkpoint(checkpoint, order)
    ids = chat_text(tok)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    base = {name: tensor for name, tensor in state.items() if tensor.dim() == 2}
    power = sum(tensor.square().sum().item() for tensor in base.values())
    reference, rows = log_probs(model, ids), {}
    for label, (bits, weights) in variants(base, read_safetensors(folder / 'int4.safetensors')).items():
        model.load_state_dict({**state, **weights})
        got = log_probs(model, ids)
        kl = (reference.exp() * (reference - got)).sum(-1).clamp_min(0)
        error = sum((weights[name] - base[name]).square().sum().item() for name in base)
        rows[label] = [bits, (error / power) ** 0.5, kl.mean().item(), kl.flatten().quantile(0.99).item(),
                       (got.argmax(-1) == reference.argmax(-1)).float().mean().item(),
                       -got.gather(-1, ids[:, 1:, None]).mean().item()]
    loss = -reference.gather(-1, ids[:, 1:, None]).mean().item()
    return rows, f'{sum(t.numel() for t in base.values()):,} weights, {ids[:, 1:].numel():,} tokens, loss {loss:.4f}'


def measure(checkpoint, out):
    runs = [compare(checkpoint, out / str(order), order) for order in range(ORDERS)]
    print(f'{runs[0][1]}, mean of {ORDERS} orders of the channels\n')
    print('| weights | bits per weight | relative RMS error | KL | KL 99 % | same top token | loss |')
    print('| --- | --- | --- | --- | --- | --- | --- |')
    for label in runs[0][0]:
        values = np.array([rows[label] for rows, _ in runs])
        bits, error, kl, tail, same, loss = values.mean(0)
        spread = values[:, 2].std(ddof=1) / len(runs) ** 0.5
        print(f'| {label} | {bits:.2f} | {error:.4f} | {kl:.5f} ± {spread:.5f} | {tail:.3f} | {same:.2%} | {loss:.4f} |')


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('task', choices=('export', 'measure'))
    args.add_argument('checkpoint', type=Path, help='training/runs/NAME/last.pt, or public/models/nano.gguf')
    args.add_argument('path', type=Path, help='the folder of the exported repositories')
    args = args.parse_args()
    torch.set_num_threads(1)
    (export if args.task == 'export' else measure)(args.checkpoint, args.path)


if __name__ == '__main__':
    main()
