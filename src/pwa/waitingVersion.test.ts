import { expect, test } from 'vitest';
import { onWaitingVersion, type Registration } from './waitingVersion';

/** A registration whose workers change state as in a browser, with the same events. */
class Visit extends EventTarget implements Registration {
  installing: ServiceWorker | null = null;
  waiting: ServiceWorker | null = null;
  active: ServiceWorker | null = null;
  readonly offered: ServiceWorker[] = [];

  listen(): this {
    onWaitingVersion(this, (waiting) => this.offered.push(waiting));
    return this;
  }

  /** A new worker is found and installed. */
  install(): ServiceWorker {
    const worker = new EventTarget() as ServiceWorker;
    this.installing = worker;
    this.dispatchEvent(new Event('updatefound'));
    [this.installing, this.waiting] = [null, worker];
    worker.dispatchEvent(new Event('statechange'));
    return worker;
  }

  /** The waiting worker activates. */
  activate(): void {
    const worker = this.waiting;
    [this.waiting, this.active] = [null, worker];
    worker?.dispatchEvent(new Event('statechange')); // activating
    worker?.dispatchEvent(new Event('statechange')); // activated
  }
}

test('a first visit offers no update, whatever controls the page while its worker waits', () => {
  const visit = new Visit().listen();
  visit.install();
  visit.activate();
  expect(visit.offered).toEqual([]);
});

test('offers a later version once it waits', () => {
  const visit = new Visit().listen();
  visit.install();
  visit.activate();
  const update = visit.install();
  expect(visit.offered).toEqual([update]);
});

test('offers a version that waited before the page opened at once', () => {
  const visit = new Visit();
  visit.install();
  visit.activate();
  const update = visit.install();
  expect(visit.listen().offered).toEqual([update]);
});

test('offers a version that was installing when the page opened once it waits', () => {
  const visit = new Visit();
  visit.install();
  visit.activate();
  const update = new EventTarget() as ServiceWorker;
  visit.installing = update;
  visit.listen();
  [visit.installing, visit.waiting] = [null, update];
  update.dispatchEvent(new Event('statechange'));
  expect(visit.offered).toEqual([update]);
});
