// @ts-check

/**
 * @typedef {{ [name: string]: string | Tree }} Tree texts by the parts of their keys, as the files of a language hold
 * them
 */

/**
 * What the words of pages are cut into, and which texts are in each, by the first parts of their keys; the longer name
 * of two counts. A page has those of `every` and the groups that app/i18n/page-words.ts names for it.
 */
const groups = {
  every: [
    ...['product', 'nav', 'frame', 'wait', 'connection', 'theme', 'language', 'account', 'shortcuts', 'problem'],
    ...['errors', 'act', 'form', 'copy', 'list', 'text', 'time', 'units', 'role', 'state', 'platform', 'reason'],
    ...['signIn', 'setup', 'choosePassword', 'jobs', 'certificates.warning', 'health.rules', 'commands.run'],
    ...['fleet.find', 'fleet.findNone', 'fleet.findMore'],
    ...['firstAgent.need', 'firstAgent.file', 'user.giveRole', 'user.takeRole', 'user.takeRoleOf', 'user.tookRole'],
    ...[
      'job.act.rotate',
      'enrolment.tagsWrong',
      'audit.states',
      'audit.before',
      'audit.after',
      'audit.field',
      'audit.noStates',
    ],
  ],
  hosts: [
    ...['hosts', 'host', 'waiting', 'firstAgent', 'conflict', 'clone', 'confirm', 'done', 'selection', 'views'],
    ...['dashboard', 'day', 'event', 'health', 'metric', 'facts', 'certificate', 'across', 'chart', 'charts', 'rules'],
    ...['fleet.ofHost', 'fleet.ofHostSince', 'fleet.noneOfHost', 'fleet.how', 'why.link', 'why.linkOf'],
  ],
  fleets: ['fleets', 'fleet', 'why', 'job'],
  commands: ['commands', 'command', 'saved'],
  configuration: ['configuration'],
  people: ['users', 'user', 'userAct', 'invite', 'oneTime', 'session', 'profile', 'apiKey', 'permission'],
  enrolment: ['enrolment', 'discovery', 'certificates'],
  audit: ['audit'],
};

/** @typedef {keyof typeof groups} Group */

const names = /** @type {Group[]} */ (Object.keys(groups));

/** @type {Map<string, Group>} */
const groupOfStart = new Map(names.flatMap((name) => groups[name].map((start) => [start, name])));

/**
 * The group that a text is in.
 *
 * @param {string} key
 * @throws Error where none is named for it
 */
export function groupOf(key) {
  const parts = key.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const group = groupOfStart.get(parts.slice(0, length).join('.'));
    if (group) return group;
  }
  throw new Error(`no group of tools/word-groups.mjs has the texts of ${parts[0]}`);
}

/**
 * The words of a language by group, each in the shape of the whole.
 *
 * @param {Tree} words
 * @returns {Record<Group, Tree>}
 */
export function cutWords(words) {
  const cut = /** @type {Record<Group, Tree>} */ (Object.fromEntries(names.map((name) => [name, {}])));
  /** @param {Tree} tree @param {string[]} path */
  function add(tree, path) {
    for (const [name, value] of Object.entries(tree)) {
      if (typeof value !== 'string') add(value, [...path, name]);
      else branchOf(cut[groupOf([...path, name].join('.'))], path)[name] = value;
    }
  }
  add(words, []);
  return cut;
}

/** @param {Tree} tree @param {string[]} path */
const branchOf = (tree, path) => path.reduce((at, part) => /** @type {Tree} */ (at[part] ??= {}), tree);
