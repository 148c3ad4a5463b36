"""Write a checkpoint as a GGUF file: matrices in Q8_0, norms and biases in F32. `read` does the opposite."""
import argparse
from pathlib import Path

import gguf
import numpy as np
import torch

from data import HERE
from toolcaller.model import Config, Glm
from toolcaller.saved_state import load
from toolcaller.tokenizer import SPECIAL, GlmTokenizer

CHECKPOINT = Path(__file__).parent / 'checkpoint.gguf'  # of the run so far, at full learning rate: to go on from
MODEL_PATH = HERE / 'runs/toolcaller/nano.gguf'
NORMAL, CONTROL, UNUSED = 1, 3, 5  # tokenizer.ggml.token_type
MAX_BYTES = 10_000_000
ARCH = 'glm4'

# Tools come as in GLM-4's own templates ({type: function, function: {...}} or {type: python}), in short form: one
# heading, one section per tool, one line per parameter. mix.py and skills/ write the same text.
CHAT_TEMPLATE = r"""[gMASK]<sop>
{%- if tools %}
{{- '<|system|>\n' }}
{%- if messages and messages[0].role == 'system' %}{{ messages[0].content + '\n\n' }}{% endif %}
{{- '# 可用工具' }}
{%- for tool in tools %}
{%- if tool.type == 'python' %}{{ '\n\n## python\n运行 Python 代码，返回输出。' }}
{%- elif tool.type == 'simple_browser' %}
{{- '\n\n## simple_browser\nsearch("…") 搜索，mclick([n]) 打开结果；用【n†source】注明出处。' }}
{%- elif tool.type == 'cogview' %}{{ '\n\n## cogview\n画简单的图，内容写成 SVG。' }}
{%- else %}
{%- set f = tool.function or tool %}
{{- '\n\n## ' + f.name + '\n' + (f.description or '') }}
{%- if f.parameters and f.parameters.properties %}
{%- for key, p in f.parameters.properties.items() %}
{{- '\n- ' + key + ' (' }}
{%- if p.enum %}{{ p.enum | join('|') }}
{%- elif p.type == 'array' %}{{ ((p['items'] or {}).type or 'any') + '[]' }}
{%- else %}{{ p.type or 'any' }}
{%- endif %}
{%- if key not in (f.parameters.required or []) %}{{ ', optional' }}{% endif %}
{{- ')' }}
{%- if p.description %}{{ ': ' + p.description }}{% endif %}
{%- endfor %}
{%- endif %}
{%- endif %}
{%- endfor %}
{%- endif %}
{%- for m in messages %}
{%- if m.role == 'system' and not (tools and loop.first) %}{{ '<|system|>\n' + m.content }}
{%- elif m.role == 'user' %}{{ '<|user|>\n' + m.content }}
{%- elif m.role == 'assistant' %}
{%- if m.content or not m.tool_calls %}{{ '<|assistant|>' + (m.metadata or '') + '\n' + m.content }}{% endif %}
{%- for call in m.tool_calls or [] %}
{{- '<|assistant|>' + call.function.name + '\n' }}
{%- if call.function.arguments is string %}{{ call.function.arguments }}
{%- else %}{{ call.function.arguments | tojson }}
{%- endif %}
{%- endfor %}
{%- elif m.role == 'observation' or m.role == 'tool' %}{{ '<|observation|>' + (m.metadata or '') + '\n' + m.content }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"""


