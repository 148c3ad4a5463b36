// Made-up places of the test wiki and what is said of each, in English and Chinese. No model knows them, so an answer can
// only come from a page.
import { seeded } from '../../src/testing/random';

export type Lang = 'en' | 'zh';

/** One thing that is said of a subject. */
export interface Fact {
  name: string;
  /** The number or name that an answer must have. */
  value: string;
  question: string;
  /** As it stands on the page. */
  sentence: string;
  /** The same in other words. */
  paraphrase: string;
  /** The same sentence with another value: false. */
  wrong: string;
  /** A sentence of the same kind with a value of another fact of the page: false. */
  swapped?: string;
}

export interface Subject {
  lang: Lang;
  title: string;
  /** Facts in the order of the page. */
  facts: Fact[];
  /** Sentences between the facts, true and without number or name. */
  filler: string[];
  /** Plausible sentences that the page does not say. */
  unsaid: string[];
  /** The page as wikitext. */
  text: string;
}

const PLACES = {
  en: ['Harlow', 'Dunmore', 'Selby Cross', 'Wrenfield', 'Orlstead', 'Kettlebury', 'Mossgate', 'Tannerby', 'Islewick', 'Penhallow', 'Brackenford', 'Coldwater', 'Aldermere', 'Fennick', 'Garrowby', 'Stanhollow', 'Whitlow', 'Umberley', 'Vexford', 'Yarrowdale'], // prettier-ignore
  zh: ['青石', '云溪', '白鹭洲', '枫林', '石门湾', '柳泉', '松岭', '南渡', '望江', '银杏坡', '桃源里', '竹坞', '梅岭', '荷塘', '北桥', '芦荡', '碧峰', '金沙滩', '雪原', '临河'], // prettier-ignore
};
const KINDS = {
  en: ['Mill', 'Bridge', 'Museum', 'Lighthouse', 'Library'],
  zh: ['磨坊', '石桥', '博物馆', '灯塔', '图书馆'],
};
const PEOPLE = {
  en: ['Anna Holt', 'Edwin Marsh', 'Clara Venn', 'Tobias Rook', 'Ida Larkin', 'Jonas Pell', 'Maud Strand', 'Piers Okello', 'Ruth Zander', 'Silas Wembley', 'Thea Quill', 'Hugo Brandt'], // prettier-ignore
  zh: [
    '沈怀远',
    '陆青禾',
    '周慕白',
    '顾长亭',
    '韩秋水',
    '林知夏',
    '魏明川',
    '苏映雪',
    '程子衿',
    '方叔同',
    '许南星',
    '唐若溪',
  ],
};
const MATERIALS = {
  en: ['brick', 'granite', 'sandstone', 'oak', 'limestone'],
  zh: ['青砖', '花岗岩', '砂岩', '橡木', '石灰石'],
};

type Words = Record<
  'kind' | 'title' | 'founder' | 'architect' | 'material' | 'otherPerson' | 'otherMaterial',
  string
>;
type Numbers = Record<
  'year' | 'rebuilt' | 'rooms' | 'visitors' | 'otherYear' | 'otherRooms' | 'otherVisitors',
  number
>;

const thousands = (value: number): string => value.toLocaleString('en-US');

function factsInEnglish(w: Words, n: Numbers): Fact[] {
  const it = `The ${w.kind.toLowerCase()}`;
  return [
    {
      ...{ name: 'founded', value: String(n.year), question: `When was ${w.title} founded?` },
      sentence: `It was founded in ${n.year} by ${w.founder}, who had come from the coast.`,
      paraphrase: `${w.founder} founded it in ${n.year}.`,
      wrong: `It was founded in ${n.otherYear} by ${w.founder}.`,
      swapped: `It was founded in ${n.rebuilt} by ${w.founder}.`,
    },
    {
      ...{ name: 'architect', value: w.architect, question: `Who designed ${w.title}?` },
      sentence: `${it} was designed by ${w.architect} and built of ${w.material}.`,
      paraphrase: `Its designer was ${w.architect}; ${it.toLowerCase()} was built of ${w.material}.`,
      wrong: `${it} was designed by ${w.otherPerson} and built of ${w.material}.`,
      swapped: `${it} was designed by ${w.founder} and built of ${w.material}.`,
    },
    {
      ...{ name: 'rooms', value: String(n.rooms), question: `How many rooms does ${w.title} have?` },
      sentence: `Its main building has ${n.rooms} rooms on three floors.`,
      paraphrase: `There are ${n.rooms} rooms in the main building.`,
      wrong: `Its main building has ${n.otherRooms} rooms.`,
    },
    {
      ...{ name: 'rebuilt', value: String(n.rebuilt), question: `When was ${w.title} rebuilt?` },
      sentence: `After a fire it was rebuilt in ${n.rebuilt} with money from the town.`,
      paraphrase: `It was rebuilt after a fire in ${n.rebuilt}.`,
      wrong: `After a fire it was rebuilt in ${n.otherYear}.`,
      swapped: `After a fire it was rebuilt in ${n.year}.`,
    },
    {
      ...{
        name: 'visitors',
        value: thousands(n.visitors),
        question: `How many people visit ${w.title} each year?`,
      },
      sentence: `About ${thousands(n.visitors)} people visit it each year.`,
      paraphrase: `It has about ${n.visitors} visitors each year.`,
      wrong: `About ${thousands(n.otherVisitors)} people visit it each year.`,
    },
  ];
}

