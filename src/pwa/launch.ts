// How an installed app is started: from a shortcut, with shared text, with a model file.

export interface Launch {
  /** The shortcut chosen: see `shortcuts` in the web manifest. */
  action?: 'new' | 'models';
  /** What another app shared, as one text. */
  text?: string;
  /** Files opened with the app. */
  handles: FileSystemHandle[];
}

interface LaunchQueue {
  setConsumer(consumer: (params: { targetURL?: string; files?: FileSystemHandle[] }) => void): void;
}

/** The query of a start address; an empty launch when there is nothing in it. */
export function readLaunch(search: string): Launch {
  const query = new URLSearchParams(search);
  const action = query.get('action');
  const parts = ['title', 'text', 'url'].map((name) => query.get(name)?.trim()).filter(Boolean);
  return {
    handles: [],
    ...((action === 'new' || action === 'models') && { action }),
    ...(parts.length > 0 && { text: [...new Set(parts)].join('\n') }),
  };
}

/**
 * Calls the listener for this start and for every later one that reaches the same window. The query leaves the address
 * bar, so that a reload does not repeat it.
 */
export function onLaunch(listener: (launch: Launch) => void): void {
  const handle = (launch: Launch) => {
    if (launch.action || launch.text || launch.handles.length > 0) listener(launch);
  };
  const { search, pathname, hash } = location;
  if (search) {
    const launch = readLaunch(search);
    if (launch.action || launch.text) history.replaceState(history.state, '', pathname + hash);
    handle(launch);
  }
  let atStart = true; // the queue repeats the start whose address was read above
  (window as { launchQueue?: LaunchQueue }).launchQueue?.setConsumer(({ targetURL, files = [] }) => {
    const launch = targetURL && !atStart ? readLaunch(new URL(targetURL).search) : { handles: [] };
    atStart = false;
    handle({ ...launch, handles: [...files] });
  });
}
