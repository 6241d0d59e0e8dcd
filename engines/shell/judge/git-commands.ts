const logging =
  /^(?:-\d+|-n|-p|-[Mw]|--(?:oneline|graph|all|stat|decorate|abbrev-commit|patch|name-only|name-status|first-parent|no-merges|merges|reverse|follow|numstat|shortstat|branches|tags|remotes|topo-order|date-order|relative-date|cached|staged|check|word-diff|color|color-words|no-color)|--(?:date|decorate|color|word-diff|pretty|format|author|since|until|grep|max-count|abbrev|diff-filter)=(?!.*%x)[^\\$`]*|--|HEAD|[A-Za-z][\w./~^@-]*)$/;
const remote = /^[A-Za-z][\w-]*$/;
const branch = /^[A-Za-z][\w./-]*$/;

/** What git does by each verb without losing anything, without programs of others and without force: the words that it may have. */
const verbs: Readonly<Record<string, readonly RegExp[]>> = {
  add: [/^(?:-[Aupv]+|--(?:all|patch|update|verbose))$/, /^(?:\.|[A-Za-z][\w./-]*)$/],
  blame: [branch],
  branch: [/^(?:-[avr]+|--(?:all|list|merged|no-merged|show-current|remotes|verbose)|--sort=[\w:-]+)$/, branch],
  checkout: [/^(?:-b|-|main|master|develop|dev|trunk)$/],
  commit: [/^(?:-[amvs]+|--(?:amend|no-edit|verbose|all|signoff|message))$/, /^[^-].*$/],
  describe: [/^--(?:tags|always|dirty)$/],
  diff: [logging],
  fetch: [/^(?:-[pat]+|--(?:all|prune|tags|verbose))$/, remote],
  log: [logging],
  'ls-files': [/^-[mocs]+$/],
  pull: [/^(?:-r|--(?:rebase|ff-only|prune|autostash|all)|--rebase=(?:true|merges|interactive))$/, remote],
  push: [/^(?:-u|--(?:set-upstream|tags|follow-tags))$/, remote],
  reflog: [],
  remote: [/^(?:-v|--verbose|show)$/],
  'rev-parse': [/^(?:--(?:short|show-toplevel|abbrev-ref)|HEAD)$/],
  shortlog: [/^-[sne]+$/, logging],
  show: [logging],
  stash: [/^(?:list|show|push|save|pop|apply|-[pu]|--(?:patch|include-untracked))$/],
  status: [/^(?:-[sbuv]+|-uno|-uall|--(?:short|branch|show-stash|long|verbose))$/],
  switch: [/^(?:-c|-|--create)$/, branch],
  tag: [/^(?:-l|--list|-n\d*)$/],
  whatchanged: [logging],
};

export function isPlainGit([verb, ...words]: readonly string[]): boolean {
  if (verb === undefined) {
    return true;
  }
  const allowed = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  const isUnstaging = verb === 'reset' && /^HEAD( --)?$/.test(words.join(' '));
  return isUnstaging || (allowed !== undefined && words.every((word) => allowed.some((one) => one.test(word))));
}
