"""Train Nano from scratch on conversations made on the fly. A step's batch depends only on (seed, step).

A batch is one stream of tokens: whole conversations one behind the other, none of which sees another.
"""
import argparse
import copy
import json
import multiprocessing
import os
import random
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.attention.varlen import varlen_attn

from data import HERE
from mix import Mix, example
from toolcaller.model import Config, Glm, repeat_kv
from toolcaller.tokenizer import GlmTokenizer

PROMPT_WEIGHT = 0.1    # share of the prompt's tokens that also train the model, at full weight
AVERAGE_DECAY = 0.995  # about the last 200 steps
LONGEST = 2048


def make_batch(mix, tok, seed, step, tokens):
    """(ids [N + 1] u16, learn [N] bool, bounds [docs + 1] i32): bounds are where conversations begin, then N."""
    rng = random.Random(f'{seed}:{step}')
    ids, learn, bounds = [], [], [0]
    while len(ids) < tokens + 1:
        row, wanted = example(mix, tok, rng, LONGEST)
        wanted = [w or rng.random() < PROMPT_WEIGHT for w in wanted]
        wanted[0] = False  # the first token of a conversation does not follow from the one before
        ids += row
        learn += wanted
        bounds.append(min(len(ids), tokens))
    return np.array(ids[:tokens + 1], np.uint16), np.array(learn[1:tokens + 1]), np.array(bounds, np.int32)


def worker(queue, mix, tok, seed, first, stride, last, tokens):
    for step in range(first, last, stride):
        queue.put(make_batch(mix, tok, seed, step, tokens))


class Batches:
    """Batches of the coming steps, made by other processes ahead of time."""

    def __init__(self, tok, seed, first, last, tokens, workers):
        context = multiprocessing.get_context('fork')
        os.environ['TOKENIZERS_PARALLELISM'] = 'false'
        self.first, self.queues, self.processes = first, [context.Queue(8) for _ in range(workers)], []
        mix = Mix()
        for i, queue in enumerate(self.queues):
            process = context.Process(target=worker, args=(queue, mix, tok, seed, first + i, workers, last, tokens), daemon=True)
            process.start()
            self.processes.append(process)

    def get(self, step):
        return self.queues[(step - self.first) % len(self.queues)].get()

    def close(self):
        for process in self.processes:
            process.terminate()


def to_device(batch, docs, device):
    """ids [N + 1], learn [N], positions [N], bounds [docs + 1] padded with N, as tensors."""
    ids, learn, bounds = batch
    starts = np.repeat(bounds[:-1], np.diff(bounds))
    positions = np.arange(len(learn), dtype=np.int64) - starts
    assert len(bounds) <= docs + 1, f'{len(bounds)} conversations in a batch'
    padded = np.full(docs + 1, len(learn), np.int32)
    padded[:len(bounds)] = bounds
    return [torch.from_numpy(x).to(device, non_blocking=True)
            for x in (ids.astype(np.int64), learn.astype(np.float32), positions, padded)]


def packed_attention(bounds):
    """Causal attention within each conversation of the stream; on a CPU one conversation at a time."""
    def on_gpu(block, q, k, v):
        q, k, v = (x.to(torch.bfloat16) for x in (q, k, v))
        k, v = repeat_kv(k, block.c, -2), repeat_kv(v, block.c, -2)
        return varlen_attn(q, k, v, bounds, bounds, LONGEST, LONGEST, window_size=(-1, 0))

    def on_cpu(block, q, k, v):
        k, v = repeat_kv(k, block.c, -2), repeat_kv(v, block.c, -2)
        sizes = bounds.diff()[bounds.diff() > 0].tolist()
        q, k, v = (x.transpose(0, 1).split(sizes, 1) for x in (q, k, v))
        return torch.cat([F.scaled_dot_product_attention(*qkv, is_causal=True) for qkv in zip(q, k, v)], 1).transpose(0, 1)
    return on_gpu if bounds.is_cuda else on_cpu


def loss_of(model, ids, learn, positions, bounds):
    """Mean cross-entropy of the tokens to learn."""
    states = model.hidden(ids[:-1], positions, packed_attention(bounds))
    losses = F.cross_entropy(model.logits(states).float(), ids[1:], reduction='none')
    return (losses * learn).sum() / learn.sum()


class Muon(torch.optim.Optimizer):
    """Momentum whose matrix updates are orthogonalised by Newton-Schulz steps (Jordan et al. 2024). Matrices of one
    shape are updated together."""

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.02):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for p in group['params']:
                by_shape.setdefault(p.shape, []).append(p)
            for shape, params in by_shape.items():
                grads, momenta = [p.grad for p in params], []
                for p in params:
                    state = self.state[p]
                    if 'momentum' not in state:
                        state['momentum'] = torch.zeros_like(p)
                    momenta.append(state['momentum'])
                torch._foreach_mul_(momenta, group['momentum'])
                torch._foreach_add_(momenta, grads)
                x = torch.stack(torch._foreach_add(grads, momenta, alpha=group['momentum']))
                x = orthogonal(x.mT if shape[0] > shape[1] else x)
                x = x.mT if shape[0] > shape[1] else x
                scale = max(1, shape[0] / shape[1]) ** 0.5
                torch._foreach_mul_(params, 1 - group['lr'] * group['weight_decay'])
                torch._foreach_add_(params, list(x.to(params[0].dtype).unbind()), alpha=-group['lr'] * scale)


