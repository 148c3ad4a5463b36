"""last.pt and cooled.pt: the weights, their average and the optimizers."""
from dataclasses import asdict

import torch

from toolcaller.model import Config, Glm


def save(path, model, average, optimizers, step, tokens, last=None):
    """`last` is the step at which a cool-down ends."""
    state = {'config': asdict(model.c), 'model': model.state_dict(), 'average': average.state_dict(), 'step': step,
             'tokens': tokens, 'optimizers': [o.state_dict() for o in optimizers], 'last': last}
    torch.save(state, path.with_suffix('.tmp'))
    path.with_suffix('.tmp').rename(path)


def load(path):
    state = torch.load(path, weights_only=True, map_location='cpu')
    model = Glm(Config(**{**state['config'], 'rope_sections': tuple(state['config']['rope_sections'])}))
    model.load_state_dict(state['model'])
    return model, state
