"""Write eyes.pt as two GGUF files: the text model, and its eyes as llama.cpp names them (mmproj, projector glm4v)."""
import argparse
from pathlib import Path

import gguf
import numpy as np
import torch

from data import HERE
from eyes.joined import Seeing
from eyes.tower import MEAN, PATCH, STD, Config, Tower
from toolcaller.export_gguf import CHECKPOINT, read, write
from toolcaller.tokenizer import GlmTokenizer

EYES_BYTES = 2_500_000
# tensors of the tower: our name -> the file's
NAMES = {'patch_embd.bias': 'v.patch_embd.bias', 'norm_embd': 'v.norm_embd.weight', 'position_embd': 'v.position_embd.weight', 'post_ln': 'v.post_ln.weight',
         'patch_merger.bias': 'mm.patch_merger.bias', 'fc.weight': 'mm.model.fc.weight', 'post_norm.weight': 'mm.post_norm.weight',
         'post_norm.bias': 'mm.post_norm.bias', 'gate.weight': 'mm.gate.weight', 'up.weight': 'mm.up.weight', 'down.weight': 'mm.down.weight'}
LAYER = {'ln1': 'ln1.weight', 'ln2': 'ln2.weight'}


def file_tensors(tower):
    """(name, array) of each tensor as the file has it."""
    c = tower.c
    for name, tensor in tower.state_dict().items():
        data = tensor.float().numpy()
        if name == 'patch_embd.weight':  # two frames of a video; a picture is the same frame twice, so they are added
            half = (data / 2).reshape(c.hidden_size, 3, PATCH, PATCH)
            yield 'v.patch_embd.weight', half
            yield 'v.patch_embd.weight.1', half
        elif name == 'patch_merger.weight':  # columns (dy, dx, H)
            yield 'mm.patch_merger.weight', data.reshape(c.text_size, 2, 2, c.hidden_size).transpose(0, 3, 1, 2).copy()
        elif name.startswith('blk.'):
            _, i, rest = name.split('.', 2)
            yield f'v.blk.{i}.{LAYER.get(rest, rest)}', data
        else:
            yield NAMES[name], data


def write_eyes(path, tower):
    c, w = tower.c, gguf.GGUFWriter(path, 'clip')
    w.add_type('mmproj')
    w.add_name('GLM Nano eyes')
    w.add_license('apache-2.0')
    w.add_bool('clip.has_vision_encoder', True)
    w.add_string('clip.projector_type', 'glm4v')
    for key, value in (('image_size', c.table * PATCH), ('patch_size', PATCH), ('embedding_length', c.hidden_size), ('block_count', c.num_layers),
                       ('attention.head_count', c.num_heads), ('feed_forward_length', c.merger_size), ('projection_dim', c.text_size),
                       ('spatial_merge_size', 2)):
        w.add_uint32(f'clip.vision.{key}', value)
    w.add_float32('clip.vision.attention.layer_norm_epsilon', c.norm_eps)
    w.add_array('clip.vision.image_mean', MEAN.tolist())
    w.add_array('clip.vision.image_std', STD.tolist())
    w.add_bool('clip.use_silu', True)
    for name, data in file_tensors(tower):
        if data.ndim == 1 or name == 'v.position_embd.weight':
            w.add_tensor(name, data.astype(np.float32))
        elif data.ndim == 4:  # convolutions
            w.add_tensor(name, data.astype(np.float16))
        else:
            w.add_tensor(name, gguf.quants.quantize(data, gguf.GGMLQuantizationType.Q8_0), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    assert path.stat().st_size <= EYES_BYTES, path.stat().st_size


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--checkpoint', type=Path, default=HERE / 'runs/eyes/eyes.pt')
    args.add_argument('--text', type=Path, default=CHECKPOINT, help='the GGUF that training began with')
    args.add_argument('--out', type=Path, default=HERE / 'runs/eyes')
    args = args.parse_args()
    state = torch.load(args.checkpoint, weights_only=True)
    model = Seeing(read(args.text)[0], Tower(Config()))
    model.load_state_dict(state['average'])
    write(args.out / 'nano.gguf', model.text, GlmTokenizer.load(), state['step'], 0)
    write_eyes(args.out / 'mmproj-nano.gguf', model.tower)
    for name in ('nano.gguf', 'mmproj-nano.gguf'):
        print(f'{args.out / name}: {(args.out / name).stat().st_size:,} bytes')


if __name__ == '__main__':
    main()
