import type { ParseKeys, TFunction } from 'i18next';
import type { AuditAction } from '../../server/audit/actions';
import type { AppErrorCode } from '../../server/errors';

/** What was done, in words. It may be any text: what this version has no words for still gives its name. */
export function actionText(t: TFunction, action: string): string {
  const key: ParseKeys = `audit.action.${action as AuditAction}`;
  return t(key, { defaultValue: action });
}

/** Why it was not done, likewise. */
export function codeText(t: TFunction, code: string): string {
  const key: ParseKeys = `audit.code.${code as AppErrorCode}`;
  return t(key, { defaultValue: code });
}

/** Every action there are words for, by them. A test of the server's list sees to it that none is missing. */
export function actionChoices(t: TFunction, language: string): { value: string; text: string }[] {
  return Object.entries(t('audit.action', { returnObjects: true }))
    .flatMap(([noun, verbs]) => Object.entries(verbs).map(([verb, text]) => ({ value: `${noun}.${verb}`, text })))
    .sort((one, other) => one.text.localeCompare(other.text, language));
}
