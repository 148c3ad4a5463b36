import { describe, expect, test } from 'vitest';
import { ERROR_CODES, type ErrorCode, type ErrorDetails } from '../../shared/errors';
import { AGENT_TEXTS } from './agentTexts';
import { BROWSER_TEXTS } from './browserTexts';
import { CALL_TEXTS } from './callTexts';
import { CHECK_TEXTS } from './checkTexts';
import { DIALOG_TEXTS } from './dialogTexts';
import { en as early } from './en/en';
import { formatBytes, formatDuration, formatParameters } from './format';
import { FORMAT_TEXTS } from './formatTexts';
import { ERROR_TEXTS, errorText } from './errorTexts';
import { detectLanguage, loadTexts, translate, type Language } from './index';
import { SERVICE_TEXTS } from './serviceTexts';
import { TOOL_TEXTS } from './toolTexts';
import { TOOLKIT_TEXTS } from './toolkitTexts';
import { zhCN as earlyChinese } from './zh/zh-CN';

const en = { ...early, ...DIALOG_TEXTS.en };
const zhCN = { ...earlyChinese, ...DIALOG_TEXTS['zh-CN'] };

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const LANGUAGES: Language[] = ['en', 'zh-CN'];

/** Example details of each code, as documented in src/shared/errors.ts. */
const DETAILS: Record<ErrorCode, ErrorDetails> = {
  bug: {},
  'part-missing': { file: 'assets/pdf.worker.js', host: 'example.org' },
  'sandbox-file': { file: 'sandbox.html', host: 'example.org' },
  'sandbox-header': { file: 'sandbox.html', host: 'example.org', header: 'Cross-Origin-Embedder-Policy' },
  'sandbox-silent': { file: 'sandbox.html', seconds: 5 },
  'python-missing': { file: 'python/manifest.json', host: 'example.org' },
  'python-parts': { parts: 'numpy, pandas', bytes: 9_500_000, host: 'cdn.example.org' },
  'python-start': { why: 'no answer within 120 s' },
  'no-webgpu': {},
  'no-adapter': {},
  'picture-unreadable': { why: 'it is 30000 × 50 pixels' },
  'no-eyes': { model: 'GLM-OCR' },
  'eyes-alone': { name: 'mmproj.gguf' },
  'eyes-unfit': { eyes: 'GLM-4.6V', model: 'GLM-OCR', why: 'rows of 4096 for a model of 1536' },
  'limits-too-small': { limit: 'maxBufferSize', needed: 1 << 30, available: 1 << 28 },
  'device-lost': { reason: 'unknown' },
  'engine-failed': { tries: 5, why: 'The worker ended.' },
  'engine-missing': { tries: 5, why: 'The script of the worker could not be loaded.' },
  'engine-elsewhere': {},
  'out-of-gpu-memory': { neededBytes: 6e9 },
  'kernel-wrong': { kernel: 'matvec q4', device: 'x', difference: '0.3', allowed: '1e-4', refused: 'no' },
  'logits-not-finite': { device: 'nvidia turing', tokens: 12 },
  'not-gguf': { found: '50 4b 03 04' },
  'gguf-version': { version: 9 },
  'file-truncated': { section: 'tensor data', neededBytes: 5e9, availableBytes: 4e9 },
  'bad-metadata': { key: 'glm4.block_count', why: 'missing' },
  'unsupported-architecture': { architecture: 'llama', supported: 'glm4, chatglm' },
  'unsupported-tensor-type': { tensor: 'blk.0.attn_q.weight', type: 'IQ2_XS', supported: 'Q4_K, Q6_K' },
  'unsupported-tokenizer': { model: 'llama', pre: 'default' },
  'missing-tensor': { tensor: 'output_norm.weight' },
  'unknown-tensor': { tensor: 'blk.0.attn_q_norm.weight', count: 80 },
  'wrong-shape': { tensor: 'output.weight', found: '[1, 2]', expected: '[2, 2]' },
  'bad-values': { tensor: 'output.weight' },
  'split-incomplete': { missing: '2, 3', count: 3 },
  'not-found': { url: 'https://example.org/x.gguf' },
  'access-denied': { url: 'https://example.org/x.gguf', status: 401 },
  'http-error': { url: 'https://example.org/x.gguf', status: 503 },
  'no-range-support': { url: 'https://example.org/x.gguf' },
  network: { url: 'https://example.org/x.gguf' },
  'connection-lost': { url: 'https://example.org/x.gguf', receivedBytes: 1e9, totalBytes: 5e9 },
  'source-changed': { url: 'https://example.org/x.gguf' },
  'file-unreadable': { name: 'x.gguf' },
  'file-permission': { name: 'x.gguf' },
  'file-changed': { name: 'x.gguf', id: 'disk-1' },
  'storage-quota': { neededBytes: 5.6e9, availableBytes: 2.2e9 },
  'storage-unavailable': {},
  'storage-stuck': { name: 'glm-memory', seconds: 30 },
  'storage-blocked': {},
  'storage-outdated': {},
  'chat-deleted': {},
  'import-too-large': { name: 'chats.json', sizeBytes: 2e8, maxBytes: 1.5e8 },
  'import-unknown': { name: 'photo.png' },
  'import-damaged': { name: 'chats.json', where: 'chats[3].messages[7]', why: 'no id' },
  'import-version': { name: 'chats.json', found: 9, supported: 2 },
  'cache-damaged': { id: 'x', shard: 3 },
  'context-full': { promptTokens: 9000, contextTokens: 8192 },
  'model-in-use': { id: 'x' },
  'agent-unknown': { name: 'x.glmagent' },
  'agent-damaged': { name: 'x.glmagent', where: 'agent.json', why: 'no valid JSON' },
  'agent-version': { name: 'x.glmagent', found: 2, supported: 1 },
  'agent-too-large': { name: 'x.glmagent', bytes: 2e9, maxBytes: 1e9 },
  'agent-empty': { name: 'x.glmagent' },
  'document-type': { name: 'x.xlsx', type: 'xlsx' },
  'document-empty': { name: 'x.txt' },
  'document-scanned': { name: 'x.pdf', pages: 12 },
  'document-locked': { name: 'x.pdf' },
  'document-damaged': { name: 'x.pdf' },
  'document-too-big': { name: 'x.pdf', bytes: 2e8, maxBytes: 1e8 },
  'document-too-long': { name: 'x.txt', chars: 5e6, maxChars: 4e6 },
  'bad-openapi': { name: 'x.yaml', where: 'paths', why: 'no operation was found' },
  'mcp-failed': { url: 'http://localhost:3001/mcp', why: 'HTTP 500' },
  'mcp-headers': { url: 'http://localhost:3001/mcp', origin: 'https://example.org' },
  'mcp-key': { url: 'http://localhost:3001/mcp' },
  'sign-in': { host: 'example.org', why: 'access_denied' },
  'bad-functions': { name: 'x.json', where: '[0].js', why: 'JavaScript as a text was expected' },
  'bad-prompts': { name: 'x.json' },
  'bad-memory': { name: 'x.json' },
  'server-address': { address: 'x y' },
  'server-insecure': { url: 'http://192.168.1.5:8000' },
  'server-unreachable': { url: 'http://localhost:8000/v1/models', mixed: 'no' },
  'server-refused': { url: 'http://localhost:8000/v1/models', origin: 'https://example.org' },
  'server-blocked': { url: 'http://localhost:8000/v1/models' },
  'server-key': { url: 'https://example.org/v1/models', status: 401, token: 'none' },
  'server-not-openai': { url: 'https://example.org/models' },
  'server-error': { url: 'https://example.org/v1/chat/completions', status: 500, why: 'out of memory' },
  'server-cut': { url: 'https://example.org/v1/chat/completions', tokens: 12 },
  'server-gone': { name: 'Workstation' },
  'no-model': {},
  'text-only': { part: 'image' },
  busy: {},
  'bad-request': { field: 'topP', why: '2 is above 1' },
  'model-outdated': { id: 'x', name: 'GLM-4-9B', origin: 'https://example.org/x.gguf' },
  'pack-damaged': { name: 'glm.glmpack', part: 4 },
  'pack-invalid': { name: 'glm.glmpack', key: 'shardBytes', why: 'is 0' },
  'pin-mismatch': { url: 'https://example.org/x.gguf', expected: 'ab12', found: 'cd34' },
  'pack-version': { name: 'glm.glmpack', found: 3, supported: 1 },
  'not-on-hub': { model: 'GLM-4-9B-Chat', variant: 'Q4_0', hub: 'https://www.modelscope.cn' },
  'bad-listing': { url: 'https://example.org/api' },
  'bad-address': { address: 'foo bar' },
  'hash-mismatch': { url: 'https://example.org/x.gguf', expected: 'ab12', found: 'cd34' },
  'size-mismatch': { url: 'https://example.org/x.gguf', expected: 5_500_000_000, found: 5_400_000_000 },
  'not-a-file': { url: 'https://example.org/x.gguf' },
  'no-model-file': { name: 'Documents' },
  'bad-schema': { where: '/properties/city', why: 'no value satisfies it' },
  'bad-config': { name: 'config.json', why: 'no num_layers' },
  'missing-file': { name: 'tokenizer.json' },
  'bad-safetensors': { name: 'model-00002-of-00010.safetensors', why: 'its header is cut' },
};

