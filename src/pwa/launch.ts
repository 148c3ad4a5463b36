// Launch parameters of the installed app: a shortcut, shared text, or a model file.

export interface Launch {
  /** The chosen shortcut; see `shortcuts` in the web manifest. */
  action?: 'new' | 'models';
  /** Text shared by another app, as one string. */
  text?: string;
  /** Files opened with the app. */
  handles: FileSystemHandle[];
}

interface LaunchQueue {
  setConsumer(consumer: (params: { targetURL?: string; files?: FileSystemHandle[] }) => void): void;
}

/** Parses the query of a start URL; an empty launch without known parameters. */
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
 * Calls the listener for this launch and for every later one in the same window. Removes the query from the address
 * bar, so that a reload does not repeat the launch.
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
  let atStart = true; // the launch queue repeats the start whose URL was read above
  (window as { launchQueue?: LaunchQueue }).launchQueue?.setConsumer(({ targetURL, files = [] }) => {
    const launch = targetURL && !atStart ? readLaunch(new URL(targetURL).search) : { handles: [] };
    atStart = false;
    handle({ ...launch, handles: [...files] });
  });
}
