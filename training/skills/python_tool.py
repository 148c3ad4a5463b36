"""Requests that Python answers: arithmetic, word problems, dates, units, percent, lists, texts and plots.

Each maker returns (request, code, answer template with {} for the output). The observation is what the code prints.
"""
import calendar
import contextlib
import io
import json

from skills.words import NOUNS

PYTHON = '## python\n运行 Python 代码，返回输出。'


def output_of(code):
    """What a program prints, as the Python tool returns it."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})  # our own code, from this file
    return printed.getvalue().strip()


def num(rng, digits=None):
    """A whole number, small ones more often, or sometimes a decimal one."""
    digits = digits or rng.choice((1, 2, 2, 2, 3, 3, 3, 4, 4, 5))
    return rng.randint(10 ** (digits - 1), 10 ** digits - 1)


def decimal(rng):
    return rng.choice((num(rng), round(rng.uniform(0.1, 99), 1), round(rng.uniform(0.1, 99), 2), round(rng.uniform(1, 999), 1)))


def expression(rng, lang):
    """(as asked, as code) with two to four numbers, maybe brackets."""
    signs = {'+': ('+', ' + ', '＋') if lang == 'zh' else ('+', ' + '), '-': ('-', ' - ', ' − '),
             '*': ('*', ' * ', ' × ', '×', ' x ', '·') if lang == 'en' else ('*', ' * ', ' × ', '×', '乘'),
             '/': ('/', ' / ', ' ÷ ', '÷')}
    count = rng.choice((2, 2, 2, 3, 3, 4))
    numbers = [num(rng) if rng.random() < 0.8 else decimal(rng) for _ in range(count)]
    ops = [rng.choice('++--***/') for _ in range(count - 1)]
    said, code = [str(n) for n in numbers], [str(n) for n in numbers]
    if count > 2 and rng.random() < 0.5:
        i = rng.randrange(count - 1)
        j = rng.randint(i + 1, min(count - 1, i + 2))
        if (i, j) != (0, count - 1):
            for parts in (said, code):
                parts[i], parts[j] = '(' + parts[i], parts[j] + ')'
    style = {op: rng.choice(signs[op]) for op in signs}
    spoken = said[0] + ''.join(style[op] + n for op, n in zip(ops, said[1:]))
    plain = code[0] + ''.join(f' {op} {n}' for op, n in zip(ops, code[1:]))
    return spoken, plain


def shown(code, divides=None):
    """print(...), rounded where a fraction may come out."""
    return f'print(round({code}, 4))' if (divides if divides is not None else '/' in code or '.' in code) else f'print({code})'


def arithmetic(rng, lang):
    spoken, code = expression(rng, lang)
    if lang == 'zh':
        ask = rng.choice(('{}等于多少', '{} 等于多少', '{}是多少', '计算{}', '算一下 {}', '{}=', '{}', '请计算 {}', '{}的结果', '帮我算{}', '算算 {}', '{} = ?', '求{}的值', '{}得多少', '{}等于几'))
        return ask.replace('{}', spoken), shown(code), answer(lang)
    ask = rng.choice(('what is {}', "what's {}", 'calculate {}', 'compute {}', '{}', '{} =', '{} = ?', 'how much is {}', 'work out {}', 'solve {}', 'evaluate {}',
                      'please calculate {}', 'the result of {}', 'can you work out {}', 'tell me {}', 'find {}'))
    return ask.replace('{}', spoken), shown(code), 'The result is {}.'


def in_words(rng, lang):
    """One operation said in words."""
    a, b = (decimal(rng), decimal(rng)) if rng.random() < 0.2 else (num(rng), num(rng))
    if lang == 'zh':
        op, forms = rng.choice((('+', ('{a}加{b}', '{a} 加上 {b}', '{a}与{b}的和', '{a}和{b}加起来', '{a} 加 {b}')), ('-', ('{a}减{b}', '{a}减去{b}', '{a}与{b}的差', '{a} 减掉 {b}')),
                                ('*', ('{a}乘{b}', '{a}乘以{b}', '{a}与{b}的积', '{a} 乘上 {b}', '{a}的{b}倍', '{a} 乘以 {b}')), ('/', ('{a}除以{b}', '{a} 除以 {b}', '{a}与{b}的商'))))
        ask = rng.choice(('{}是多少', '{}等于多少', '{}得多少', '算一下{}', '请计算{}', '帮我算一下 {}', '{}', '{}等于几', '算算{}', '求{}'))
    else:
        op, forms = rng.choice((('+', ('{a} plus {b}', 'the sum of {a} and {b}', '{a} and {b} together', '{a} added to {b}')), ('-', ('{a} minus {b}', '{a} less {b}', 'the difference of {a} and {b}', '{a} take away {b}')),
                                ('*', ('{a} times {b}', '{a} multiplied by {b}', 'the product of {a} and {b}', 'if I multiply {a} by {b}')), ('/', ('{a} divided by {b}', '{a} over {b}', 'the quotient of {a} and {b}'))))
        ask = rng.choice(('what is {}', "what's {}", 'how much is {}', 'calculate {}', '{}', 'work out {}', 'please compute {}', 'tell me {}', 'what do I get for {}', 'what do I get {}'))
    said = rng.choice(forms).replace('{a}', str(a)).replace('{b}', str(b))
    return ask.replace('{}', said), shown(f'{a} {op} {b}'), answer(lang)


def answer(lang):
    return '结果是 {}。' if lang == 'zh' else 'The result is {}.'


def single(rng, lang):
    """Roots, powers, factorials, divisors, remainders."""
    n, m = rng.randint(2, 400), rng.randint(2, 400)
    e = rng.randint(2, 20)
    n = n if rng.random() < 0.7 else rng.randint(2, 40) ** 2
    table = [
        ((f'{n} 的平方根', f'{n}的平方根是多少', f'根号{n}', f'求 {n} 的算术平方根'), (f'square root of {n}', f'what is the square root of {n}', f'sqrt({n})', f'the root of {n}'),
         f'import math\nprint(round(math.sqrt({n}), 4))'),
        ((f'{n}的{e}次方', f'{n} 的 {e} 次方是多少', f'{n}^{e}', f'计算{n}的{e}次幂'), (f'{n} to the power of {e}', f'{n}^{e}', f'what is {n} to the {e}th power', f'{n} raised to {e}', f'{n} to the power {e}'), f'print({n} ** {e})'),
        ((f'{n}的平方', f'{n} 的平方是多少'), (f'{n} squared', f'what is the square of {n}'), f'print({n} ** 2)'),
        ((f'{n}的立方', f'{n} 的三次方'), (f'{n} cubed', f'the cube of {n}'), f'print({n} ** 3)'),
        ((f'{e}的阶乘', f'{e} 的阶乘是多少', f'{e}!', f'求{e}的阶乘'), (f'factorial of {e}', f'{e}!', f'what is {e} factorial', f'the factorial of {e}'), f'import math\nprint(math.factorial({e}))'),
        ((f'{n}和{m}的最大公约数', f'求 {n} 与 {m} 的最大公因数', f'{n} 和 {m} 的最大公约数是多少'), (f'gcd of {n} and {m}', f'greatest common divisor of {n} and {m}', f'what is the greatest common factor of {n} and {m}'),
         f'import math\nprint(math.gcd({n}, {m}))'),
        ((f'{n}和{m}的最小公倍数', f'求 {n} 与 {m} 的最小公倍数'), (f'lcm of {n} and {m}', f'least common multiple of {n} and {m}'), f'import math\nprint(math.lcm({n}, {m}))'),
        ((f'{n * m}除以{m + 1}的余数', f'{n * m} 除以 {m + 1} 余几'), (f'remainder of {n * m} divided by {m + 1}', f'{n * m} mod {m + 1}', f'what is left when {n * m} is divided by {m + 1}'), f'print({n * m} % {m + 1})'),
        ((f'{n}是质数吗', f'{n} 是不是素数'), (f'is {n} a prime number', f'is {n} prime'), f'n = {n}\nprint(n > 1 and all(n % i for i in range(2, n)))'),
        ((f'从1加到{n}', f'1到{n}的和是多少'), (f'sum of the numbers from 1 to {n}', f'add up 1 to {n}'), f'print(sum(range(1, {n} + 1)))'),
        ((f'把{n}写成二进制', f'{n} 的二进制'), (f'{n} in binary', f'convert {n} to binary'), f'print(bin({n})[2:])'),
    ]
    zh, en, code = rng.choice(table)
    return rng.choice(zh if lang == 'zh' else en), code, answer(lang)


NAMES = {'zh': '小华 小丽 小刚 小军 老张 王芳 李雷 妹妹 爷爷 小林 同学 张老师 爸爸 妈妈 小红'.split(), 'en': 'Ben Lucy Omar Mia Leo Ella Jack Nora Sam Kate Ivan Priya'.split()}
ITEMS = {'zh': [('铅笔', '支'), ('橘子', '个'), ('书', '本'), ('鸡蛋', '个'), ('糖果', '颗'), ('气球', '个'), ('贴纸', '张'), ('苹果', '个'), ('螺丝', '颗'), ('卡片', '张'), ('面包', '个'), ('花', '朵'),
                ('邮票', '张'), ('椅子', '把'), ('西瓜', '个'), ('票', '张'), ('珠子', '颗'), ('饼干', '块'), ('玻璃球', '个')],
         'en': 'pencils oranges books eggs candies balloons coins apples screws cards rolls flowers stamps chairs melons tickets beads pears nails shells pens muffins'.split()}


def story(rng, lang):
    """A word problem of one step."""
    a, b = rng.randint(12, 900), rng.randint(2, 60)
    who = rng.choice(NAMES[lang])
    if lang == 'zh':
        (thing, m), other = rng.choice(ITEMS['zh']), rng.choice(NAMES['zh'])
        group = rng.choice(('箱', '盒', '袋', '排', '组', '包', '筐', '层'))
        kind, text = rng.choice((
            ('*', f'一{group}有 {b} {m}{thing}，{a} {group}有多少{m}'), ('*', f'{a} {group}{thing}，每{group} {b} {m}，一共有多少{m}'), ('*', f'{who}买了 {b} {group}{thing}，每{group} {a} {m}，总共多少{m}？'),
            ('*', f'每{m}{thing} {b} 元，买 {a} {m}要多少钱'), ('*', f'一{m}{thing}卖 {a} 元，{b} {m}多少钱'), ('*', f'{who}每天存 {b} 元，{a} 天能存多少元'), ('*', f'汽车每小时行 {a} 公里，{b} 小时行多少公里'), ('*', f'飞机每小时飞 {a} 公里，{b} 小时能飞多远'),
            ('-', f'{who}有 {a + b} {m}{thing}，吃了 {b} {m}，还剩多少'), ('-', f'{who}有 {a + b} 元，花掉 {b} 元，还剩几元'), ('-', f'仓库有 {a + b} {m}{thing}，运走 {a} {m}，剩下多少{m}'), ('-', f'{who}有 {a + b} {m}{thing}，给了{other} {b} {m}，现在还有几{m}'), ('-', f'全班 {a + b} 人，来了 {a} 人，缺几人'),
            ('+', f'{who}有 {a} {m}{thing}，{other}给了他 {b} {m}，现在有多少{m}'), ('+', f'上午卖了 {a} {m}{thing}，下午卖了 {b} {m}，一共卖了多少'), ('+', f'{who}有 {a} {m}{thing}，又买了 {b} {m}，共有几{m}'), ('+', f'第一天走了 {a} 公里，第二天走了 {b} 公里，两天共走多少公里'),
            ('/', f'{a * b} {m}{thing}平均分给 {b} 个人，每人多少{m}'), ('/', f'一本书 {a * b} 页，每天看 {a} 页，几天看完'), ('/', f'{a * b} 元买了 {b} {m}{thing}，每{m}多少元'), ('/', f'把 {a * b} {m}{thing}装进 {b} 个盒子，每盒几{m}'), ('/', f'{a * b} {m}{thing}分给 {b} 个小朋友，每个小朋友几{m}')))
    else:
        things, other = rng.choice(ITEMS['en']), rng.choice(NAMES['en'])
        one = things[:-1]
        group = rng.choice(('box', 'bag', 'row', 'pack', 'crate', 'basket', 'shelf'))
        kind, text = rng.choice((
            ('*', f'a {group} has {b} {things}, how many {things} are in {a} of them'), ('*', f'There are {a} {group}s with {b} {things} each. How many {things} are there in total'), ('*', f'{who} buys {b} {group}s of {a} {things}. How many {things} is that'),
            ('*', f'One {one} costs {b} dollars. How much do {a} {things} cost'), ('*', f'a {one} is {a} euros, what do I pay for {b} {things}'), ('*', f'{who} saves {b} dollars a day. How much is it after {a} days'), ('*', f'A bus drives {a} kilometers an hour. How far does it go in {b} hours'), ('*', f'a train goes {a} miles per hour for {b} hours, how far is that'),
            ('-', f'{who} had {a + b} {things} and gave {b} to {other}. How many are left'), ('-', f'{who} has {a + b} dollars and spends {a}. How much is left'), ('-', f'The store had {a + b} {things} and sold {b}. How many remain'), ('-', f'{who} had {a + b} {things} but lost {b} of them. How many does {who} have now'),
            ('+', f'{who} has {a} {things} and gets {b} more. How many are there now'), ('+', f'{who} has {a} {things}, {other} has {b}. How many do they have together'), ('+', f'We sold {a} {things} in the morning and {b} in the afternoon. How many in total'), ('+', f'{who} walked {a} km on Friday and {b} km on Saturday. How many km in all'),
            ('/', f'{a * b} {things} are shared by {b} people. How many does each get'), ('/', f'A book has {a * b} pages. {who} reads {a} pages a day. How many days does it take'), ('/', f'{b} {things} cost {a * b} dollars. How much is one {one}'), ('/', f'{a * b} {things} go into {b} boxes. How many are in each box'), ('/', f'{who} shares {a * b} {things} among {b} friends, how many each')))
    numbers = [w for w in ''.join(c if c.isdigit() else ' ' for c in text).split()]
    x, y = numbers[0], numbers[1]
    if kind == '/' and int(x) < int(y):
        x, y = y, x
    return text, f'print(round({x} / {y}, 4))' if kind == '/' else f'print({x} {kind} {y})', answer(lang)


def some_date(rng):
    year, month = rng.randint(1990, 2035), rng.randint(1, 12)
    return year, month, rng.randint(1, calendar.monthrange(year, month)[1])


MONTHS = 'January February March April May June July August September October November December'.split()


def said_date(rng, lang, d):
    y, m, day = d
    if rng.random() < 0.4:
        return f'{y}-{m:02}-{day:02}'
    if lang == 'zh':
        return rng.choice((f'{y}年{m}月{day}日', f'{y} 年 {m} 月 {day} 日', f'{y}年{m}月{day}号'))
    return rng.choice((f'{MONTHS[m - 1]} {day}, {y}', f'{day} {MONTHS[m - 1]} {y}', f'{MONTHS[m - 1][:3]} {day}, {y}', f'{MONTHS[m - 1]} {day} {y}'))


def date(rng, lang):
    a, b = sorted((some_date(rng), some_date(rng)))
    n = rng.choice((7, 10, 14, 30, 45, 60, 90, 100, 180, 200, 365, rng.randint(2, 999)))
    A, B = said_date(rng, lang, a), said_date(rng, lang, b)
    head = 'from datetime import date'
    more = 'from datetime import date, timedelta'
    D = lambda d: f'date({d[0]}, {d[1]}, {d[2]})'
    days = f'{head}\nprint(({D(b)} - {D(a)}).days)'
    end = f'{head}\nprint((date({a[0]}, 12, 31) - {D(a)}).days)'
    plus, minus = (f'{more}\nprint({D(a)} {sign} timedelta(days={n}))' for sign in '+-')
    y = a[0]
    if lang == 'zh':
        table = [((f'从{A}到{B}有多少天', f'{A}和{B}相差几天', f'{A}到{B}隔了多少天', f'{A}到{B}有几天', f'{A}与{B}之间有多少天', f'我{A}出生，到{B}过了多少天', f'距离{A}到{B}一共多少天'), days, '一共 {} 天。'),
                 ((f'{A}到年底还有多少天', f'从{A}到年底有几天', f'{A}离年底还有多少天', f'{A}到那年年底还剩几天'), end, '一共 {} 天。'),
                 ((f'{A}之后{n}天是哪天', f'{A}再过{n}天是几号', f'从{A}起{n}天后是什么日期', f'从 {A} 开始，{n} 天以后是哪一天', f'{A}加{n}天'), plus, '是 {}。'),
                 ((f'{A}之前{n}天是哪天', f'{A}往前{n}天是几号', f'{A}的{n}天前是什么日期', f'{A}减{n}天'), minus, '是 {}。'),
                 ((f'{A}是星期几', f'{A}是周几', f'{A}那天星期几', f'请问{A}是礼拜几'), f'{head}\nprint("星期" + "一二三四五六日"[{D(a)}.weekday()])', '是{}。'),
                 ((f'{y}年是闰年吗', f'{y} 是不是闰年', f'{y}年是不是闰年'), f'import calendar\nprint(calendar.isleap({y}))', '结果是 {}。'),
                 ((f'{y}年{a[1]}月有多少天', f'{y}年{a[1]}月有几天'), f'import calendar\nprint(calendar.monthrange({y}, {a[1]})[1])', '一共 {} 天。')]
    else:
        table = [((f'how many days from {A} to {B}', f'days between {A} and {B}', f'How many days are there between {A} and {B}', f'number of days from {A} until {B}', f'I was born on {A}. How many days old was I on {B}', f'how many days passed from {A} to {B}', f'days from {A} to {B}'), days, 'It is {} days.'),
                 ((f'how many days from {A} to the end of the year', f'How many days are left in the year on {A}', f'days from {A} until the end of the year', f'How many days are there from {A} to year end'), end, 'It is {} days.'),
                 ((f'what date is {n} days after {A}', f'which day is {n} days from {A}', f'{A} plus {n} days', f'What is the date {n} days after {A}', f'add {n} days to {A}'), plus, 'It is {}.'),
                 ((f'what date was {n} days before {A}', f'{A} minus {n} days', f'which day was {n} days before {A}', f'go back {n} days from {A}'), minus, 'It is {}.'),
                 ((f'what day of the week is {A}', f'which weekday is {A}', f'what weekday was {A}', f'On which day of the week does {A} fall', f'what day was {A}'), f'{head}\nprint({D(a)}.strftime("%A"))', 'It is a {}.'),
                 ((f'is {y} a leap year', f'was {y} a leap year', f'Is the year {y} a leap year'), f'import calendar\nprint(calendar.isleap({y}))', 'The result is {}.'),
                 ((f'how many days has {MONTHS[a[1] - 1]} {y}', f'how many days are in {MONTHS[a[1] - 1]} {y}'), f'import calendar\nprint(calendar.monthrange({y}, {a[1]})[1])', 'It is {} days.')]
    today = f'{head}\nprint(date.today())'
    until = f'{head}\nprint(({D(b)} - date.today()).days)'
    if lang == 'zh':
        table += [(('今天几号', '今天是几月几日', '今天的日期', '今天是哪天', '现在是哪一年'), today, '今天是 {}。'), ((f'离{B}还有多少天', f'距离{B}还有几天', f'到{B}还要等几天'), until, '还有 {} 天。')]
    else:
        table += [(("what is today's date", 'what day is it today', 'what date is it', "today's date"), today, 'Today is {}.'), ((f'how many days until {B}', f'days left until {B}', f'how long is it until {B}'), until, '{} days are left.')]
    weights = [5, 3, 3, 2, 3, 1, 1, 1, 1]
    asks, code, said = rng.choices(table, weights)[0]
    return rng.choice(asks), code, said


# from, to, factor; names in Chinese and English
UNITS = [('英里', '公里', 'miles', 'kilometers', 1.609344), ('公里', '英里', 'kilometers', 'miles', 0.621371), ('英寸', '厘米', 'inches', 'centimeters', 2.54), ('厘米', '英寸', 'centimeters', 'inches', 0.393701),
         ('英尺', '米', 'feet', 'meters', 0.3048), ('米', '英尺', 'meters', 'feet', 3.28084), ('磅', '千克', 'pounds', 'kilograms', 0.45359237), ('千克', '磅', 'kilograms', 'pounds', 2.204623),
         ('盎司', '克', 'ounces', 'grams', 28.349523), ('加仑', '升', 'gallons', 'liters', 3.785412), ('升', '毫升', 'liters', 'milliliters', 1000), ('小时', '分钟', 'hours', 'minutes', 60), ('分钟', '秒', 'minutes', 'seconds', 60),
         ('天', '小时', 'days', 'hours', 24), ('周', '天', 'weeks', 'days', 7), ('吨', '千克', 'tons', 'kilograms', 1000), ('千克', '克', 'kilograms', 'grams', 1000), ('公里', '米', 'kilometers', 'meters', 1000), ('米', '厘米', 'meters', 'centimeters', 100),
         ('斤', '千克', 'jin', 'kilograms', 0.5), ('千克', '斤', 'kilograms', 'jin', 2), ('亩', '平方米', 'mu', 'square meters', 666.667), ('公顷', '平方米', 'hectares', 'square meters', 10000), ('码', '米', 'yards', 'meters', 0.9144), ('GB', 'MB', 'GB', 'MB', 1024)]
SYNONYMS = {'千克': ('千克', '公斤'), '公里': ('公里', '千米'), 'kilometers': ('kilometers', 'km', 'kilometres'), 'kilograms': ('kilograms', 'kg', 'kilos'), 'centimeters': ('centimeters', 'cm', 'centimetres'), 'pounds': ('pounds', 'lbs'),
            'meters': ('meters', 'm', 'metres'), 'grams': ('grams', 'g'), 'liters': ('liters', 'litres'), 'miles': ('miles', 'mi'), 'feet': ('feet', 'ft')}


def unit(rng, lang):
    n = decimal(rng)
    if rng.random() < 0.22:  # temperatures
        to_c = rng.random() < 0.5
        code = f'print(round(({n} - 32) * 5 / 9, 2))' if to_c else f'print(round({n} * 9 / 5 + 32, 2))'
        f, c = rng.choice((('华氏度', '摄氏度'), ('°F', '°C'), ('华氏度', '摄氏度'))) if lang == 'zh' else rng.choice((('Fahrenheit', 'Celsius'), ('degrees Fahrenheit', 'degrees Celsius'), ('°F', '°C'), ('degrees Fahrenheit', 'Celsius'), ('°F', 'Celsius'), ('F', 'C')))
        a, b = (f, c) if to_c else (c.replace('Celsius', 'degrees Celsius') if ' ' in f and 'degrees' not in c else c, f.replace('degrees ', ''))
        target = b
    else:
        zh_a, zh_b, en_a, en_b, factor = rng.choice(UNITS)
        a, b = (zh_a, zh_b) if lang == 'zh' else (en_a, en_b)
        a, b = rng.choice(SYNONYMS.get(a, (a,))), rng.choice(SYNONYMS.get(b, (b,)))
        code = f'print(round({n} * {factor}, 4))'
        target = b
    if lang == 'zh':
        ask = rng.choice((f'{n}{a}是多少{b}', f'{n} {a}等于多少{b}', f'把{n}{a}换算成{b}', f'{n} {a}换成{b}', f'{n}{a}合多少{b}', f'{n} {a}有多少{b}', f'{n} {a}等于几{b}', f'将 {n} {a}转换为{b}'))
        return ask, code, f'等于 {{}} {target}。'
    ask = rng.choice((f'convert {n} {a} to {b}', f'how many {b} are {n} {a}', f'{n} {a} in {b}', f'what is {n} {a} in {b}', f'how many {b} is {n} {a}', f'{n} {a} to {b}', f'change {n} {a} into {b}', f'How many {b} are in {n} {a}'))
    return ask, code, f'It is {{}} {target}.'


def percent(rng, lang):
    x, p = rng.choice((num(rng, 2), num(rng, 3), num(rng, 4), num(rng, 3) * 10, round(rng.uniform(5, 900), 1))), rng.randint(1, 95)
    z = rng.choice((x + num(rng, 2), num(rng, 3)))
    d, y = rng.randint(1, 9), rng.randint(1, 10)
    rate = rng.choice((2, 3, 4, 5, 2.5, 1.5, 3.6))
    more, less = max(x, z), min(x, z)
    of, up, down = f'print(round({x} * {p} / 100, 4))', f'print(round({x} * (100 + {p}) / 100, 4))', f'print(round({x} * (100 - {p}) / 100, 4))'
    share, growth = f'print(round({less} / {more} * 100, 4))', f'print(round(({more} - {less}) / {less} * 100, 4))'
    fall = f'print(round(({more} - {less}) / {more} * 100, 4))'
    interest = f'print(round({x} * {rate} / 100 * {y}, 4))'
    if lang == 'zh':
        thing = rng.choice(NOUNS['zh'])
        table = [((f'{x}的{p}%是多少', f'{x} 的百分之{p}是多少', f'{p}%的{x}是多少', f'求{x}的{p}%'), of, '结果是 {}。'), ((f'{x}增加{p}%是多少', f'价格{x}涨{p}%后是多少', f'{x} 元涨价 {p}% 后是多少', f'{x}上涨百分之{p}是多少'), up, '结果是 {}。'),
                 ((f'{x}减少{p}%是多少', f'{x}元降价{p}%后多少钱', f'{x} 下降 {p}% 后是多少', f'{thing}{x}元，便宜{p}%，多少钱'), down, '结果是 {}。'), ((f'{x}元打{d}折是多少', f'{thing}原价{x}元，打{d}折后多少钱', f'一件{thing} {x} 元，{d} 折卖多少钱'), f'print(round({x} * {d} / 10, 4))', '结果是 {}。'),
                 ((f'{less}占{more}的百分之几', f'{less}是{more}的百分之多少', f'{less} 占 {more} 的多少百分比'), share, '是 {}%。'), ((f'从{less}涨到{more}，涨了百分之几', f'{less}增加到{more}，增长了百分之多少', f'由 {less} 升到 {more}，涨幅是多少'), growth, '是 {}%。'),
                 ((f'从{more}降到{less}，降了百分之几', f'{more}减少到{less}，下降了百分之多少'), fall, '是 {}%。'), ((f'存{x}元，年利率{rate}%，{y}年利息多少', f'本金{x}元，利率{rate}%，存{y}年，利息是多少', f'{x}元年利率{rate}%，{y}年的单利'), interest, '结果是 {}。')]
    else:
        table = [((f'what is {p}% of {x}', f'{p} percent of {x}', f'how much is {p}% of {x}', f'calculate {p}% of {x}', f'a {p}% tip on {x}', f'a tip of {p} percent on a bill of {x}'), of, 'The result is {}.'), ((f'increase {x} by {p}%', f'{x} plus {p} percent', f'A price of {x} goes up by {p}%. What is it now', f'My pay of {x} rises by {p} percent. What is it then', f'raise {x} by {p} percent'), up, 'The result is {}.'),
                 ((f'decrease {x} by {p}%', f'{x} minus {p} percent', f'{x} dollars with {p}% off', f'A coat costs {x} dollars and is {p}% off. How much is it', f'reduce {x} by {p} percent', f'what do I pay for {x} euros with a discount of {p} percent'), down, 'The result is {}.'),
                 ((f'{less} is what percent of {more}', f'what percentage of {more} is {less}', f'how many percent of {more} are {less}'), share, 'It is {}%.'), ((f'from {less} to {more}, how many percent is that', f'by what percent is {more} more than {less}', f'percent increase from {less} to {more}', f'by how many percent did it grow from {less} to {more}'), growth, 'It is {}%.'),
                 ((f'percent decrease from {more} to {less}', f'how many percent less is {less} than {more}'), fall, 'It is {}%.'), ((f'simple interest on {x} at {rate}% for {y} years', f'I save {x} dollars at {rate} percent for {y} years. How much interest'), interest, 'The result is {}.')]
    asks, code, said = rng.choice(table)
    return rng.choice(asks), code, said


def numbers(rng, least=3, most=9, decimals=True):
    """A short list as it is typed and as it is coded."""
    big = rng.choice((9, 99, 99, 999))
    return [round(rng.uniform(0, big), 1) if decimals and rng.random() < 0.06 else rng.randint(0 if big == 9 else 1, big) for _ in range(rng.randint(least, most))]


def listed(rng, lang, values):
    texts = [str(v) for v in values]
    if lang == 'zh':
        return rng.choice((', ', '、', '，', ' ', ',')).join(texts)
    if rng.random() < 0.35:
        return ', '.join(texts[:-1]) + ' and ' + texts[-1]
    return rng.choice((', ', ', ', ' ', ',')).join(texts)


def list_task(rng, lang):
    values = numbers(rng)
    said = listed(rng, lang, values)
    data = f'data = {values}\n'
    table = [(('{}的平均数', '求{}的平均值', '{} 的平均数是多少', '算一下{}的均值'), ('average of {}', 'what is the mean of {}', 'the average of {}', 'find the mean of {}'), data + 'print(round(sum(data) / len(data), 4))'),
             (('把{}从小到大排序', '将 {} 升序排列', '从小到大排列{}', '给{}排个序'), ('sort {}', 'sort {} from small to large', 'put {} in order', 'order {} ascending', 'Sort these numbers: {}', 'sort the numbers {}'), data + 'print(sorted(data))'),
             (('把{}从大到小排序', '将 {} 降序排列'), ('sort {} from large to small', 'sort {} descending'), data + 'print(sorted(data, reverse=True))'),
             (('{}中最大的数', '{}里哪个最大', '找出{}的最大值', '{}里面最大的是多少'), ('largest of {}', 'which is the biggest of {}', 'maximum of {}', 'find the max of {}'), data + 'print(max(data))'),
             (('{}中最小的数', '{}里哪个最小', '找出{}的最小值', '求{}中的最小值'), ('smallest of {}', 'which is the smallest of {}', 'find the minimum of {}', 'the lowest of {}'), data + 'print(min(data))'),
             (('{}的中位数', '求{}的中位数', '{} 的中位数是什么'), ('median of {}', 'what is the median of {}', 'find the median of {}'), 'import statistics\n' + data + 'print(statistics.median(data))'),
             (('{}的总和', '{}加起来是多少', '求{}的和', '把{}加在一起'), ('sum of {}', 'add up {}', 'what is the total of {}', 'add {}'), data + 'print(round(sum(data), 4))'),
             (('{}的标准差', '求{}的标准差'), ('standard deviation of {}', 'what is the standard deviation of {}'), 'import statistics\n' + data + 'print(round(statistics.pstdev(data), 4))'),
             (('{}有几个数', '{}一共多少个数字'), ('how many numbers are in {}', 'count the numbers {}'), data + 'print(len(data))'),
             (('{}里有几个偶数', '{}中偶数有多少个'), ('how many even numbers are in {}', 'count the even numbers in {}'), data + 'print(sum(x % 2 == 0 for x in data))'),
             (('{}的最大值和最小值之差', '{}的极差'), ('range of {}', 'difference between the largest and the smallest of {}'), data + 'print(round(max(data) - min(data), 4))')]
    zh, en, code = rng.choice(table)
    return rng.choice(zh if lang == 'zh' else en).replace('{}', said), code, answer(lang)


def plot(rng, lang):
    values = numbers(rng, 3, 8)
    said = listed(rng, lang, values)
    kind = rng.choice(('bar', 'bar', 'plot', 'pie'))
    title = rng.choice(NOUNS[lang]) if rng.random() < 0.2 else ''
    if lang == 'zh':
        name = {'bar': ('柱状图', '柱形图', '条形图', '直方条图'), 'plot': ('折线图', '曲线图', '折线'), 'pie': ('饼图', '饼状图', '扇形图')}[kind]
        name = rng.choice(name)
        ask = rng.choice((f'把{said}画成{name}', f'用{said}画{name}', f'画一个{name}：{said}', f'帮我画{said}的{name}', f'用{name}画出{said}', f'用{name}表示{said}', f'{said} 画{name}', f'给{said}画个{name}', f'做一张{name}，数据是{said}'))
        ask += f'，标题是{title}' if title else ''
        done = '图画好了。'
    else:
        name = rng.choice({'bar': ('bar chart', 'bar graph', 'bar plot', 'bars'), 'plot': ('line chart', 'line graph', 'line plot', 'line'), 'pie': ('pie chart', 'pie')}[kind])
        a = '' if name == 'bars' else 'a '
        ask = rng.choice((f'plot {said} as {a}{name}', f'draw {a}{name} of {said}', f'make {a}{name} from {said}', f'show {said} as {a}{name}', f'{name} of {said}', f'please plot {said} in {a}{name}', f'create {a}{name} with {said}', f'show {said} in {a}{name}'))
        ask += f' with the title {title}' if title else ''
        done = 'Here is the chart.'
    call = {'bar': 'plt.bar(range(len(data)), data)', 'plot': 'plt.plot(data)', 'pie': 'plt.pie(data)'}[kind]
    code = f'import matplotlib.pyplot as plt\ndata = {values}\n{call}\n' + (f'plt.title("{title}")\n' if title else '') + 'plt.show()'
    return ask, code, done


def text_task(rng, lang, words):
    word = rng.choice((words.phrases.made_up_word(rng, 'en').lower(), rng.choice(NOUNS['en']), words.phrases.made_up_word(rng, 'en').lower()))
    letter = rng.choice(word)
    table = [((f'{word}里有几个{letter}', f'单词{word}中有多少个 {letter}', f'{word} 有几个字母 {letter}'), (f'how many {letter} are in {word}', f'how often does {letter} occur in {word}', f'count the letter {letter} in {word}', f'how many times is the letter {letter} in {word}'), f'print("{word}".count("{letter}"))'),
             ((f'{word}有几个字母', f'单词{word}有多长', f'{word} 有多少个字母'), (f'how many letters has {word}', f'how long is the word {word}', f'how many letters are in {word}', f'how many letters does {word} have'), f'print(len("{word}"))'),
             ((f'把{word}倒过来', f'把 {word} 反过来写', f'{word}倒着写是什么'), (f'reverse {word}', f'write {word} backwards', f'spell {word} backwards', f'reverse the word {word}'), f'print("{word}"[::-1])'),
             ((f'把{word}变成大写', f'{word}的大写'), (f'{word} in capital letters', f'make {word} upper case'), f'print("{word}".upper())')]
    zh, en, code = rng.choice(table)
    return rng.choice(zh if lang == 'zh' else en), code, answer(lang)


MAKERS = ((arithmetic, 8), (in_words, 5), (single, 4), (story, 8), (date, 8), (unit, 6), (percent, 7), (list_task, 7), (plot, 5), (text_task, 2))


def exchange(rng, lang, words):
    maker = rng.choices([m for m, _ in MAKERS], [w for _, w in MAKERS])[0]
    while True:
        made = maker(rng, lang, words) if maker is text_task else maker(rng, lang)
        try:
            output = '[Image]' if maker is plot else output_of(made[1])
        except (ZeroDivisionError, ValueError, OverflowError):
            continue
        if 0 < len(output) <= 40:
            break
    request, code, said = made
    if 'today' in code:  # any day may be today
        output = f'{rng.randint(2024, 2035)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}' if '.days' not in code else str(rng.randint(-900, 3000))
    if rng.random() < 0.12:
        request = rng.choice(('请问', '你好，', '麻烦', '那么') if lang == 'zh' else ('hi, ', 'please: ', 'quick question: ', 'ok, ')) + request
    if lang == 'en' and rng.random() < 0.5:
        request = request[0].upper() + request[1:]
    if request[-1] not in '？?=':
        request += rng.choice(('', '', '？', '?', '。') if lang == 'zh' else ('', '', '?', '?', '.'))
    if rng.random() < 0.004:  # a failing run is reported as it is
        output = rng.choice(('Timed out', 'NameError: name \'x\' is not defined', 'ZeroDivisionError: division by zero'))
        said = '运行出错：{}。' if lang == 'zh' else 'The code failed: {}.'
    messages = [('user', '', request), ('assistant', 'python', code), ('observation', '', output), ('assistant', '', said.replace('{}', output))]
    return messages + (follow_up(rng, lang, output) if rng.random() < 0.12 and is_number(output) else [])


def is_number(text):
    return text.replace('.', '', 1).isdigit() and len(text) <= 10


def follow_up(rng, lang, before):
    """The user goes on calculating with the last result."""
    n = rng.choice((rng.randint(2, 12), num(rng), decimal(rng)))
    if lang == 'zh':
        op, forms = rng.choice((('+', ('再加 {}', '再加上{}呢', '加 {} 是多少')), ('-', ('再减{}', '减去 {} 呢', '从中减掉{}')),
                                ('*', ('再乘以 {}', '乘以{}呢', '它的{}倍是多少')), ('/', ('再除以{}', '除以 {} 呢', '平均分成{}份是多少'))))
    else:
        op, forms = rng.choice((('+', ('plus {}', 'and add {}', 'now add {} to that')), ('-', ('minus {}', 'now subtract {}', 'take {} away from it')),
                                ('*', ('times {}', 'now multiply that by {}', 'and {} times that')), ('/', ('divide it by {}', 'and divided by {}', 'split that {} ways'))))
    request = rng.choice(forms).replace('{}', str(n)) + rng.choice(('', '', '？' if lang == 'zh' else '?'))
    code = f'print(round({before} {op} {n}, 4))'
    output = output_of(code)
    return [('user', '', request), ('assistant', 'python', code), ('observation', '', output), ('assistant', '', answer(lang).replace('{}', output))]


def after_lookup(rng, lang, functions):
    """(function, exchange): a value is looked up, then Python goes on with it."""
    function, text, arguments, key, value = functions.lookup_number(rng, lang)
    k = rng.choice((rng.randint(2, 60), round(rng.uniform(0.1, 9), 1), rng.randint(2, 500)))
    if lang == 'zh':
        op, tail = rng.choice((('*', f'，再乘以 {k}'), ('*', f'，算 {k} 个要多少钱'), ('*', f'，乘以{k}是多少'), ('+', f'，加上 {k}'), ('/', f'，除以 {k}'), ('*', f'，用每个 {k} 元算费用'), ('*', f'，算算 {k} 份一共多少'), ('-', f'，减去{k}是多少'), ('*', f'，然后用 {k} 元一个算总价'), ('*', f'，{k} 股要多少钱')))
    else:
        op, tail = rng.choice((('*', f' and multiply it by {k}'), ('*', f' and tell me what {k} of them cost'), ('*', f', then times {k}'), ('+', f' and add {k}'), ('/', f' and divide it by {k}'), ('*', f' and compute the cost at {k} each'), ('*', f', how much are {k} pieces'), ('-', f' and subtract {k}'), ('*', f' and tell me the price of {k}'), ('*', f' and compute the cost at {k} per {key}')))
    code = f'print(round({value} {op} {k}, 4))'
    output = output_of(code)
    return function, [('user', '', text + tail), ('assistant', function.name, json.dumps(arguments, ensure_ascii=False)), ('observation', '', json.dumps({key: value})),
                      ('assistant', 'python', code), ('observation', '', output), ('assistant', '', answer(lang).replace('{}', output))]
