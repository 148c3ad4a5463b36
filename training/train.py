"""Train Nano from scratch on chats made on the fly. Resumable; a step's batch depends only on (seed, step)."""
import argparse
import copy
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F

from data import HERE, LANGS, Phrases
from model import Config, Glm
from tokenizer import GlmTokenizer

# (row length, rows, share of steps). The shortest hold one question and the head of its answer: they teach what is
# being asked. The others teach whole answers, names over many turns, and every position of the context.
ROWS = ((30, 150, 0.58), (96, 48, 0.22), (256, 18, 0.13), (1024, 4, 0.07))
COPY_DRILLS = 0.18  # share of steps that practise copying, which names need and facts do not teach
AVERAGE_DECAY = 0.98  # about the last 50 steps
PROMPT_WEIGHT = 0.1  # share of question tokens that also train the model, at full weight


def chat_row(chat, tok, length):
    """At least length + 1 ids of a chat, and which of them the model has to predict."""
    row, learn, previous = list(tok.prefix), [False, False], ''
    for role, text in chat:
        piece = tok.message(role, text)
        row += piece
        # `<|user|>` is the model's to write where it ends an answer; `<|assistant|>` never is
        ends_answer = role == 'user' and previous == 'assistant'
        learn += [ends_answer] + [role == 'assistant'] * (len(piece) - 1)
        previous = role
        if len(row) > length:
            return row, learn


def make_batch(phrases, tok, seed, step):
    """ids [B, T + 1] and a mask [B, T] of targets: assistant tokens, their end, and a few others."""
    rng = random.Random(f'{seed}:{step}')
    if rng.random() < COPY_DRILLS:
        return copy_drill(rng, phrases, tok)
    length, rows, _ = rng.choices(ROWS, [r[2] for r in ROWS])[0]
    ids = torch.zeros(rows, length + 1, dtype=torch.long)
    mask = torch.zeros(rows, length + 1, dtype=torch.bool)
    for b in range(rows):
        row, learn = chat_row(phrases.chat(rng), tok, length)
        ids[b] = torch.tensor(row[:length + 1])
        mask[b] = torch.tensor(learn[:length + 1])
    generator = torch.Generator().manual_seed(rng.getrandbits(60))
    mask |= torch.rand(mask.shape, generator=generator) < PROMPT_WEIGHT
    return ids, mask[:, 1:]


def copy_drill(rng, phrases, tok, length=64, rows=72):
    """Half of the rows are chats about names only, half are runs of names said over and over."""
    ids = torch.zeros(rows, length + 1, dtype=torch.long)
    mask = torch.zeros(rows, length + 1, dtype=torch.bool)
    for b in range(rows):
        if b % 2:
            row, learn = chat_row(phrases.chat(rng, names_only=True), tok, length)
        else:
            said = []
            while len(said) < rng.randint(4, 20):
                said += tok.encode(phrases.name(rng, rng.choice(LANGS)))
            row = tok.prefix + said * length
            learn = [i >= len(tok.prefix) + len(said) for i in range(length + 1)]
        ids[b], mask[b] = torch.tensor(row[:length + 1]), torch.tensor(learn[:length + 1])
    return ids, mask[:, 1:]


class Muon(torch.optim.Optimizer):
    """Momentum whose matrix updates are orthogonalised by Newton-Schulz steps (Jordan et al. 2024)."""

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.02):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                state = self.state[p]
                m = state.setdefault('momentum', torch.zeros_like(p))
                m.mul_(group['momentum']).add_(p.grad)
                g = p.grad + group['momentum'] * m
                tall = g.shape[0] > g.shape[1]
                x = (g.T if tall else g) / (g.norm() + 1e-7)
                for _ in range(5):
                    a = x @ x.T
                    x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
                scale = max(1, g.shape[0] / g.shape[1]) ** 0.5
                p.mul_(1 - group['lr'] * group['weight_decay'])
                p.add_(x.T if tall else x, alpha=-group['lr'] * scale)


def make_optimizers(model):
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and n.startswith('blk')]
    tables = [p for n, p in model.named_parameters() if p.dim() == 2 and not n.startswith('blk')]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    adam = torch.optim.AdamW([{'params': tables, 'lr': 3e-3, 'weight_decay': 0.02},
                              {'params': vectors, 'lr': 3e-3, 'weight_decay': 0.0}], betas=(0.9, 0.98))
    optimizers = [Muon(matrices, lr=0.02), adam]
    for opt in optimizers:
        for group in opt.param_groups:
            group['peak_lr'] = group['lr']
    return optimizers


