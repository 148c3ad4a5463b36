"""Random values: names, places, numbers, dates, identifiers, texts. Half are made up, so that they must be copied."""
import datetime
import string

GB2312 = [bytes((a, b)).decode('gb2312') for a in range(0xB0, 0xD8) for b in range(0xA1, 0xFF) if (a, b) < (0xD7, 0xFA)]
COLOURS = {'red': '红色', 'blue': '蓝色', 'green': '绿色', 'yellow': '黄色', 'orange': '橙色', 'purple': '紫色',
           'pink': '粉色', 'black': '黑色', 'white': '白色', 'gray': '灰色', 'brown': '棕色', 'gold': '金色'}
LISTS = {
    'language': {'en': 'French German Spanish Italian Japanese Korean Chinese English Russian Arabic Dutch Polish Greek '
                       'Hindi Turkish Latin Danish Thai'.split(),
                 'zh': '法语 德语 西班牙语 意大利语 日语 韩语 中文 英语 俄语 阿拉伯语 荷兰语 波兰语 希腊语 泰语 越南语 拉丁语'.split()},
    'room': {'en': 'kitchen|bathroom|hall|cellar|attic|office|living room|nursery|studio|garage|balcony|lab'.split('|'),
             'zh': '厨房 客厅 书房 浴室 阳台 走廊 车库 办公室 地下室 餐厅 儿童房 主卧 次卧 玄关'.split()},
    'sport': {'en': 'running yoga swimming tennis cycling boxing rowing hiking football badminton climbing'.split(),
              'zh': '跑步 瑜伽 游泳 网球 骑车 拳击 划船 爬山 足球 乒乓球 跳绳 篮球'.split()},
    'thing': {'en': 'door wall chair table fence roof car bike box shelf window hat sofa ball gate floor'.split(),
              'zh': '门 墙 椅子 桌子 栅栏 屋顶 汽车 自行车 盒子 架子 窗户 帽子 沙发 球 地板'.split()},
    'dish': {'en': 'noodle soup|fried rice|burger|ramen|salad|dumplings|curry|pancakes|tofu|sushi|stew|pasta'.split('|'),
             'zh': '炒饭 拉面 汉堡 沙拉 饺子 咖喱 煎饼 豆腐 寿司 炖菜 米线 馄饨 包子 鱼汤 凉皮'.split()},
    'drink': {'en': 'tea cocoa espresso juice lemonade cola milk smoothie cider soda'.split(),
              'zh': '红茶 可可 浓缩咖啡 果汁 柠檬水 可乐 牛奶 豆浆 汽水 奶茶'.split()},
    'food': {'en': 'eggs tofu potatoes carrots chicken noodles cheese apples onions mushrooms corn lentils fish'.split(),
             'zh': '土豆 豆腐 胡萝卜 鸡肉 面条 奶酪 苹果 洋葱 玉米 扁豆 鱼 牛肉 白菜 茄子 辣椒'.split()},
    'direction': {'en': ['left', 'right', 'forward', 'back', 'up', 'down'], 'zh': ['左', '右', '前', '后', '上', '下']},
    'word': {'en': 'fine soon closed ready cloudy rainy windy clear delayed done open busy pending active stored snow '
                   'fog sent moved new'.split(),
             'zh': '晴 多云 小雨 大风 正常 已完成 延误 等待中 忙碌 已发货 已关闭 雾 就绪 排队中 已送达 有雪'.split()},
    'topic': {'en': 'jazz|space travel|bees|old maps|chess|Roman law|cooking|volcanoes|painting|birds|robots'.split('|'),
              'zh': '爵士乐 航天 蜜蜂 古地图 围棋 罗马法 烹饪 火山 绘画 鸟类 机器人 唐诗 建筑'.split()},
    'unit_word': {'en': 'items pieces'.split(), 'zh': '个 件'.split()},
}
VERBS = {'en': 'call meet buy clean visit fix paint read write bring pay ask check plan pack wash sell move'.split(),
         'zh': '买 打扫 拜访 修理 读 写 带 付 检查 计划 收拾 洗 卖 搬 准备 整理 参观'.split()}
NOUNS = {'en': 'report car dentist garden flowers bread letter rent team doctor bike tickets books kitchen shoes desk '
               'cousin project slides keys windows passport laundry cake taxes piano'.split(),
         'zh': '报告 汽车 牙医 花园 面包 信 房租 团队 医生 自行车 车票 书 厨房 鞋子 书桌 项目 幻灯片 钥匙 窗户 护照 衣服 蛋糕 钢琴'.split()}


