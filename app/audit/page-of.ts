/** The page of what a record names, or null where it has none. Of what was deleted since, it says that it is gone. */
export function pageOf(kind: string, id: string | null): string | null {
  if (kind === 'discovery') return '/enrolment/discovery';
  if (kind === 'health') return '/health';
  if (!id) return null;
  switch (kind) {
    case 'host':
    case 'agent':
      return `/hosts/${id}`;
    case 'fleet':
      return `/fleets/${id}`;
    case 'user':
    case 'person':
      return `/users/${id}`;
    case 'command':
      return `/commands/${id}`;
    case 'savedCommand':
      return `/commands/saved/${id}`;
    case 'job':
      return `/jobs/${id}`;
    case 'enrolmentToken':
      return '/enrolment';
    default:
      return null;
  }
}
