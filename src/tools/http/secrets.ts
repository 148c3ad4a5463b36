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

/** Spellings of a secret's value in texts. */
function spellings({ value }: Secret): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(value));
  const basic = [btoa(bytes), btoa(`${bytes}:`), btoa(`:${bytes}`)].map((text) => text.replace(/=+$/, ''));
  return [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...basic];
}

/** The text with the secrets' placeholders in place of their values. */
export function redact(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.value.length < SHORTEST) continue;
    for (const spelling of new Set(spellings(secret)))
      clean = clean.replaceAll(spelling, `{{${secret.name}}}`);
  }
  return clean;
}

/** The secret whose value stands in the text. */
export const secretIn = (text: string, secrets: readonly Secret[]): Secret | undefined =>
  secrets.find(
    (secret) =>
      secret.value.length >= SHORTEST && spellings(secret).some((spelling) => text.includes(spelling)),
  );

/** Headers whose values are secrets, by their names. */
const SECRET_HEADER =
  /^(?:proxy-)?authorization$|^cookie$|api[-_]?key|token|secret|password|[-_]key$|^x-.*key$/i;
const SECRET_NAME = '(?:[\\w.-]*(?:api[-_]?key|apikey|token|secret|password|signature)|key|appid|sig)';
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
