"""Write a checkpoint as a GGUF file: matrices in Q8_0, norms and biases in F32. `read` does the opposite."""
import argparse
from pathlib import Path

import gguf
import numpy as np
import torch

from data import HERE
from model import Config, Glm
from tokenizer import SPECIAL, GlmTokenizer
from train import load

MODEL_PATH = HERE.parent / 'public/models/nano.gguf'
NORMAL, CONTROL, UNUSED = 1, 3, 5  # tokenizer.ggml.token_type
MAX_BYTES = 10_000_000

CHAT_TEMPLATE = """[gMASK]<sop>{% for message in messages %}{% if message['role'] == 'system' %}<|system|>
{{ message['content'] }}{% elif message['role'] == 'user' %}<|user|>
{{ message['content'] }}{% elif message['role'] == 'assistant' %}<|assistant|>
{{ message['content'] }}{% elif message['role'] == 'observation' %}<|observation|>
{{ message['content'] }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"""


def write(path, model, tok):
    c, w = model.c, gguf.GGUFWriter(path, 'chatglm')
    w.add_name('GLM Nano')
    w.add_description('Demo-size GLM-4-architecture model, trained from scratch; Chinese and English')
    w.add_license('apache-2.0')
    w.add_languages(['zh', 'en'])
    w.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    w.add_context_length(c.context)
    w.add_embedding_length(c.hidden_size)
    w.add_feed_forward_length(c.ffn_size)
    w.add_block_count(c.num_layers)
    w.add_head_count(c.num_heads)
    w.add_head_count_kv(c.num_kv_heads)
    w.add_layer_norm_rms_eps(c.norm_eps)
    w.add_rope_dimension_count(c.rotary_dim)
    w.add_rope_freq_base(c.rope_base)

    unused = c.vocab_size - len(tok.tokens) - len(SPECIAL)
    w.add_tokenizer_model('gpt2')
    w.add_tokenizer_pre('chatglm-bpe')
    w.add_token_list(tok.tokens + SPECIAL + [f'[PAD{len(tok.tokens) + len(SPECIAL) + i}]' for i in range(unused)])
    w.add_token_types([NORMAL] * len(tok.tokens) + [CONTROL] * len(SPECIAL) + [UNUSED] * unused)
    w.add_token_merges([' '.join(m) for m in tok.merges])
    w.add_eos_token_id(tok.special['<|endoftext|>'])
    w.add_eot_token_id(tok.special['<|user|>'])
    w.add_unk_token_id(tok.special['<|endoftext|>'])
    w.add_pad_token_id(tok.special['<|endoftext|>'])
    w.add_bos_token_id(tok.special['[gMASK]'])
    w.add_add_bos_token(False)
    w.add_chat_template(CHAT_TEMPLATE)

    for name, tensor in model.state_dict().items():
        data = tensor.float().numpy()
        if data.ndim == 2:  # [out, in]: rows are multiples of 32, the Q8_0 block
            w.add_tensor(name, gguf.quants.quantize(data, gguf.GGMLQuantizationType.Q8_0),
                         raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            w.add_tensor(name, data)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def read(path):
    """The dequantised model and its tokenizer, from nothing but the file."""
    reader = gguf.GGUFReader(path)
    value = {name: field.contents() for name, field in reader.fields.items()}
    tokens, types = value['tokenizer.ggml.tokens'], value['tokenizer.ggml.token_type']
    ordinary = [t for t, kind in zip(tokens, types) if kind == NORMAL]
    tok = GlmTokenizer(ordinary, [m.split(' ') for m in value['tokenizer.ggml.merges']])
    hidden, heads = value['chatglm.embedding_length'], value['chatglm.attention.head_count']
    tensors = {t.name: torch.from_numpy(np.array(gguf.quants.dequantize(t.data, t.tensor_type)))
               for t in reader.tensors}
    kv_heads = value['chatglm.attention.head_count_kv']
    config = Config(vocab_size=len(tokens), hidden_size=hidden, num_layers=value['chatglm.block_count'],
                    num_heads=heads, num_kv_heads=kv_heads,
                    head_dim=tensors['blk.0.attn_qkv.weight'].shape[0] // (heads + 2 * kv_heads),
                    ffn_size=value['chatglm.feed_forward_length'], context=value['chatglm.context_length'],
                    rope_base=value['chatglm.rope.freq_base'],
                    norm_eps=value['chatglm.attention.layer_norm_rms_epsilon'])
    assert config.rotary_dim == value['chatglm.rope.dimension_count']
    model = Glm(config).eval()
    model.load_state_dict(tensors)
    return model, tok


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--run', default='nano', help='folder under runs/ whose last.pt is exported')
    args.add_argument('--out', type=Path, default=MODEL_PATH)
    args = args.parse_args()
    model, state = load(HERE / 'runs' / args.run / 'last.pt')
    model.load_state_dict(state['average'])
    args.out.parent.mkdir(parents=True, exist_ok=True)
    write(args.out, model, GlmTokenizer.load())
    size = args.out.stat().st_size
    assert size <= MAX_BYTES, f'{size} bytes are more than {MAX_BYTES}'
    print(f'{args.out.name}: {size:,} bytes, {sum(p.numel() for p in model.parameters()):,} parameters, '
          f'step {state["step"]}')


if __name__ == '__main__':
    main()
