// Launch parameters of the installed app: a shortcut, shared text, or a model file.
import { sharedText, takeShared } from './takeShared';

export interface Launch {
  /** The chosen shortcut; see `shortcuts` in the web manifest. shared: the service worker holds a text (share.ts). */
  action?: 'new' | 'models' | 'shared';
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
  // Apps installed before shares came as a POST still have the earlier manifest, for some days.
  const text = sharedText(query);
  return {
    handles: [],
    ...((action === 'new' || action === 'models' || action === 'shared') && { action }),
    ...(text && { text }),
  };
}

/**
 * Calls the listener for this launch and for every later one in the same window. Removes the query from the address
 * bar, so that a reload does not repeat the launch.
 */
export function onLaunch(listener: (launch: Launch) => void): void {
  const scope = new URL('./', document.baseURI).href;
  const handle = async (launch: Launch) => {
    if (launch.action === 'shared') {
      const text = await takeShared({ scope, caches }).catch(() => '');
      if (text) listener({ text, handles: [] });
    } else if (launch.action || launch.text || launch.handles.length > 0) listener(launch);
  };
  const { search, pathname, hash } = location;
  if (search) {
    const launch = readLaunch(search);
    if (launch.action || launch.text) history.replaceState(history.state, '', pathname + hash);
    void handle(launch);
  }
  let atStart = true; // the launch queue repeats the start whose URL was read above
  (window as { launchQueue?: LaunchQueue }).launchQueue?.setConsumer(({ targetURL, files = [] }) => {
    const launch = targetURL && !atStart ? readLaunch(new URL(targetURL).search) : { handles: [] };
    atStart = false;
    void handle({ ...launch, handles: [...files] });
  });
}
