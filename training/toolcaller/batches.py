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


class Rectangle(torch.autograd.Function):
    """x [N, ...] -> x[index], whose places `slots` stand for the tokens `rows`; the other places are padding that
    nothing reads, so its gradient is zero and is left out."""

    @staticmethod
    def forward(ctx, x, index, rows, slots):
        ctx.save_for_backward(rows, slots)
        ctx.tokens = x.shape[0]
        return x[index]

    @staticmethod
    def backward(ctx, grad):
        rows, slots = ctx.saved_tensors
        out = grad.new_zeros(ctx.tokens, *grad.shape[2:])
        out[rows] = grad.flatten(0, 1)[slots]
        return out, None, None, None


def rectangles(bounds):
    """Conversations of similar length side by side: [(index [B, T], rows, slots)]. A token sees only tokens to its
    left, so padding on the right needs no mask."""
    spans = sorted(((end - start, start) for start, end in zip(bounds, bounds[1:]) if end > start), reverse=True)
    groups = []
    while spans:
        longest = spans[0][0]
        here = [s for s in spans if s[0] >= 0.6 * longest - 16]
        spans = spans[len(here):]
        lengths, starts = (torch.tensor(x)[:, None] for x in zip(*here))
        at = torch.arange(longest)
        inside = at < lengths
        index = starts + torch.minimum(at.expand(len(here), -1), lengths - 1)
        groups.append((index, index[inside], inside.flatten().nonzero()[:, 0]))
    return groups


def attention_on_cpu(bounds):
    groups = rectangles(bounds.tolist())
    order = torch.cat([rows for _, rows, _ in groups]).argsort()

    @torch.compiler.disable
    def attend(block, q, k, v):
        c, parts, qkv = block.c, [], torch.cat((q, k, v), 1)
        for index, rows, slots in groups:
            q, k, v = Rectangle.apply(qkv, index, rows, slots).transpose(1, 2).split((c.num_heads, c.num_kv_heads, c.num_kv_heads), 1)
            out = F.scaled_dot_product_attention(q, repeat_kv(k, c, 1), repeat_kv(v, c, 1), is_causal=True)
            parts.append(out.transpose(1, 2).flatten(0, 1)[slots])
        return torch.cat(parts)[order]
    return attend


def losses_of(model, ids, skills, positions, bounds):
    """(losses, hits, skills) of the tokens to learn; on a GPU of all tokens, with skill 0 where nothing is learnt. A hit
    is a token that the model finds the most likely."""
    attend = attention_on_gpu(bounds) if bounds.is_cuda else attention_on_cpu(bounds)
    states, wanted = model.hidden(ids[:-1], positions, attend), ids[1:]
    if not bounds.is_cuda:  # the head is a seventh of the arithmetic
        learnt = skills.nonzero()[:, 0]
        states, wanted, skills = states[learnt], wanted[learnt], skills[learnt]
    logits = model.logits(states).float()
    return F.cross_entropy(logits, wanted, reduction='none'), logits.argmax(-1) == wanted, skills
