import { canAsk, isUnsupported } from '../../../store';
import { Boundary } from '../../boundary/Boundary';
import { Modal } from '../../controls/Modal';
import { UndoToast } from '../../shell/UndoToast';
import { useApp, useText } from '../../useApp';
import { NARROW, useMedia } from '../../useMedia';
import { Composer } from './composer/Composer';
import { Header } from './Header';
import { ChatList } from './list/ChatList';
import { MessageList } from './messages/MessageList';
import { ModelStrip } from './ModelStrip';
import messageListStyles from './messages/MessageList.module.css';
import styles from './ChatPage.module.css';

/** The chat list: beside the chat on wide screens, a drawer on narrow ones. */
function Sidebar() {
  const { t } = useText();
  const narrow = useMedia(NARROW);
  const open = useApp((s) => s.view.chatListOpen);
  const setOpen = useApp((s) => s.page.setChatListOpen);
  if (!narrow) {
    return (
      <aside className={styles.sidebar}>
        <ChatList />
      </aside>
    );
  }
  if (!open) return null;
  return (
    <Modal title={t('chat.list')} side="left" closeLabel={t('chat.menuClose')} onClose={() => setOpen(false)}>
      <ChatList />
      <UndoToast />
    </Modal>
  );
}

/** A chat: its list beside it, its messages, and the field below them. `chatFound`: the address has been looked up. */
export function ChatPage({ chatFound }: { chatFound: boolean }) {
  const unsupported = useApp((s) => isUnsupported(s) && !canAsk(s));
  const narrow = useMedia(NARROW);
  const chatId = useApp((s) => s.currentId);
  const drawerOpen = useApp((s) => s.view.chatListOpen) && narrow;
  return (
    <>
      <Boundary>
        <Sidebar />
      </Boundary>
      <main className={styles.chat}>
        <Boundary resetKey={chatId}>
          <Header />
        </Boundary>
        <Boundary resetKey={chatId}>
          {chatFound ? <MessageList /> : <div className={messageListStyles.scroller} />}
        </Boundary>
        <div className={styles.dock}>
          <Boundary resetKey={chatId}>
            {!drawerOpen && <UndoToast floating />}
            <ModelStrip />
          </Boundary>
          <Boundary resetKey={chatId}>{!unsupported && <Composer />}</Boundary>
        </div>
      </main>
    </>
  );
}
