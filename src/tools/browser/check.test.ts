import { expect, test } from 'vitest';
import { checkAnswer, citedSentences, judge } from './check';
import { valuesIn } from './quantities';

const MILL =
  'The Holt Mill is a water mill in Dunmore. It was founded in 1871 by Anna Holt. It employed 1,200 people in 1900. Today it is a museum with 3.5 floors.';
const 茶馆 = '老舍茶馆位于北京前门。它于1988年由尹盛喜创办，名称取自作家老舍。茶馆有二百六十个座位。';

test.each([
  ['It was founded in 1871 by Anna Holt.', MILL],
  ['The mill was founded by Anna Holt in 1871【7†source】.', MILL],
  ['In 1900 the mill employed 1200 people.', MILL],
  ['It has 3.5 floors and is a museum today.', MILL],
  ['老舍茶馆由尹盛喜于1988年创办。', 茶馆],
  ['茶馆有260个座位。', 茶馆],
  ['“老舍茶馆”位于北京前门。', 茶馆],
])('said: %s', (sentence, passage) => {
  expect(judge(sentence, passage)).toMatchObject({ kind: 'supported', missing: [] });
});

test.each([
  ['It was founded in 1817 by Anna Holt.', MILL, ['1817']],
  ['It was founded in 1871 by Emma Stone.', MILL, ['Emma', 'Stone']],
  ['It employed 120 people in 1900.', MILL, ['120']],
  ['老舍茶馆由尹盛喜于1998年创办。', 茶馆, ['1998']],
  ['茶馆有360个座位。', 茶馆, ['360']],
  ['茶馆出售“龙井茶”。', 茶馆, ['龙井茶']],
])('not said: %s', (sentence, passage, missing) => {
  expect(judge(sentence, passage)).toMatchObject({ kind: 'unsupported', missing });
});

test.each([
  ['The city has 3 million people.', 'The city has 3,000,000 people.'],
  ['The house has 2 million bricks.', 'The house has two million bricks.'],
  ['It has 25 rooms.', 'It has twenty-five rooms.'],
  ['It cost 2.5 million dollars.', 'It cost 2.5–3 million dollars.'],
  ['该市有1.2万人。', '该市有一万二千人。'],
  ['该市人口为300万人。', '该市人口为3,000,000人。'],
  ['茶馆有2个座位。', '茶馆有两个座位。'],
  ['隧道长5千米。', '隧道长5千米。'],
])('the same number, written otherwise: %s', (sentence, passage) => {
  expect(judge(sentence, passage)).toMatchObject({ kind: 'supported', missing: [] });
});

test.each([
  ['The city has 3 million people in total.', 'The city has 3 thousand people in total.', '3 million'],
  ['该市人口为300万人。', '该市人口为300亿人。', '300万'],
  ['该市人口为300万人。', '该市人口为300人。', '300万'],
  ['茶馆有2个座位，位于北京前门。', '茶馆有二百六十个座位，位于北京前门。', '2'],
  ['茶馆有10个座位。', '茶馆有三十个座位。', '10'],
  ['茶馆有三百个座位。', '茶馆有二百六十个座位。', '三百'],
])('another number with the same digits: %s', (sentence, passage, missing) => {
  expect(judge(sentence, passage)).toMatchObject({ kind: 'unsupported', missing: [missing] });
});

test('numbers in another language are compared by their value', () => {
  expect(judge('The city has 3 million people.', '该市人口约为三百万。').kind).toBe('other');
  expect(judge('The city has 3 million people.', '该市人口约为三万。').missing).toEqual(['3 million']);
});

test('values of numbers as they are written', () => {
  expect([...valuesIn('二〇二四年，三点五亿，两亿五千万，三万亿，20:30，十点三十分')]).toEqual([
    ...[2024, 3.5e8, 2.5e8, 3e12, 20, 30, 10],
  ]);
  expect([...valuesIn('nineteen, two hundred and six thousand, 1,234.50, ５００')]).toEqual([
    ...[19, 206_000, 1234.5, 500],
  ]);
});

test('words that are not there: few in common', () => {
  const { kind, missing, overlap } = judge(
    'The mill burned down and was sold by the county afterwards.',
    MILL,
  );
  expect({ kind, missing }).toEqual({ kind: 'unsupported', missing: [] });
  expect(overlap).toBeLessThan(0.6);
});

test('the number stands in another sentence of the page, about something else', () => {
  const far = ' It has a garden. There are trees in it. They bear apples. They are sold in autumn.';
  expect(judge('It was founded in 1950 by Anna Holt.', `${MILL}${far} A fair was held in 1950.`).kind).toBe(
    'unsupported',
  );
});

test('another language: numbers and foreign names are compared, words are not', () => {
  expect(judge('霍尔特磨坊于1871年由 Anna Holt 创办。', MILL).kind).toBe('other');
  expect(judge('霍尔特磨坊于1872年创办。', MILL)).toMatchObject({ kind: 'unsupported', missing: ['1872'] });
});

test('the passage shown is the sentence that says it', () => {
  expect(judge('Anna Holt founded the mill in 1871.', MILL).passage).toContain(
    'It was founded in 1871 by Anna Holt.',
  );
  expect(judge('茶馆有260个座位。', 茶馆).passage).toBe('茶馆有二百六十个座位。');
});

test('sentences of an answer with their marks, before and after the full stop', () => {
  const answer =
    '# Mill\nIt is old.【7†source】 It cost 3.5 million【7†source】【8†source】. Dr. Holt knew.\n- 它很旧。【9†a.b】\n```\ncode【7†x】\n```\n';
  expect(citedSentences(answer)).toEqual([
    { text: 'It is old.', sources: [7] },
    { text: 'It cost 3.5 million.', sources: [7, 8] },
    { text: 'Dr. Holt knew.', sources: [] },
    { text: '它很旧。', sources: [9] },
  ]);
});

test('recall and precision of an answer', () => {
  const passages = new Map([
    [7, MILL],
    [8, '茶是饮料。'],
  ]);
  const answer =
    'The mill was founded in 1871【7†source】【8†source】. It employed 1,200 people in 1900. It burned in 1912【7†source】【12†source】.';
  expect(checkAnswer(answer, passages)).toEqual({
    sentences: 3,
    supported: 1,
    citations: 4,
    needed: 1,
    wrong: 3,
  });
});