def write(path, model, tok, step, tokens):
    c, w = model.c, gguf.GGUFWriter(path, ARCH)
    w.add_name('GLM Nano')
    w.add_description('Demo-size GLM that calls tools, trained from scratch; Chinese and English')
    w.add_license('apache-2.0')
    w.add_languages(['zh', 'en'])
    w.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    w.add_context_length(c.context)
    w.add_embedding_length(c.hidden_size)
    w.add_feed_forward_length(c.ffn_size)
    w.add_block_count(c.num_layers)
    w.add_head_count(c.num_heads)
    w.add_head_count_kv(c.num_kv_heads)
    w.add_key_length(c.head_dim)
    w.add_value_length(c.head_dim)
    w.add_layer_norm_rms_eps(c.norm_eps)
    w.add_rope_dimension_count(c.rotary_dim)
    w.add_rope_dimension_sections([*c.rope_sections, 0])
    w.add_rope_freq_base(c.rope_base)

    unused = c.vocab_size - len(tok.tokens) - len(SPECIAL)
    w.add_tokenizer_model('gpt2')
    w.add_tokenizer_pre('glm4')
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
    w.add_uint32('nano.training.step', step)
    w.add_uint32('nano.training.tokens', tokens)

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


def tokens_of(path):
    """(steps, tokens) of training that a file has behind it."""
    fields = gguf.GGUFReader(path).fields
    return tuple(fields[f'nano.training.{name}'].contents() for name in ('step', 'tokens'))


def read(path):
    """The dequantised model and its tokenizer, from nothing but the file."""
    reader = gguf.GGUFReader(path)
    value = {name: field.contents() for name, field in reader.fields.items()}
    tokens, types = value['tokenizer.ggml.tokens'], value['tokenizer.ggml.token_type']
    ordinary = [t for t, kind in zip(tokens, types) if kind == NORMAL]
    tok = GlmTokenizer(ordinary, [m.split(' ') for m in value['tokenizer.ggml.merges']])
    tensors = {t.name: torch.from_numpy(np.array(gguf.quants.dequantize(t.data, t.tensor_type)))
               for t in reader.tensors}
    config = Config(vocab_size=len(tokens), hidden_size=value[f'{ARCH}.embedding_length'],
                    num_layers=value[f'{ARCH}.block_count'], num_heads=value[f'{ARCH}.attention.head_count'],
                    num_kv_heads=value[f'{ARCH}.attention.head_count_kv'], head_dim=value[f'{ARCH}.attention.key_length'],
                    ffn_size=value[f'{ARCH}.feed_forward_length'], context=value[f'{ARCH}.context_length'],
                    rope_base=value[f'{ARCH}.rope.freq_base'],
                    rope_sections=tuple(value[f'{ARCH}.rope.dimension_sections'][:3]),
                    norm_eps=value[f'{ARCH}.attention.layer_norm_rms_epsilon'])
    assert config.rotary_dim == value[f'{ARCH}.rope.dimension_count'] == 2 * sum(config.rope_sections)
    model = Glm(config).eval()
    model.load_state_dict(tensors)
    return model, tok


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--checkpoint', type=Path, default=HERE / 'runs/toolcaller/last.pt')
    args.add_argument('--out', type=Path, default=MODEL_PATH)
    args.add_argument('--raw', action='store_true', help="the last step's weights, to go on from, and not the average")
    args.add_argument('--blend', nargs=2, metavar=('FILE', 'SHARE'), help='mean with the weights of an earlier file of the same training, which count SHARE')
    args = args.parse_args()
    model, state = load(args.checkpoint)
    if not args.raw:
        model.load_state_dict(state['average'])
    if args.blend:
        earlier, share = read(Path(args.blend[0]))[0].state_dict(), float(args.blend[1])
        model.load_state_dict({name: (1 - share) * value + share * earlier[name] for name, value in model.state_dict().items()})
    args.out.parent.mkdir(parents=True, exist_ok=True)
    write(args.out, model, GlmTokenizer.load(), state['step'], state['tokens'])
    size = args.out.stat().st_size
    assert size <= MAX_BYTES, f'{size} bytes are more than {MAX_BYTES}'
    print(f'{args.out.name}: {size:,} bytes, {sum(p.numel() for p in model.parameters()):,} parameters, '
          f'step {state["step"]}, {state["tokens"]:,} tokens')


if __name__ == '__main__':
    main()
