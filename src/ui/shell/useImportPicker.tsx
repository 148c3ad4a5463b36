import { useCallback, useContext, useRef, type ReactNode } from 'react';
import { goTo } from '../route';
import { StoreContext, useApp } from '../useApp';

/** A file input outside the palette, which closes before the browser's picker opens. */
export function useImportPicker(): { pick: () => void; input: ReactNode } {
  const ref = useRef<HTMLInputElement>(null);
  const importChats = useApp((s) => s.importChats);
  const store = useContext(StoreContext);
  /** Agents are looked at on their page. */
  const read = async (file: File) => {
    await importChats(file);
    const { agents, page } = store!.getState();
    if (agents.agentReviews.length === 0 && !agents.agentError) return;
    page.closeDialog();
    goTo({ page: 'agents', id: null });
  };
  const pick = useCallback(() => ref.current?.click(), []);
  const input = (
    <input
      ref={ref}
      type="file"
      accept=".json,.zip,.glmagent,application/json,application/zip"
      hidden
      data-import
      onChange={({ target }) => {
        const file = target.files?.[0];
        target.value = ''; // the same file may be chosen again
        if (file) void read(file);
      }}
    />
  );
  return { pick, input };
}
