"""GLM-4 at demo size: the forward pass, read top to bottom.

Shapes: T tokens, D hidden size, H query heads, K KV heads, Dh head dimension, F FFN width, V vocabulary, L layers.
"""
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    vocab_size: int = 4096
    hidden_size: int = 256      # D
    num_layers: int = 4         # L
    num_heads: int = 8          # H
    num_kv_heads: int = 2       # K
    head_dim: int = 32          # Dh
    ffn_size: int = 640         # F
    context: int = 1024         # the longest row trained on
    rope_base: float = 10000.0
    norm_eps: float = 1e-5

    @property
    def rotary_dim(self) -> int:
        return self.head_dim // 2


def rope_table(config: Config, length: int):
    """cos and sin, [length, rotary_dim / 2], f32."""
    freq = config.rope_base ** (-torch.arange(0, config.rotary_dim, 2, dtype=torch.float64) / config.rotary_dim)
    angle = torch.arange(length, dtype=torch.float64)[:, None] * freq
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    """Rotary on the first half of each head, interleaved pairs (2i, 2i+1). x [B, heads, T, Dh]."""
    r = 2 * cos.shape[-1]
    even, odd = x[..., 0:r:2], x[..., 1:r:2]
    turned = torch.stack((even * cos - odd * sin, odd * cos + even * sin), dim=-1).flatten(-2)
    return torch.cat((turned.to(x.dtype), x[..., r:]), dim=-1)


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
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
        self.ffn_norm = RMSNorm(c.hidden_size, c.norm_eps)
        self.ffn_up = nn.Linear(c.hidden_size, 2 * c.ffn_size, bias=False)  # rows: gate, then up
        self.ffn_down = nn.Linear(c.ffn_size, c.hidden_size, bias=False)

    def forward(self, x, cos, sin, cache=None):
        c, (b, t, _) = self.c, x.shape
        qkv = self.attn_qkv(self.attn_norm(x)).view(b, t, -1, c.head_dim).transpose(1, 2)
        q, k, v = qkv.split([c.num_heads, c.num_kv_heads, c.num_kv_heads], dim=1)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            k, v = cache.append(self, k, v)
        repeat = c.num_heads // c.num_kv_heads  # KV head j serves `repeat` consecutive query heads
        k, v = k.repeat_interleave(repeat, dim=1), v.repeat_interleave(repeat, dim=1)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=t > 1)
        x = x + self.attn_output(out.transpose(1, 2).reshape(b, t, -1))
        gate, up = self.ffn_up(self.ffn_norm(x)).chunk(2, dim=-1)
        return x + self.ffn_down(F.silu(gate) * up)


class KvCache:
    """Keys and values of one chat. A prompt is prefilled in one pass, then tokens come one at a time."""

    def __init__(self):
        self.layers, self.length = {}, 0

    def append(self, layer, k, v):
        if layer in self.layers:
            old_k, old_v = self.layers[layer]
            k, v = torch.cat((old_k, k), dim=2), torch.cat((old_v, v), dim=2)
        self.layers[layer] = (k, v)
        return k, v


class Glm(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.token_embd = nn.Embedding(c.vocab_size, c.hidden_size)
        self.blk = nn.ModuleList(Block(c) for _ in range(c.num_layers))
        self.output_norm = RMSNorm(c.hidden_size, c.norm_eps)
        self.output = nn.Linear(c.hidden_size, c.vocab_size, bias=False)  # untied head
        cos, sin = rope_table(c, c.context)
        self.register_buffer('cos', cos, persistent=False)
        self.register_buffer('sin', sin, persistent=False)
        for name, p in self.named_parameters():
            if name.endswith('bias'):
                nn.init.zeros_(p)
            elif p.dim() == 2:
                std = 0.5 / c.hidden_size ** 0.5
                if name.endswith(('attn_output.weight', 'ffn_down.weight')):
                    std /= (2 * c.num_layers) ** 0.5
                nn.init.normal_(p, std=std)

    def hidden(self, ids, cache=None):
        """ids [B, T] -> final normalised states [B, T, D]."""
        start = cache.length if cache is not None else 0
        cos, sin = self.cos[start:start + ids.shape[1]], self.sin[start:start + ids.shape[1]]
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, cos, sin, cache)
        if cache is not None:
            cache.length += ids.shape[1]
        return self.output_norm(x)

    def forward(self, ids, cache=None):
        return self.output(self.hidden(ids, cache))

    @torch.no_grad()
    def greedy(self, prompt_ids, stop_ids, max_tokens=160):
        """Greedy continuation of one prompt, without the stop token."""
        cache, out = KvCache(), []
        ids = torch.tensor([prompt_ids])
        while len(out) < max_tokens and cache.length + ids.shape[1] <= self.c.context:
            token = int(self.output(self.hidden(ids, cache)[:, -1]).argmax())
            if token in stop_ids:
                break
            out.append(token)
            ids = torch.tensor([[token]])
        return out