def orthogonal(x):
    """Newton-Schulz steps; x [matrices, rows, columns] with rows <= columns."""
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    x = x.to(torch.bfloat16) if x.is_cuda else x
    for _ in range(5):
        a = x @ x.mT
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x


def make_optimizers(model, fused):
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and n.startswith('blk')]
    tables = [p for n, p in model.named_parameters() if p.dim() == 2 and not n.startswith('blk')]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    adam = torch.optim.AdamW([{'params': tables, 'lr': 3e-3, 'weight_decay': 0.01},
                              {'params': vectors, 'lr': 3e-3, 'weight_decay': 0.0}], betas=(0.9, 0.98), fused=fused)
    optimizers = [Muon(matrices, lr=0.02), adam]
    for opt in optimizers:
        for group in opt.param_groups:
            group['peak_lr'] = group['lr']
    return optimizers


def lr_scale(done, decay):
    """Warm up, hold, then fall linearly over the last `decay` of the run; done runs from 0 to 1."""
    return min(1.0, 0.02 + done / 0.02, max(0.002, (1 - done) / decay))


def save(path, model, average, step):
    state = {'config': asdict(model.c), 'model': model.state_dict(), 'average': average.state_dict(), 'step': step}
    torch.save(state, path.with_suffix('.tmp'))
    path.with_suffix('.tmp').rename(path)


def load(path):
    state = torch.load(path, weights_only=True, map_location='cpu')
    model = Glm(Config(**{**state['config'], 'rope_sections': tuple(state['config']['rope_sections'])}))
    model.load_state_dict(state['model'])
    return model, state


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--out', type=Path, default=HERE / 'runs/toolcaller', help='folder of the checkpoint and the log')
    args.add_argument('--steps', type=int, default=12000)
    args.add_argument('--seconds', type=float, default=1e9, help='the run ends then at the latest, its decay included')
    args.add_argument('--decay', type=float, default=0.4, help='share of the run in which the learning rate falls')
    args.add_argument('--tokens', type=int, default=32768, help='tokens of a step')
    args.add_argument('--layers', type=int, default=Config.num_layers, help='fewer for trials')
    args.add_argument('--seed', type=int, default=1)
    args.add_argument('--workers', type=int, default=max(1, (os.cpu_count() or 2) - 1))
    args = args.parse_args()

    began = time.time()
    args.out.mkdir(parents=True, exist_ok=True)
    tok = GlmTokenizer.load()
    batches = Batches(tok, args.seed, 0, args.steps, args.tokens, args.workers)  # before CUDA starts: they are forked
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    torch.manual_seed(args.seed)
    torch.set_float32_matmul_precision('high')
    torch.set_num_threads(max(1, torch.get_num_threads() - 1))
    model = Glm(Config(vocab_size=tok.padded_size, num_layers=args.layers)).to(device)
    optimizers = make_optimizers(model, device.type == 'cuda')
    average = copy.deepcopy(model)  # of the weights of the last steps: what is exported
    slow, fast = list(average.parameters()), list(model.parameters())
    loss_fn = torch.compile(loss_of, dynamic=False) if device.type == 'cuda' else loss_of
    docs = max(64, args.tokens // 80)
    print(f'{sum(p.numel() for p in fast):,} parameters on {device}, {args.workers} workers', flush=True)
    log = open(args.out / 'log.jsonl', 'w', buffering=1)
    waited = first = done = 0.0
    marks = []
    for step in range(args.steps):
        before = time.time()
        batch = to_device(batches.get(step), docs, device)
        waited += time.time() - before
        with torch.autocast(device.type, torch.bfloat16):
            try:
                loss = loss_fn(model, *batch)
            except Exception as error:  # a compiler that fails must not cost the run
                if step or loss_fn is loss_of:
                    raise
                print('not compiled:', repr(error)[:2000], flush=True)
                loss_fn = loss_of
                loss = loss_fn(model, *batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(fast, 1.0, foreach=True)
        # the schedule runs by steps or by the clock, whichever ends first
        done = max(step / args.steps, (time.time() - began) / args.seconds)
        for opt in optimizers:
            for group in opt.param_groups:
                group['lr'] = group['peak_lr'] * lr_scale(done, args.decay)
            opt.step()
            opt.zero_grad(set_to_none=True)
        with torch.no_grad():
            torch._foreach_lerp_(slow, fast, max(1 / (step + 2), 1 - AVERAGE_DECAY))
        if step % 20 == 19 or step < 3:
            marks.append((step + 1, loss.detach()))
        if step == 20:
            first = time.time()
        if step % 200 == 199 or done >= 1:
            seconds = time.time() - began
            rate = args.tokens * (step - 20) / (time.time() - first) if step > 20 else 0
            for at, value in marks:
                log.write(json.dumps({'step': at, 'loss': round(float(value), 4), 'tokens': at * args.tokens}) + '\n')
            print(f'step {step + 1} loss {float(loss.detach()):.4f} {seconds:.0f} s {rate:,.0f} tokens/s, waited {waited:.0f} s', flush=True)
            marks = []
        if done >= 1:
            break
    batches.close()
    save(args.out / 'last.pt', model, average, step + 1)


if __name__ == '__main__':
    main()
