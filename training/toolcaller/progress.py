"""What the model can do so far, on conversations that training does not draw. Nothing is decoded: greedy decoding
writes a text exactly where each of its tokens is the most likely one after those before it."""
import random

import torch

from mix import PLAIN, REPEAT, SKILLS, Mix, encode, example
from toolcaller.batches import LONGEST, losses_of, pack, to_device
from toolcaller.score_tools import COPY_BUCKETS

CONVERSATIONS = 200
COPIES = 16  # per bucket of lengths


def whole(skills, hits):
    """[(skill, whether all its tokens are hits)] of each run of learnt tokens: one text of the assistant."""
    texts, before = [], 0
    for skill, hit in zip(skills, hits):
        if skill and not before:
            texts.append([skill, True])
        if skill:
            texts[-1][1] &= hit
        before = skill
    return texts


class Progress:
    def __init__(self, tok):
        mix, rng = Mix(), random.Random('progress')
        rows = [example(mix, tok, rng, LONGEST) for _ in range(CONVERSATIONS)]
        self.mixed = list(self.batches(rows))
        self.copies = {}
        for low, high in COPY_BUCKETS:
            rows = []
            for i in range(COPIES):
                lang = 'zh' if i % 2 else 'en'
                said = ''.join(rng.choice('abcdefghijklmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789-_.') for _ in range(rng.randint(low, high)))
                rows.append(encode(PLAIN, [('user', '', rng.choice(REPEAT[lang]).replace('{}', said)), ('assistant', '', said)], tok))
            self.copies[f'{low}-{high}'] = list(self.batches(rows))

    def batches(self, rows):
        while rows:
            part, tokens = [], 0
            while rows and (not part or tokens + len(rows[-1][0]) <= 8192):
                part.append(rows.pop())
                tokens += len(part[-1][0])
            part.append(([0], [0]))  # the last token has no successor
            yield to_device(pack(part, tokens), torch.device('cpu'))

    @torch.no_grad()
    def measure(self, model):
        """{'loss': {skill: nats per token}, 'texts': {skill: share that greedy decoding would write}, 'copies': {...}}"""
        with torch.compiler.set_stance('force_eager'):  # each batch here has a size of its own
            losses, texts = self.run(model, self.mixed)
            copies = {name: self.run(model, batches)[1]['chat'] for name, batches in self.copies.items()}
        return {'loss': losses, 'texts': texts, 'copies': copies}

    def run(self, model, batches):
        sums, counts = torch.zeros(2, len(SKILLS) + 1).unbind()
        right = {}
        for batch in batches:
            losses, hits, skills = losses_of(model, *batch)
            sums.scatter_add_(0, skills, losses)
            counts.scatter_add_(0, skills, torch.ones_like(losses))
            spread = torch.zeros_like(batch[1], dtype=torch.bool)
            spread[batch[1].nonzero()[:, 0]] = hits
            for skill, all_hit in whole(batch[1].tolist(), spread.tolist()):
                right.setdefault(SKILLS[skill - 1], []).append(all_hit)
        present = counts.nonzero()[:, 0].tolist()
        return ({SKILLS[i - 1]: round(float(sums[i] / counts[i]), 4) for i in present},
                {name: round(sum(r) / len(r), 3) for name, r in right.items()})
