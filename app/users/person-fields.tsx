import { useTranslation } from 'react-i18next';
import type { FieldCodes, FormErrors } from '../forms/form-errors';
import { textOf } from '../forms/form-errors';
import { useFields } from '../forms/use-fields';
import { RadioField } from '../ui/fields/radio-field';
import { TextField } from '../ui/fields/text-field';
import { roles, type Role } from './user-types';

export type PersonField = 'email' | 'name' | 'role';
export type Person = { email: string; name: string; role: Role };

export const personIds = { email: 'email', name: 'name', role: 'role' } as const;
export const personWords = { email: 'form.emailInvalid', name: 'form.nameLong', role: 'errors.input.invalid' } as const;
export const personCodes: FieldCodes<PersonField> = { 'user.email_taken': { email: 'form.emailTaken' } };

/** The form as it was sent. A role that does not exist is the least that sees something. */
export const personOf = (form: FormData, prefix: '' | 'was.' = ''): Person => ({
  email: textOf(form, `${prefix}email`).trim(),
  name: textOf(form, `${prefix}name`).trim(),
  role: roles.find((role) => role === textOf(form, `${prefix}role`)) ?? 'viewer',
});

interface Props {
  person: Person;
  errors: FormErrors<PersonField> | undefined;
  /** Has no account yet, and so no link that another e-mail would close. */
  isNew?: boolean;
}

/** What is known of a person, and what they may do. */
export function PersonFields({ person, errors, isNew = false }: Props) {
  const { t } = useTranslation();
  const field = useFields({ ids: personIds, typed: person, errors });
  return (
    <>
      <TextField
        {...field('email')}
        type="email"
        label={t('user.email')}
        description={t(isNew ? 'user.newEmailHelp' : 'user.emailHelp')}
        autoComplete="off"
      />
      <TextField
        {...field('name')}
        label={t('user.name')}
        description={t('user.nameHelp')}
        maxLength={100}
        autoComplete="off"
      />
      <RadioField
        id={personIds.role}
        name="role"
        label={t('role.label')}
        defaultValue={person.role}
        options={roles.map((role) => ({ value: role, text: t(`role.${role}`), meaning: t(`role.${role}Text`) }))}
      />
    </>
  );
}
