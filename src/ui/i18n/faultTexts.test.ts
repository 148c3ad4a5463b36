import { expect, test } from 'vitest';
import type { AppError } from '../../shared/errors';
import { cardFault } from '../../agents/agent';
import { readAgentFile } from '../../agents/readAgentFile';
import { readAgent } from '../../knowledge/agentFile/agentFile';
import { emptyCard } from '../../knowledge/agentFile/card';
import { smartResize } from '../../model/eyes/pixels/smartResize';
import { schemaValidator } from '../../grammar/validate';
import { EXPORT_FORMAT } from '../../store/chats/transfer/exportFormat';
import { readChatFile } from '../../store/chats/transfer/importFile';
import { readExport } from '../../store/chats/transfer/readExport';
import { Report } from '../../store/chats/transfer/shape';
import { readFunctions } from '../../tools/functions/definition';
import { readDocument } from '../../tools/openapi/document';
import { functionsOf } from '../../tools/openapi/operations';
import { errorText } from './errorTexts';
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

test('why a picture or eyes cannot be used is Chinese in Chinese texts', () => {
  const failure = (size: { width: number; height: number }) => {
    try {
      return smartResize(size, { maxTokens: 1024 });
    } catch (error) {
      return errorText('zh-CN', error as AppError).what;
    }
  };
  expect(failure({ width: 30000, height: 50 })).toBe(
    '有一张图片无法交给模型：图片为 30000 × 50 像素，长宽之比超过 200。',
  );
  for (const why of ['this browser cannot draw a.heic', 'rows of 4096 for a model of 1536'])
    expect(faultText(why, 'zh-CN')).toMatch(/[\u4e00-\u9fff]/);
});

test('what is wrong with functions and OpenAPI documents is Chinese in Chinese texts', async () => {
  const js = '1';
  const http = { url: 'https://a.example/' };
  const functions: unknown[] = [
    [],
    { name: 'a b', js },
    { name: 'python', js },
    { name: 'a', description: 1, js },
    { name: 'a', parameters: [], js },
    { name: 'a', js: '' },
    { name: 'a', http: 1 },
    { name: 'a', http: { ...http, method: 'LOOK' } },
    { name: 'a', http: { url: 'https://{a}/' } },
    { name: 'a', http: { url: 'http://a.example/' } },
    { name: 'a', http: { url: 'https://a.example/{b}' } },
    { name: 'a', http: { ...http, headers: { Cookie: 'x' } } },
    { name: 'a', http: { ...http, headers: { A: 'x\ny' } } },
    { name: 'a', http: { ...http, places: { b: { in: 'x' } } } },
    [{ name: 'a', js }, { name: 'a', js }], // prettier-ignore
  ];
  const said = (run: () => unknown) => {
    try {
      return run();
    } catch (error) {
      return errorText('zh-CN', error as AppError).what;
    }
  };
  for (const one of functions) {
    const what = said(() => readFunctions(JSON.stringify(one), 'f.json'));
    expect(what).not.toMatch(/expected|start|none|cannot|must|tool|have/);
  }
  const documents = [
    '[1]',
    '{}',
    '{"openapi":"3.0.0"}',
    '{"openapi":"3.0.0","paths":{}}',
    '{"swagger":"2.0"}',
  ];
  for (const text of documents) {
    const error = await readDocument(text, 'o.json').catch((failure: unknown) => failure as AppError);
    expect(errorText('zh-CN', error as AppError).what).not.toMatch(/expected|start|found/);
  }
  const operation = (more: object) => ({ post: { summary: 's', ...more } });
  const document = await readDocument(
    JSON.stringify({
      ...{ openapi: '3.0.0', info: {}, components: { securitySchemes: { k: { type: 'mutualTLS' } } } },
      paths: {
        '/{a}': operation({}),
        '/b': operation({ parameters: [{ name: 'c', in: 'cookie', required: true }] }),
        '/c': operation({ parameters: [{ $ref: 'x.yaml#/p' }] }),
        '/d': operation({ requestBody: { required: true, content: { 'image/png': {} } } }),
        '/e': operation({ security: [{ k: [] }] }),
      },
    }),
    'o.json',
  );
  const whys = functionsOf(document, 'https://a.example').map((one) => ('why' in one ? one.why : ''));
  expect(whys).toHaveLength(5);
  for (const why of whys) expect(faultText(why, 'zh-CN')).toMatch(/[\u4e00-\u9fff]/);
});

test('what is wrong with a file of an agent is Chinese in Chinese texts', async () => {
  const card = (change: object) =>
    JSON.stringify({ spec: 'chara_card_v2', data: { name: 'A', description: '', ...change } });
  const files: [name: string, content: string][] = [
    ['a.glmagent', 'PK\x03\x04nonsense'],
    ['card.json', card({ name: '' })],
    ['card.json', card({ description: 1 })],
  ];
  const nothing = () => Promise.reject(new Error('not reached'));
  for (const [name, content] of files) {
    const read = name.endsWith('.glmagent')
      ? async () => readAgent(new TextEncoder().encode(content), name)
      : () => readAgentFile(new File([content], name), nothing);
    const error = await read().catch((failure: unknown) => failure as AppError);
    expect(errorText('zh-CN', error as AppError).what).not.toMatch(/[a-z]{2} [a-z]/);
  }
  const faults = [
    { name: ' ' },
    { description: 'x'.repeat(10_000) },
    { starters: Array.from({ length: 99 }, () => 'x') },
    { starters: ['x'.repeat(10_000)] },
    { tools: ['a b'] },
    { tools: Array.from({ length: 999 }, (_, i) => `t${i}`) },
    { sampling: { temperature: 99 } },
    { avatar: 'many words' },
    { avatar: 'data:text/html,x' },
  ].map((change) => cardFault({ ...emptyCard('A'), ...change })?.why ?? '');
  for (const why of faults) expect(faultText(why, 'zh-CN')).toMatch(/[\u4e00-\u9fff]/);
});

test('what is damaged in a file of chats is Chinese in Chinese texts', async () => {
  const message = {
    id: 'm',
    role: 'assistant',
    parentId: 'z',
    parts: [{ type: 'odd' }],
    grade: { grade: 99 },
  };
  const chats = [{ id: 'c', title: 1, messages: [message, message, { ...message, role: 'x' }, 7] }, {}];
  const report = new Report();
  readExport({ version: 3, chats }, 'f.json', report);
  expect(report.problems.length).toBeGreaterThan(8);
  for (const { why } of report.problems) expect(faultText(why, 'zh-CN')).toMatch(/[\u4e00-\u9fff]/);
});

test('where and why a file of chats is cut is Chinese in Chinese texts', async () => {
  const messages = [{ id: 'm', role: 'user', parentId: null, parts: [] }];
  const whole = { id: 'c', title: 'T', messages };
  const lines = [JSON.stringify(whole), JSON.stringify(whole).slice(0, -9), '{"a":nonsense}'].join(',\n');
  const file = new File([`{"format":"${EXPORT_FORMAT}","version":3,"chats":[\n${lines}`], 'f.json');
  for (const largest of [1e6, 100]) {
    const report = new Report();
    await readChatFile(file, report, largest);
    const cut = report.problems.filter(({ why }) => /broken|characters/.test(why));
    expect(cut.length).toBeGreaterThan(1);
    for (const { where, why } of cut)
      expect([where, why].map((one) => faultText(one, 'zh-CN'))).toEqual([
        expect.stringMatching(/^(?:第 \d+ (?:行|个字符)|正文|末尾)$/),
        expect.stringMatching(/[\u4e00-\u9fff]/),
      ]);
  }
});
