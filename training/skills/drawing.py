"""Requests for simple drawings, answered by an SVG: shapes, faces, flags, animals, houses, charts."""
from skills.words import COLOURS

DRAW = '## cogview\n画简单的图，内容写成 SVG。'
FLAGS = {'zh': {'法国': ('v', 'blue white red'), '意大利': ('v', 'green white red'), '德国': ('h', 'black red gold'), '俄罗斯': ('h', 'white blue red'), '荷兰': ('h', 'red white blue'), '爱尔兰': ('v', 'green white orange'), '比利时': ('v', 'black gold red'),
                '罗马尼亚': ('v', 'blue yellow red'), '奥地利': ('h', 'red white red'), '匈牙利': ('h', 'red white green'), '波兰': ('h', 'white red'), '乌克兰': ('h', 'blue yellow'), '印度尼西亚': ('h', 'red white'), '保加利亚': ('h', 'white green red'), '日本': ('dot', 'white red')}}
FLAGS['en'] = dict(zip('France Italy Germany Russia|the Netherlands|Ireland Belgium Romania Austria Hungary Poland Ukraine Indonesia Bulgaria Japan'.replace('|the Netherlands|', ' Netherlands ').split(), FLAGS['zh'].values()))
COUNT = {'zh': ['', '一', '两', '三', '四', '五', '六'], 'en': ['', 'one', 'two', 'three', 'four', 'five', 'six']}


def svg(*parts):
    return '<svg viewBox="0 0 100 100">' + ''.join(parts) + '</svg>'


def circle(x, y, r, fill):
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"/>'


def rect(x, y, w, h, fill):
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}"/>'


def polygon(points, fill):
    return f'<polygon points="{points}" fill="{fill}"/>'


def line(x1, y1, x2, y2):
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="black"/>'


def curve(d):
    return f'<path d="{d}" stroke="black" fill="none"/>'


def ellipse(x, y, rx, ry, fill):
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"/>'


SHAPES = {'circle': ('圆|圆形|圆圈', 'circle'), 'square': ('正方形|方块', 'square'), 'triangle': ('三角形', 'triangle'), 'rectangle': ('长方形|矩形', 'rectangle'), 'ellipse': ('椭圆', 'ellipse|oval'), 'star': ('五角星|星星', 'star'), 'diamond': ('菱形', 'diamond')}


