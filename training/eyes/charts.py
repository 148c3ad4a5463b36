"""More pictures to ask about: charts, faces, flags, lamps, and what Nano cannot read. See pictures.py."""
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from eyes.pictures import COLOURS, ground, ink

LABELS = 'ABCDE'


def bars(rng, size, split):
    """Bars of different heights on a scale from 0 to 9, each with a letter below it."""
    image, (w, h) = ground(rng, size, ('grey',)), size
    count = rng.randint(3, 5 if w >= 112 else 4)
    values = rng.sample(range(1, 10), count)
    colour, draw = rng.choice([c for c in COLOURS if c not in ('white', 'yellow', 'grey')]), ImageDraw.Draw(image)
    f, floor, step = ImageFont.load_default(size=11), h - 15, w / count
    for i, value in enumerate(values):
        x = (i + 0.5) * step
        draw.rectangle((x - step * 0.3, floor - value / 9 * (floor - 6), x + step * 0.3, floor), fill=ink(rng, colour))
        draw.text((x, h - 7), LABELS[i], fill=(30, 30, 30), font=f, anchor='mm')
    draw.line((2, floor, w - 2, floor), fill=(60, 60, 60))
    return image, {'values': dict(zip(LABELS, values)), 'highest': LABELS[values.index(max(values))],
                   'lowest': LABELS[values.index(min(values))], 'count': count}


def pie(rng, size, split):
    """Slices in colours of their own; the largest has at least an eighth more than the next."""
    image, (w, h) = ground(rng, size, ('grey',)), size
    names = rng.sample([c for c in COLOURS if c not in ('white', 'grey')], rng.randint(2, 4))
    while True:
        shares = np.array([rng.uniform(0.12, 1) for _ in names])
        shares /= shares.sum()
        first, second = sorted(shares)[::-1][:2]
        if first - second > 0.125:
            break
    r, start, draw = min(size) * rng.uniform(0.34, 0.44), rng.uniform(0, 360), ImageDraw.Draw(image)
    x, y = w * rng.uniform(0.45, 0.55), h * rng.uniform(0.47, 0.53)
    for name, share in zip(names, shares):
        draw.pieslice((x - r, y - r, x + r, y + r), start, start + 360 * share, fill=ink(rng, name))
        start += 360 * share
    return image, {'largest': names[int(shares.argmax())], 'count': len(names)}


def line(rng, size, split):
    image, (w, h) = ground(rng, size, ('grey',)), size
    up, n = rng.random() < 0.5, rng.randint(4, 7)
    steps = np.cumsum([rng.uniform(0.3, 1) for _ in range(n)])
    ys = (steps - steps[0]) / (steps[-1] - steps[0]) * h * rng.uniform(0.4, 0.7)
    ys = h * 0.85 - ys if up else h * 0.15 + ys
    points = [(w * (0.08 + 0.84 * i / (n - 1)), y) for i, y in enumerate(ys)]
    colour = rng.choice([c for c in COLOURS if c not in ('white', 'yellow', 'grey')])
    ImageDraw.Draw(image).line(points, fill=ink(rng, colour), width=rng.randint(2, 3), joint='curve')
    return image, {'trend': 'up' if up else 'down'}


def face(rng, size, split):
    image, (w, h) = ground(rng, size, ('yellow',)), size
    r, happy, draw = min(size) * rng.uniform(0.3, 0.45), rng.random() < 0.5, ImageDraw.Draw(image)
    x, y = w * rng.uniform(0.44, 0.56), h / 2
    draw.ellipse((x - r, y - r, x + r, y + r), fill=ink(rng, rng.choice(('yellow', 'orange', 'pink'))), outline=(40, 40, 40))
    for side in (-1, 1):
        draw.ellipse((x + side * r * 0.38 - r * 0.1, y - r * 0.4, x + side * r * 0.38 + r * 0.1, y - r * 0.18), fill=(30, 30, 30))
    mouth = (x - r * 0.5, y - r * 0.15, x + r * 0.5, y + r * 0.6) if happy else (x - r * 0.5, y + r * 0.2, x + r * 0.5, y + r * 0.95)
    draw.arc(mouth, *((20, 160) if happy else (200, 340)), fill=(30, 30, 30), width=max(2, int(r * 0.12)))
    return image, {'mood': 'happy' if happy else 'sad'}


def flag(rng, size, split):
    w, h = size
    names = rng.sample(list(COLOURS), rng.randint(2, 3))
    across, image = rng.random() < 0.6, Image.new('RGB', size)
    draw, n = ImageDraw.Draw(image), len(names)
    for i, name in enumerate(names):
        box = (0, h * i // n, w, h * (i + 1) // n) if across else (w * i // n, 0, w * (i + 1) // n, h)
        draw.rectangle(box, fill=ink(rng, name))
    return image, {'stripes': names, 'order': 'top' if across else 'left'}


def lamp(rng, size, split):
    """A traffic light with one lamp lit."""
    image, (w, h) = ground(rng, size, ('grey',)), size
    lit, draw = rng.choice(('red', 'yellow', 'green')), ImageDraw.Draw(image)
    b, x = h * 0.42, w * rng.uniform(0.4, 0.6)
    draw.rounded_rectangle((x - b * 0.42, h / 2 - b, x + b * 0.42, h / 2 + b), radius=6, fill=(45, 45, 45))
    for i, name in enumerate(('red', 'yellow', 'green')):
        y = h / 2 + (i - 1) * b * 0.62
        draw.ellipse((x - b * 0.25, y - b * 0.25, x + b * 0.25, y + b * 0.25), fill=ink(rng, name) if name == lit else (75, 75, 75))
    return image, {'lit': lit}


def blank(rng, size, split):
    return ground(rng, size), {}


def photo(rng, size, split):
    """Something like a photograph: clouds of noise at several scales, tinted, with soft edges."""
    w, h = size
    noise, pixels = np.random.default_rng(rng.getrandbits(32)), np.zeros((h, w, 3), np.float32)
    for scale in (3, 6, 12, 28):
        small = noise.normal(0, 1, (max(2, h // scale), max(2, w // scale), 3)) * 0.6 + noise.normal(0, 1, (max(2, h // scale), max(2, w // scale), 1))
        layer = Image.fromarray(((small.clip(-2, 2) + 2) * 63).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
        pixels += (np.asarray(layer, np.float32) - 126) * rng.uniform(0.2, 0.8)
    sky = np.linspace(rng.uniform(-50, 50), rng.uniform(-50, 50), h)[:, None, None]
    image = Image.fromarray((pixels + 120 + sky + np.array(ink(rng, rng.choice(list(COLOURS))))[None, None] * 0.2 - 25).clip(0, 255).astype(np.uint8))
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.2))), {}
