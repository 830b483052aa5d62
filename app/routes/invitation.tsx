import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import type { PageHandle } from '../page-handle';
import { ChoosePassword, ClosedLink } from '../users/choose-password';
import { choosePassword, loadLink } from '../users/choose-password.server';

export const handle: PageHandle = { title: (t) => t('choosePassword.invitation') };

export const loader = (args: LoaderFunctionArgs) => loadLink(args, 'invitation');

export const action = (args: ActionFunctionArgs) => choosePassword(args, 'invitation');

export default ChoosePassword;

export const ErrorBoundary = ClosedLink;
