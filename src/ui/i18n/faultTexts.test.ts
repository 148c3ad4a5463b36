import { expect, test } from 'vitest';
import { schemaValidator } from '../../grammar/validate';
import { faultText } from './faultTexts';

test('what the validator says is Chinese in Chinese texts', () => {
  const schema = {
    type: 'object',
    properties: {
      a: { type: ['integer', 'null'] },
      b: { enum: ['x', 'y'] },
      c: { type: 'string', maxLength: 2, pattern: '^z' },
      d: { type: 'array', minItems: 2, uniqueItems: true, items: { type: 'number', exclusiveMinimum: 0 } },
      e: { multipleOf: 3, maximum: 10 },
      f: { format: 'date' },
      g: { not: { type: 'string' } },
    },
    required: ['h'],
    additionalProperties: false,
  };
  const value = { a: 'no', b: 'z', c: 'abc', d: [0], e: 11, f: 'today', g: '', i: 1 };
  const faults = schemaValidator(schema)(value).map(({ why }) => faultText(why, 'zh-CN'));
  expect(faults.length).toBeGreaterThan(8);
  for (const fault of faults) expect(fault).toMatch(/[\u4e00-\u9fff]/);
  expect(faults).toContain('类型应为 整数或空值，而不是 字符串。');
  expect(faultText('anything else', 'zh-CN')).toBe('anything else');
  expect(faultText('no options', 'en')).toBe('no options');
});
