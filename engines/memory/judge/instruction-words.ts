import { looksOf } from '../../../src/base/look-alike.ts';

/** The set by how its words look, so that one drawn like another is found too. */
function byLooks(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/).map(looksOf));
}

/** Where one of them stands, somebody is told what to do or not to do, or an instruction is made less of one. */
const telling: ReadonlySet<string> = byLooks(`
  must mustn shall should shouldn ought need needs needed required require requires requirement never always not
  no none nothing nobody nor without cannot can can't can may might could would will won don dont doesn didn isn aren wasn
  do does did done don't cease stop avoid avoids refrain forbid forbidden prohibit prohibited ban banned disallow
  disallowed allow allowed allows permit permitted permission only except unless until instead rather ensure sure
  mandatory optional optionally strictly rule rules instruction instructions guideline guidelines policy policies
  prefer prefers preferred preference recommend recommended suggest important critical remember please let lets
  supposed expected expects expect wants want wanted wish wishes insist insists ok okay fine safe harmless acceptable
  free feel longer anymore obey follow comply you your yours yourself assistant claude codex gemini copilot
  cursor chatgpt gpt llm model models agent agents subagent ai bot tool tools mcp plugin plugins hook hooks skill skills
  system prompt prompts context whenever if when once case then else otherwise off
  rm dd chmod chown mkfs kill killall reboot shutdown nc ncat telnet ssh scp rsync sh zsh powershell
`);

/** What an instruction of harm speaks of, by how the word begins. */
const stems = [
  ...['skip', 'bypass', 'ignor', 'disabl', 'enabl', 'overrid', 'circumvent', 'suppress', 'forc', 'approv', 'confirm'],
  ...['consent', 'authori', 'permi', 'trust', 'verif', 'ask', 'prompt', 'question', 'warn', 'delet', 'remov', 'drop'],
  ...['truncat', 'wip', 'eras', 'destroy', 'purg', 'overwrit', 'push', 'deploy', 'publish', 'releas', 'install'],
  ...['uninstall', 'download', 'upload', 'fetch', 'exfil', 'transmit', 'execut', 'eval', 'sudo', 'root', 'admin'],
  ...['privileg', 'curl', 'wget', 'secret', 'token', 'credential', 'passw', 'passphras', 'apikey', 'private', 'key'],
  ...['login', 'cookie', 'session', 'bash', 'shell', 'command', 'script', 'automatic', 'silent', 'quiet', 'hidden'],
  ...['unattended', 'yolo', 'danger', 'unsafe', 'sandbox', 'firewall', 'proxy', 'webhook', 'telemetry', 'review'],
  ...[
    'access',
    'grant',
    'backdoor',
    'inject',
    'malic',
    'mandat',
    'oblig',
    'forbid',
    'prohib',
    'restrict',
    'exempt',
    'except',
    'obsolet',
  ],
  ...['deprecat', 'revok', 'supersed', 'void', 'cancel', 'disregard', 'forget', 'pretend', 'lie', 'conceal', 'hide'],
].map(looksOf);

/** Words that begin like one of them and are none. */
const spared = byLooks('keyboard keyboards keyword keywords monkey turkey lies lied scriptorium rooted');

export function isTelling(word: string): boolean {
  const looks = looksOf(word);
  return telling.has(looks) || (!spared.has(looks) && stems.some((stem) => looks.startsWith(stem)));
}

/** Verbs that a sentence begins with which tells somebody to do it. */
const verbs = byLooks(`
  accept access act add adapt adjust adopt advise aim align alter analyse analyze announce answer append apply archive
  arrange assert assign assume attach attempt audit await back backup base batch be become begin block branch break bring
  build bump bundle call capture care carry catch change chat check choose cite clarify clean clear clone close collect
  combine come comment commit compare compile complete compose compress compute concatenate condense conduct configure
  connect consider consult contact contain continue contribute convert copy correct count cover crawl create cut cite
  debug decide declare decline decode decrypt dedupe default defer define delegate deliver demonstrate describe design
  detect determine develop diff discard discuss display distribute document double draft draw duplicate edit elaborate
  email emit emphasize encode encrypt end enforce engage enter escalate establish estimate evaluate examine exclude exit
  expand explain explore export expose express extend extract fail favor favour feed file fill filter find finish fix
  flag flush focus fold follow forward format freeze gather generate get give go grab grant grep group guard guess guide
  halt handle head help highlight honor honour host identify illustrate implement import improve include incorporate
  increase indent index infer inform initialize inline insert inspect integrate interact introduce invoke isolate iterate
  join jump keep kill know label launch lead learn leave limit link lint list listen load locate lock log look lower make
  manage mark match measure mention merge migrate mind minimize mirror mock modify monitor mount move name navigate note
  notice notify offer omit open operate optimize order organize output own pack park parse pass paste patch pause perform
  persist pick pin ping pipe place plan play point poll post prepare present preserve press print prioritize proceed
  process produce profile proofread propose protect provide prove pull put query queue quote raise read rebase reboot
  rebuild recall receive recheck record recover reduce refactor refer reference refine reflect refresh refuse register
  regenerate reject relax reload rely rename render reorder repeat rephrase replace reply report reproduce request rerun
  reset resolve respect respond restart restore resume retain retry return reuse revert rewrite roll rotate round route
  run sanitize save say scan schedule scope scrape search see seek select send separate serve set share ship shorten show
  shut sign simplify simulate sketch solve sort source specify speak split squash stage start state stay stick store
  stream strip structure stub study style submit substitute summarise summarize supply support surface swap switch sync
  tag tail take talk target tell terminate test think throw tidy toggle touch trace track transform translate traverse
  treat trigger trim try tune turn type undo unify unlock unset unzip update upgrade use utilize validate view visit wait
  walk watch weigh work wrap write yield zip
`);

export function isVerb(word: string): boolean {
  return verbs.has(looksOf(word));
}

/** Verbs of sentences that say how something is. */
const finite = byLooks(`
  is are was were am has had uses used runs ran lives lived lies lay likes liked works worked means meant contains
  contained holds held knows knew wrote reads started starts ended ends begins began came comes goes went moved became
  becomes belongs stands stood sits kept takes took gave makes made shows showed speaks spoke stores stored listens
  returns returned changed happened broke consists depends includes provides supports handles serves
  weighs costs lasts grew grows loves enjoys owns visited met studied plays played sings born
`);

export function isFinite(word: string): boolean {
  return finite.has(looksOf(word));
}

/** Words that a sentence about something begins with. */
const starters = byLooks(`
  the this that these those a an it its we our i my he she they their there his her user users each both most many
  several example examples it's that's there's they're we're he's she's
`);

export function isStarter(word: string): boolean {
  return starters.has(looksOf(word));
}

/** Behind one of them a verb may tell somebody to do something. */
const turns = byLooks('then and or but to also first next just simply so now again finally');

export function isTurn(word: string): boolean {
  return turns.has(looksOf(word));
}
