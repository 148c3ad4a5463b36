import { describe, expect, test } from 'vitest';
import { decodeAs, decodeText } from './decode';
import samples from './encodings.golden.json';

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

// Made by Python's codecs: encoding, bytes, text.
test.each(samples as [string, string, string][])('%s %s', (_, base64, text) => {
  expect(decodeText(bytesOf(base64))?.text).toBe(text);
});

describe('certain signs', () => {
  const utf16 = (text: string, mark = '') => Buffer.from(mark + text, 'utf16le');
  test('byte order marks and valid UTF-8 are no guess', () => {
    expect(decodeText(Buffer.from('你好'))).toEqual({ text: '你好', encoding: 'utf-8' });
    expect(decodeText(Buffer.from('\uFEFFabc'))).toEqual({ text: 'abc', encoding: 'utf-8' });
    expect(decodeText(utf16('你好', '\uFEFF'))).toEqual({ text: '你好', encoding: 'utf-16le' });
    expect(decodeText(utf16('你好', '\uFEFF').swap16())).toEqual({ text: '你好', encoding: 'utf-16be' });
    expect(decodeText(Buffer.from(''))).toEqual({ text: '', encoding: 'utf-8' });
  });

  test.each([
    'plain words',
    '春眠不觉晓，处处闻啼鸟。夜来风雨声',
    '第一章\n绪论：这是一个没有标记的文件。\n',
    'Grüße\r\n',
  ])('UTF-16 without a mark: %j', (text) => {
    expect(decodeText(utf16(text))).toEqual({ text, encoding: 'utf-16le', guessed: true });
    expect(decodeText(utf16(text).swap16())).toEqual({ text, encoding: 'utf-16be', guessed: true });
  });

  test('UTF-8 that is cut within a character, or has a broken one, stays UTF-8', () => {
    const bytes = Buffer.from('日志：任务已完成，用时三秒。'.repeat(9));
    expect(decodeText(bytes.subarray(0, bytes.length - 1))).toMatchObject({
      encoding: 'utf-8',
      guessed: true,
    });
    bytes[30] = 0xff;
    expect(decodeText(bytes)?.text).toContain('任务已完成');
  });
});

test('a long file is judged by the surroundings of its first letters beyond ASCII', () => {
  const ascii = Buffer.from('id;name\n'.repeat(20_000));
  const german = Buffer.from('Müller;München\n'.repeat(5000), 'latin1');
  expect(decodeText(Buffer.concat([ascii, german]))?.text).toMatch(/Müller;München\n$/);
});

test('the language of the page decides between equally plausible encodings', () => {
  const bytes = Buffer.from('c0eec0d70aced2c3c7', 'hex'); // 李雷 我们 in GB18030
  expect(decodeText(bytes, 'zh-CN')).toMatchObject({ text: '李雷\n我们', encoding: 'gb18030' });
});

test.each([
  ['<html><head><meta charset="windows-1253"><p>', 'windows-1253', 'cae1ebe7ecddf1e1', 'Καλημέρα'],
  ['<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', 'gb18030', 'c0eec0d7', '李雷'],
  ['<?xml version="1.0" encoding="windows-1250"?>', 'windows-1250', 'e865736bfd', 'český'],
  ['# -*- coding: euc-jp -*-\n', 'euc-jp', 'a5e1a5e2', 'メモ'],
])('a declared encoding counts: %s', (head, encoding, hex, text) => {
  const bytes = Buffer.concat([Buffer.from(head), Buffer.from(hex, 'hex')]);
  expect(decodeText(bytes)).toEqual({ text: head + text, encoding, guessed: true });
});

test('a declared encoding that does not fit is not believed', () => {
  const bytes = Buffer.concat([Buffer.from('<meta charset="euc-kr">'), Buffer.from('Straße', 'latin1')]);
  expect(decodeText(bytes)?.text).toContain('Straße');
});

test('binary data is no text', () => {
  expect(decodeText(Uint8Array.from({ length: 2000 }, (_, i) => (i * 7919) % 256))).toBeNull();
  expect(decodeText(Uint8Array.from({ length: 2000 }, (_, i) => (i % 7 ? 0 : i)))).toBeNull();
});

test('a chosen encoding is used as it is, with marks for broken characters', () => {
  expect(decodeAs(Buffer.from('c4e3bac3', 'hex'), 'gb18030')).toEqual({ text: '你好', encoding: 'gb18030' });
  expect(decodeAs(Buffer.from('c4e3', 'hex'), 'utf-8').text).toBe('\uFFFD\uFFFD');
});
