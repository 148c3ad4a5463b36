"""Pillow and transformers as the oracle of pictures on their way to a model: smart_resize, Pillow's bicubic, and decoding.

    python scripts/oracle/pixels.py

Writes src/model/eyes/pixels/golden.json. Resized noise is stored as SHA-256: it must be equal to the bit. The order of
the two passes is that of Pillow 13: vertical first where the height shrinks by more than twice as much as the width.
"""

import base64
import hashlib
import io
import json
import pathlib

import PIL
import transformers
from PIL import Image
from transformers.models.glm4v.image_processing_glm4v import smart_resize

from eyes import picture, random_words

GOLDEN = pathlib.Path(__file__).parents[2] / "src/model/eyes/pixels/golden.json"
LIMITS = dict(min_pixels=112 * 112, max_pixels=28 * 28 * 15000)
TABLE = [(28, 28), (42, 42), (70, 70), (98, 98), (112, 70), (640, 480), (1024, 768), (1920, 1080), (1080, 2400),
         (1240, 1754), (4032, 3024), (3000, 20)]  # fmt: skip
# From width × height to width × height: both enlarged and shrunk, either pass first, either pass skipped, one pixel.
RESIZES = [
    (60, 40, 84, 84), (200, 150, 84, 56), (64, 300, 56, 112), (300, 64, 112, 56), (84, 90, 84, 112), (90, 84, 112, 84),
    (1, 1, 84, 84), (97, 211, 84, 84), (500, 333, 112, 84), (33, 1000, 28, 140), (71, 90, 84, 28), (129, 127, 140, 112),
]  # fmt: skip


def sizes(count: int):
    words = random_words("sizes", 2 * count) % 3000 + 1
    return [(int(w), int(h)) for w, h in zip(words[::2], words[1::2])]


def resized(width: int, height: int) -> str:
    try:
        h, w = smart_resize(num_frames=2, height=height, width=width, **LIMITS)
        return f"{w}x{h}"
    except ValueError:
        return "error"


def file_of(image: Image.Image, kind: str, **options) -> str:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def decoded(name: str, image: Image.Image, kind: str = "PNG", **options) -> dict:
    rgb = image.convert("RGB")
    pixels = base64.b64encode(rgb.tobytes()).decode()
    return dict(name=name, type=f"image/{kind.lower()}", file=file_of(image, kind, **options),
                width=rgb.width, height=rgb.height, pixels=pixels)  # fmt: skip


def turned() -> dict:
    """A JPEG that EXIF says to turn: four fields of one colour each, which compression leaves nearly alone."""
    upright = Image.new("RGB", (32, 16))
    for i, colour in enumerate([(200, 40, 40), (40, 200, 40), (40, 40, 200), (200, 200, 40)]):
        upright.paste(colour, (i % 2 * 16, i // 2 * 8, i % 2 * 16 + 16, i // 2 * 8 + 8))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to show
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    file = file_of(lying, "JPEG", quality=95, subsampling=0, exif=exif)
    return dict(name="jpeg turned by exif", type="image/jpeg", file=file, width=32, height=16,
                pixels=base64.b64encode(upright.tobytes()).decode(), tolerance=12)  # fmt: skip


noise = picture(9, 7, 5)
golden = dict(
    oracle=f"Pillow {PIL.__version__}, transformers {transformers.__version__}",
    table=[(w, h, resized(w, h)) for w, h in TABLE],
    random=dict(count=10000, sha256=hashlib.sha256(" ".join(resized(w, h) for w, h in sizes(10000)).encode()).hexdigest()),
    resizes=[
        dict(from_=[w, h], to=[a, b], sha256=hashlib.sha256(
            picture(w, h, 100 + i).resize((a, b), Image.Resampling.BICUBIC).tobytes()).hexdigest())
        for i, (w, h, a, b) in enumerate(RESIZES)
    ],
    files=[
        decoded("rgb", noise), decoded("grey", noise.convert("L")), decoded("palette", noise.quantize(16)),
        decoded("one pixel", noise.crop((0, 0, 1, 1))), decoded("alpha, opaque", noise.convert("RGBA")), turned(),
    ],
)  # fmt: skip
GOLDEN.parent.mkdir(parents=True, exist_ok=True)
GOLDEN.write_text(json.dumps(golden).replace('"from_"', '"from"') + "\n")
print(golden["table"])