describe('texts', () => {
  test('both languages have the same keys, none empty, with the same placeholders', () => {
    expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      const chinese = zhCN[key as keyof typeof en];
      expect(text.trim(), key).not.toBe('');
      expect(chinese.trim(), key).not.toBe('');
      expect(placeholders(chinese), key).toEqual(placeholders(text));
    }
  });

  test.each(
    Object.entries({
      BROWSER_TEXTS,
      CALL_TEXTS,
      CHECK_TEXTS,
      FORMAT_TEXTS,
      SERVICE_TEXTS,
      TOOL_TEXTS,
      TOOLKIT_TEXTS,
      AGENT_TEXTS,
    }),
  )(
    '%s of a lazy part have the same placeholders in both languages',
    (_, { en: english, 'zh-CN': chinese }) => {
      for (const [key, text] of Object.entries(english)) {
        const other = (chinese as Record<string, string>)[key];
        expect(other.trim(), key).not.toBe('');
        expect(new Set(placeholders(other)), key).toEqual(new Set(placeholders(text)));
      }
    },
  );

  test('a value fills its placeholder', async () => {
    await Promise.all(LANGUAGES.map(loadTexts));
    expect(translate('en', 'load.title', { name: 'Nano' })).toBe('Loading Nano');
    expect(translate('zh-CN', 'load.title', { name: 'Nano' })).toBe('正在加载 Nano');
  });

  test('detects the first supported language of the browser', () => {
    expect(detectLanguage(['zh-TW', 'en'])).toBe('zh-CN');
    expect(detectLanguage(['de', 'zh'])).toBe('zh-CN');
    expect(detectLanguage(['en-GB', 'zh'])).toBe('en');
    expect(detectLanguage([])).toBe('en');
  });
});