def lr_scale(step, steps, decay):
    """Warm up, hold, then fall linearly over the last `decay` steps."""
    return min(1.0, (step + 1) / 60, max(0.01, (steps - step) / decay))


def backward(model, pool, ids, mask, parts):
    """Gradients of the mean loss. Each thread takes a share of the rows by itself: on a busy machine threads that meet
    once a step wait far less for one another than threads that share every matrix product."""
    params, targets = list(model.parameters()), int(mask.sum())

    def share(part):
        rows, wanted = ids[part::parts], mask[part::parts]
        logits = model.output(model.hidden(rows[:, :-1])[wanted])
        loss = F.cross_entropy(logits, rows[:, 1:][wanted], reduction='sum') / targets
        return loss.item(), torch.autograd.grad(loss, params)

    results = list(pool.map(share, range(parts)))
    for p, *grads in zip(params, *(r[1] for r in results)):
        p.grad = sum(grads)
    return sum(r[0] for r in results)


def save(path, model, average, optimizers, step, tokens):
    state = {'config': asdict(model.c), 'model': model.state_dict(), 'average': average.state_dict(), 'step': step,
             'tokens': tokens,
             'optimizers': [o.state_dict() for o in optimizers]}
    torch.save(state, path.with_suffix('.tmp'))
    path.with_suffix('.tmp').rename(path)


def load(path):
    state = torch.load(path, weights_only=True)
    model = Glm(Config(**state['config']))
    model.load_state_dict(state['model'])
    return model, state


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--run', default='nano', help='folder under runs/')
    args.add_argument('--steps', type=int, default=4000)
    args.add_argument('--decay', type=int, default=1000, help='steps of the final learning-rate decay')
    args.add_argument('--seed', type=int, default=1)
    args.add_argument('--threads', type=int, default=2)
    args.add_argument('--init', type=Path, help='go on from this checkpoint, step count included')
    args = args.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)  # of the optimizer; see `backward`
    pool = ThreadPoolExecutor(args.threads, initializer=torch.set_num_threads, initargs=(1,))
    out = HERE / 'runs' / args.run
    out.mkdir(parents=True, exist_ok=True)
    tok, phrases = GlmTokenizer.load(), Phrases()
    resume = out / 'last.pt' if (out / 'last.pt').exists() else args.init
    if resume:
        model, state = load(resume)
    else:
        model, state = Glm(Config(vocab_size=tok.padded_size)), None
    optimizers = make_optimizers(model)
    average = copy.deepcopy(model)  # of the weights of the last steps: what is exported
    first = tokens = 0
    if state:
        first, tokens = state['step'], state.get('tokens', 0)
        average.load_state_dict(state.get('average', state['model']))
        for opt, saved in zip(optimizers, state['optimizers']):
            opt.load_state_dict(saved)
    print(f'{sum(p.numel() for p in model.parameters()):,} parameters, from step {first} to {args.steps}', flush=True)

    log = open(out / 'log.jsonl', 'a', buffering=1)
    model.train()
    began = saved_at = time.time()
    tokens_before = tokens
    for step in range(first, args.steps):
        if step == args.steps - args.decay:
            save(out / 'stable.pt', model, average, optimizers, step, tokens)  # a longer run can branch off here
        ids, mask = make_batch(phrases, tok, args.seed, step)
        loss = backward(model, pool, ids, mask, args.threads)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for opt in optimizers:
            for group in opt.param_groups:
                group['lr'] = group['peak_lr'] * lr_scale(step, args.steps, args.decay)
            opt.step()
            opt.zero_grad(set_to_none=True)
        with torch.no_grad():
            for slow, fast in zip(average.parameters(), model.parameters()):
                slow.lerp_(fast, max(1 / (step + 2), 1 - AVERAGE_DECAY))
        tokens += mask.numel()
        if step % 10 == 9:
            seconds = time.time() - began
            row = {'step': step + 1, 'loss': round(loss, 4), 'length': mask.shape[1], 'tokens': tokens,
                   'seconds': round(seconds, 1), 'tokens_per_second': round((tokens - tokens_before) / seconds)}
            log.write(json.dumps(row) + '\n')
            if step % 50 == 49:
                print(row, flush=True)
        if time.time() - saved_at > 180 or step == args.steps - 1:
            save(out / 'last.pt', model, average, optimizers, step + 1, tokens)
            saved_at = time.time()


if __name__ == '__main__':
    main()
