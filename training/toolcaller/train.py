"""Train Nano from scratch on conversations made on the fly, in as many sittings as it takes.

The learning rate warms up and stays: last.pt, or the checkpoint.gguf exported from it, can always be trained further. A
run goes on from last.pt in its folder, else from checkpoint.gguf beside this file, else from random weights. A run with
--cooldown starts at the same place, lets the learning rate fall to zero and writes cooled.pt, the file to ship; one that
was ended before goes on from its cooled.pt.
"""
import argparse
import copy
import ctypes
import datetime
import json
import multiprocessing
import os
import signal
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import torch
import torch.distributed as dist

from data import HERE, ZH_SHARE
from mix import SKILLS, Mix
from toolcaller.batches import Batches, losses_of, to_device
from toolcaller.export_gguf import CHECKPOINT, read, tokens_of
from toolcaller.model import Block, Config, Glm
from toolcaller.optimizers import average_gradients, make_optimizers
from toolcaller.progress import Progress
from toolcaller.saved_state import load, save
from toolcaller.tokenizer import GlmTokenizer

WARMUP = 50  # steps, at the start of each run without the optimizers' state


def lr_scale(since_start, left, cooldown):
    """`left` of `cooldown` steps remain; without a cool-down both are None."""
    return min(1.0, (since_start + 1) / WARMUP, 1.0 if left is None else left / cooldown)


def stacked(model, layers):
    """A deeper model: the layers once more on top of themselves (Du et al. 2024, arXiv:2405.15319)."""
    deep, weights = Glm(Config(**{**asdict(model.c), 'num_layers': layers})), model.state_dict()
    for name, value in model.state_dict().items():
        if name.startswith('blk.'):
            _, i, rest = name.split('.', 2)
            for j in range(int(i), layers, model.c.num_layers):
                weights[f'blk.{j}.{rest}'] = value
    deep.load_state_dict(weights)
    return deep


def start(args, tok, device):
    """(model, average, optimizers, step, tokens, whether the optimizers are warm, the last step of a cool-down begun before)"""
    state, step, tokens = None, 0, 0
    cooled = args.out / 'cooled.pt'
    if args.cooldown and cooled.exists() or (args.out / 'last.pt').exists():
        model, state = load(cooled if args.cooldown and cooled.exists() else args.out / 'last.pt')
        step, tokens = state['step'], state['tokens']
    elif CHECKPOINT.exists() and not args.fresh:
        model, (step, tokens) = read(CHECKPOINT)[0].train(), tokens_of(CHECKPOINT)
    else:
        model = Glm(Config(vocab_size=tok.padded_size, num_layers=args.layers or 4))
    if args.layers and model.c.num_layers < args.layers:
        model, state = stacked(model, args.layers), None
    model.to(device)
    average, optimizers = copy.deepcopy(model), make_optimizers(model, device.type == 'cuda')
    if state:
        average.load_state_dict(state['average'])
        for opt, saved in zip(optimizers, state['optimizers']):
            opt.load_state_dict(saved)
    return model, average, optimizers, step, tokens, state is not None, state and state.get('last')


def tune_cpu():
    """One thread: processes that meet once a step suffer less from other work on the machine than threads that meet in
    each operation. glibc keeps freed memory instead of giving it back: a step's tensors would be zeroed pages each time."""
    torch.set_num_threads(1)
    libc = ctypes.CDLL('libc.so.6')
    libc.mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD
    libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD


def train(args, rank, meeting):
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    torch.manual_seed(args.seed)
    torch.set_float32_matmul_precision('high')
    if device.type == 'cpu':
        tune_cpu()
        if args.processes > 1:  # a process may be stopped for hours
            dist.init_process_group('gloo', init_method=f'file://{meeting}', rank=rank, world_size=args.processes,
                                    timeout=datetime.timedelta(days=3))
    tok = GlmTokenizer.load()
    progress = Progress(tok)
    model, average, optimizers, step, tokens, warm, last = start(args, tok, device)
    batches = Batches(tok, Mix(args.copying, args.plain, args.chinese), f'{args.seed}:{rank}', step, args.tokens // args.processes, args.workers)
    slow, fast = list(average.parameters()), list(model.parameters())
    loss_fn = losses_of
    if device.type == 'cuda':
        loss_fn = torch.compile(losses_of, dynamic=False)
    else:
        Block.forward = torch.compile(Block.forward, dynamic=False)

    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    log = Log(args, rank, step, tokens)
    began = saved = time.time()
    first, stop = step, False
    target = 'cooled.pt' if args.cooldown else 'last.pt'
    last = last or (round(step * (1 + args.cooldown)) if args.cooldown else step + args.steps)
    cooldown = args.cooldown and round(last * args.cooldown / (1 + args.cooldown))
    while step < last and not stop:
        batch = to_device(batches.get(step), device)
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == 'cuda'):
            losses, _, skills = loss_fn(model, *batch)
            learnt = (skills > 0).float()
            loss = (losses * learnt).sum() / learnt.sum()
        loss.backward()
        stop = average_gradients(fast, bool(stopping) or time.time() - began > args.seconds)
        torch.nn.utils.clip_grad_norm_(fast, 1.0, foreach=True)
        scale = args.rate * lr_scale(WARMUP if warm else step - first, last - step if cooldown else None, cooldown)
        for opt in optimizers:
            for group in opt.param_groups:
                group['lr'] = group['peak_lr'] * scale
            opt.step()
            opt.zero_grad(set_to_none=True)
        step, tokens = step + 1, tokens + args.tokens
        with torch.no_grad():
            torch._foreach_lerp_(slow, fast, max(1 / (step - first + 1), 1 - args.average))
        if rank == 0:
            log.add(losses.detach(), skills)
            if step % 25 == 0 or step - first == 1:
                log.write(step, tokens, scale)
            if step % args.measure == 0 and device.type == 'cpu':
                log.line(step=step, tokens=tokens, **progress.measure(average))
            if stop or step == last or time.time() - saved > 300:
                save(args.out / target, model, average, optimizers, step, tokens, last if cooldown else None)
                saved = time.time()
    batches.close()
    if rank == 0:
        print(f'ended at step {step}, {tokens:,} tokens', flush=True)