describe.each(LANGUAGES)('errors in %s', (language) => {
  test.each(ERROR_CODES)('%s says what happened, with its numbers, and what to do', (code) => {
    expect(ERROR_TEXTS[language][code]).toBeDefined();
    const { what, next } = errorText(language, { code, message: '', details: DETAILS[code] });
    expect(what.length).toBeGreaterThan(3);
    expect(next.length).toBeGreaterThan(3);
    expect(what + next).not.toMatch(/[{}–]|undefined|NaN/);
  });
});

test('byte details of errors are formatted as sizes', () => {
  const quota = { code: 'storage-quota', message: '', details: DETAILS['storage-quota'] } as const;
  expect(errorText('en', quota).what).toBe('Not enough browser storage: 5.6 GB needed, 2.2 GB free.');
  const limits = { code: 'limits-too-small', message: '', details: DETAILS['limits-too-small'] } as const;
  const size = { code: 'size-mismatch', message: '', details: DETAILS['size-mismatch'] } as const;
  expect(errorText('en', size).what).toContain('has 5.4 GB instead of the published 5.5 GB');
  expect(errorText('en', limits).what).toContain('maxBufferSize is 268 MB, 1.1 GB is needed');
});

test.each(LANGUAGES)(
  '%s: a stored model that was looked through says how much of it is damaged',
  (language) => {
    const details = { id: 'x', shard: 3, damaged: 2, parts: 88 };
    const { what } = errorText(language, { code: 'cache-damaged', message: '', details });
    expect(what).toMatch(/\b2\b.*\b88\b|\b88\b.*\b2\b/);
  },
);

