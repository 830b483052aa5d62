import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from 'react-aria-components';
import { CloseIcon } from '../icons';

const Announce = createContext<(text: string) => void>(() => {});

/** Says what has just happened, to eyes and to screen readers. For outcomes, not for errors: it goes by itself. */
export const useAnnounce = () => useContext(Announce);

const SHOWN_MS = 6_000;

export function Announcer({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [message, setMessage] = useState<{ text: string; number: number } | null>(null);
  const [isHeld, setHeld] = useState(false);
  const announce = useCallback((text: string) => setMessage((last) => ({ text, number: (last?.number ?? 0) + 1 })), []);
  useEffect(() => {
    if (!message || isHeld) return;
    const timer = setTimeout(() => setMessage(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message, isHeld]);

  return (
    <Announce.Provider value={announce}>
      {children}
      {/* In the page from the start: a live region that arrives together with its text is not read out. */}
      <div
        role="status"
        className="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex justify-center p-4 sm:bottom-0"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
      >
        {message && (
          <div
            key={message.number}
            className="pointer-events-auto flex max-w-xl animate-rise items-center gap-3 rounded-8 bg-ink py-2 ps-4 pe-2
              text-13 text-paper"
          >
            <span className="wrap-anywhere">{message.text}</span>
            <Button
              aria-label={t('act.dismiss')}
              onPress={() => setMessage(null)}
              className="grid size-7 shrink-0 place-items-center rounded-4 hover:bg-ink-2"
            >
              <CloseIcon />
            </Button>
          </div>
        )}
      </div>
    </Announce.Provider>
  );
}
