"""Pictures to ask about, drawn on the fly: each draw gives a picture and what is true of it.

A scene is a function (rng, size, split) -> (PIL image, facts). `split` is 'train' or 'heldout': pairs of colour and shape,
fonts and words of the one never occur in the other.
"""
import math
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

COLOURS = {'red': (214, 40, 40), 'orange': (242, 140, 30), 'yellow': (240, 215, 50), 'green': (40, 160, 70), 'cyan': (60, 200, 215),
           'blue': (40, 80, 215), 'purple': (140, 60, 180), 'pink': (245, 150, 190), 'brown': (125, 75, 40), 'black': (25, 25, 25),
           'grey': (135, 135, 135), 'white': (252, 252, 252)}
SHAPES = ('circle', 'square', 'triangle', 'star', 'diamond', 'cross')
WORDS = ('cat dog sun moon tree fish bird milk tea book door lamp star rain snow wind fire rock sand leaf hand foot king ring ship boat '
         'road town farm home yes no go stop open exit sale new hot cold up down left right in out one two six ten red blue gold blok '
         'zup miv tak rol fen').split()
HANZI = '人口手山水火木日月天地大小上下左右开关出入好你我他书门车马鱼鸟花草红黄蓝白黑春夏秋冬东西南北'
FONTS = [p for folder in ('/usr/share/fonts', '/usr/local/share/fonts') for p in sorted(Path(folder).rglob('*'))
         if p.suffix in ('.ttf', '.otf', '.ttc') and ('DejaVu' in p.name or 'NotoSansCJK' in p.name or 'Liberation' in p.name)]
HELDOUT_FONT = 'DejaVuSerif-Bold'


def is_heldout(colour, shape):
    """One pair in nine is kept for the test: no training picture has a purple triangle."""
    return (list(COLOURS).index(colour) * 5 + SHAPES.index(shape) * 2) % 9 == 0


def pair(rng, split, refuse=()):
    while True:
        colour, shape = rng.choice(list(COLOURS)), rng.choice(SHAPES)
        if is_heldout(colour, shape) == (split == 'heldout') and colour not in refuse:
            return colour, shape


def ink(rng, colour):
    return tuple(max(0, min(255, v + rng.randint(-18, 18))) for v in COLOURS[colour])


def ground(rng, size, refuse=()):
    """A background that is none of the colours `refuse`: flat, or a gradient, or a fine texture."""
    w, h = size
    light = [c for c in ('white', 'grey', 'yellow', 'cyan', 'pink') if c not in refuse] or ['white']
    base = np.array(ink(rng, 'white' if rng.random() < 0.7 and 'white' not in refuse else rng.choice(light)), np.float32)
    if 'white' in refuse:
        base = np.minimum(base, 170)
    pixels = np.broadcast_to(base, (h, w, 3)).copy()
    kind = rng.random()
    if kind < 0.25:
        pixels += np.linspace(-22, 22, w if kind < 0.12 else h, dtype=np.float32)[(None, slice(None), None) if kind < 0.12 else (slice(None), None, None)]
    elif kind < 0.4:
        pixels += np.random.default_rng(rng.getrandbits(32)).normal(0, 7, (h, w, 1)).astype(np.float32)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def shape(draw, name, colour, x, y, r, turn=0.0):
    """A shape around (x, y) with outer radius r."""
    if name == 'circle':
        return draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    if name == 'square':
        s = r * 0.85
        return draw.rectangle((x - s, y - s, x + s, y + s), fill=colour)
    if name == 'cross':
        t = r * 0.32
        draw.rectangle((x - r, y - t, x + r, y + t), fill=colour)
        return draw.rectangle((x - t, y - r, x + t, y + r), fill=colour)
    count, inner = {'triangle': (3, None), 'star': (5, 0.45), 'diamond': (4, None)}[name]
    points = []
    for i in range(count * (2 if inner else 1)):
        angle = turn - math.pi / 2 + i * math.pi / (count if inner else count / 2)
        radius = r * inner if inner and i % 2 else r
        points.append((x + radius * math.cos(angle) * (0.7 if name == 'diamond' else 1), y + radius * math.sin(angle)))
    draw.polygon(points, fill=colour)


def one(rng, size, split):
    colour, name = pair(rng, split)
    image = ground(rng, size, (colour,))
    w, h = size
    r = rng.uniform(0.16, 0.36) * min(size)
    x, y = rng.uniform(r + 1, w - r - 1), rng.uniform(r + 1, h - r - 1)
    shape(ImageDraw.Draw(image), name, ink(rng, colour), x, y, r, rng.uniform(-0.15, 0.15))
    box = [round(1000 * v) for v in ((x - r) / w, (y - r) / h, (x + r) / w, (y + r) / h)]
    return image, {'colour': colour, 'shape': name, 'box': [max(0, min(999, v)) for v in box]}


