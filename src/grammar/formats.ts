// The string formats of JSON Schema that a grammar can spell, as patterns. Each is a subset of its format.

const DAY_31 = '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])';
const DAY_30 = '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)';
const DAY_28 = '02-(?:0[1-9]|1\\d|2[0-8])';
/** Years that a four divides, whole centuries only if 400 divides them. */
const LEAP_YEAR = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const DATE = `(?:\\d{4}-(?:${DAY_31}|${DAY_30}|${DAY_28})|${LEAP_YEAR}-02-29)`;
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const HOST = '[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?(?:\\.[a-z]{2,10}){1,3}';

/** Patterns by format, each of the whole string. Sources: RFC 3339 (dates and times), RFC 4122, 5321, 3986. */
export const FORMATS: Readonly<Record<string, string>> = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  'date-time': `^${DATE}T${TIME}$`,
  uuid: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  email: `^[A-Za-z0-9_+-]{1,20}(?:\\.[A-Za-z0-9_+-]{1,20}){0,2}@${HOST}$`,
  uri: `^https?://${HOST}(?::[1-9]\\d{0,3})?(?:/[A-Za-z0-9._~-]{0,60}){0,8}(?:\\?[A-Za-z0-9._~=&-]{0,200})?$`,
  ipv4: `^${BYTE}(?:\\.${BYTE}){3}$`,
};
