import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyCard, type StarterTime } from '../knowledge/agentFile/card';
import { dueStarters, keyOf, withAnswer, withSchedule, type Answered } from './schedule';

const zone = process.env.TZ;
beforeEach(() => void (process.env.TZ = 'Europe/Berlin'));
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const daily: StarterTime = { starter: 'Review', at: '08:00' };
const cardOf = (...schedule: StarterTime[]) => ({
  ...emptyCard('Teacher'),
  ...{ starters: schedule.map(({ starter }) => starter), schedule },
});
const due = (time: StarterTime, now: string | Date, answered: Answered = {}) =>
  dueStarters([{ id: 'a', card: cardOf(time) }], answered, new Date(now)).length === 1;

test('a starter is due from its time until midnight, on its days, until it is answered', () => {
  expect(['2026-12-01T07:59:59', '2026-12-01T08:00', '2026-12-01T23:59:59'].map((now) => due(daily, now))) // a Tuesday
    .toEqual([false, true, true]);
  expect(due(daily, '2026-12-02T00:00')).toBe(false);
  const weekly = { ...daily, days: [2, 7] };
  expect(['01', '02', '06'].map((day) => due(weekly, `2026-12-${day}T09:00`))).toEqual([true, false, true]);
  const answered = withAnswer({}, 'a', daily, new Date('2026-12-01T09:00'));
  expect(['01T09:01', '01T23:59', '02T08:00'].map((now) => due(daily, `2026-12-${now}`, answered))).toEqual([
    ...[false, false, true],
  ]);
  const late = { starter: 'Diary', at: '21:30' };
  const all = dueStarters(
    [
      { id: 'a', card: cardOf(late, daily) },
      { id: 'b', card: emptyCard('Old') },
    ],
    {},
    new Date('2026-12-01T22:00'),
  );
  expect(all.map(({ time }) => time.starter)).toEqual(['Review', 'Diary']);
});

test('a clock that is set back brings nothing back that was answered, and hides nothing for long', () => {
  let answered = withAnswer({}, 'a', daily, new Date('2026-12-01T09:00'));
  answered = withAnswer(answered, 'a', daily, new Date('2026-12-02T08:30'));
  // Back over midnight, and on the same day.
  expect(['01T23:50', '02T08:10', '03T08:00'].map((now) => due(daily, `2026-12-${now}`, answered))).toEqual([
    ...[false, false, true],
  ]);
  // Answered under a clock that was years ahead.
  const ahead = withAnswer({}, 'a', daily, new Date('2031-01-01T09:00'));
  expect(due(daily, '2026-12-01T08:00', ahead)).toBe(true);
  for (let day = 1; day <= 30; day++) answered = withAnswer(answered, 'a', daily, new Date(2026, 0, day, 9));
  expect(answered[keyOf('a', daily)]).toHaveLength(7);
});

test('summer time: a skipped time comes the same day, a repeated one comes once', () => {
  expect(new Date('2027-03-28T02:30').getHours(), 'the time zone is in force').toBe(3);
  const night = { starter: 'Moon', at: '02:30' };
  expect(['2027-03-28T00:59Z', '2027-03-28T01:30Z'].map((now) => due(night, now))).toEqual([false, true]);
  // 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC.
  const times = ['00:29', '00:30', '00:59', '01:00', '01:31'].map((at) => `2026-10-25T${at}Z`);
  expect(times.map((now) => due(night, now))).toEqual([false, true, true, true, true]);
  const answered = withAnswer({}, 'a', night, new Date('2026-10-25T00:40Z'));
  expect(times.slice(2).map((now) => due(night, now, answered))).toEqual([false, false, false]);
});

test('a time set after it has come counts from tomorrow on; what is gone is forgotten', () => {
  const now = new Date('2026-12-01T10:00');
  const [card, evening] = [cardOf(daily), { ...daily, at: '20:00' }];
  const made = withSchedule({ 'b 09:00 x': ['2026-12-01'] }, 'a', card, undefined, now);
  expect(due(daily, now, made)).toBe(false);
  expect(due(daily, '2026-12-02T08:00', made)).toBe(true);
  // Kept again without a change, and with a later time.
  expect(withSchedule({}, 'a', card, card, now)).toEqual({});
  const moved = withSchedule(made, 'a', cardOf(evening), card, now);
  expect(Object.keys(moved)).toEqual(['b 09:00 x']);
  expect(due(evening, '2026-12-01T20:00', moved)).toBe(true);
  const today = withSchedule({}, 'a', card, cardOf({ ...daily, days: [3] }), now); // its days have changed
  expect(due(daily, now, today)).toBe(false);
});
