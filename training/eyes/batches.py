"""Batches of training for eyes: pictures of one size with questions, packed with conversations of text alone."""
import random

import numpy as np
import torch

from eyes.joined import picture_ids, positions_of
from eyes.questions import SIZES, TASKS, conversation
from eyes.tower import patches_of
from mix import SKILLS, example
from toolcaller.batches import LONGEST

# skills of mix.py, then the tasks of pictures
TASK_NAMES = [task for tasks in TASKS.values() for task in tasks]
TASK_NAMES = list(dict.fromkeys(TASK_NAMES))
ALL_SKILLS = [*SKILLS, *TASK_NAMES]
BOX = ('<|begin_of_box|>', '<|end_of_box|>')


def encode_answer(tok, text):
    """An answer's ids; the tags of a box are special tokens."""
    if not text.startswith(BOX[0]):
        return tok.encode(text)
    return [tok.special[BOX[0]], *tok.encode(text[len(BOX[0]):-len(BOX[1])]), tok.special[BOX[1]]]


def encode_turns(tok, turns, image_tokens):
    """(ids, skills) of a conversation about one picture, which stands before the first question."""
    ids, skills = list(tok.prefix), [0] * len(tok.prefix)
    for i, (task, _, asked, answer) in enumerate(turns):
        question = [tok.special['<|user|>'], *tok.newline, *(picture_ids(tok, image_tokens) if i == 0 else []), *tok.encode(asked),
                    tok.special['<|assistant|>']]
        reply = [*tok.newline, *encode_answer(tok, answer)]
        skill = 1 + ALL_SKILLS.index(task)
        ids += question + reply
        # the role token after an answer is learnt too; that after the first prefix is not
        skills += [skill if i else 0] + [0] * (len(question) - 1) + [skill] * len(reply)
    ids.append(tok.special['<|user|>'])
    skills.append(1 + ALL_SKILLS.index(turns[-1][0]))
    return ids, skills


def make_batch(mix, tok, seed, step, pictures, text_tokens):
    """(ids [N + 1], skills [N], positions [3, N], bounds, u8 pictures [B, h, w, 3]): numpy arrays."""
    rng = random.Random(f'eyes {seed}:{step}')
    w, h = rng.choice(SIZES)
    tokens, image_id = w * h // 28 ** 2, tok.special['<|image|>']
    rows, images = [], []
    for _ in range(pictures):
        _, image, turns = conversation(rng, (w, h))
        images.append(np.asarray(image))
        ids, skills = encode_turns(tok, turns, tokens)
        rows.append((ids, skills, positions_of(ids, image_id, h // 28, w // 28)))
    total = 0
    while total < text_tokens:
        ids, skills = example(mix, tok, rng, LONGEST)
        rows.append((ids, skills, positions_of(ids, image_id, 1, 1)))
        total += len(ids)
    ids = [i for row in rows for i in row[0]]
    skills = [s for row in rows for s in [0] + row[1][1:]]
    places = np.concatenate([np.array(row[2]) for row in rows], 1)
    bounds = np.cumsum([0] + [len(row[0]) for row in rows])
    bounds[-1] -= 1  # the last token has no successor
    return np.array(ids), np.array(skills[1:]), places[:, :-1], bounds.astype(np.int32), np.stack(images)


def to_tensors(batch, device):
    """What losses_of of joined.py takes."""
    ids, skills, places, bounds, images = batch
    patches = patches_of(torch.from_numpy(images))
    _, h, w, _ = images.shape
    move = lambda x: torch.as_tensor(x).to(device)
    return move(ids), move(skills), move(places), move(bounds), patches.to(device), h // 14, w // 14