class Words:
    """Draws values of a kind in a language; everything random comes from the `rng` handed in."""

    def __init__(self, phrases):
        self.phrases = phrases

    def invented(self, rng, lang):
        """A word that nobody has seen: syllables in English, rare and common characters in Chinese."""
        if lang == 'en':
            word = self.phrases.made_up_word(rng, 'en')
            return word.capitalize() if rng.random() < 0.7 else word
        return ''.join(rng.choice(GB2312) for _ in range(rng.randint(2, 4)))

    def slot(self, rng, lang, name):
        return rng.choice(self.phrases.unknown[lang]['slots'][name])

    def code(self, rng):
        kind = rng.random()
        letters, digits = string.ascii_uppercase, string.digits
        if kind < 0.35:
            return pick(rng, letters, rng.randint(1, 3)) + pick(rng, digits, rng.randint(2, 10))
        if kind < 0.5:
            return pick(rng, letters + string.ascii_lowercase, rng.randint(1, 2)) + '-' + pick(rng, digits, rng.randint(2, 5))
        if kind < 0.65:
            return pick(rng, string.ascii_lowercase + digits, rng.randint(2, 6))
        if kind < 0.8:
            return pick(rng, digits, rng.randint(4, 13))
        return pick(rng, letters + digits, rng.randint(3, 12))

    def date(self, rng):
        return datetime.date.fromordinal(rng.randint(730000, 741000))

    def text(self, rng, lang, longest=9):
        """A sentence-like text of a few words."""
        n = rng.randint(2, longest)
        if lang == 'zh':
            parts = [rng.choice((rng.choice(VERBS['zh']), rng.choice(NOUNS['zh']), rng.choice(GB2312),
                                 self.invented(rng, 'zh'))) for _ in range(n // 2 + 1)]
            return ''.join(parts)
        return ' '.join(rng.choice((rng.choice(VERBS['en']), rng.choice(NOUNS['en']), self.invented(rng, 'en').lower(),
                                    'the', 'my', 'is', 'for', 'at')) for _ in range(n))

    def number(self, rng):
        return rng.choice((rng.randint(1, 12), rng.randint(1, 99), rng.randint(100, 999), rng.randint(1000, 99999)))

    def value(self, rng, lang, kind):
        """A value of any kind named in phrases/functions.yaml."""
        if kind in ('city', 'from_city', 'to_city'):
            return self.place(rng, lang, 'place')
        if kind == 'country':
            return self.slot(rng, lang, 'country')
        if kind in ('person', 'author', 'artist', 'name'):
            return self.person(rng, lang)
        if kind in ('place', 'from_place', 'to_place'):
            return self.spot(rng, lang)
        if kind in ('minutes', 'level', 'max_minutes', 'percent', 'strength', 'count', 'people', 'nights', 'days',
                    'degrees_n', 'years', 'limit', 'steps', 'grams', 'kcal', 'width', 'height', 'kilograms',
                    'centimetres', 'max_price', 'money', 'int', 'float'):
            return self.amount(rng, kind)
        if kind == 'date':
            return self.date(rng).isoformat()
        if kind == 'time':
            return f'{rng.randint(0, 23):02}:{rng.choice((0, 5, 15, 20, 30, 40, 45, rng.randint(0, 59))):02}'
        if kind in ('address', 'email'):
            name = self.phrases.made_up_word(rng, 'en').lower() + rng.choice(('', '', pick(rng, '0123456789', 2)))
            return f'{name}@{self.phrases.made_up_word(rng, "en").lower()}.{rng.choice(("com", "org", "net", "cn", "io", "de"))}'
        if kind in ('code', 'user_id'):
            return self.code(rng)
        if kind == 'ticker':
            return pick(rng, string.ascii_uppercase, rng.randint(2, 5))
        if kind in ('from_cur', 'to_cur'):
            return rng.choice(('USD', 'EUR', 'CNY', 'GBP', 'AUD', 'CAD', 'SEK', 'KRW', 'INR', 'BRL', 'HKD', 'SGD', 'CHF',
                               'JPY', 'NZD', 'THB')) if rng.random() < 0.7 else pick(rng, string.ascii_uppercase, 3)
        if kind == 'path':
            return self.path(rng)
        if kind == 'new_name':
            return self.path(rng).split('/')[-1]
        if kind == 'colour':
            en = rng.choice(list(COLOURS))
            return en if lang == 'en' else COLOURS[en]
        if kind == 'host':
            return self.phrases.made_up_word(rng, 'en').lower() + rng.choice(('', '-', '.')) + str(rng.randint(1, 40))
        if kind in ('table', 'sheet', 'word'):
            return rng.choice((rng.choice(NOUNS[lang]), self.invented(rng, lang))) if kind != 'word' else \
                rng.choice((rng.choice(LISTS['word'][lang]), self.invented(rng, lang)))
        if kind in ('column', 'letter'):
            return rng.choice('ABCDEFGH' if kind == 'column' else 'ABCD')
        if kind in ('title', 'subject', 'label', 'reason'):
            return self.title(rng, lang)
        if kind in ('text', 'body'):
            return self.text(rng, lang)
        if kind == 'raw':
            return self.raw(rng)
        if kind == 'song':
            return self.title(rng, lang).title() if lang == 'en' else self.invented(rng, lang)
        if kind == 'product':
            return rng.choice((rng.choice(NOUNS[lang]), rng.choice(LISTS['thing'][lang]), self.invented(rng, lang).lower()))
        if kind == 'animal':
            return self.slot(rng, lang, 'animal')
        if kind == 'team':
            return self.invented(rng, lang) + ('' if lang == 'en' else '队')
        if kind == 'score':
            return f'{rng.randint(0, 9)}:{rng.randint(0, 9)}'
        if kind == 'foods':
            return rng.sample(LISTS['food'][lang], rng.randint(1, 3))
        if kind == 'people_list':
            return [self.person(rng, lang) for _ in range(rng.randint(2, 3))]
        if kind == 'bool':
            return rng.random() < 0.7
        if kind in ('address_s',):
            return self.spot(rng, lang)
        return rng.choice(LISTS[kind][lang])

    def amount(self, rng, kind):
        if kind == 'strength':
            return rng.choice((round(rng.random(), 1), round(rng.random(), 2), 1))
        if kind in ('money', 'float'):
            return rng.choice((rng.randint(2, 9999), round(rng.uniform(1, 900), 2), round(rng.uniform(1, 900), 1)))
        low, high = {'count': (1, 9), 'people': (2, 12), 'nights': (1, 14), 'days': (1, 30), 'level': (1, 100),
                     'degrees_n': (15, 28), 'years': (1, 30), 'percent': (1, 30), 'limit': (1, 50), 'steps': (1, 20),
                     'kilograms': (40, 120), 'centimetres': (140, 205)}.get(kind, (1, rng.choice((60, 500, 3000))))
        return rng.randint(low, high)

    def person(self, rng, lang):
        name = self.phrases.name(rng, lang)
        return f'{name} {self.invented(rng, "en").capitalize()}' if lang == 'en' and ' ' not in name and rng.random() < 0.5 else name

    def place(self, rng, lang, slot):
        return self.slot(rng, lang, slot) if rng.random() < 0.5 else self.invented(rng, lang).capitalize()

    def spot(self, rng, lang):
        """A street, station or shop."""
        name = self.invented(rng, lang)
        if lang == 'zh':
            return name + rng.choice(('路', '街', '站', '广场', '公园', '店', '大厦', '饭店', '门', '区'))
        name = name.capitalize()
        return name + rng.choice((' Street', ' Station', ' Park', ' Road', ' Hall', ' Square', ' House', '', ' Inn', ' Gate'))

    def path(self, rng):
        word = lambda: rng.choice((self.phrases.made_up_word(rng, 'en').lower(), rng.choice(NOUNS['en'])))
        name = word() + rng.choice(('', '', '_' + word(), '-' + str(rng.randint(1, 99)), str(rng.randint(1, 9))))
        return rng.choice(('', '', '', word() + '/', '/tmp/', '/mnt/data/')) + name + rng.choice(
            ('.txt', '.csv', '.png', '.jpg', '.py', '.sh', '.md', '.json', '.pdf', '.log'))

    def title(self, rng, lang):
        if lang == 'zh':
            return rng.choice((rng.choice(VERBS['zh']) + rng.choice(NOUNS['zh']), self.invented(rng, 'zh') + rng.choice(NOUNS['zh']),
                               rng.choice(NOUNS['zh']) + rng.choice(('会议', '复习', '计划', '检查', '汇报', '预约'))))
        noun = rng.choice(NOUNS['en'])
        return rng.choice((f'{rng.choice(VERBS["en"])} the {noun}', f'{noun} {rng.choice(("meeting", "review", "plan", "check", "draft"))}',
                           f'{self.phrases.made_up_word(rng, "en").lower()} {noun}', noun))

    def raw(self, rng, longest=60):
        """Random characters of one kind of script or a mixture, short ones more often."""
        length = rng.randint(1, longest) if rng.random() < 0.5 else min(longest, int(rng.expovariate(1 / 12)) + 1)
        alphabet = rng.choice((string.ascii_letters + string.digits, string.ascii_lowercase, string.digits,
                               string.ascii_uppercase + string.digits, string.ascii_letters + string.digits + '-_.:/#@+=',
                               GB2312, GB2312 + list(string.digits + string.ascii_letters)))
        return pick(rng, alphabet, length)


def pick(rng, alphabet, length):
    return ''.join(rng.choice(alphabet) for _ in range(length))
