"""The text half of GLM-4.6V at demo size: the forward pass, read top to bottom.

Shapes: T tokens, D hidden size, H query heads, K KV heads, Dh head dimension, F FFN width, V vocabulary, L layers,
B chats decoded together, S positions of the KV cache.
"""
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    vocab_size: int = 4096
    hidden_size: int = 320      # D
    num_layers: int = 8         # L
    num_heads: int = 12         # H
    num_kv_heads: int = 4       # K
    head_dim: int = 32          # Dh
    ffn_size: int = 672         # F
    context: int = 2048         # the longest chat trained on
    rope_base: float = 10000.0
    norm_eps: float = 1e-5
    # M-RoPE: how many of the rotary pairs turn by time, height and width; in a text the three are equal
    rope_sections: tuple = (2, 3, 3)

    @property
    def rotary_dim(self) -> int:
        return self.head_dim // 2


def rope_table(config: Config, length: int):
    """cos and sin, [length, rotary_dim / 2], f32."""
    freq = config.rope_base ** (-torch.arange(0, config.rotary_dim, 2, dtype=torch.float64) / config.rotary_dim)
    angle = torch.arange(length, dtype=torch.float64)[:, None] * freq
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    """Rotary on the first half of each head in pairs (i, i + rotary_dim / 2), as files with M-RoPE sections have them.
    x [..., Dh]; cos and sin broadcast to [..., rotary_dim / 2]."""
    r = cos.shape[-1]
    a, b = x[..., :r].float(), x[..., r:2 * r].float()
    return torch.cat(((a * cos - b * sin).to(x.dtype), (b * cos + a * sin).to(x.dtype), x[..., 2 * r:]), dim=-1)


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float, gain: float = 1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.full((dim,), gain))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight, self.eps)


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.attn_norm = RMSNorm(c.hidden_size, c.norm_eps)
        # rows: all Q heads, then K, then V; the only matrix with a bias
        self.attn_qkv = nn.Linear(c.hidden_size, (c.num_heads + 2 * c.num_kv_heads) * c.head_dim, bias=True)
        self.attn_output = nn.Linear(c.num_heads * c.head_dim, c.hidden_size, bias=False)
        self.post_attention_norm = RMSNorm(c.hidden_size, c.norm_eps, 0.2)  # sandwich norms begin small: the
        self.ffn_norm = RMSNorm(c.hidden_size, c.norm_eps)                  # tokens must shine through the layers
        self.ffn_up = nn.Linear(c.hidden_size, 2 * c.ffn_size, bias=False)  # rows: gate, then up
        self.ffn_down = nn.Linear(c.ffn_size, c.hidden_size, bias=False)
        self.post_ffw_norm = RMSNorm(c.hidden_size, c.norm_eps, 0.2)

    def forward(self, x, cos, sin, attend):
        """x [..., D]; cos and sin [..., 1, rotary_dim / 2]; attend takes q, k, v [..., heads, Dh] to [..., H, Dh]."""
        c = self.c
        qkv = self.attn_qkv(self.attn_norm(x)).unflatten(-1, (-1, c.head_dim))
        q, k, v = qkv.split([c.num_heads, c.num_kv_heads, c.num_kv_heads], dim=-2)
        out = attend(self, rotate(q, cos, sin), rotate(k, cos, sin), v)
        x = x + self.post_attention_norm(self.attn_output(out.flatten(-2)))
        gate, up = self.ffn_up(self.ffn_norm(x)).chunk(2, dim=-1)
        return x + self.post_ffw_norm(self.ffn_down(F.silu(gate) * up))


LOOK_BACK_LOGIT = 10.0  # per rotary pair, at the offset that a head prefers


@torch.no_grad()
def look_back(block):
    """Biases with which the query heads of the first KV head attend to the tokens 1, 2 and 3 places before. Copying needs
    a head that tells each token what stood before it; left to themselves these layers had none after 1.8 million tokens."""
    c = block.c
    pairs, heads = c.rotary_dim // 2, c.num_heads // c.num_kv_heads
    freq = c.rope_base ** (-torch.arange(0, c.rotary_dim, 2) / c.rotary_dim)
    size = (LOOK_BACK_LOGIT * c.head_dim ** 0.5) ** 0.5
    bias = block.attn_qkv.bias.unflatten(0, (-1, c.head_dim))  # a view [H + 2 K, Dh]
    used = pairs // 2  # the fast pairs tell neighbours apart, the next ones tell periods apart
    for head in range(heads):
        bias[head, :used] = size * torch.cos(freq * (head + 1))[:used]
        bias[head, pairs:pairs + used] = -size * torch.sin(freq * (head + 1))[:used]
    bias[c.num_heads, :used] = size


