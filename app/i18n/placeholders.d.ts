// Made by `npm run words` of public/locales/en/translation.json.
export interface Placeholders {
  nav: {
    ending_one: '{{count}}';
    ending_other: '{{count}}';
    here: '{{place}}';
    waiting_one: '{{count}}';
    waiting_other: '{{count}}';
  };
  wait: { page: '{{page}}' };
  theme: { name: '{{theme}}' };
  language: { name: '{{language}}'; failed: '{{language}}' };
  account: { name: '{{email}}' };
  copy: { name: '{{label}}{{value}}'; done: '{{label}}' };
  units: {
    b: '{{value}}';
    kib: '{{value}}';
    mib: '{{value}}';
    gib: '{{value}}';
    tib: '{{value}}';
    pib: '{{value}}';
    perSecond: '{{value}}';
    celsius: '{{value}}';
  };
  time: { for: '{{time}}' };
  chart: { lowest: '{{of}}'; highest: '{{of}}' };
  charts: {
    resolution: '{{width}}';
    summary: '{{average}}{{highest}}{{label}}{{lowest}}';
    diskUsed: '{{mount}}';
    moreDisks_one: '{{count}}';
    moreDisks_other: '{{count}}';
    limit: '{{limit}}{{state}}';
    gap: {
      down: '{{since}}';
      downWhy: '{{reason}}{{since}}';
      serverOff: '{{from}}{{to}}';
      said: '{{from}}{{to}}{{why}}';
      more_one: '{{count}}';
      more_other: '{{count}}';
    };
    happenedMore_one: '{{count}}';
    happenedMore_other: '{{count}}';
    columns: { lowest: '{{metric}}'; highest: '{{metric}}' };
  };
  across: { allDownWhy: '{{reasons}}' };
  health: {
    found: '{{limit}}{{value}}';
    above: '{{value}}';
    below: '{{value}}';
    lasting: '{{time}}';
    backAt: '{{value}}';
    days_one: '{{count}}';
    days_other: '{{count}}';
    editOf: '{{rule}}';
    switchOffOf: '{{rule}}';
    switchOnOf: '{{rule}}';
    threshold: '{{unit}}';
    back: '{{unit}}';
    scope: { fleet: '{{name}}'; tagged: '{{tag}}' };
  };
  act: {
    revokeHost: '{{host}}';
    deleteHost: '{{host}}';
    approveHost: '{{host}}';
    rejectHost: '{{host}}';
    compareHost: '{{host}}';
  };
  done: {
    approve: '{{host}}';
    reject: '{{host}}';
    revoke: '{{host}}';
    delete: '{{host}}';
    rotateCertificate: '{{host}}';
    rotateMany_one: '{{count}}';
    rotateMany_other: '{{count}}';
    keep: '{{host}}';
    replace: '{{host}}';
    split: '{{host}}';
    update: '{{host}}';
    adoptName: '{{host}}';
    dismissClone: '{{host}}';
  };
  selection: {
    select: '{{host}}';
    count_one: '{{count}}';
    count_other: '{{count}}';
    renewing_one: '{{count}}';
    renewing_other: '{{count}}';
    tooMany: '{{figure}}';
  };
  confirm: {
    rotate: { title_one: '{{count}}'; title_other: '{{count}}'; verb_one: '{{count}}'; verb_other: '{{count}}' };
    revoke: { title: '{{host}}' };
    delete: { title: '{{host}}' };
  };
  metric: { fullest: '{{mount}}'; inAll: '{{total}}'; usedOf: '{{total}}{{used}}' };
  dashboard: {
    allUp_other: '{{count}}';
    someUp_one: '{{count}}{{up}}';
    someUp_other: '{{count}}{{up}}';
    waiting_one: '{{count}}';
    waiting_other: '{{count}}';
    allDown_other: '{{count}}';
    critical_one: '{{count}}';
    critical_other: '{{count}}';
    warning_one: '{{count}}';
    warning_other: '{{count}}';
    downTogether_one: '{{count}}';
    downTogether_other: '{{count}}';
    fullIn_one: '{{count}}';
    fullIn_other: '{{count}}';
    more: '{{more}}';
  };
  day: { quarter: '{{critical}}{{down}}{{time}}{{up}}{{warning}}'; serverOff: '{{time}}' };
  waiting: {
    askedFrom: '{{address}}';
    arrived: '{{host}}';
    more_one: '{{count}}';
    more_other: '{{count}}';
    onlyFrom: '{{address}}';
    decidedHost: '{{decision}}{{host}}';
  };
  list: { moreThan: '{{figure}}' };
  user: {
    lockedText: '{{time}}';
    gaveRole: '{{user}}';
    takeRoleOf: '{{fleet}}{{user}}';
    tookRole: '{{fleet}}{{user}}';
  };
  userAct: {
    deactivateUser: '{{user}}';
    activateUser: '{{user}}';
    deleteUser: '{{user}}';
    unlockUser: '{{user}}';
    signOutEverywhereUser: '{{user}}';
    linkUser: '{{user}}';
    of: '{{act}}{{user}}';
    done: {
      deactivate: '{{user}}';
      activate: '{{user}}';
      activate_new: '{{user}}';
      delete: '{{user}}';
      unlock: '{{user}}';
      signOutEverywhere: '{{user}}';
    };
    confirm: {
      deactivate: { title: '{{user}}' };
      delete: { title: '{{user}}' };
      signOutEverywhere: { title: '{{user}}' };
      link: { title: '{{user}}' };
      demote: { title: '{{user}}'; verb: '{{user}}' };
    };
  };
  oneTime: { invitation: '{{user}}'; reset: '{{user}}' };
  session: { on: '{{browser}}{{system}}' };
  apiKey: {
    text: '{{port}}';
    daysCount_one: '{{count}}';
    daysCount_other: '{{count}}';
    made: '{{name}}';
    revokeKey: '{{name}}';
    confirm: '{{name}}';
    revoked: '{{name}}';
  };
  choosePassword: { invitationText: '{{email}}'; resetText: '{{email}}' };
  hosts: {
    days_one: '{{count}}';
    days_other: '{{count}}';
    new_one: '{{count}}';
    new_other: '{{count}}';
    ofFleet: '{{fleet}}';
  };
  rules: {
    example: '{{example}}';
    expected: '{{list}}';
    fault: {
      closing_expected: '{{at}}';
      end_expected: '{{at}}';
      field_expected: '{{at}}';
      opening_expected: '{{at}}';
      operator_expected: '{{at}}';
      quote_open: '{{at}}';
      too_deep: '{{at}}';
      too_long: '{{at}}';
      too_many_computed: '{{at}}';
      too_many_values: '{{at}}';
      value_expected: '{{at}}';
      value_wrong: '{{at}}';
    };
    build: { not: '{{operator}}'; removeOf: '{{comparison}}' };
  };
  host: {
    lastKnown: '{{time}}';
    decidedBy: '{{email}}';
    editNotes: '{{host}}';
    editTags: '{{host}}';
    fleetTags: '{{fleet}}';
    cores_one: '{{count}}';
    cores_other: '{{count}}';
  };
  enrolment: {
    made: { commandFor: '{{system}}' };
    usedOf: '{{max}}{{used}}';
    usedOfAny: '{{used}}';
    revoke: { verb: '{{name}}'; title: '{{name}}'; done: '{{name}}' };
  };
  discovery: {
    state: { portsText: '{{announcement}}{{port}}' };
    count: {
      answered_one: '{{number}}';
      answered_other: '{{number}}';
      announced_one: '{{number}}';
      announced_other: '{{number}}';
      malformed_one: '{{number}}';
      malformed_other: '{{number}}';
      small_one: '{{number}}';
      small_other: '{{number}}';
      stale_one: '{{number}}';
      stale_other: '{{number}}';
      repeated_one: '{{number}}';
      repeated_other: '{{number}}';
      limited_one: '{{number}}';
      limited_other: '{{number}}';
      floods_one: '{{number}}';
      floods_other: '{{number}}';
      unsent_one: '{{number}}';
      unsent_other: '{{number}}';
    };
    requests: { ahead: '{{time}}'; behind: '{{time}}' };
  };
  certificate: { renewing: '{{time}}'; renewsLater: '{{time}}' };
  certificates: {
    renewedBy: { administrator: '{{file}}' };
    listener: { agents: '{{port}}'; web: '{{port}}' };
    file: { another: '{{file}}'; missing: '{{file}}'; unusable: '{{file}}' };
    show: { within_other: '{{count}}' };
    warning: {
      agents: { ending: '{{date}}'; ended: '{{date}}' };
      web: { ending: '{{date}}'; ended: '{{date}}' };
      authority: { ending: '{{date}}'; ended: '{{date}}' };
      held: { late_one: '{{count}}'; late_other: '{{count}}'; expired_one: '{{count}}'; expired_other: '{{count}}' };
    };
  };
  event: { lapsed_one: '{{count}}'; lapsed_other: '{{count}}'; excessOf: '{{call}}' };
  audit: {
    from: '{{zone}}';
    to: '{{zone}}';
    detailsOf: '{{sequence}}';
    closeDetailsOf: '{{sequence}}';
    onlyAction: '{{action}}';
    unsealed_one: '{{count}}';
    unsealed_other: '{{count}}';
  };
  form: { failed_other: '{{count}}' };
  errors: {
    unknown: '{{code}}';
    auth: { busy: '{{time}}'; locked: '{{time}}'; too_many: '{{time}}' };
    database: { away: '{{time}}'; busy: '{{time}}' };
    request: { crowded: '{{time}}'; too_many: '{{time}}' };
  };
  conflict: { from: '{{address}}'; replace: { title: '{{host}}'; text: '{{host}}'; verb: '{{host}}' } };
  clone: {
    first: '{{host}}';
    others_one: '{{count}}';
    others_other: '{{count}}';
    split: { title: '{{host}}'; first: '{{host}}'; second: '{{host}}'; attacker: '{{host}}'; verb: '{{host}}' };
  };
  configuration: {
    fleetTitle: '{{fleet}}';
    behindBy: {
      failed_one: '{{figure}}';
      failed_other: '{{figure}}';
      rolled_back_one: '{{figure}}';
      rolled_back_other: '{{figure}}';
      drift_one: '{{figure}}';
      drift_other: '{{figure}}';
    };
    disagreeOn: '{{fleets}}{{key}}';
    adopted: '{{host}}';
    askedToPutBack: '{{host}}';
    textWrong_one: '{{count}}';
    textWrong_other: '{{count}}';
    issue: '{{column}}{{line}}';
    meanwhile: '{{version}}';
    unvouched_one: '{{count}}';
    unvouched_other: '{{count}}';
    changesHosts_one: '{{count}}{{of}}';
    changesHosts_other: '{{count}}{{of}}';
    saveFor_one: '{{count}}';
    saveFor_other: '{{count}}';
    saved: '{{version}}';
    version: '{{version}}';
    rollBack: '{{version}}';
    rolledBackTo: '{{version}}';
    source: { fleet: '{{fleet}}' };
    pushed: '{{host}}';
  };
  facts: {
    since: '{{time}}';
    foundOf: '{{found}}{{total}}';
    more_one: '{{count}}';
    more_other: '{{count}}';
    within_one: '{{count}}';
    within_other: '{{count}}';
    nothingChanged_one: '{{count}}';
    nothingChanged_other: '{{count}}';
    nothingFoundText: '{{search}}';
    sinceDay: '{{zone}}';
  };
  commands: { by: '{{author}}' };
  command: {
    chosen_one: '{{count}}';
    chosen_other: '{{count}}';
    to_one: '{{count}}';
    to_other: '{{count}}';
    andMore_one: '{{count}}';
    andMore_other: '{{count}}';
    cannot_one: '{{count}}{{why}}';
    cannot_other: '{{count}}{{why}}';
    notTold_one: '{{count}}';
    notTold_other: '{{count}}';
    send_one: '{{count}}';
    send_other: '{{count}}';
    title: '{{hosts}}{{kind}}';
    squareOf: '{{host}}{{state}}';
    more_one: '{{count}}';
    more_other: '{{count}}';
    run: '{{host}}';
    matches_one: '{{count}}';
    matches_other: '{{count}}';
    outputs_one: '{{count}}';
    outputs_other: '{{count}}';
    otherOutputs_one: '{{count}}';
    otherOutputs_other: '{{count}}';
    notCompared_one: '{{count}}';
    notCompared_other: '{{count}}';
    alike_one: '{{count}}';
    alike_other: '{{count}}';
    gap: '{{size}}';
    exited: '{{code}}';
  };
  fleet: {
    saved: '{{fleet}}';
    preview: {
      total_one: '{{count}}';
      total_other: '{{count}}';
      entering_one: '{{count}}';
      entering_other: '{{count}}';
      leaving_one: '{{count}}';
      leaving_other: '{{count}}';
      more_one: '{{count}}';
      more_other: '{{count}}';
    };
    added: '{{fleet}}{{host}}';
    removeHost: '{{fleet}}{{host}}';
    removed: '{{fleet}}{{host}}';
    leaveToRuleOf: '{{host}}';
    leftToRule: '{{host}}';
    delete: {
      verb: '{{fleet}}';
      title: '{{fleet}}';
      configuration_one: '{{count}}';
      configuration_other: '{{count}}';
      done: '{{fleet}}';
    };
    ofHostSince: '{{how}}{{time}}';
    otherVersions: '{{figure}}';
    gaveRole: '{{fleet}}';
    commands: '{{fleet}}';
    metrics: '{{fleet}}';
  };
  jobs: { selected_one: '{{count}}'; selected_other: '{{count}}' };
  job: {
    titleOf: { addTags: '{{tags}}'; removeTags: '{{tags}}'; putInFleet: '{{fleet}}'; takeOutOfFleet: '{{fleet}}' };
    chosen_one: '{{count}}';
    chosen_other: '{{count}}';
    for_one: '{{count}}';
    for_other: '{{count}}';
    leftOut_one: '{{count}}';
    leftOut_other: '{{count}}';
    numberHelp: '{{figure}}';
    cancelledBy: '{{by}}';
    seenTo: '{{all}}{{seen}}';
    notYours: '{{by}}';
  };
  why: {
    linkOf: '{{fleet}}{{host}}';
    listed: '{{by}}{{fleet}}{{host}}';
    excepted: '{{by}}{{fleet}}{{host}}';
    ruled: '{{fleet}}{{host}}';
    claimed: '{{fleet}}{{host}}';
    unruled: '{{fleet}}{{host}}';
    unlisted: '{{fleet}}{{host}}';
    changed: '{{time}}';
  };
  views: { saved: '{{view}}'; deleteOf: '{{view}}'; deleted: '{{view}}' };
  saved: {
    editOf: '{{name}}';
    version: '{{version}}';
    from: '{{name}}';
    inScript: '{{name}}{{variable}}';
    inParameter: '{{name}}{{placeholder}}';
    placeholderOf: '{{name}}';
    removeOf: '{{name}}';
    delete: { verb: '{{name}}'; title: '{{name}}'; done: '{{name}}' };
    runners: { onFleet: '{{fleet}}'; added: '{{name}}{{who}}'; removeOf: '{{who}}'; removed: '{{name}}{{who}}' };
  };
}
