// The chat and the model dialog follow the address, and the address follows the chat.
import { useContext, useEffect, useState } from 'react';
import { currentRoute, formatRoute, onRoute, setAddress, type Route } from '../route';
import { StoreContext } from '../useApp';

const isChat = (route: Route) => route.page === 'chat' && route.chatId !== null;

/**
 * A reload and the back button find the chat again. False until the chat of the first address has been looked up, so that
 * no empty chat shows in the meantime.
 */
export function useChatRoute(): boolean {
  const store = useContext(StoreContext);
  const [looked, setLooked] = useState(() => !isChat(currentRoute()));
  useEffect(() => {
    if (!store) return;
    const follow = () => {
      const route = currentRoute();
      const { currentId, openChat, newChat, openModels } = store.getState();
      if (route.page === 'models') openModels(route.tab ?? undefined);
      if (route.page !== 'chat') return;
      if (!route.chatId) return newChat();
      if (route.chatId === currentId) return;
      void openChat(route.chatId).then((found) => {
        if (!found) setAddress({ page: 'chat', chatId: null }, 'replace');
        setLooked(true);
      });
    };
    follow();
    const stopFollowing = onRoute(follow);
    let shown = store.getState().currentId;
    const routeOf = (): Route => {
      const { chats, currentId } = store.getState();
      return { page: 'chat', chatId: chats[currentId]?.messages.length > 0 ? currentId : null };
    };
    let address = '#';
    let dialog = store.getState().view.dialog;
    const unsubscribe = store.subscribe((state) => {
      const route = routeOf();
      const before = address;
      address = formatRoute(route);
      // A new chat's first message changes the address in place; another chat is a step that Back undoes.
      if (address !== before && address !== formatRoute(currentRoute())) {
        setAddress(route, shown === state.currentId ? 'replace' : 'push');
      }
      shown = state.currentId;
      const closed = dialog === 'models' && state.view.dialog !== 'models';
      dialog = state.view.dialog;
      if (closed && currentRoute().page === 'models') setAddress(route, 'replace');
    });
    return () => {
      stopFollowing();
      unsubscribe();
    };
  }, [store]);
  return looked;
}