class Glm(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.token_embd = nn.Embedding(c.vocab_size, c.hidden_size)  # its transpose is the head
        self.blk = nn.ModuleList(Block(c) for _ in range(c.num_layers))
        self.output_norm = RMSNorm(c.hidden_size, c.norm_eps)
        cos, sin = rope_table(c, c.context)
        self.register_buffer('cos', cos, persistent=False)
        self.register_buffer('sin', sin, persistent=False)
        for name, p in self.named_parameters():
            if name.endswith('bias'):
                nn.init.zeros_(p)
            elif p.dim() == 2:
                nn.init.normal_(p, std=0.05 if name.startswith('token_embd') else 0.5 / c.hidden_size ** 0.5)
        look_back(self.blk[0])

    def hidden(self, ids, positions, attend):
        """ids and positions [...] -> final normalised states [..., D]."""
        cos, sin = self.cos[positions][..., None, :], self.sin[positions][..., None, :]
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, cos, sin, attend)
        return self.output_norm(x)

    def logits(self, states):
        return F.linear(states, self.token_embd.weight)


def repeat_kv(x, c: Config, dim):
    """KV head j serves H / K consecutive query heads."""
    return x.repeat_interleave(c.num_heads // c.num_kv_heads, dim=dim)


class KvCache:
    """Keys and values of B chats decoded together; shorter prompts are padded on the left."""

    def __init__(self, c: Config, batch, length, device):
        self.kv = [torch.zeros(2, batch, c.num_kv_heads, length, c.head_dim, device=device) for _ in range(c.num_layers)]
        self.visible = torch.zeros(batch, length, dtype=torch.bool, device=device)  # padding is not
        self.length = 0

    def attend(self, block, q, k, v):
        """q [B, T, H, Dh], k and v [B, T, K, Dh]: appends, then attends causally."""
        t, c = q.shape[1], block.c
        kv = self.kv[block.index]
        kv[0, :, :, self.length:self.length + t], kv[1, :, :, self.length:self.length + t] = k.transpose(1, 2), v.transpose(1, 2)
        end = self.length + t
        keys, values = kv[0, :, :, :end], kv[1, :, :, :end]
        mask = self.visible[:, None, None, :end]
        if t == 1:  # the heads that share a KV head stand in the place of queries, so that nothing is copied
            grouped = q.reshape(q.shape[0], c.num_kv_heads, -1, c.head_dim)
            scores = (grouped @ keys.transpose(2, 3) * c.head_dim ** -0.5).masked_fill(~mask, float('-inf'))
            return (scores.softmax(-1) @ values).reshape(q.shape)
        mask = mask & torch.ones(t, end, dtype=torch.bool, device=q.device).tril(end - t)
        out = F.scaled_dot_product_attention(q.transpose(1, 2), repeat_kv(keys, c, 1), repeat_kv(values, c, 1), attn_mask=mask)
        return out.nan_to_num().transpose(1, 2)  # rows of padding see nothing

    def keep(self, rows):
        """Goes on with these chats alone."""
        self.kv = [kv[:, rows] for kv in self.kv]
        self.visible = self.visible[rows]


@torch.no_grad()
def greedy(model, prompts, stop_ids, max_tokens=160, batch=64, allows=None):
    """Greedy continuations of many prompts (lists of ids): [(ids without the stop token, stop token or None)].
    allows(i, made): which tokens may follow what prompt i has `made`, a function of the token; the likeliest such one is taken."""
    device = model.token_embd.weight.device
    for index, block in enumerate(model.blk):
        block.index = index
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    results = [None] * len(prompts)
    stops = torch.tensor(sorted(stop_ids), device=device)
    for first in range(0, len(order), batch):
        rows = order[first:first + batch]
        width = max(len(prompts[i]) for i in rows)
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        pad = torch.tensor([width - len(prompts[i]) for i in rows])
        for row, i in enumerate(rows):
            ids[row, pad[row]:] = torch.tensor(prompts[i])
        ids, pad = ids.to(device), pad.to(device)
        steps = min(max_tokens, model.c.context - width)
        cache = KvCache(model.c, len(rows), width + steps, device)
        cache.visible[:] = torch.arange(width + steps, device=device) >= pad[:, None]
        positions = (torch.arange(width, device=device) - pad[:, None]).clamp(min=0)
        going = torch.tensor(rows, device=device)
        made = {i: [] for i in rows}
        for step in range(steps):
            states = model.hidden(ids, positions, cache.attend)
            cache.length += ids.shape[1]
            logits = model.logits(states[:, -1])
            token = logits.argmax(-1)
            for row, i in enumerate(going.tolist()) if allows else ():
                may_follow = allows(i, made[i])
                if not may_follow(int(token[row])):
                    token[row] = next(filter(may_follow, logits[row].argsort(descending=True).tolist()))
            for i, t in zip(going.tolist(), token.tolist()):
                made[i].append(t)
            ids, positions = token[:, None], positions[:, -1:] + 1
            open_ = ~torch.isin(token, stops)
            if not bool(open_.all()):
                ids, positions, going = ids[open_], positions[open_], going[open_]
                cache.keep(open_)
            if not len(going):
                break
        for i in rows:
            ended = made[i][-1:] and made[i][-1] in stop_ids
            results[i] = (made[i][:-1], made[i][-1]) if ended else (made[i], None)
    return results
