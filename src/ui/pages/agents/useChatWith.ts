import { useContext } from 'react';
import { goTo } from '../../route';
import { StoreContext } from '../../useApp';
import { focusComposer } from '../../shell/usePage';

/**
 * Leaves the page for a new chat with an agent. The address comes first: following it begins a chat without one.
 * `then` runs in the new chat; without it, the message field has the focus.
 */
export function useChatWith(): (id: string, then?: () => void) => void {
  const store = useContext(StoreContext);
  return (id, then = focusComposer) => {
    addEventListener('hashchange', () => void store?.getState().agentDesk.chat(id).then(then), {
      once: true,
    });
    goTo({ page: 'chat', chatId: null });
  };
}
