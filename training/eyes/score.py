"""Score held-out pictures: pairs of colour and shape, fonts, words and phrasings that training never draws. An answer is right
when it equals one of the task's answers for what is true of the picture; a box when it overlaps the true one by half."""
import argparse
import json
import random
import re
from pathlib import Path

import numpy as np
import torch

from data import HERE
from eyes.joined import Seeing, greedy, picture_ids
from eyes.questions import PHRASES, SCENES, SIZES, TASKS, question, words_of
from eyes.tower import Config, Tower, patches_of
from toolcaller.export_gguf import CHECKPOINT, read
from toolcaller.tokenizer import GlmTokenizer

SEED = 'held out'
TARGETS = {'colour': 98, 'shape': 98, 'count': 95, 'digits': 95, 'word': 85, 'highest': 85, 'lowest': 85, 'bars': 85, 'largest': 85, 'trend': 85,
           'nothing': 90, 'refuse': 90}


def overlap(answer, box):
    numbers = [int(n) for n in re.findall(r'\d+', answer)]
    if len(numbers) != 4:
        return 0.0
    (a, b, c, d), (e, f, g, h) = numbers, box
    shared = max(0, min(c, g) - max(a, e)) * max(0, min(d, h) - max(b, f))
    return shared / max(1, (c - a) * (d - b) + (g - e) * (h - f) - shared)


def is_right(task, lang, facts, answer):
    if task == 'box':
        return overlap(answer, facts['box']) >= 0.5
    words = words_of(facts, lang)
    return answer.strip() in [a.format(**words) if '{' in a else a for a in PHRASES[task][lang]['a']]


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--checkpoint', type=Path, default=HERE / 'runs/eyes/eyes.pt')
    args.add_argument('--text', type=Path, default=CHECKPOINT)
    args.add_argument('--pictures', type=int, default=20, help='per task and language')
    args.add_argument('--out', type=Path, default=None, help='JSON with every question and answer')
    args = args.parse_args()
    torch.set_num_threads(1)
    tok, model = GlmTokenizer.load(), Seeing(read(args.text)[0], Tower(Config()))
    model.load_state_dict(torch.load(args.checkpoint, weights_only=True)['average'])
    rng, table, rows = random.Random(SEED), {}, []
    for scene in SCENES:
        for task in TASKS[scene]:
            for lang in ('zh', 'en'):
                for _ in range(args.pictures):
                    w, h = rng.choice(SIZES)
                    image, facts = SCENES[scene](rng, (w, h), 'heldout')
                    asked, _ = question(rng, task, facts, lang, 'heldout')
                    prompt = [*tok.prefix, tok.special['<|user|>'], *tok.newline, *picture_ids(tok, w * h // 784), *tok.encode(asked), tok.special['<|assistant|>']]
                    answer = greedy(model, tok, patches_of(torch.from_numpy(np.asarray(image)[None].copy())), h // 14, w // 14, [prompt])[0]
                    answer = answer.removeprefix('\n')
                    right = is_right(task, lang, facts, answer)
                    table.setdefault((task, lang), []).append(right)
                    rows.append({'task': task, 'lang': lang, 'q': asked, 'a': answer, 'facts': facts, 'right': right})
    for (task, lang), results in table.items():
        score = 100 * sum(results) / len(results)
        print(f'{task:9} {lang}  {score:5.1f} %  of {len(results)}' + (f'  (target {TARGETS[task]})' if task in TARGETS else ''))
    if args.out:
        args.out.write_text(json.dumps(rows, ensure_ascii=False, indent=0), 'utf-8')


if __name__ == '__main__':
    main()
