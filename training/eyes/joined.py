"""The text model with eyes: pictures stand in a packed stream of conversations, as src/runtime/eyes has them in a prompt.

Shapes: N tokens of the stream, B pictures of gh x gw patches, M = gh * gw / 4 image tokens each, D width of the text model.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from toolcaller.batches import attention_on_cpu, attention_on_gpu
from toolcaller.model import KvCache


def picture_ids(tok, tokens):
    return [tok.special['<|begin_of_image|>'], *[tok.special['<|image|>']] * tokens, tok.special['<|end_of_image|>']]


def positions_of(ids, image_id, mh, mw):
    """M-RoPE positions [3][len(ids)] by time, height and width: a picture of mh x mw vectors takes max(mh, mw) places."""
    out, at, i = [[], [], []], 0, 0
    while i < len(ids):
        if ids[i] != image_id:
            for row in out:
                row.append(at)
            at, i = at + 1, i + 1
            continue
        for m in range(mh * mw):
            out[0].append(at)
            out[1].append(at + m // mw)
            out[2].append(at + m % mw)
        at, i = at + max(mh, mw), i + mh * mw
    return out


class Seeing(nn.Module):
    """A text model and its tower."""

    def __init__(self, text, tower):
        super().__init__()
        self.text, self.tower = text, tower
        sections = text.c.rope_sections
        self.section_of_pair = [s for s, n in enumerate(sections) for _ in range(n)]

    def angles(self, positions):
        """positions [3, ...] -> cos and sin [..., 1, rotary_dim / 2]: each pair turns by the position of its section."""
        pairs = range(len(self.section_of_pair))
        cos = torch.stack([self.text.cos[positions[self.section_of_pair[p]], p] for p in pairs], -1)
        sin = torch.stack([self.text.sin[positions[self.section_of_pair[p]], p] for p in pairs], -1)
        return cos[..., None, :], sin[..., None, :]

    def hidden(self, ids, positions, attend, image_id, features):
        """ids [...], positions [3, ...]; features [B * M, D] in the order of the image tokens. -> states [..., D]"""
        cos, sin = self.angles(positions)
        x = self.text.token_embd(ids)
        if features is not None:
            x = x.masked_scatter((ids == image_id)[..., None], features.to(x.dtype))
        for block in self.text.blk:
            x = block(x, cos, sin, attend)
        return self.text.output_norm(x)


def losses_of(model, batch, image_id):
    """(losses, hits, skills) of the tokens to learn."""
    ids, skills, positions, bounds, patches, gh, gw = batch
    attend = attention_on_gpu(bounds) if bounds.is_cuda else attention_on_cpu(bounds)
    features = model.tower(patches, gh, gw).flatten(0, 1)
    states = model.hidden(ids[:-1], positions, attend, image_id, features)
    learnt = skills.nonzero()[:, 0]
    logits, wanted = model.text.logits(states[learnt]).float(), ids[1:][learnt]
    return F.cross_entropy(logits, wanted, reduction='none'), logits.argmax(-1) == wanted, skills[learnt]


@torch.no_grad()
def greedy(model, tok, patches, gh, gw, prompts, max_tokens=48):
    """Greedy answers to one question each about pictures of one size: prompts are lists of ids, equal in their picture."""
    image_id, mh, mw = tok.special['<|image|>'], gh // 2, gw // 2
    features, answers = model.tower(patches, gh, gw), []
    for i, block in enumerate(model.text.blk):
        block.index = i
    for row, prompt in enumerate(prompts):
        positions = torch.tensor(positions_of(prompt, image_id, mh, mw))
        cache = KvCache(model.text.c, 1, len(prompt) + max_tokens, 'cpu')
        cache.visible[:] = True
        ids, made, place = torch.tensor([prompt]), [], positions[:, None]
        while len(made) < max_tokens:
            here = features[row] if not made else None
            states = model.hidden(ids, place, cache.attend, image_id, here)
            cache.length += ids.shape[1]
            token = int(model.text.logits(states[0, -1]).argmax())
            if token in tok.stop_ids:
                break
            made.append(token)
            ids, place = torch.tensor([[token]]), place[:, :, -1:] + 1 if len(made) > 1 else positions.max() + torch.ones(3, 1, 1, dtype=torch.long)
        answers.append(tok.bpe.decode(made, skip_special_tokens=False))
    return answers
