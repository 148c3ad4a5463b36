"""Hugging Face transformers as an oracle: the weights of a GGUF file, dequantized to float32, in GlmForCausalLM or
Glm4ForCausalLM. Unlike llama.cpp it rounds no activations, so it is the exact oracle for every tensor type.

    python scripts/oracle/hf.py FILE --ids 1,2,3 [--greedy 64]
    python scripts/oracle/hf.py --serve        jobs {"file", "ids", "greedy", "imitate"}, one a line, JSON, on stdin

With --imitate the input of every matrix product is rounded as in llama.cpp's CPU backend. That should remove the
difference to llama.cpp, which proves that rounding is its only cause.

Prints one JSON object per job: { version, logits: [V], greedy: [ids], gaps: [best logit - second-best logit] }.
"""

import argparse
import json
import sys

import torch
import transformers
from gguf import GGML_QUANT_SIZES, GGUFReader, ReaderTensor, dequantize
from transformers import Glm4Config, Glm4ForCausalLM, GlmConfig, GlmForCausalLM

# Names within blk.N of the file, and within model.layers.N of the checkpoint. Two names differ in meaning: the file's
# ffn_norm is post_attention_layernorm, its post_attention_norm is post_self_attn_layernorm.
LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "post_attention_norm": "post_self_attn_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_up": "mlp.gate_up_proj",
    "ffn_down": "mlp.down_proj",
    "post_ffw_norm": "post_mlp_layernorm",
}
TOP_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def read_tensors(reader: GGUFReader) -> dict[str, torch.Tensor]:
    """Every tensor in float32; shapes in PyTorch order."""
    return {
        tensor.name: torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
        .float()
        .reshape([int(size) for size in reversed(tensor.shape)])
        for tensor in reader.tensors
    }


def to_checkpoint(tensors: dict[str, torch.Tensor], split: list[int]) -> dict[str, torch.Tensor]:
    """Renames tensors to transformers' names; splits a fused QKV into `split` rows."""
    state = {}
    for name, values in tensors.items():
        stem, suffix = name.rsplit(".", 1)
        if not stem.startswith("blk."):
            state[f"{TOP_NAMES[stem]}.{suffix}"] = values
            continue
        _, layer, part = stem.split(".")
        if part == "attn_qkv":
            for one, rows in zip("qkv", values.split(split)):
                state[f"model.layers.{layer}.self_attn.{one}_proj.{suffix}"] = rows
        else:
            state[f"model.layers.{layer}.{LAYER_NAMES[part]}.{suffix}"] = values
    return state


def round_q8_0(x: torch.Tensor) -> torch.Tensor:
    """Rounds to signed bytes in blocks of 32, as llama.cpp does for products with Q4_0, Q5_0 and Q8_0."""
    blocks = x.reshape(-1, 32)
    peak = blocks.abs().amax(1, keepdim=True)
    codes = torch.where(peak > 0, blocks * (127 / peak), 0).round()
    return (codes * (peak / 127).half().float()).reshape(x.shape)


def round_q8_k(x: torch.Tensor) -> torch.Tensor:
    """Rounds to signed bytes in blocks of 256, as llama.cpp does for products with K-quants."""
    blocks = x.reshape(-1, 256)
    peak = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))  # with its sign
    scale = torch.where(peak == 0, 1, -127 / peak)
    return ((blocks * scale).round().clamp(max=127) / scale).reshape(x.shape)


def q8_1_sum_error(x: torch.Tensor) -> torch.Tensor:
    """Q4_1 and Q5_1 are multiplied with Q8_1: Q8_0 and the sum of each block, an f16, which the block's min scales.
    Returns the errors of those sums: [..., blocks]."""
    blocks = x.reshape(-1, 32)
    scale = blocks.abs().amax(1, keepdim=True) / 127
    codes = torch.where(scale > 0, blocks / scale, 0).round()
    sums = (codes.sum(1, keepdim=True) * scale).half().float()
    return (sums - round_q8_0(blocks).sum(1, keepdim=True)).reshape(*x.shape[:-1], -1)


def block_mins(tensor: ReaderTensor) -> torch.Tensor:
    """The f16 `m` of every block of a Q4_1 or Q5_1 tensor: [rows, blocks]."""
    block_bytes = GGML_QUANT_SIZES[tensor.tensor_type][1]
    blocks = tensor.data.reshape(int(tensor.shape[1]), -1, block_bytes)
    return torch.from_numpy(blocks[:, :, 2:4].copy().view("float16")[:, :, 0]).float()


def rounding(type_name: str):
    if type_name in ("F16", "BF16"):
        dtype = torch.float16 if type_name == "F16" else torch.bfloat16
        return lambda x: x.to(dtype).float()
    if type_name == "F32":
        return lambda x: x
    return round_q8_k if type_name.endswith("_K") else round_q8_0