def side(rng, size, split):
    """One shape clearly in one part of the picture."""
    colour, name = pair(rng, split)
    image, (w, h) = ground(rng, size, (colour,)), size
    place = rng.choice(('left', 'right', 'top', 'bottom', 'middle'))
    fx, fy = {'left': (0.2, None), 'right': (0.8, None), 'top': (None, 0.2), 'bottom': (None, 0.8), 'middle': (0.5, 0.5)}[place]
    x = w * ((fx or rng.uniform(0.42, 0.58)) + rng.uniform(-0.05, 0.05))
    y = h * ((fy or rng.uniform(0.42, 0.58)) + rng.uniform(-0.05, 0.05))
    shape(ImageDraw.Draw(image), name, ink(rng, colour), x, y, rng.uniform(0.11, 0.17) * min(size))
    return image, {'colour': colour, 'shape': name, 'place': place}


def two(rng, size, split):
    """Two shapes side by side, or one above the other."""
    (c1, s1), (c2, s2) = pair(rng, split), pair(rng, split)
    while c1 == c2:
        c2, s2 = pair(rng, split)
    image, (w, h) = ground(rng, size, (c1, c2)), size
    across, r = rng.random() < 0.5, rng.uniform(0.13, 0.19) * min(size)
    a, b = rng.uniform(0.2, 0.3), rng.uniform(0.7, 0.8)
    if rng.random() < 0.5:
        a, b = b, a
    other = rng.uniform(0.35, 0.65), rng.uniform(0.35, 0.65)
    draw = ImageDraw.Draw(image)
    for (c, s), along, off in (((c1, s1), a, other[0]), ((c2, s2), b, other[1])):
        shape(draw, s, ink(rng, c), w * (along if across else off), h * (off if across else along), r)
    relation = ('left' if a < b else 'right') if across else ('above' if a < b else 'below')
    return image, {'first': (c1, s1), 'second': (c2, s2), 'relation': relation}


def many(rng, size, split):
    colour, name = pair(rng, split)
    image, (w, h) = ground(rng, size, (colour,)), size
    columns, rows = max(3, w // 28), max(3, h // 28)
    number = rng.randint(1, 8)
    draw, cell = ImageDraw.Draw(image), (w / columns, h / rows)
    for z in rng.sample(range(columns * rows), number):
        r = rng.uniform(0.27, 0.38) * min(cell)
        shape(draw, name, ink(rng, colour), (z % columns + 0.5) * cell[0] + rng.uniform(-2, 2), (z // columns + 0.5) * cell[1] + rng.uniform(-2, 2), r)
    return image, {'count': number, 'colour': colour, 'shape': name}


def font(rng, size, split, chinese=False):
    names = [p for p in FONTS if (HELDOUT_FONT in p.name) == (split == 'heldout') or chinese]
    names = [p for p in names if not chinese or 'CJK' in p.name]
    if not names:
        return ImageFont.load_default(size=size)
    return ImageFont.truetype(str(rng.choice(names)), size)


def written(rng, size, text, split):
    colour = rng.choice([c for c in COLOURS if c not in ('white', 'yellow', 'cyan', 'pink')])
    image, (w, h) = ground(rng, size, (colour, 'grey')), size
    chinese = any(ord(c) > 0x3000 for c in text)
    for points in range(int(min(h * 0.6, 44)), 9, -2):
        f = font(rng, points, split, chinese)
        left, top, right, bottom = ImageDraw.Draw(image).textbbox((0, 0), text, font=f)
        if right - left <= w - 6 and bottom - top <= h - 6:
            break
    layer = Image.new('L', size)
    at = (rng.uniform(2, max(2, w - (right - left) - 3)) - left, rng.uniform(2, max(2, h - (bottom - top) - 3)) - top)
    ImageDraw.Draw(layer).text(at, text, fill=255, font=f)
    layer = layer.rotate(rng.uniform(-6, 6), resample=Image.Resampling.BICUBIC)
    image.paste(Image.new('RGB', size, ink(rng, colour)), mask=layer)
    return image, {'text': text, 'colour': colour}


def digits(rng, size, split):
    return written(rng, size, str(rng.randint(0, 9) if rng.random() < 0.5 else rng.randint(10, 99)), split)


def word(rng, size, split):
    pool = HANZI if rng.random() < 0.4 else WORDS
    kept = [w for i, w in enumerate(pool) if (i % 10 == 0) == (split == 'heldout')]
    if split == 'train' or len(pool[0]) > 1:
        kept = [w for i, w in enumerate(pool) if len(w) == 1 or (i % 10 == 0) == (split == 'heldout')]
    return written(rng, size, rng.choice(kept), split)


def sum_of(rng, size, split):
    a, b = rng.randint(1, 9), rng.randint(1, 9)
    image, facts = written(rng, size, f'{a}+{b}', split)
    return image, {'a': a, 'b': b, **facts}