class Log:
    """Mean losses by skill, of the first process, into log.jsonl; the speed to standard output."""

    def __init__(self, args, rank, step, tokens):
        self.file = open(args.out / 'log.jsonl', 'a', buffering=1) if rank == 0 else None
        self.processes, self.first_tokens = args.processes, tokens
        self.began, self.cpu = time.time(), time.process_time()
        self.sums = torch.zeros(2, len(SKILLS) + 1)
        if rank == 0:
            print(f'from step {step}, {tokens:,} tokens', flush=True)

    def add(self, losses, skills):
        self.sums = self.sums.to(losses.device)
        self.sums.scatter_add_(1, skills.expand(2, -1), torch.stack((losses.float(), torch.ones_like(losses, dtype=torch.float32))))

    def line(self, **row):
        self.file.write(json.dumps(row) + '\n')

    def write(self, step, tokens, rate):
        total, count = self.sums[:, 1:].tolist()
        self.sums.zero_()
        seconds, worked = time.time() - self.began, (time.process_time() - self.cpu) * self.processes
        loss, made = sum(total) / sum(count), tokens - self.first_tokens
        self.line(step=step, tokens=tokens, loss=round(loss, 4), rate=round(rate, 4), seconds=round(seconds), cpu=round(worked),
                  skills={name: round(t / c, 3) for name, t, c in zip(SKILLS, total, count) if c})
        print(f'step {step} tokens {tokens:,} loss {loss:.4f}, {made / seconds:,.0f} tokens/s, {made / worked:,.0f} per CPU second', flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--out', type=Path, default=HERE / 'runs/toolcaller', help='folder of last.pt and the log')
    args.add_argument('--fresh', action='store_true', help='ignore checkpoint.gguf')
    args.add_argument('--steps', type=int, default=10**9, help='steps of this run')
    args.add_argument('--seconds', type=float, default=1e9, help='end after these')
    args.add_argument('--cooldown', type=float, default=None, metavar='SHARE', help='the learning rate falls to zero in this share of the steps so far')
    args.add_argument('--tokens', type=int, default=4096, help='tokens of a step')
    args.add_argument('--rate', type=float, default=1.0, help='scales the learning rates')
    args.add_argument('--average', type=float, default=0.99, help='decay of the averaged weights, per step')
    args.add_argument('--layers', type=int, default=None, help='a model of fewer grows to these; a new one begins with 4')
    args.add_argument('--seed', type=int, default=1)
    args.add_argument('--copying', type=float, default=None, help='share of conversations that only copy, where not that of mix.py')
    args.add_argument('--plain', type=float, default=None, help='share of chats without tools, where not that of mix.py')
    args.add_argument('--chinese', type=float, default=ZH_SHARE, help='share of conversations begun in Chinese')
    args.add_argument('--workers', type=int, default=1, help='processes that make conversations')
    args.add_argument('--processes', type=int, default=1 if torch.cuda.is_available() else os.cpu_count(), help='processes that train')
    args.add_argument('--measure', type=int, default=100, help='steps between measurements on conversations kept aside')
    args = args.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    if args.processes == 1:
        return train(args, 0, None)
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context('fork')
        ranks = [context.Process(target=train, args=(args, rank, f'{folder}/meeting')) for rank in range(args.processes)]
        for process in ranks:
            process.start()
        signal.signal(signal.SIGTERM, lambda *_: ranks[0].terminate())
        for process in ranks:
            process.join()


if __name__ == '__main__':
    main()
