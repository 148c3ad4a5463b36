import { expect, test } from 'vitest';
import { onWaitingVersion, type Registration } from './waitingVersion';

/** A registration whose workers go from place to place as the browser moves them, with the events that tell. */
class Visit extends EventTarget implements Registration {
  installing: ServiceWorker | null = null;
  waiting: ServiceWorker | null = null;
  active: ServiceWorker | null = null;
  readonly offered: ServiceWorker[] = [];

  listen(): this {
    onWaitingVersion(this, (waiting) => this.offered.push(waiting));
    return this;
  }

  /** A worker is found and installed. */
  install(): ServiceWorker {
    const worker = new EventTarget() as ServiceWorker;
    this.installing = worker;
    this.dispatchEvent(new Event('updatefound'));
    [this.installing, this.waiting] = [null, worker];
    worker.dispatchEvent(new Event('statechange'));
    return worker;
  }

  /** The waiting worker takes over. */
  activate(): void {
    const worker = this.waiting;
    [this.waiting, this.active] = [null, worker];
    worker?.dispatchEvent(new Event('statechange')); // activating
    worker?.dispatchEvent(new Event('statechange')); // activated
  }
}

test('a first visit offers nothing, whatever controls the page while its worker waits', () => {
  const visit = new Visit().listen();
  visit.install();
  visit.activate();
  expect(visit.offered).toEqual([]);
});

test('a later version is offered once it waits', () => {
  const visit = new Visit().listen();
  visit.install();
  visit.activate();
  const update = visit.install();
  expect(visit.offered).toEqual([update]);
});

test('a version that waited before the page opened is offered at once', () => {
  const visit = new Visit();
  visit.install();
  visit.activate();
  const update = visit.install();
  expect(visit.listen().offered).toEqual([update]);
});

test('a version that was being installed when the page opened is offered once it waits', () => {
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
