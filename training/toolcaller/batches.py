"""Batches of training: one stream of tokens, whole conversations one behind the other, none of which sees another.
A step's batch depends only on (seed, step)."""
import multiprocessing
import os
import random
import signal

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.attention.varlen import varlen_attn

from mix import SKILLS, example
from toolcaller.model import repeat_kv

PROMPT_WEIGHT = 0.1  # share of the prompt's tokens that also train the model, at full weight
LONGEST = 2048
BLOCK = 96  # queries that a CPU attends for together: so many columns of a triangle are computed in vain at most


def pack(rows, tokens):
    """(ids [N + 1] u16, skills [N] u8, bounds [docs + 1] i32) of rows (ids, skills): bounds are where rows begin, then N."""
    ids, skills, bounds = [], [], [0]
    for row, learnt in rows:
        ids += row
        skills += [0] + learnt[1:]  # the first token of a conversation does not follow from the one before
        bounds.append(min(len(ids), tokens))
    return np.array(ids[:tokens + 1], np.uint16), np.array(skills[1:tokens + 1], np.uint8), np.array(bounds, np.int32)


def make_batch(mix, tok, seed, step, tokens):
    rng, rows, total = random.Random(f'{seed}:{step}'), [], 0
    while total < tokens + 1:
        ids, skills = example(mix, tok, rng, LONGEST)
        rows.append((ids, [s or (len(SKILLS) if rng.random() < PROMPT_WEIGHT else 0) for s in skills]))
        total += len(ids)
    return pack(rows, tokens)


def worker(queue, mix, tok, seed, first, stride, tokens):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a signal to all processes ends the training process, which ends this one
    step = first
    while True:
        queue.put(make_batch(mix, tok, seed, step, tokens))
        step += stride


class Batches:
    """Batches of the coming steps, made by other processes ahead of time: one process makes 200,000 tokens a second."""

    def __init__(self, tok, mix, seed, first, tokens, workers):
        context = multiprocessing.get_context('fork')
        os.environ['TOKENIZERS_PARALLELISM'] = 'false'
        self.first, self.queues, self.processes = first, [context.Queue(8) for _ in range(workers)], []
        for i, queue in enumerate(self.queues):
            process = context.Process(target=worker, args=(queue, mix, tok, seed, first + i, workers, tokens), daemon=True)
            process.start()
            self.processes.append(process)

    def get(self, step):
        return self.queues[(step - self.first) % len(self.queues)].get()

    def close(self):
        for process in self.processes:
            process.kill()


def to_device(batch, device):
    """ids [N + 1], skills [N], positions [N], bounds, as tensors; on a GPU bounds are padded with N to a fixed length."""
    ids, skills, bounds = batch
    positions = np.arange(len(skills), dtype=np.int64) - np.repeat(bounds[:-1], np.diff(bounds))
    if device.type == 'cuda':
        docs = max(64, len(skills) // 80)
        assert len(bounds) <= docs + 1, f'{len(bounds)} conversations in a batch'
        bounds = np.concatenate([bounds, np.full(docs + 1 - len(bounds), len(skills), np.int32)])
    return [torch.from_numpy(x).to(device, non_blocking=True)
            for x in (ids.astype(np.int64), skills.astype(np.int64), positions, bounds)]


def attention_on_gpu(bounds):
    def attend(block, q, k, v):
        q, k, v = (x.to(torch.bfloat16) for x in (q, k, v))
        k, v = repeat_kv(k, block.c, -2), repeat_kv(v, block.c, -2)
        return varlen_attn(q, k, v, bounds, bounds, LONGEST, LONGEST, window_size=(-1, 0))
    return attend


class Attention(torch.autograd.Function):
    """Causal attention by matrix products in which the query heads of a KV head are rows side by side: q [K, N, H / K, Dh],
    k and v [K, N, Dh]. Each of `blocks` holds the place of its conversation, of its first query and of the query after its last."""

    @staticmethod
    def forward(ctx, q, k, v, blocks):
        out, shares, group = torch.empty_like(q), [], q.shape[2]
        later = torch.full((BLOCK, BLOCK), -torch.inf).triu(1).repeat_interleave(group, 0)
        for start, first, end in blocks:
            scores = q[:, first:end].flatten(1, 2) * q.shape[-1] ** -0.5 @ k[:, start:end].mT
            scores[..., first - start:].add_(later[:scores.shape[1], :end - first])
            shares.append(scores.softmax(-1))
            out[:, first:end] = (shares[-1] @ v[:, start:end]).unflatten(1, (-1, group))
        ctx.save_for_backward(q, k, v, *shares)
        ctx.blocks = blocks
        return out

    @staticmethod
    def backward(ctx, grad):
        q, k, v, *shares = ctx.saved_tensors
        dq, dk, dv = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for (start, first, end), share in zip(ctx.blocks, shares):
            g, keys = grad[:, first:end].flatten(1, 2), slice(start, end)
            dv[:, keys].add_(share.mT @ g)
            ds = torch._softmax_backward_data(g @ v[:, keys].mT, share, -1, q.dtype)
            dk[:, keys].add_(ds.mT @ q[:, first:end].flatten(1, 2), alpha=q.shape[-1] ** -0.5)
            dq[:, first:end] = (ds @ k[:, keys]).mul_(q.shape[-1] ** -0.5).unflatten(1, (-1, q.shape[2]))
        return dq, dk, dv, None


def attention_on_cpu(bounds):
    ends = bounds.tolist()
    blocks = [(start, first, min(first + BLOCK, end)) for start, end in zip(ends, ends[1:]) for first in range(start, end, BLOCK)]

    @torch.compiler.disable
    def attend(block, q, k, v):
        q = q.unflatten(1, (block.c.num_kv_heads, -1))
        return Attention.apply(*(x.transpose(0, 1) for x in (q, k, v)), blocks).transpose(0, 1).flatten(1, 2)
    return attend


def losses_of(model, ids, skills, positions, bounds):
    """(losses, hits, skills) of the tokens to learn; on a GPU of all tokens, with skill 0 where nothing is learnt. A hit
    is a token that the model finds the most likely."""
    attend = attention_on_gpu(bounds) if bounds.is_cuda else attention_on_cpu(bounds)
    states, wanted = model.hidden(ids[:-1], positions, attend), ids[1:]
    if not bounds.is_cuda:  # the head is a seventh of the arithmetic
        learnt = skills.nonzero()[:, 0]
        states, wanted, skills = states.index_select(0, learnt), wanted[learnt], skills[learnt]
    logits = model.logits(states).float()
    return F.cross_entropy(logits, wanted, reduction='none'), logits.argmax(-1) == wanted, skills
