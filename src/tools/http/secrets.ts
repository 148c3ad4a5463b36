// Secrets of functions: named values, each of one host. They are put into a request when it is sent, and taken out of what
// comes back.

export interface Secret {
  /** 1 to 64 letters, digits and `_`. */
  name: string;
  value: string;
  /** Scheme, host and port it is sent to; to no other. */
  origin: string;
}

export type ReadSecrets = (names: readonly string[]) => Promise<Secret[]>;

/** Values shorter than this occur by chance: they are not looked for. */
const SHORTEST = 6;

const HEX = (digits: string) => digits.replace(/[a-f]/g, (one) => `[${one}${one.toUpperCase()}]`);
const NAMED: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** A pattern for a character as JSON, addresses, forms and HTML write it. Letters and digits stand for themselves. */
function spelt(character: string): string {
  if (/[a-z\d]/i.test(character)) return character;
  const units = [...Array(character.length).keys()].map((at) =>
    character.charCodeAt(at).toString(16).padStart(4, '0'),
  );
  const bytes = [...new TextEncoder().encode(character)].map((byte) => byte.toString(16).padStart(2, '0'));
  const code = character.codePointAt(0) ?? 0;
  const plain = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return `(?:${[
    `\\\\?${plain(character)}`, // JSON escapes quotes, and PHP's also slashes
    plain(JSON.stringify(character).slice(1, -1)),
    units.map((unit) => `\\\\u${HEX(unit)}`).join(''),
    bytes.map((byte) => `%${HEX(byte)}`).join(''),
    `&#(?:0*${code}|[xX]0*${HEX(code.toString(16))});`,
    ...(character in NAMED ? [`&${NAMED[character]};`] : []),
    ...(character === ' ' ? ['\\+'] : []),
    ...({ '+': ['-'], '/': ['_'] }[character] ?? []),
  ].join('|')})`;
}

/** What base64 makes of these bytes wherever they stand in a longer text, as in `Basic name:password`. */
function inBase64(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((before) => {
    const text = btoa(String.fromCharCode(...new Uint8Array(before), ...bytes));
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

/** A secret's value in texts, in its usual spellings. */
function patternOf({ value }: Secret): RegExp {
  const word = (text: string) => [...text].map(spelt).join('');
  const encoded = inBase64(new TextEncoder().encode(value)).map(word).join('|');
  // What is left of the last group of base64 goes too.
  return new RegExp(`${word(value)}|(?:${encoded})(?:[\\w+/-]?={1,2})?`, 'g');
}

/** The text with the secrets' placeholders in place of their values. */
export function redact(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const secret of secrets)
    if (secret.value.length >= SHORTEST) clean = clean.replace(patternOf(secret), () => `{{${secret.name}}}`);
  return clean;
}

/** The secret whose value stands in the text. */
export const secretIn = (text: string, secrets: readonly Secret[]): Secret | undefined =>
  secrets.find((secret) => secret.value.length >= SHORTEST && patternOf(secret).test(text));

/** Headers whose values are secrets, by their names. */
const SECRET_HEADER =
  /^(?:proxy-)?authorization$|^cookie$|api[-_]?key|token|secret|password|[-_]key$|^x-.*key$/i;
const SECRET_NAME =
  '(?:[\\w.-]*(?:(?:api|app|access|auth|account|admin|client|consumer|developer|license|partner|private|server|service|' +
  'subscription|user)[-_]?key|token|secret|password|passwd|passphrase|credential|signature)|key|appid|sig|ak|sk|auth|pwd)';
/** Parameters of queries, fields of forms, and members of JSON objects whose values are secrets. */
const SECRET_PARAMETER = new RegExp(`((?:^|[?&])${SECRET_NAME}=)([^&#{}]{6,})`, 'gi');
const SECRET_MEMBER = new RegExp(`("${SECRET_NAME}"\\s*:\\s*")([^"{}\\\\]{6,})(?=")`, 'gi');
/** Keys that show by their form what they are, wherever they stand: OpenAI's, GitHub's, Google's, Slack's, Zhipu's, JWTs. */
const KEY =
  /\b(?:sk-[\w-]{16,}|gh[opsu]_\w{20,}|github_pat_\w{20,}|AIza[\w-]{30,}|xox[abp]-[\w-]{10,}|[0-9a-f]{32}\.\w{16}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)(?![\w-])/g;
const SCHEME = /^((?:bearer|basic|token|apikey)\s+)/i;

/** Whether a header usually holds a secret. */
export const isSecretHeader = (name: string): boolean => SECRET_HEADER.test(name);

export interface Withdrawn<T> {
  endpoint: T;
  secrets: { name: string; value: string }[];
}

/**
 * Takes values that look like secrets out of an endpoint and puts placeholders in their place.
 * @param prefix of the secrets' names
 */
export function withdrawSecrets<T extends { url: string; headers?: Record<string, string>; body?: string }>(
  endpoint: T,
  prefix: string,
): Withdrawn<T> {
  const secrets: { name: string; value: string }[] = [];
  const base = `${
    prefix
      .replace(/[^A-Za-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .toUpperCase()
      .slice(0, 50) || 'API'
  }_KEY`;
  const keep = (value: string): string => {
    const known = secrets.find((one) => one.value === value);
    if (known) return `{{${known.name}}}`;
    const name = secrets.length === 0 ? base : `${base}_${secrets.length + 1}`;
    secrets.push({ name, value });
    return `{{${name}}}`;
  };
  const named = (text: string) =>
    text.replace(SECRET_PARAMETER, (_, before: string, value: string) => before + keep(decode(value)));
  const shaped = (text: string) => text.replace(KEY, keep);
  const url = shaped(named(endpoint.url));
  const body =
    endpoint.body &&
    shaped(
      named(endpoint.body).replace(SECRET_MEMBER, (_, before: string, value: string) => before + keep(value)),
    );
  const headers =
    endpoint.headers &&
    Object.fromEntries(
      Object.entries(endpoint.headers).map(([name, value]) => {
        if (!isSecretHeader(name) || /\{/.test(value) || value.trim() === '') return [name, shaped(value)];
        const [scheme = ''] = SCHEME.exec(value) ?? [];
        return [name, scheme + keep(value.slice(scheme.length).trim())];
      }),
    );
  return { endpoint: { ...endpoint, url, ...(headers && { headers }), ...(body && { body }) }, secrets };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
