"""Hugging Face transformers as the oracle of models with eyes: GLM-4.1V, GLM-4.6V and GLM-OCR at toy size.

    python scripts/oracle/eyes.py [--write FOLDER]

Weights and pictures follow from a formula, so that the tests make the same ones: src/testing/eyes/checkpoint.ts is the
twin of `random_values` and of SPECS. Writes src/testing/eyes/golden/NAME.json: the features of every picture, the logits
after the prompt and a greedy continuation. With --write each checkpoint is also saved as an original repository.
"""

import argparse
import base64
import json
import pathlib

import numpy as np
import PIL
import torch
import transformers
from PIL import Image
from transformers import (
    Glm46VConfig,
    Glm46VForConditionalGeneration,
    Glm4vConfig,
    Glm4vForConditionalGeneration,
    GlmOcrConfig,
    GlmOcrForConditionalGeneration,
)
from transformers.models.glm4v.image_processing_pil_glm4v import Glm4vImageProcessorPil

GOLDEN = pathlib.Path(__file__).parents[2] / "src/testing/eyes/golden"
VOCAB = 320
BEGIN_IMAGE, END_IMAGE, IMAGE = 311, 312, 315
NUM_GREEDY = 20

TEXT = dict(
    vocab_size=VOCAB, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=1, max_position_embeddings=1024, pad_token_id=0, eos_token_id=None,
)
VISION = dict(depth=2, hidden_size=64, num_heads=2, image_size=112, out_hidden_size=64, intermediate_size=96)


def rope(sections, base, factor):
    return dict(rope_type="default", rope_theta=base, mrope_section=sections, partial_rotary_factor=factor)


# Pictures are (width, height, seed); a prompt is a list of ids and of indices of pictures in brackets.
SPECS = {
    "glm-4.1v": dict(
        model=Glm4vForConditionalGeneration, config=Glm4vConfig,
        text=TEXT | dict(rope_parameters=rope([2, 3, 3], 10000.0, 0.5)),
        vision=VISION, pictures=[(56, 112, 1)], prompt=[303, 305, 307, 10, [0], 20, 30, 40, 308],
    ),
    "glm-4.6v": dict(
        model=Glm46VForConditionalGeneration, config=Glm46VConfig,
        text=TEXT | dict(rope_parameters=rope([2, 3, 3], 500000.0, 0.5)),
        vision=VISION | dict(hidden_size=96, num_heads=3),
        pictures=[(84, 84, 2), (131, 90, 3)], prompt=[303, 305, 307, [0], 21, 22, [1], 50, 60, 308, 10],
    ),
    "glm-ocr": dict(
        model=GlmOcrForConditionalGeneration, config=GlmOcrConfig,
        text=TEXT | dict(rope_parameters=rope([4, 6, 6], 10000.0, 1.0), head_dim=32, num_attention_heads=4, num_key_value_heads=2),
        vision=VISION | dict(hidden_size=64, num_heads=2, intermediate_size=128),
        pictures=[(168, 56, 4)], prompt=[303, 305, 307, 10, [0], 70, 80, 308],
    ),
}  # fmt: skip


def mixed(words):
    words = words ^ (words >> np.uint32(16))
    words = words * np.uint32(0x85EBCA6B)
    words = words ^ (words >> np.uint32(13))
    words = words * np.uint32(0xC2B2AE35)
    return words ^ (words >> np.uint32(16))


def random_words(name: str, count: int) -> np.ndarray:
    """u32 [count] from a name: FNV-1a of the name, then the finaliser of MurmurHash3 over a counter."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        return mixed(np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed))


def random_values(name: str, shape: list[int]) -> np.ndarray:
    """The values of a tensor, f32: gains around 1, small biases, matrices that keep the variance."""
    size = int(np.prod(shape))
    values = random_words(name, size).astype(np.float64) / 2**31 - 1
    if name.endswith("bias"):
        values = 0.2 * values
    elif len(shape) == 1:
        values = 1 + 0.2 * values
    elif "embed_tokens" in name or "position_embedding" in name:
        pass
    else:
        gain = 4.0 if name == "lm_head.weight" else 1.7
        values = values * (gain / np.sqrt(size / shape[0]))
    return values.astype(np.float32).reshape(shape)


def picture(width: int, height: int, seed: int) -> Image.Image:
    pixels = (random_words(f"picture {seed}", width * height * 3) >> np.uint32(24)).astype(np.uint8)
    return Image.fromarray(pixels.reshape(height, width, 3))


def encoded(values: torch.Tensor) -> str:
    return base64.b64encode(values.detach().numpy().astype("<f4").tobytes()).decode()


@torch.no_grad()
def golden(name: str, spec: dict, folder: pathlib.Path | None) -> dict:
    config = spec["config"](
        text_config=spec["text"], vision_config=spec["vision"], image_token_id=IMAGE, video_token_id=IMAGE + 1,
        image_start_token_id=BEGIN_IMAGE, image_end_token_id=END_IMAGE,
    )  # fmt: skip
    config._attn_implementation = "eager"
    model = spec["model"](config).eval().float()
    state = {key: torch.from_numpy(random_values(key, list(value.shape))) for key, value in model.state_dict().items()}
    model.load_state_dict(state)
    if folder:
        model.save_pretrained(folder / name)
    processor = Glm4vImageProcessorPil()
    inputs = processor([picture(*one) for one in spec["pictures"]], return_tensors="pt")
    grids = inputs["image_grid_thw"]
    features = model.get_image_features(inputs["pixel_values"], grids).pooler_output
    ids = []
    for part in spec["prompt"]:
        if isinstance(part, list):
            ids += [BEGIN_IMAGE] + [IMAGE] * len(features[part[0]]) + [END_IMAGE]
        else:
            ids.append(part)
    greedy, gaps, first = [], [], None
    for _ in range(NUM_GREEDY):
        every = torch.tensor([ids + greedy])
        model.model.rope_deltas = None
        logits = model(
            input_ids=every, mm_token_type_ids=(every == IMAGE).int(), pixel_values=inputs["pixel_values"],
            image_grid_thw=grids, use_cache=False,
        ).logits[0, -1]  # fmt: skip
        first = logits if first is None else first
        best = torch.topk(logits[: IMAGE + 1], 2)  # no padding row
        greedy.append(int(best.indices[0]))
        gaps.append(float(best.values[0] - best.values[1]))
    return dict(
        name=name,
        oracle=f"transformers {transformers.__version__}, torch {torch.__version__}, Pillow {PIL.__version__}",
        pictures=[
            dict(width=width, height=height, seed=seed, rows=int(grid[1]) // 2, columns=int(grid[2]) // 2, features=encoded(rows))
            for (width, height, seed), grid, rows in zip(spec["pictures"], grids, features)
        ],
        prompt=spec["prompt"],
        logits=encoded(first - first.mean()),
        greedy=greedy,
        gaps=gaps,
        rms=dict(features=float(torch.cat(list(features)).square().mean().sqrt()), logits=float(first.std())),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=pathlib.Path)
    folder = parser.parse_args().write
    torch.set_num_threads(1)
    for name, spec in SPECS.items():
        result = golden(name, spec, folder)
        (GOLDEN / f"{name}.json").write_text(json.dumps(result) + "\n")
        print(name, result["rms"], result["greedy"], "least gap", min(result["gaps"]))
