// When a service worker that waits is a newer version, and when it is the first one on its way to run.

/** What of ServiceWorkerRegistration is looked at. */
export interface Registration extends Pick<EventTarget, 'addEventListener'> {
  readonly installing: ServiceWorker | null;
  readonly waiting: ServiceWorker | null;
  readonly active: ServiceWorker | null;
}

/**
 * Calls the listener for every version that waits while another one runs, at once for one that waits already.
 *
 * A first visit is told by `active`, which is empty until its worker runs, and not by navigator.serviceWorker.controller:
 * in WebKit (WebKitGTK 2.50) the worker's claim reaches the page before its changes of state, so that it seems to wait
 * below a controller, which is itself.
 */
export function onWaitingVersion(
  registration: Registration,
  listener: (waiting: ServiceWorker) => void,
): void {
  const look = () => {
    const { waiting, active } = registration;
    if (waiting && active) listener(waiting);
  };
  look();
  const follow = () => registration.installing?.addEventListener('statechange', look);
  follow(); // an update that began before anything listened
  registration.addEventListener('updatefound', follow);
}