function factsInChinese(w: Words, n: Numbers): Fact[] {
  return [
    {
      ...{ name: 'founded', value: String(n.year), question: `${w.title}是哪一年创建的？` },
      sentence: `它由${w.founder}于${n.year}年创建，最初只有一间小屋。`,
      paraphrase: `${n.year}年，${w.founder}创建了它。`,
      wrong: `它由${w.founder}于${n.otherYear}年创建。`,
      swapped: `它由${w.founder}于${n.rebuilt}年创建。`,
    },
    {
      ...{ name: 'architect', value: w.architect, question: `${w.title}是谁设计的？` },
      sentence: `建筑由${w.architect}设计，主要材料是${w.material}。`,
      paraphrase: `设计者是${w.architect}，主要材料是${w.material}。`,
      wrong: `建筑由${w.otherPerson}设计，主要材料是${w.material}。`,
      swapped: `建筑由${w.founder}设计，主要材料是${w.material}。`,
    },
    {
      ...{ name: 'rooms', value: String(n.rooms), question: `${w.title}有多少个房间？` },
      sentence: `主楼共有${n.rooms}个房间，分布在三层。`,
      paraphrase: `主楼的三层共有房间${n.rooms}个。`,
      wrong: `主楼共有${n.otherRooms}个房间。`,
    },
    {
      ...{ name: 'rebuilt', value: String(n.rebuilt), question: `${w.title}是哪一年重建的？` },
      sentence: `一场火灾之后，镇上出资于${n.rebuilt}年将它重建。`,
      paraphrase: `火灾之后，它于${n.rebuilt}年重建。`,
      wrong: `一场火灾之后，镇上出资于${n.otherYear}年将它重建。`,
      swapped: `一场火灾之后，镇上出资于${n.year}年将它重建。`,
    },
    {
      ...{ name: 'visitors', value: String(n.visitors), question: `${w.title}每年有多少游客？` },
      sentence: `每年约有${n.visitors}名游客前来参观。`,
      paraphrase: `前来参观的游客每年约有${n.visitors}名。`,
      wrong: `每年约有${n.otherVisitors}名游客前来参观。`,
    },
  ];
}

const FILLER = {
  en: [
    'The valley around it is known for its apple orchards.',
    'A narrow path leads there from the railway station.',
    'School classes come in spring to draw it.',
    'Its garden is open on Sundays.',
    'The roof can be seen from far away.',
    'Local families still tell stories about its early days.',
  ],
  zh: [
    '周围的山谷以苹果园闻名。',
    '从火车站有一条小路通往那里。',
    '春天常有学生前来写生。',
    '花园在星期日开放。',
    '从很远的地方就能看见它的屋顶。',
    '当地人至今流传着它早年的故事。',
  ],
};
const UNSAID = {
  en: [
    'It was sold to a shipping company and turned into a hotel.',
    'A famous film was made in its cellar.',
    'The government plans to close it because of flooding.',
  ],
  zh: [
    '它后来卖给航运公司，改成了旅馆。',
    '有一部著名电影在它的地窖里拍摄。',
    '因为水患，政府计划将它关闭。',
  ],
};

/** All subjects: the same ones for the same number. */
export function subjects(lang: Lang, count = 20): Subject[] {
  const random = seeded(lang === 'en' ? 11 : 12);
  const pick = <T>(list: readonly T[], not: readonly T[] = []): T => {
    const rest = list.filter((one) => !not.includes(one));
    return rest[Math.floor(random.uniform() * rest.length)];
  };
  const number = (from: number, to: number, not: readonly number[] = []): number => {
    for (;;) {
      const value = from + Math.floor(random.uniform() * (to - from));
      if (!not.includes(value)) return value;
    }
  };
  return PLACES[lang].slice(0, count).map((place, index): Subject => {
    const kind = KINDS[lang][index % KINDS[lang].length];
    const title = lang === 'en' ? `${place} ${kind}` : place + kind;
    const founder = pick(PEOPLE[lang]);
    const architect = pick(PEOPLE[lang], [founder]);
    const material = pick(MATERIALS[lang]);
    const year = number(1780, 1890);
    const rebuilt = number(1895, 1965);
    const [rooms, visitors] = [number(12, 96), number(1001, 9890)];
    const words = {
      ...{ kind, title, founder, architect, material },
      otherPerson: pick(PEOPLE[lang], [founder, architect]),
      otherMaterial: pick(MATERIALS[lang], [material]),
    };
    const numbers = {
      ...{ year, rebuilt, rooms, visitors },
      otherYear: number(1780, 1965, [year, rebuilt]),
      otherRooms: number(12, 96, [rooms]),
      otherVisitors: number(1001, 9890, [visitors]),
    };
    const facts = (lang === 'en' ? factsInEnglish : factsInChinese)(words, numbers);
    const [founded, designed, has, again, visited] = facts.map(({ sentence }) => sentence);
    const [a, b, c, d] = [0, 1, 2, 3].map((at) => FILLER[lang][(index + at) % FILLER[lang].length]);
    const gap = lang === 'en' ? ' ' : '';
    const begin =
      lang === 'en'
        ? `'''${title}''' is a ${kind.toLowerCase()} in ${place}.`
        : `'''${title}'''是位于${place}的一座${kind}。`;
    const text = [
      [begin, founded, a].join(gap),
      lang === 'en' ? '== Building ==' : '== 建筑 ==',
      [designed, b, has].join(gap),
      lang === 'en' ? '== Today ==' : '== 现状 ==',
      [c, again, d, visited].join(gap),
    ].join('\n\n');
    return { lang, title, facts, filler: [a, b, c, d], unsaid: UNSAID[lang], text };
  });
}