test('a rejected token has another next step than a missing one', () => {
  const denied = (token: string) =>
    errorText('en', { code: 'access-denied', message: '', details: { url: 'u', status: 403, token } }).next;
  expect(denied('none')).toContain('Enter an access token');
  expect(denied('sent')).toContain('accept the model’s terms');
});

test('a file that cannot be read at all is told about in Chinese alone', () => {
  const details = { name: 'chats.json', where: 'its end', why: 'the JSON is broken or cut', whole: 'yes' };
  const { what, next } = errorText('zh-CN', { code: 'import-damaged', message: '', details });
  expect((what + next).replace('chats.json', '')).not.toMatch(/[a-z]/i);
});

test('formats numbers, sizes and times', () => {
  expect([0, 999, 1000, 12_345_678, 999_600_000, 5.64e9].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '12.3 MB',
    '1.0 GB',
    '5.6 GB',
  ]);
  expect([4.2, 61, 5400].map((seconds) => formatDuration(seconds, 'en'))).toEqual([
    '5 s',
    '1 min',
    '1 h 30 min',
  ]);
  expect(formatDuration(75, 'zh-CN')).toBe('1 分钟');
  expect(formatDuration(Infinity, 'en')).toBe('');
  expect([formatParameters(9.4e9, 'en'), formatParameters(9.4e9, 'zh-CN')]).toEqual(['9.4B', '94亿']);
});

test('plural forms follow the count, also a formatted one', () => {
  const stats = (count: string | number) => translate('en', 'stats.tokens', { count });
  expect([0, 1, '1', 2, '1,001'].map(stats)).toEqual([
    '0 tokens',
    '1 token',
    '1 token',
    '2 tokens',
    '1,001 tokens',
  ]);
  expect(translate('en', 'overflow.drop', { count: 1 })).toBe('Leave out the oldest turn');
  expect(translate('en', 'overflow.drop', { count: 3 })).toBe('Leave out the oldest 3 turns');
  expect(translate('zh-CN', 'stats.tokens', { count: 1 })).toBe('1 个 token');
});

test('no English text uses one plural for every count', () => {
  const chosen = /\{\w+:[^|{}]*\|(?:[^{}]|\{\w+\})*\}/g;
  const fixed =
    /\{(?!context|total)\w+\} (?:[a-z]+ )?(?:tokens|turns|parts|files|pages|messages|chats|models|characters|passes|results)\b(?!\/s)/;
  const errors = Object.values(ERROR_TEXTS.en).flatMap(({ what, next }) => [what, next]);
  const texts = [...Object.values(en), ...errors].map((text) => text.replace(chosen, ''));
  expect(texts.filter((text) => fixed.test(text))).toEqual([]);
});