def imitate_llama(model: torch.nn.Module, reader: GGUFReader) -> None:
    """Rounds the input of every linear layer, depending on the type of its weights in the file."""
    tensors = {tensor.name.removesuffix(".weight"): tensor for tensor in reader.tensors}
    file_names = {to: name for name, to in LAYER_NAMES.items()}
    head_dim, config = model.model.layers[0].self_attn.head_dim, model.config
    q_rows, kv_rows = config.num_attention_heads * head_dim, config.num_key_value_heads * head_dim
    fused_rows = dict(zip("qkv", [(0, q_rows), (q_rows, q_rows + kv_rows), (q_rows + kv_rows, q_rows + 2 * kv_rows)]))
    for name, module in model.named_modules():
        if not isinstance(module, torch.nn.Linear):
            continue
        rows = slice(None)
        if name == "lm_head":
            tensor = tensors.get("output", tensors["token_embd"])
        else:
            _, _, layer, part = name.split(".", 3)
            tensor = tensors.get(f"blk.{layer}.{file_names[part]}")
            if tensor is None:
                tensor = tensors[f"blk.{layer}.attn_qkv"]
                rows = slice(*fused_rows[part.removeprefix("self_attn.")[0]])
        type_name = tensor.tensor_type.name
        if type_name in ("Q4_1", "Q5_1"):  # first, while the input is not yet rounded
            mins = block_mins(tensor)[rows]
            add_min_error(module, mins)
        module.register_forward_pre_hook(lambda _, args, to=rounding(type_name): (to(args[0]),))


def add_min_error(module: torch.nn.Module, mins: torch.Tensor) -> None:
    errors = []
    module.register_forward_pre_hook(lambda _, args: errors.append(q8_1_sum_error(args[0]) @ mins.T))
    module.register_forward_hook(lambda _, args, out: out + errors.pop())


def load(path: str, imitate: bool) -> torch.nn.Module:
    reader = GGUFReader(path)
    arch = reader.get_field("general.architecture").contents()
    tensors = read_tensors(reader)

    def key(name: str, default=None):
        field = reader.get_field(f"{arch}.{name}")
        return default if field is None else field.contents()

    heads, kv_heads, hidden = key("attention.head_count"), key("attention.head_count_kv"), key("embedding_length")
    head_dim = key("attention.key_length", hidden // heads)
    sizes = dict(
        vocab_size=tensors["token_embd.weight"].shape[0],
        hidden_size=hidden,
        intermediate_size=key("feed_forward_length"),
        num_hidden_layers=key("block_count"),
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=head_dim,
        max_position_embeddings=key("context_length"),
        rms_norm_eps=key("attention.layer_norm_rms_epsilon"),
        rope_parameters={
            "rope_type": "default",
            "rope_theta": key("rope.freq_base"),
            "partial_rotary_factor": key("rope.dimension_count") / head_dim,
        },
        attention_bias=any(name.endswith(".bias") for name in tensors),
        tie_word_embeddings="output.weight" not in tensors,
        pad_token_id=None,
        eos_token_id=[],
        attn_implementation="eager",
    )
    model = Glm4ForCausalLM(Glm4Config(**sizes)) if arch == "glm4" else GlmForCausalLM(GlmConfig(**sizes))
    state = to_checkpoint(tensors, [heads * head_dim, kv_heads * head_dim, kv_heads * head_dim])
    missing, unexpected = model.load_state_dict(state, strict=False)
    allowed = {"lm_head.weight"} if sizes["tie_word_embeddings"] else set()
    if unexpected or set(missing) - allowed:
        raise ValueError(f"{path}: missing {missing}, unexpected {unexpected}")
    model.tie_weights()
    if imitate:
        imitate_llama(model, reader)
    return model.float().eval()


@torch.no_grad()
def judge(file: str, ids: list[int], greedy: int = 0, imitate: bool = False) -> dict:
    model = load(file, imitate)
    out = model(input_ids=torch.tensor([ids]), use_cache=True)
    logits = out.logits[0, -1]
    result = {"version": f"transformers {transformers.__version__}, torch {torch.__version__}, float32"}
    result |= {"logits": logits.tolist(), "greedy": [], "gaps": []}
    while len(result["greedy"]) < greedy:
        top = out.logits[0, -1].topk(2)
        result["greedy"].append(int(top.indices[0]))
        result["gaps"].append(float(top.values[0] - top.values[1]))
        out = model(input_ids=top.indices[None, :1], past_key_values=out.past_key_values, use_cache=True)
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--ids")
    parser.add_argument("--greedy", type=int, default=0)
    parser.add_argument("--imitate", action="store_true")
    parser.add_argument("--serve", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    if args.serve:
        for line in sys.stdin:
            print(json.dumps(judge(**json.loads(line))), flush=True)
    else:
        ids = [int(i) for i in args.ids.split(",")]
        print(json.dumps(judge(args.file, ids, args.greedy, args.imitate)))
