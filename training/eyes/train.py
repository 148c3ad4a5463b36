"""Train Nano's eyes, and the text model on with them, in as many sittings as it takes.

Half of what is learnt is text alone, so that the text model keeps what it can. The eyes learn at a rate of their own; the
text model goes on at a fraction of the rate that it was trained with. eyes.pt holds both and their averages.
"""
import argparse
import copy
import json
import time
from pathlib import Path

import torch

from data import HERE
from eyes.batches import ALL_SKILLS, make_batch, to_tensors
from eyes.joined import Seeing, losses_of
from eyes.tower import Config, Tower
from mix import Mix
from toolcaller.export_gguf import CHECKPOINT, read
from toolcaller.model import Block
from toolcaller.optimizers import Muon
from toolcaller.tokenizer import GlmTokenizer
from toolcaller.train import tune_cpu

EYES_RATE, TEXT_RATE, TABLE_RATE = 0.005, 0.006, 1e-3
WARMUP = 50


def optimizers_of(model):
    """Muon for the matrices of the layers, at 0.005 in the eyes (at 0.02 shapes and digits are not learnt); AdamW for the rest."""
    tables = ('token_embd', 'patch_embd', 'position_embd')
    matrices = {'tower': [], 'text': []}
    rest = []
    for name, p in model.named_parameters():
        part = name.split('.')[0]
        (matrices[part] if p.dim() == 2 and not any(t in name for t in tables) else rest).append(p)
    adam = torch.optim.AdamW(rest, lr=TABLE_RATE, weight_decay=0.01, betas=(0.9, 0.98))
    optimizers = [Muon(matrices['tower'], lr=EYES_RATE), Muon(matrices['text'], lr=TEXT_RATE), adam]
    for opt in optimizers:
        for group in opt.param_groups:
            group['peak_lr'] = group['lr']
    return optimizers


def start(args, tok):
    path = args.out / 'eyes.pt'
    if path.exists():
        state = torch.load(path, weights_only=True)
        model = Seeing(read(args.text)[0], Tower(Config()))
        model.load_state_dict(state['model'])
    else:
        state, model = None, Seeing(read(args.text)[0], Tower(Config()))
    average, optimizers = copy.deepcopy(model), optimizers_of(model)
    if state:
        average.load_state_dict(state['average'])
        for opt, saved in zip(optimizers, state['optimizers']):
            opt.load_state_dict(saved)
    return model.train(), average, optimizers, state['step'] if state else 0


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--text', type=Path, default=CHECKPOINT, help='GGUF of the text model')
    args.add_argument('--out', type=Path, default=HERE / 'runs/eyes')
    args.add_argument('--seconds', type=float, default=3600, help='end after these')
    args.add_argument('--pictures', type=int, default=32, help='pictures of a step')
    args.add_argument('--text-tokens', type=int, default=2048, help='tokens of text alone in a step')
    args.add_argument('--cooldown', type=float, default=None, metavar='SHARE', help='the rate falls to zero in this share of the seconds')
    args.add_argument('--seed', type=int, default=1)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    tune_cpu()
    tok, mix = GlmTokenizer.load(), Mix()
    model, average, optimizers, step = start(args, tok)
    image_id, first, began, saved = tok.special['<|image|>'], step, time.time(), time.time()
    Block.forward = torch.compile(Block.forward, dynamic=True)
    log = open(args.out / 'log.jsonl', 'a', buffering=1)
    sums = torch.zeros(3, len(ALL_SKILLS) + 1)
    while time.time() - began < args.seconds:
        batch = to_tensors(make_batch(mix, tok, args.seed, step, args.pictures, args.text_tokens), 'cpu')
        losses, hits, skills = losses_of(model, batch, image_id)
        losses.mean().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=True)
        left = 1 - (time.time() - began) / args.seconds
        scale = min(1, (step - first + 1) / WARMUP, left / args.cooldown if args.cooldown else 1)
        for opt in optimizers:
            for group in opt.param_groups:
                group['lr'] = group['peak_lr'] * scale
            opt.step()
            opt.zero_grad(set_to_none=True)
        step += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), max(1 / (step - first + 1), 0.01))
            sums.scatter_add_(1, skills.expand(3, -1), torch.stack((losses.detach(), hits.float(), torch.ones_like(losses))))
        if step % 50 == 0:
            total, right, count = sums[:, 1:].tolist()
            row = {name: [round(t / c, 3), round(r / c, 3)] for name, t, r, c in zip(ALL_SKILLS, total, right, count) if c}
            log.write(json.dumps({'step': step, 'pictures': step * args.pictures, 'seconds': round(time.time() - began), 'skills': row}) + '\n')
            shown = {k: v[1] for k, v in row.items() if k in ('colour', 'shape', 'count', 'place', 'digits', 'word', 'highest', 'chat')}
            print(step, step * args.pictures, f'{time.time() - began:.0f} s', shown, flush=True)
            sums.zero_()
        if time.time() - saved > 300 or time.time() - began >= args.seconds:
            state = {'model': model.state_dict(), 'average': average.state_dict(), 'step': step, 'optimizers': [o.state_dict() for o in optimizers]}
            torch.save(state, args.out / 'eyes.tmp')
            (args.out / 'eyes.tmp').rename(args.out / 'eyes.pt')
            saved = time.time()


if __name__ == '__main__':
    main()