def shape(kind, x, y, r, fill):
    if kind == 'circle':
        return circle(x, y, r, fill)
    if kind == 'square':
        return rect(x - r, y - r, 2 * r, 2 * r, fill)
    if kind == 'rectangle':
        return rect(x - r, y - r // 2, 2 * r, r, fill)
    if kind == 'ellipse':
        return ellipse(x, y, r, r // 2, fill)
    if kind == 'triangle':
        return polygon(f'{x},{y - r} {x - r},{y + r} {x + r},{y + r}', fill)
    if kind == 'diamond':
        return polygon(f'{x},{y - r} {x + r},{y} {x},{y + r} {x - r},{y}', fill)
    h = r // 2
    return polygon(f'{x},{y - r} {x + h},{y + r} {x - r},{y - h // 2} {x + r},{y - h // 2} {x - h},{y + r}', fill)


def shapes(rng, lang):
    """One to six shapes of one kind, or two kinds side by side."""
    kind, fill = rng.choice(list(SHAPES)), rng.choice(list(COLOURS))
    names = {k: rng.choice(v[lang == 'en'].split('|')) for k, v in SHAPES.items()}
    said = lambda k, c, n: (f'{COUNT["zh"][n]}个{COLOURS[c]}的{names[k]}' if lang == 'zh' else f'{("a" if c[0] not in "aeiou" else "an") if n == 1 else COUNT["en"][n]} {c} {names[k]}{"s" if n > 1 else ""}')
    if rng.random() < 0.3:
        other, fill2 = rng.choice(list(SHAPES)), rng.choice(list(COLOURS))
        return said(kind, fill, 1) + ('和' if lang == 'zh' else ' and ') + said(other, fill2, 1), svg(shape(kind, 25, 50, 20, fill), shape(other, 75, 50, 20, fill2))
    n = rng.choice((1, 1, 1, 2, 3, 4, 5, 6))
    if n == 1:
        return said(kind, fill, 1), svg(shape(kind, 50, 50, 40, fill))
    step = 100 // n
    return said(kind, fill, n), svg(*(shape(kind, step // 2 + i * step, 50, step // 2 - 2, fill) for i in range(n)))


def face(rng, lang):
    mood = rng.choice(('happy', 'sad', 'flat'))
    fill = rng.choice(('gold', 'yellow', 'pink'))
    mouth = {'happy': 'M30 60 Q50 80 70 60', 'sad': 'M30 72 Q50 55 70 72', 'flat': 'M30 66 L70 66'}[mood]
    name = {'happy': ('笑脸|高兴的脸|微笑', 'smiling face|happy face|smiley|smile'), 'sad': ('哭脸|难过的脸|伤心的脸', 'sad face|unhappy face'), 'flat': ('没有表情的脸', 'neutral face')}[mood]
    said = rng.choice(name[lang == 'en'].split('|'))
    return ('一张' if lang == 'zh' else 'a ') + said, svg(circle(50, 50, 40, 'gold'), circle(35, 40, 5, 'black'), circle(65, 40, 5, 'black'), curve(mouth))


def flag(rng, lang):
    country = rng.choice(list(FLAGS[lang]))
    way, colours = FLAGS[lang][country]
    colours = colours.split()
    if way == 'dot':
        picture = svg(rect(0, 20, 100, 60, 'white'), circle(50, 50, 18, 'red'))
    elif way == 'v':
        picture = svg(*(rect((0, 33, 66)[i], 20, 34, 60, c) for i, c in enumerate(colours)))
    else:
        height = 60 // len(colours)
        picture = svg(*(rect(0, 20 + i * height, 100, height, c) for i, c in enumerate(colours)))
    if lang == 'zh':
        return rng.choice((f'{country}国旗', f'{country}的国旗')), picture
    return rng.choice((f'the flag of {country}', f'the {country} flag')), picture


def chart(rng, lang):
    values = [rng.randint(1, 9) for _ in range(rng.randint(2, 6))]
    said = (', ' if lang == 'en' else rng.choice((', ', '、', '，'))).join(map(str, values))
    width = 90 // len(values)
    bars = svg(*(rect(5 + i * width, 95 - 10 * v, width - 4, 10 * v, 'blue') for i, v in enumerate(values)))
    return (rng.choice((f'柱状图 {said}', f'{said}的柱状图', f'柱形图：{said}')) if lang == 'zh' else rng.choice((f'a bar chart of {said}', f'bars for {said}', f'a bar chart with {said}'))), bars


def cat(c):
    return [polygon('25,45 30,15 50,30', c), polygon('75,45 70,15 50,30', c), circle(50, 55, 30, c), circle(40, 50, 4, 'black'), circle(60, 50, 4, 'black'), curve('M42 65 Q50 72 58 65')]


def house(x=20):
    return [rect(x, 50, 40, 40, 'brown'), polygon(f'{x - 5},50 {x + 20},25 {x + 45},50', 'red'), rect(x + 15, 68, 10, 22, 'gold')]


def tree(x=75):
    return [rect(x - 4, 60, 8, 30, 'brown'), circle(x, 48, 18, 'green')]


def sun(x=80):
    return [circle(x, 18, 11, 'gold')]


THINGS = {  # name in Chinese and English, parts
    'cat': ('只猫|只小猫|只猫咪', 'a cat|a kitten', lambda: cat('gray')),
    'dog': ('只狗|只小狗', 'a dog|a puppy', lambda: [ellipse(25, 45, 9, 20, 'brown'), ellipse(75, 45, 9, 20, 'brown'), circle(50, 52, 28, 'brown'), circle(40, 46, 4, 'black'), circle(60, 46, 4, 'black'), ellipse(50, 62, 7, 5, 'black')]),
    'rabbit': ('只兔子|只小兔', 'a rabbit|a bunny', lambda: [ellipse(40, 22, 7, 20, 'pink'), ellipse(60, 22, 7, 20, 'pink'), circle(50, 60, 27, 'pink'), circle(41, 55, 4, 'black'), circle(59, 55, 4, 'black')]),
    'fish': ('条鱼|条小鱼', 'a fish', lambda: [ellipse(45, 50, 30, 18, 'orange'), polygon('70,50 95,32 95,68', 'orange'), circle(30, 45, 4, 'black')]),
    'bird': ('只鸟|只小鸟', 'a bird', lambda: [circle(50, 55, 25, 'blue'), polygon('73,50 92,56 73,62', 'orange'), circle(60, 47, 4, 'black'), polygon('30,55 50,50 40,72', 'black')]),
    'house': ('座房子|栋房子|个房子', 'a house', lambda: house(30)), 'tree': ('棵树|棵大树', 'a tree', lambda: tree(50)),
    'sun': ('个太阳', 'a sun|the sun', lambda: [circle(50, 50, 22, 'gold'), line(50, 5, 50, 20), line(50, 80, 50, 95), line(5, 50, 20, 50), line(80, 50, 95, 50)]),
    'flower': ('朵花|朵小花', 'a flower', lambda: [rect(48, 50, 4, 45, 'green'), circle(50, 28, 10, 'pink'), circle(35, 42, 10, 'pink'), circle(65, 42, 10, 'pink'), circle(50, 42, 8, 'gold')]),
    'car': ('辆汽车|辆车|辆小汽车', 'a car', lambda: [rect(10, 50, 80, 22, 'red'), rect(28, 34, 40, 18, 'red'), circle(28, 74, 9, 'black'), circle(72, 74, 9, 'black')]),
    'heart': ('颗心|颗爱心|个爱心', 'a heart', lambda: ['<path d="M50 85 L15 48 Q15 20 50 38 Q85 20 85 48 Z" fill="red"/>']),
    'snowman': ('个雪人', 'a snowman', lambda: [circle(50, 70, 24, 'white'), circle(50, 34, 15, 'white'), circle(45, 31, 2, 'black'), circle(55, 31, 2, 'black'), polygon('50,35 64,38 50,40', 'orange')]),
    'boat': ('条船|艘船', 'a boat|a ship', lambda: [polygon('10,65 90,65 75,85 25,85', 'brown'), line(50, 20, 50, 65), polygon('52,22 80,58 52,58', 'white')]),
    'traffic': ('个红绿灯|个交通灯', 'a traffic light', lambda: [rect(35, 10, 30, 80, 'black'), circle(50, 25, 10, 'red'), circle(50, 50, 10, 'yellow'), circle(50, 75, 10, 'green')]),
    'moon': ('个月亮|轮月亮', 'a moon|the moon', lambda: [circle(50, 50, 30, 'gold'), circle(62, 44, 26, 'white')]),
    'apple': ('个苹果', 'an apple', lambda: [circle(50, 55, 28, 'red'), rect(48, 18, 4, 14, 'brown'), ellipse(60, 22, 9, 4, 'green')]),
    'robot': ('个机器人', 'a robot', lambda: [rect(30, 15, 40, 30, 'gray'), circle(42, 28, 4, 'blue'), circle(58, 28, 4, 'blue'), rect(25, 48, 50, 40, 'gray')]),
    'cloud': ('朵云|朵白云', 'a cloud', lambda: [circle(35, 55, 18, 'gray'), circle(55, 45, 22, 'gray'), circle(72, 57, 16, 'gray')]),
    'clock': ('个钟|个时钟', 'a clock', lambda: [circle(50, 50, 40, 'white'), curve('M50 10 A40 40 0 1 1 49 10'), line(50, 50, 50, 22), line(50, 50, 70, 50)]),
    'mountain': ('座山|座大山', 'a mountain', lambda: [polygon('5,90 50,15 95,90', 'gray'), polygon('38,35 50,15 62,35', 'white')]),
}
SCENE = {'house': lambda: house(15), 'tree': lambda: tree(78), 'sun': lambda: sun(85), 'cloud': lambda: [ellipse(30, 15, 16, 7, 'gray')], 'flower': lambda: [rect(89, 75, 2, 15, 'green'), circle(90, 72, 5, 'pink')]}


def thing(rng, lang):
    kind = rng.choice(list(THINGS))
    name = rng.choice(THINGS[kind][lang == 'en'].split('|'))
    return ('一' if lang == 'zh' else '') + name, svg(*THINGS[kind][2]())


def scene(rng, lang):
    kinds = rng.sample(list(SCENE), rng.choice((2, 2, 3)))
    names = [('一' if lang == 'zh' else '') + rng.choice(THINGS[k][lang == 'en'].split('|')) for k in kinds]
    glue = '和' if lang == 'zh' else rng.choice((' and ', ' with ', ' next to '))
    if lang == 'en' and len(names) == 2 and glue == ' with ' and rng.random() < 0.4:
        names[1] += ' next to it'
    return (('、' if lang == 'zh' else ', ').join(names[:-1]) + glue + names[-1]), svg(*(p for k in kinds for p in SCENE[k]()))


MAKERS = ((shapes, 6), (face, 2), (flag, 4), (chart, 3), (thing, 7), (scene, 4))
ASK = {'zh': ['画{}', '帮我画{}', '请画{}', '给我画{}', '画一下{}', '我想要{}的图', '能画{}吗', '用图形画出{}', '画出{}'],
       'en': ['draw {}', 'please draw {}', 'can you draw {}', 'draw me {}', 'make a picture of {}', 'I want a drawing of {}', 'sketch {}', 'paint {}']}


def exchange(rng, lang):
    maker = rng.choices([m for m, _ in MAKERS], [w for _, w in MAKERS])[0]
    what, picture = maker(rng, lang)
    request = rng.choice(ASK[lang]).replace('{}', what)
    if lang == 'en' and rng.random() < 0.5:
        request = request[0].upper() + request[1:]
    result = rng.choice(('CogView 已经生成并向用户展示了生成的图片。', '图片已显示。', 'The picture is shown.', 'ok'))
    done = f'画好了：{what}。' if lang == 'zh' else f'Here is {what}.'
    return [('user', '', request + rng.choice(('', '', '。' if lang == 'zh' else '.'))), ('assistant', 'cogview', picture), ('observation', 'cogview_result', result), ('assistant', '', done)]
