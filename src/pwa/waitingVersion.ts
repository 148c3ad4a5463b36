// Distinguishes a newer version that waits from the first service worker on its way to activation.

/** The used subset of ServiceWorkerRegistration. */
export interface Registration extends Pick<EventTarget, 'addEventListener'> {
  readonly installing: ServiceWorker | null;
  readonly waiting: ServiceWorker | null;
  readonly active: ServiceWorker | null;
}

/**
 * Calls the listener for every version that waits while another one runs, including one that already waits.
 *
 * A first visit is recognised by an empty `active`, not by navigator.serviceWorker.controller: in WebKit (WebKitGTK
 * 2.50) the worker's claim reaches the page before its state changes, so that the worker appears to wait behind a
 * controller that is the same worker.
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
  follow(); // an update may have begun before this call
  registration.addEventListener('updatefound', follow);
}
