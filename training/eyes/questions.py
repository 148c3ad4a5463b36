"""Questions about drawn pictures: each task draws a picture, asks about it in a language, and knows the answer."""
import random
from pathlib import Path

import yaml

from eyes import charts, pictures

NAMES = {
    'zh': {'red': '红色', 'orange': '橙色', 'yellow': '黄色', 'green': '绿色', 'cyan': '青色', 'blue': '蓝色', 'purple': '紫色', 'pink': '粉色',
           'brown': '棕色', 'black': '黑色', 'grey': '灰色', 'white': '白色', 'circle': '圆形', 'square': '正方形', 'triangle': '三角形',
           'star': '五角星', 'diamond': '菱形', 'cross': '十字', 'left': '左边', 'right': '右边', 'top': '上面', 'bottom': '下面', 'middle': '中间',
           'above': '上面', 'below': '下面', 'up': '上升', 'down': '下降', 'happy': '高兴', 'sad': '难过'},
    'en': {'left': 'on the left', 'right': 'on the right', 'top': 'at the top', 'bottom': 'at the bottom', 'middle': 'in the middle',
           'up': 'rises', 'down': 'falls'},
}
RELATIONS = {'left': 'left of', 'right': 'right of', 'above': 'above', 'below': 'below'}
SCENES = {'one': pictures.one, 'side': pictures.side, 'two': pictures.two, 'many': pictures.many, 'digits': pictures.digits,
          'word': pictures.word, 'sum': pictures.sum_of, 'bars': charts.bars, 'pie': charts.pie, 'line': charts.line, 'face': charts.face,
          'flag': charts.flag, 'lamp': charts.lamp, 'blank': charts.blank, 'photo': charts.photo}
# the tasks that a scene can ask, and how often scenes are drawn: what is learnt late more often
TASKS = {'one': ('colour', 'shape', 'describe', 'box'), 'side': ('place', 'colour', 'shape'), 'two': ('relation',),
         'many': ('count', 'colour', 'shape'), 'digits': ('digits',), 'word': ('word',), 'sum': ('sum',), 'bars': ('highest', 'lowest', 'bars'),
         'pie': ('largest',), 'line': ('trend',), 'face': ('mood',), 'flag': ('stripes',), 'lamp': ('lamp',), 'blank': ('nothing',), 'photo': ('refuse',)}
SHARES = {'one': 16, 'side': 7, 'two': 7, 'many': 10, 'digits': 12, 'word': 14, 'sum': 4, 'bars': 10, 'pie': 5, 'line': 4, 'face': 3, 'flag': 4,
          'lamp': 2, 'blank': 2, 'photo': 10}
PHRASES = yaml.safe_load((Path(__file__).parent / 'phrases.yaml').read_text('utf-8'))
HELDOUT_QUESTIONS = 2
SIDES = (56, 84, 112, 140, 168)
# transformers' smallest picture has 6,272 pixels: a smaller one would be enlarged
SIZES = [(w, h) for w in SIDES for h in SIDES if w * h >= 6272 and max(w, h) <= 2 * min(w, h)]


def words_of(facts, lang):
    """What is true of a picture, in words of the language."""
    name = lambda key: NAMES[lang].get(key, key)
    plain = lambda pair: f'{name(pair[0])}的{name(pair[1])}' if lang == 'zh' else f'{pair[0]} {pair[1]}'
    words = {}
    for key, value in facts.items():
        if key in ('first', 'second'):
            words[key] = plain(value)
        elif key == 'relation':
            words[key] = name(value) if lang == 'zh' else RELATIONS[value]
        elif key == 'stripes':
            words[key] = ('、' if lang == 'zh' else ', ').join(map(name, value))
        elif key == 'box':
            words[key] = ','.join(map(str, value))
        elif key == 'lit':
            words[key] = name(value).removesuffix('色')
        elif key != 'values':
            words[key] = name(value) if isinstance(value, str) and key != 'text' else str(value)
    if 'a' in facts:
        words['sum'] = str(facts['a'] + facts['b'])
    return {**words, **{k.capitalize(): v[:1].upper() + v[1:] for k, v in words.items()}}


def question(rng, task, facts, lang, split):
    """(question, answer). What can be asked about any picture may be asked about one that shows nothing."""
    asked = rng.choice([t for t in PHRASES if 'q' in PHRASES[t][lang] and '{' not in PHRASES[t][lang]['q'][0]]) if task in ('nothing', 'refuse') else task
    questions = PHRASES[asked][lang]['q']
    questions = questions[-HELDOUT_QUESTIONS:] if split == 'heldout' else questions[:-HELDOUT_QUESTIONS]
    words = words_of(facts, lang)
    fill = lambda text: text.format(**words) if '{' in text else text
    return fill(rng.choice(questions)), fill(rng.choice(PHRASES[task][lang]['a']))


def conversation(rng, size, split='train', scene=None):
    """(scene, picture, [(task, language, question, answer)]): a picture and one to three questions about it."""
    scene = scene or rng.choices(list(SHARES), list(SHARES.values()))[0]
    image, facts = SCENES[scene](rng, size, split)
    tasks = rng.sample(TASKS[scene], rng.randint(1, len(TASKS[scene]))) if split == 'train' else [rng.choice(TASKS[scene])]
    lang, turns = rng.choice(('zh', 'en')), []
    for task in tasks[:3]:
        turns.append((task, lang, *question(rng, task, facts, lang, split)))
        if rng.random() < 0.15:
            lang = 'en' if lang == 'zh' else 'zh'
    return scene, image, turns


if __name__ == '__main__':
    from PIL import Image
    rng, sheet = random.Random(1), Image.new('RGB', (5 * 180, 3 * 180), 'white')
    for i, scene in enumerate(SCENES):
        _, image, turns = conversation(rng, rng.choice(SIZES), scene=scene)
        sheet.paste(image, (i % 5 * 180 + 5, i // 5 * 180 + 5))
        print(scene, image.size, turns)
    sheet.save('runs/eyes.png')
