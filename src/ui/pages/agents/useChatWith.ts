import { useContext } from 'react';
import { goTo } from '../../route';
import { StoreContext } from '../../useApp';
import { focusComposer } from '../../shell/usePage';

/** Leaves the page for a new chat with an agent. The address comes first: following it begins a chat without one. */
export function useChatWith(): (id: string) => void {
  const store = useContext(StoreContext);
  return (id) => {
    addEventListener('hashchange', () => void store?.getState().agentDesk.chat(id).then(focusComposer), {
      once: true,
    });
    goTo({ page: 'chat', chatId: null });
  };
}
