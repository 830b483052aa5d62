import type { ReactNode } from 'react';
import { LanguageSwitch } from '../../i18n/language-switch';
import { Logo } from './logo';

/** One column, the logo, the choice of a language, nothing else: for who is not inside yet. */
export function LonePage({ title, text, children }: { title: string; text?: string | undefined; children: ReactNode }) {
  return (
    // From a fixed height down: in the middle it would jump with every line that a refusal adds.
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col px-4 py-8 sm:pt-[16dvh]">
      <div className="flex items-center justify-between gap-4">
        <Logo />
        <LanguageSwitch />
      </div>
      <h1 className="pt-8 text-20 font-semibold wrap-anywhere">{title}</h1>
      {text && <p className="pt-1 text-ink-2 wrap-anywhere">{text}</p>}
      <div className="pt-6">{children}</div>
    </main>
  );
}
