"""The eyes of GLM-4.1V at demo size: patches of a picture to vectors that stand in the place of its image tokens.

Shapes: B pictures of one size, gh x gw patches (both even), P = gh * gw, H width of the tower, D width of the text model.
The order of patches is that of transformers' Glm4v: for each 2 x 2 block, row by row, its four patches.
"""
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

PATCH, MERGE = 14, 2
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])


@dataclass
class Config:
    hidden_size: int = 128        # H
    num_layers: int = 4
    num_heads: int = 4
    text_size: int = 320          # D, and the width of each layer's FFN
    merger_size: int = 640
    table: int = 8                # the table of places has table x table rows: image_size 112
    norm_eps: float = 1e-5


def patches_of(pictures):
    """u8 [B, 14 gh, 14 gw, 3] -> f32 [B, P, 588], flattened as (channel, y, x)."""
    b, h, w, _ = pictures.shape
    x = (pictures.float() / 255 - MEAN) / STD
    x = x.view(b, h // 28, MERGE, PATCH, w // 28, MERGE, PATCH, 3)
    return x.permute(0, 1, 4, 2, 5, 7, 3, 6).reshape(b, h * w // PATCH ** 2, 3 * PATCH ** 2)


def places(gh, gw):
    """Row and column of each patch, in the order of patches: i64 [P, 2]."""
    r = torch.meshgrid(*(torch.arange(n) for n in (gh // 2, gw // 2, 2, 2)), indexing='ij')
    by, bx, dy, dx = (x.reshape(-1) for x in r)
    return torch.stack((2 * by + dy, 2 * bx + dx), -1)


def rotary(c, place):
    """cos and sin [P, head_dim / 2]: the first half of the pairs turns by the row, the second by the column."""
    dim = c.hidden_size // c.num_heads // 2
    freq = 10000.0 ** (-torch.arange(0, dim, 2) / dim)
    angle = torch.cat((place[:, :1] * freq, place[:, 1:] * freq), -1)
    return angle.cos(), angle.sin()


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.ln1 = nn.Parameter(torch.ones(c.hidden_size))
        self.ln2 = nn.Parameter(torch.ones(c.hidden_size))
        self.attn_qkv = nn.Linear(c.hidden_size, 3 * c.hidden_size, bias=False)  # rows: all Q heads, all K, all V
        self.attn_out = nn.Linear(c.hidden_size, c.hidden_size, bias=False)
        self.ffn_gate = nn.Linear(c.hidden_size, c.text_size, bias=False)
        self.ffn_up = nn.Linear(c.hidden_size, c.text_size, bias=False)
        self.ffn_down = nn.Linear(c.text_size, c.hidden_size, bias=False)
        nn.init.zeros_(self.attn_out.weight)
        nn.init.zeros_(self.ffn_down.weight)

    def forward(self, x, cos, sin):
        b, p, h = x.shape
        y = F.rms_norm(x, (h,), self.ln1, self.c.norm_eps)
        q, k, v = self.attn_qkv(y).view(b, p, 3, self.c.num_heads, -1).permute(2, 0, 3, 1, 4)

        def turn(t):
            first, second = t.chunk(2, -1)
            return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)

        out = F.scaled_dot_product_attention(turn(q), turn(k), v)
        x = x + self.attn_out(out.transpose(1, 2).reshape(b, p, h))
        y = F.rms_norm(x, (h,), self.ln2, self.c.norm_eps)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))


class Tower(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        h, d = c.hidden_size, c.text_size
        self.patch_embd = nn.Linear(3 * PATCH ** 2, h)
        self.norm_embd = nn.Parameter(torch.ones(h))
        self.position_embd = nn.Parameter(0.5 * torch.randn(c.table ** 2, h))  # at 0.02 places are not learnt
        self.blk = nn.ModuleList(Layer(c) for _ in range(c.num_layers))
        self.post_ln = nn.Parameter(torch.ones(h))
        self.patch_merger = nn.Linear(4 * h, d)
        self.fc = nn.Linear(d, d, bias=False)
        self.post_norm = nn.LayerNorm(d, eps=1e-5)
        self.gate = nn.Linear(d, c.merger_size, bias=False)
        self.up = nn.Linear(d, c.merger_size, bias=False)
        self.down = nn.Linear(c.merger_size, d, bias=False)

    def table(self, gh, gw, place):
        """The table of places at a grid of gh x gw patches, bicubic with a = -0.75: [P, H]."""
        n = self.c.table
        grid = self.position_embd.view(1, n, n, -1).permute(0, 3, 1, 2)
        resized = F.interpolate(grid, (gh, gw), mode='bicubic', align_corners=False)[0].permute(1, 2, 0)
        return resized[place[:, 0], place[:, 1]]

    def forward(self, patches, gh, gw):
        """[B, P, 588] -> [B, P / 4, D]."""
        c, place = self.c, places(gh, gw)
        x = self.patch_embd(patches)
        x = F.rms_norm(x, (c.hidden_size,), self.norm_embd, c.norm_eps) + self.table(gh, gw, place)
        cos, sin = rotary(c, place)
        for layer in self.blk:
            x = layer(x, cos, sin)
        x = F.rms_norm(x, (c.hidden_size,), self.post_ln, c.norm_eps)
        x = self.fc(self.patch_merger(x.reshape(x.shape[0], -1, 4 * c.hidden_size)))
        x = F.gelu(self.post_norm(x))
        return self.down(F.silu(self.gate(x)) * self.up(x))
