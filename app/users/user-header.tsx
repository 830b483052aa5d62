import { useTranslation } from 'react-i18next';
import { Sentence, SLOT } from '../i18n/sentence';
import { useMe, usePermissions } from '../permissions';
import { RelativeTime } from '../ui/figures/relative-time';
import { type LinkAct, LinkButton } from './link-button';
import { DangerousUserAct, PlainUserAct } from './user-acts';
import { UserState } from './user-state';
import { nameOf, type UserRow } from './user-types';

interface Props {
  user: UserRow;
  link: LinkAct;
}

/** Who it is, in which state, and what can be done about it now. */
export function UserHeader({ user, link }: Props) {
  const { t } = useTranslation();
  const isIn = user.state !== 'deactivated';
  const isMe = useMe()?.id === user.id;
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-20 font-semibold wrap-anywhere">
          <bdi>{nameOf(user)}</bdi>
          {isMe && <span className="font-normal text-ink-2"> ({t('users.you')})</span>}
        </h1>
        <p className="flex flex-wrap gap-x-3">
          <UserState state={user.state} />
          <span className="text-ink-2">{t(`role.${user.role}`)}</span>
        </p>
        {user.lockedUntil && (
          <p className="pt-1 text-13 text-ink-2">
            <Sentence text={t('user.lockedText', { time: SLOT })}>
              <RelativeTime at={user.lockedUntil} isPast={false} />
            </Sentence>
          </p>
        )}
      </div>
      {usePermissions().has('users.manage') && (
        <div className="flex flex-wrap gap-2">
          <PlainUserAct user={user} act="unlock" isOffered={user.state === 'locked'} />
          <PlainUserAct user={user} act="activate" isOffered={!isIn} />
          <LinkButton user={user} act={link} isOffered={isIn} />
          <DangerousUserAct user={user} act="deactivate" isOffered={isIn} />
          <DangerousUserAct user={user} act="delete" />
        </div>
      )}
    </header>
  );
}
