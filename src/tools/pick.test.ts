import { expect, test } from 'vitest';
import { nearest } from './pick';

const functions = [
  { name: 'convert_currency', description: 'Converts an amount from one currency to another.' },
  { name: 'getWeather', description: 'The weather forecast of a city. 查询城市的天气。' },
  { name: 'book_table', description: 'Books a table at a restaurant.' },
  { name: 'translate', description: 'Translates a text.' },
  { name: 'roll_dice', description: 'Rolls dice. 掷骰子。' },
];
const names = (text: string) =>
  nearest(functions, text, { most: 2, describe: (one) => one }).map(({ name }) => name);

test('the functions nearest to the question stay, in their order', () => {
  expect(names('What will the weather be in Paris?')).toContain('getWeather');
  expect(names('Roll two dices and book a table')).toEqual(['book_table', 'roll_dice']);
  expect(names('明天北京天气怎么样')).toContain('getWeather');
  expect(names('Hello')).toEqual(['convert_currency', 'getWeather']);
  expect(nearest(functions, '', { most: 9, describe: (one) => one })).toEqual(functions);
});
